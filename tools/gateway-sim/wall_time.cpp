#include "wall_time.hpp"

#include "decimal.hpp"

#include <cstdio>

namespace gateway_sim {

namespace {

constexpr int64_t per_second = 10'000'000;

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

std::string date_and_time(wall_time t) {
  using namespace std::chrono;
  int64_t whole = floor_div(t.ticks, per_second);
  auto day = floor_div(whole, 86400);
  year_month_day date{sys_days{days{day}}};
  auto in_day = whole - day * 86400;
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(in_day / 3600), static_cast<int>(in_day / 60 % 60), static_cast<int>(in_day % 60));
  return text;
}

std::string digits(int64_t value, std::size_t width) {
  auto text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

int64_t fraction_of(wall_time t) {
  return t.ticks - floor_div(t.ticks, per_second) * per_second;
}

/// Takes `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count)
    return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c)
    return false;
  text.remove_prefix(1);
  return true;
}

} // namespace

wall_time wall_time::from(std::chrono::system_clock::time_point t) {
  auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
  return {nanos / 100};
}

std::string hub_text(wall_time t) {
  return date_and_time(t) + "." + digits(fraction_of(t), 7) + "+00:00";
}

std::string rest_text(wall_time t) {
  auto tail = digits(fraction_of(t) / 10, 6);
  while (!tail.empty() && tail.back() == '0')
    tail.pop_back();
  return date_and_time(t) + (tail.empty() ? "" : "." + tail) + "+00:00";
}

std::string http_text(wall_time t) {
  using namespace std::chrono;
  constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days day{days{floor_div(t.seconds(), 86400)}};
  const year_month_day date{day};
  const auto iso = date_and_time(t); // 2026-08-19T20:49:25
  return std::string{weekdays[weekday{day}.c_encoding()]} + ", " + iso.substr(8, 2) + " " + months[static_cast<unsigned>(date.month()) - 1] + " " +
         iso.substr(0, 4) + " " + iso.substr(11, 8) + " GMT";
}

std::optional<wall_time> parse_time(std::string_view text) {
  using namespace std::chrono;
  auto y = take_digits(text, 4);
  if (!y || !take(text, '-'))
    return std::nullopt;
  auto mo = take_digits(text, 2);
  if (!mo || !take(text, '-'))
    return std::nullopt;
  auto d = take_digits(text, 2);
  if (!d)
    return std::nullopt;
  year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok())
    return std::nullopt;
  int64_t ticks = sys_days{date}.time_since_epoch().count() * int64_t{86400} * per_second;
  if (text.empty())
    return wall_time{ticks};
  if (!take(text, 'T') && !take(text, ' '))
    return std::nullopt;
  auto h = take_digits(text, 2);
  if (!h || !take(text, ':'))
    return std::nullopt;
  auto mi = take_digits(text, 2);
  if (!mi)
    return std::nullopt;
  int s = 0;
  if (take(text, ':')) {
    auto seconds = take_digits(text, 2);
    if (!seconds)
      return std::nullopt;
    s = *seconds;
  }
  if (*h > 23 || *mi > 59 || s > 60)
    return std::nullopt;
  ticks += (*h * 3600 + *mi * 60 + s) * per_second;
  if (take(text, '.')) {
    int64_t unit = per_second / 10;
    bool any = false;
    while (auto digit = take_digits(text, 1)) {
      ticks += *digit * unit;
      unit /= 10;
      any = true;
    }
    if (!any)
      return std::nullopt;
  }
  if (text.empty() || text == "Z" || text == "z")
    return wall_time{ticks};
  int sign = text[0] == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-'))
    return std::nullopt;
  auto oh = take_digits(text, 2);
  take(text, ':');
  auto om = take_digits(text, 2);
  if (!oh || !om || !text.empty())
    return std::nullopt;
  return wall_time{ticks - sign * (*oh * 3600 + *om * 60) * per_second};
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  auto end = text.find_first_not_of("0123456789.");
  auto number = decimal::parse(text.substr(0, end));
  auto unit = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  if (!number)
    return std::nullopt;
  int64_t factor = 0;
  if (unit == "ms")
    factor = 1;
  else if (unit == "s")
    factor = 1000;
  else if (unit == "m")
    factor = 60'000;
  else if (unit == "h")
    factor = 3'600'000;
  else if (unit.empty() && number->nanos() == 0)
    factor = 1;
  else
    return std::nullopt;
  auto nanos = static_cast<wide>(number->nanos()) * factor / 1000; // the number counts 1e-9 of the unit
  if (nanos > static_cast<wide>(INT64_MAX / 4))
    return std::nullopt;
  return std::chrono::nanoseconds{static_cast<int64_t>(nanos)};
}

} // namespace gateway_sim
