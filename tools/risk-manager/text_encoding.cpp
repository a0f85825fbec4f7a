#include "tools/risk-manager/text_encoding.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::string_view_literals;

/// Without a mark the zero bytes between its first letters show it, which are ASCII in all that we read. (The mark is lost where the text has
/// come as JSON.) Zero bytes in a row show nothing.
std::string_view encoding_of(std::string_view text) {
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv))
    return "UTF-32";
  if (text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv))
    return "UTF-16";
  std::size_t zeros = 0, in_a_row = 0, most_in_a_row = 0;
  const auto head = text.substr(0, 64);
  for (const char c : head) {
    in_a_row = c == '\0' ? in_a_row + 1 : 0;
    zeros += c == '\0' ? 1 : 0;
    most_in_a_row = std::max(most_in_a_row, in_a_row);
  }
  if (4 * zeros < head.size() || most_in_a_row == 0 || most_in_a_row > 3)
    return "";
  return most_in_a_row == 1 ? "UTF-16" : "UTF-32";
}

} // namespace

std::optional<problem> encoding_problem(std::string_view text) {
  if (const auto found = encoding_of(text); !found.empty())
    return problem{1, "", "this file is saved as " + std::string{found} + ": save it as UTF-8 (Notepad: Save as, Encoding: UTF-8; PowerShell: Out-File -Encoding utf8)"};
  const auto zero = text.find('\0');
  if (zero == std::string_view::npos)
    return std::nullopt;
  const auto line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n'));
  return problem{line, "", "a zero byte (NUL) stands here, which no text has: the file is damaged, or not saved as UTF-8; put a whole copy in its place"};
}

std::string_view without_mark(std::string_view text) {
  constexpr auto mark = "\xEF\xBB\xBF"sv;
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

} // namespace rm
