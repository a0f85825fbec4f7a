#include "messages/timing.hpp"

#include <cstdio>

namespace rm {
namespace {

bool read_digits(std::string_view text, std::size_t& at, int count, int& out) {
  out = 0;
  for (int i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9')
      return false;
    out = out * 10 + (text[at] - '0');
  }
  return true;
}

bool read_char(std::string_view text, std::size_t& at, char c) { return at < text.size() && text[at++] == c; }

bool read_date(std::string_view text, std::size_t& at, trading_date& out) {
  int y = 0, m = 0, d = 0;
  if (!read_digits(text, at, 4, y) || !read_char(text, at, '-') || !read_digits(text, at, 2, m) || !read_char(text, at, '-') || !read_digits(text, at, 2, d))
    return false;
  out = std::chrono::year{y} / m / d;
  return out.ok();
}

} // namespace

std::string format_date(trading_date day) {
  if (!day.ok())
    return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::string format_time(timestamp t) {
  using namespace std::chrono;
  if (t == timestamp{})
    return "";
  const auto day = floor<days>(t);
  const hh_mm_ss clock{floor<milliseconds>(t - day)};
  char text[64];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d.%03dZ", static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return format_date(trading_date{day}) + text;
}

bool parse_date(std::string_view text, trading_date& out) {
  std::size_t at = 0;
  trading_date day{};
  if (!read_date(text, at, day) || at != text.size())
    return false;
  out = day;
  return true;
}

bool parse_time(std::string_view text, timestamp& out) {
  using namespace std::chrono;
  std::size_t at = 0;
  trading_date day{};
  int h = 0, m = 0, s = 0;
  if (!read_date(text, at, day) || at >= text.size() || (text[at] != 'T' && text[at] != ' '))
    return false;
  ++at;
  if (!read_digits(text, at, 2, h) || !read_char(text, at, ':') || !read_digits(text, at, 2, m) || !read_char(text, at, ':') || !read_digits(text, at, 2, s))
    return false;
  if (h > 23 || m > 59 || s > 60 || day.year() < year{1970} || day.year() > year{2200})
    return false;
  int64_t nanos = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    int64_t unit = 100000000;
    std::size_t begin = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      nanos += unit * (text[at] - '0');
    if (at == begin || at - begin > 9)
      return false;
  }
  seconds offset{0};
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    ++at;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const bool west = text[at++] == '-';
    int oh = 0, om = 0;
    if (!read_digits(text, at, 2, oh) || !read_char(text, at, ':') || !read_digits(text, at, 2, om) || oh > 14 || om > 59)
      return false;
    offset = hours{oh} + minutes{om};
    if (west)
      offset = -offset;
  } else if (at != text.size()) {
    return false; // without an offset the venue's times are UTC
  }
  if (at != text.size())
    return false;
  out = timestamp{sys_days{day}} + hours{h} + minutes{m} + seconds{s} + nanoseconds{nanos} - offset;
  return true;
}

} // namespace rm
