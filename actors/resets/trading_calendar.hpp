// When trading days and weeks begin and end, in the calendar's own time zone.
#pragma once

#include "messages/timing.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rm {

/// A day on which the market closes before its usual time. Data for sessions; it moves no reset.
struct early_close {
  trading_date date{};
  std::chrono::seconds time{}; // of day …
  std::string timezone{};      // … in this zone; empty: the calendar's
};

struct calendar_settings {
  std::string timezone = "America/New_York";      // a name of the IANA data
  std::chrono::seconds daily_reset{17 * 3600};    // time of day in the zone: 0 ≤ … < 24 h
  std::chrono::weekday weekly_day = std::chrono::Monday;
  std::chrono::seconds weekly_reset{17 * 3600};   // time of day in the zone: 0 ≤ … < 24 h
  std::vector<trading_date> holidays;             // data for sessions; every calendar day has its reset all the same
  std::vector<early_close> early_closes;
};

/// What is wrong with these settings, one line each; empty when a calendar can be made of them.
std::vector<std::string> problems_of(const calendar_settings& settings);

/// Reads "17:00" or "17:00:30"; false for anything else, "24:00" included.
bool parse_time_of_day(std::string_view text, std::chrono::seconds& out);
/// "17:00", or "17:00:30" where there are seconds.
std::string format_time_of_day(std::chrono::seconds time);

/// Where the zone data lies, for systems that have none of their own. Before the first calendar is made; no effect on systems that
/// bring their own data and in builds that carry it inside.
void set_tzdata_folder(const std::string& path);

/// Turns instants into trading days and back.
///
/// A trading day lasts from one daily reset to the next and has the date of its last instant: with a reset at 17:00 the day from
/// Sunday 17:00 to Monday 17:00 is Monday, as the exchanges name it; with a reset at 00:00 it is simply the calendar day.
/// There is one reset per calendar date. Where the clock skips the reset's time of day (spring) it comes at the first instant
/// after the gap; where the clock shows it twice (autumn) the first one counts.
///
/// Cheap: an instant inside the interval asked for last costs two comparisons. Not for two threads at once: copy it, copies are small.
class trading_calendar {
public:
  /// Throws std::invalid_argument with the lines of `problems_of`.
  explicit trading_calendar(calendar_settings settings);

  const calendar_settings& settings() const { return settings_; }

  /// The trading day in force at `t`.
  trading_date day_of(timestamp t) const { return around(t).name; }
  /// The instant at which `day` begins.
  timestamp day_start(trading_date day) const;
  /// The latest daily reset at or before `t`.
  timestamp last_daily(timestamp t) const { return around(t).begin; }
  /// The first daily reset after `t`.
  timestamp next_daily(timestamp t) const { return around(t).end; }

  /// The first trading day of the trading week in force at `t`: the one in force at the weekly reset.
  trading_date week_of(timestamp t) const { return around_week(t).name; }
  /// The latest weekly reset at or before `t`.
  timestamp last_weekly(timestamp t) const { return around_week(t).begin; }
  /// The first weekly reset after `t`.
  timestamp next_weekly(timestamp t) const { return around_week(t).end; }

private:
  struct interval {
    timestamp begin{}, end{}; // [begin, end)
    trading_date name{};
    bool holds(timestamp t) const { return begin <= t && t < end; }
  };

  const interval& around(timestamp t) const;
  const interval& around_week(timestamp t) const;
  timestamp daily_on(std::chrono::sys_days date) const;
  timestamp weekly_on(std::chrono::sys_days date) const;

  calendar_settings settings_;
  const void* zone_ = nullptr; // the library's zone; lives as long as the process
  mutable interval day_, week_;
};

} // namespace rm
