// When sessions are: spans of local time on days of the week, without holidays, cut short by early closes.
#pragma once

#include "actors/resets/trading_calendar.hpp"
#include "actors/resets/zone_clock.hpp"

#include <bitset>

namespace rm {

/// One span of local time. It belongs to the date on which it ends: one that crosses midnight into a holiday does not take place, one
/// that begins on a holiday's evening does.
struct session_span {
  std::bitset<7> days;           // on which it begins; 0 = Sunday
  std::chrono::seconds from{};   // time of day, inclusive
  std::chrono::seconds to{};     // time of day, exclusive; not after `from`: on the next day
  std::string timezone;          // a name of the zone data
};

/// Answers for any instant whether a session is on, and until when that stays so. Touching and overlapping spans are one. An instant in
/// the interval that was asked for last costs two comparisons; not for two threads at once.
class session_schedule {
public:
  /// Throws std::invalid_argument for an unknown zone. `early_closes` are times in the calendar's zone, which `calendar` names.
  session_schedule(const std::vector<session_span>& spans, const calendar_settings& calendar, bool respect_holidays);

  /// How far ahead a change is looked for; `next_change` of a schedule without one is about so far away.
  static constexpr std::chrono::days horizon{370};

  bool inside(timestamp t) const { return around(t).on; }
  /// The end of the session that is on at `t`, else the start of the next one; after `t`.
  timestamp next_change(timestamp t) const { return around(t).end; }

private:
  struct zoned_span {
    session_span span;
    zone_clock clock;
  };
  struct interval {
    timestamp begin{}, end{}; // [begin, end)
    bool on = false;
  };
  using intervals = std::vector<interval>;

  const interval& around(timestamp t) const;
  interval find(timestamp t) const;
  void add_spans(std::chrono::sys_days first, std::chrono::sys_days last, const zoned_span& of, intervals& out) const;

  std::vector<zoned_span> spans_;
  std::vector<std::chrono::sys_days> holidays_; // sorted
  std::vector<timestamp> early_;                // sorted
  std::vector<std::chrono::sys_days> early_days_; // in the same order
  mutable interval known_;
};

} // namespace rm
