// The only file that speaks with the time zone library.
#include "actors/resets/trading_calendar.hpp"

#include "actors/resets/zone_clock.hpp"

#include <date/tz.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace rm {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr seconds day_length{24 * 3600};

/// The zone, or nothing and the reason.
const date::time_zone* find_zone(const std::string& name, std::string& why) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception& e) {
    why = e.what();
    return nullptr;
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) == std::tolower(static_cast<unsigned char>(b[j - 1]));
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

/// The zone whose name, or whose city, is written most like `name`; empty when there is no zone data at all.
std::string nearest_zone(const std::string& name) {
  std::string best;
  std::size_t least = static_cast<std::size_t>(-1);
  try {
    for (const auto& zone : date::get_tzdb().zones) {
      const auto& known = zone.name();
      const auto slash = known.rfind('/');
      auto distance = edit_distance(name, known);
      if (slash != std::string::npos)
        distance = std::min(distance, edit_distance(name, std::string_view{known}.substr(slash + 1)) + 1);
      if (distance < least) {
        least = distance;
        best = known;
      }
    }
  } catch (const std::exception&) {
    best.clear();
  }
  return best;
}

/// The instant at which the zone's clock first shows that date and time, or would have, see trading_calendar.
timestamp instant_of(const date::time_zone& zone, sys_days day, seconds time) {
  const date::local_seconds local{day.time_since_epoch() + time};
  const date::local_info info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent)
    return info.first.end;
  return timestamp{local.time_since_epoch() - info.first.offset};
}

sys_days local_date(const date::time_zone& zone, timestamp t) {
  const auto offset = zone.get_info(t).offset;
  return std::chrono::floor<days>(t + offset);
}

bool is_time_of_day(seconds time) { return time >= seconds{0} && time < day_length; }

} // namespace

std::string zone_problem(const std::string& zone) {
  std::string why;
  if (find_zone(zone, why))
    return "";
  const auto guess = nearest_zone(zone);
  if (guess.empty())
    return "no time zone data found on this machine: " + why;
  return "unknown time zone \"" + zone + "\", did you mean \"" + guess + "\"?";
}

zone_clock::zone_clock(const std::string& zone) {
  if (const auto why = zone_problem(zone); !why.empty())
    throw std::invalid_argument{why};
  zone_ = date::locate_zone(zone);
}

sys_days zone_clock::date_of(timestamp t) const { return local_date(*static_cast<const date::time_zone*>(zone_), t); }

timestamp zone_clock::instant(sys_days date, seconds time) const {
  return instant_of(*static_cast<const date::time_zone*>(zone_), date, time);
}

std::vector<std::string> problems_of(const calendar_settings& settings) {
  std::vector<std::string> out;
  if (const auto why = zone_problem(settings.timezone); !why.empty())
    out.push_back(why);
  if (!is_time_of_day(settings.daily_reset))
    out.push_back("the daily reset is not a time of day");
  if (!is_time_of_day(settings.weekly_reset))
    out.push_back("the weekly reset is not a time of day");
  if (!settings.weekly_day.ok())
    out.push_back("the weekly reset has no day of the week");
  for (const auto& day : settings.holidays)
    if (!day.ok())
      out.push_back("a holiday is not a date");
  for (const auto& close : settings.early_closes)
    if (!close.date.ok() || !is_time_of_day(close.time))
      out.push_back("an early close is not a date and a time of day");
  return out;
}

bool parse_time_of_day(std::string_view text, seconds& out) {
  if (text.size() != 5 && text.size() != 8)
    return false;
  int part[3] = {0, 0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2) {
      if (text[i] != ':')
        return false;
    } else if (text[i] < '0' || text[i] > '9') {
      return false;
    } else {
      part[i / 3] = part[i / 3] * 10 + (text[i] - '0');
    }
  }
  if (part[0] > 23 || part[1] > 59 || part[2] > 59)
    return false;
  out = seconds{part[0] * 3600 + part[1] * 60 + part[2]};
  return true;
}

std::string format_time_of_day(seconds time) {
  const auto total = static_cast<int>(time.count());
  char text[48];
  if (total % 60 == 0)
    std::snprintf(text, sizeof text, "%02d:%02d", total / 3600, total / 60 % 60);
  else
    std::snprintf(text, sizeof text, "%02d:%02d:%02d", total / 3600, total / 60 % 60, total % 60);
  return text;
}

void set_tzdata_folder([[maybe_unused]] const std::string& path) {
#if !USE_OS_TZDB // the library's own switch: only then does it have this function
  date::set_install(path);
#endif
}

trading_calendar::trading_calendar(calendar_settings settings) : settings_{std::move(settings)} {
  const auto problems = problems_of(settings_);
  if (!problems.empty()) {
    std::string all = "calendar: " + problems.front();
    for (std::size_t i = 1; i < problems.size(); ++i)
      all += "; " + problems[i];
    throw std::invalid_argument{all};
  }
  zone_ = date::locate_zone(settings_.timezone);
}

timestamp trading_calendar::daily_on(sys_days date) const {
  return instant_of(*static_cast<const date::time_zone*>(zone_), date, settings_.daily_reset);
}

timestamp trading_calendar::weekly_on(sys_days date) const {
  return instant_of(*static_cast<const date::time_zone*>(zone_), date, settings_.weekly_reset);
}

timestamp trading_calendar::day_start(trading_date day) const {
  // A reset at midnight ends the date before the one that it stands on, so there the day starts on its own date.
  const days back{settings_.daily_reset == seconds{0} ? 0 : 1};
  return daily_on(sys_days{day} - back);
}

const trading_calendar::interval& trading_calendar::around(timestamp t) const {
  if (day_.holds(t))
    return day_;
  const auto& zone = *static_cast<const date::time_zone*>(zone_);
  sys_days last = local_date(zone, t) + days{1};
  while (daily_on(last) > t)
    last -= days{1};
  day_ = {daily_on(last), daily_on(last + days{1}), trading_date{settings_.daily_reset == seconds{0} ? last : last + days{1}}};
  return day_;
}

const trading_calendar::interval& trading_calendar::around_week(timestamp t) const {
  if (week_.holds(t))
    return week_;
  const auto& zone = *static_cast<const date::time_zone*>(zone_);
  const sys_days ahead = local_date(zone, t) + days{1};
  sys_days last = ahead - (std::chrono::weekday{ahead} - settings_.weekly_day);
  while (weekly_on(last) > t)
    last -= days{7};
  const auto begin = weekly_on(last);
  week_ = {begin, weekly_on(last + days{7}), day_of(begin)};
  return week_;
}

} // namespace rm
