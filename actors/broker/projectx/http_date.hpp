// The one form in which servers tell the time today (RFC 9110, IMF-fixdate).
#pragma once

#include "messages/timing.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace rm::projectx {

/// Reads "Thu, 26 Nov 2026 18:30:16 GMT"; nothing for anything else. The day of the week is not held against the date.
inline std::optional<timestamp> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text[3] != ',' || text[4] != ' ' || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
      text.substr(25) != " GMT")
    return std::nullopt;
  bool good = true;
  const auto number = [&](std::size_t at, std::size_t length) {
    int out = 0;
    const auto part = text.substr(at, length);
    const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), out);
    good = good && ec == std::errc{} && end == part.data() + part.size() && out >= 0;
    return out;
  };
  unsigned month = 0;
  while (month < months.size() && months[month] != text.substr(8, 3))
    ++month;
  const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month + 1}, std::chrono::day{static_cast<unsigned>(day)}};
  if (!good || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

} // namespace rm::projectx
