// The guard's days and weeks: they begin once each, and one that began by a wrong clock is taken back.
#include "actors/account/guard.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr duration clock_tolerance = std::chrono::seconds{60}; // as in reset_schedule and venue_clock

} // namespace

// -- resets ---------------------------------------------------------------------------

account_effects guard::on_reset_order(const reset_order& order, std::string& refused) {
  const bool daily = order.kind == reset_kind::daily;
  const auto day = daily ? memory_.day : memory_.week;
  const auto next = daily ? next_daily_ : next_weekly_;
  if (order.by.empty() || order.reason.empty())
    refused = "a reset by hand needs a name and a reason";
  else if (!day.ok() || next == timestamp{})
    refused = "the trading day is not known yet: try again in a moment";
  if (!is_time_sure(order.sure, refused))
    return {};
  if (order.now + std::chrono::seconds{1} < now_)
    set_clock(order.now); // what was told before the time was sure may have been ahead: a day that begins later would count nothing until then
  else
    advance(order.now);
  return on_reset({settings_.id, order.kind, day, now_, next, now_, order.by, order.reason});
}

/// No lock ends by that: what it was planned until is set right, and it began before now. What was traded since is read anew; the venue
/// has it, and here it may have been forgotten at the wrong time.
void guard::take_back(const session_reset& reset, account_effects& out) {
  const bool daily = reset.kind == reset_kind::daily;
  const auto wrong = daily ? memory_.day_started : memory_.week_started;
  (daily ? memory_.day : memory_.week) = reset.day;
  (daily ? memory_.day_started : memory_.week_started) = reset.boundary;
  (daily ? next_daily_ : next_weekly_) = reset.next;
  if (daily)
    ledger_.begin_day(reset.boundary), record_.begin(reset.boundary);
  else
    ledger_.begin_week(reset.boundary);
  for (auto& l : locks_.each()) {
    l.since = std::min(l.since, reset.now);
    if (l.end == (daily ? lock_end::daily_reset : lock_end::weekly_reset))
      l.until = reset.next;
  }
  first_valid_view_ = view_sequence_ + 1;
  read_all_ = true;
  next_full_audit_ = next_audit_ = now_;
  note(out, "reset", "the clock was ahead: the " + std::string{daily ? "day" : "week"} + " since " + format_time(wrong) + " has not begun, in force is that of " +
                       format_date(reset.day) + " since " + format_time(reset.boundary) + "; its trades are read anew");
  save(out);
  start_watching(out);
  look(wake::reset, {reset.now, 0}, out);
}

account_effects guard::on_reset(const session_reset& reset) {
  account_effects out;
  if (!is_ours(reset.account, out))
    return out;
  advance(reset.now);
  rest_in_doubt_ = true;
  using std::chrono::days;
  using std::chrono::sys_days;
  const bool daily = reset.kind == reset_kind::daily;
  auto& day = daily ? memory_.day : memory_.week;
  out.push_back(reset_applied{settings_.id, reset.kind, reset.day});
  const bool by_hand = reset.by != "calendar";
  const bool first = !day.ok();
  const auto ahead = first ? days{1} : sys_days{reset.day} - sys_days{day};
  // The clock was ahead when the day (week) in force here began: until then nothing would be counted, and no limit hold.
  const bool too_early = !first && !by_hand && ahead < days{0} && (daily ? memory_.day_started : memory_.week_started) > reset.now + clock_tolerance;
  if (too_early) {
    take_back(reset, out);
    return out;
  }
  if (ahead >= days{0})
    (daily ? next_daily_ : next_weekly_) = reset.next;
  else if (auto& next = daily ? next_daily_ : next_weekly_; next == timestamp{})
    next = reset.next + (daily ? days{1} : days{7}); // the day in force here is the one after; the calendar corrects it when it gets there
  if (!by_hand && ahead <= days{0}) {
    start_watching(out);
    // What was traded on this day may be traded again, and only what is known by then can be judged at once.
    for (auto& [id, trade] : ledger_.trades())
      if (trade.executed >= memory_.day_started)
        need(trade.contract, out);
    watch_known(out);
    look(wake::clock, {reset.now, 0}, out);
    return out; // that one is behind us: once per account and day, however often it is said
  }
  day = reset.day;
  (daily ? memory_.day_started : memory_.week_started) = reset.boundary;
  if (daily) {
    ledger_.begin_day(reset.boundary);
    record_.begin(reset.boundary);
    memory_.peak_day = money{};
    memory_.warned.clear();
    age_contracts(out);
    clear("balance", out);
  } else {
    ledger_.begin_week(reset.boundary);
  }
  first_valid_view_ = view_sequence_ + 1;
  note(out, "reset", std::string{name_of(reset.kind)} + " reset: trading day " + format_date(reset.day) + " since " + format_time(reset.boundary) +
                       (by_hand ? ", by " + reset.by : "") + (reset.reason.empty() ? "" : ", " + reset.reason));
  ended(locks_.end_by_reset(reset.kind, reset.boundary), std::string{name_of(reset.kind)} + " reset", out);
  save(out, {{reset.kind, reset.day, reset.boundary, reset.now, reset.by, reset.reason}});
  start_watching(out);
  look(wake::reset, {reset.now, 0}, out);
  return out;
}

} // namespace rm
