// Points in time, deadlines and what the timer and reset actors say.
#pragma once

#include "messages/ids.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace rm {

/// Wall-clock time, UTC, to the nanosecond. Enters the program at the timer actor and at the broker's edge, nowhere else.
using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;
using duration = std::chrono::nanoseconds;

/// A calendar date in the calendar's zone, used as the name of a trading day.
using trading_date = std::chrono::year_month_day;

/// When an event was read off the wire.
struct wire_time {
  timestamp utc{};       // wall clock when the frame was read
  int64_t steady_ns = 0; // steady clock at the same moment; only differences mean anything. 0: not from the wire
};

/// Asks the timer actor for one `timer_fired` at `due`. Arming the same owner and name again replaces the earlier one.
struct arm_timer {
  account_id account;
  std::string name;    // unique within the account, e.g. "lock trade_frequency"
  uint64_t generation = 0; // echoed; a stale one is ignored by its owner
  timestamp due{};
};

/// Forgets a timer; unknown ones are ignored.
struct disarm_timer {
  account_id account;
  std::string name;
};

/// A deadline has come. Sent at or after `due`, never before; what fell due while asleep fires once, now.
struct timer_fired {
  account_id account;
  std::string name;
  uint64_t generation = 0;
  timestamp due{};
  timestamp now{};
};

/// The wall clock's pulse: about ten a second, and at once after the clock was seen to jump.
struct clock_tick {
  timestamp now{};
  bool sure = true; // false: the venue is to tell the time and has not yet. Nothing begins or ends by such a time
};

/// To a broker: the machine may have slept, or its clock was set. What the link and the venue are now is found out at once.
struct check_link {
  duration gone{}; // for so long nothing may have run here; connections may have died meanwhile
};

enum class reset_kind : uint8_t { daily, weekly };
std::string_view name_of(reset_kind kind);

/// A trading day (or week) has begun. Applied once per account, kind and day, however often it is said.
struct session_reset {
  account_id account;
  reset_kind kind = reset_kind::daily;
  trading_date day{};      // the trading day that begins
  timestamp boundary{};    // the instant at which it began, UTC
  timestamp next{};        // the instant at which the next one begins, UTC
  timestamp now{};
  std::string by = "calendar"; // or the administrator's name
  std::string reason;
};

/// An account's word that a reset is behind it, committed or not.
struct reset_applied {
  account_id account;
  reset_kind kind = reset_kind::daily;
  trading_date day{};
};

/// To oneself: look again.
struct poll {};

/// To oneself, behind all that waits in the mailbox: commit what has gathered.
struct commit_batch {};

/// ISO 8601 UTC with milliseconds, e.g. "2025-12-24T14:30:00.000Z"; an empty time (epoch 0) gives "".
std::string format_time(timestamp t);
/// ISO 8601 with offset or Z and 0 to 9 fractional digits; false for anything else.
bool parse_time(std::string_view text, timestamp& out);
/// "2025-12-24".
std::string format_date(trading_date day);
bool parse_date(std::string_view text, trading_date& out);

} // namespace rm
