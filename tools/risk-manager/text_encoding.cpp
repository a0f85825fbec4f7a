#include "tools/risk-manager/text_encoding.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::string_view_literals;

/// Without a mark the first character, which is ASCII in all that we read, shows it; zero bytes alone show nothing.
std::string_view encoding_of(std::string_view text) {
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv))
    return "UTF-32";
  if (text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv))
    return "UTF-16";
  const auto head = text.substr(0, 4);
  switch (std::count(head.begin(), head.end(), '\0')) {
    case 3: return "UTF-32";
    case 2: return "UTF-16";
    default: return "";
  }
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
