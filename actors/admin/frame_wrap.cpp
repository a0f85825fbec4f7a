#include "actors/admin/frame_wrap.hpp"

#include <algorithm>
#include <numeric>

namespace rm {
namespace {

/// How many bytes of UTF-8 text the first so many columns take; at least one character's.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  const auto begins = [&](std::size_t at) { return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80; };
  std::size_t end = 1;
  while (!begins(end))
    ++end;
  for (auto next = end; next < text.size(); end = next) {
    for (++next; !begins(next);)
      ++next;
    if (columns_of(text.substr(0, next)) > columns)
      break;
  }
  return end;
}

std::size_t width_of(const frame_line& line) {
  return std::accumulate(line.begin(), line.end(), std::size_t{0}, [](std::size_t sum, const frame_piece& each) { return sum + columns_of(each.text); });
}

} // namespace

std::vector<frame_line> wrapped(const std::vector<frame_line>& lines, std::size_t width, std::size_t indent) {
  indent = width > 2 * indent + 5 ? indent : 0;
  std::vector<frame_line> out;
  for (const auto& line : lines) {
    if (width_of(line) <= width) {
      out.push_back(line);
      continue;
    }
    out.emplace_back();
    std::size_t used = 0;
    for (const auto& piece : line)
      for (std::size_t at = 0; at < piece.text.size();) {
        auto end = piece.text.find_first_not_of(' ', at);
        end = piece.text.find(' ', end == std::string::npos ? piece.text.size() : end); // a word with the spaces before it
        auto word = piece.text.substr(at, end == std::string::npos ? end : end - at);
        at = end == std::string::npos ? piece.text.size() : end;
        if (used > indent && used + columns_of(word) > width) {
          word.erase(0, std::min(word.find_first_not_of(' '), word.size()));
          if (word.empty())
            continue; // spaces at a line's end
          out.push_back({{std::string(indent, ' '), tone::plain}});
          used = indent;
        }
        while (used + columns_of(word) > width && width > indent) {
          const auto part = bytes_of(word, std::max<std::size_t>(1, width - std::min(width, used)));
          out.back().push_back({word.substr(0, part), piece.tone});
          out.push_back({{std::string(indent, ' '), tone::plain}});
          used = indent;
          word.erase(0, part);
        }
        used += columns_of(word);
        out.back().push_back({std::move(word), piece.tone});
      }
  }
  return out;
}

} // namespace rm
