#include "actors/resets/reset_schedule.hpp"

#include <algorithm>

namespace rm {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

} // namespace

void reset_schedule::applied(const reset_applied& word) {
  const auto at = accounts_.find(word.account);
  if (at == accounts_.end())
    return;
  auto& p = word.kind == reset_kind::daily ? at->second.daily : at->second.weekly;
  p.done = word.day;
  if (p.said == word.day)
    p.said.reset();
  open_.insert(word.account); // looked at once more
}

/// The week's name is the day in force at its reset.
timestamp reset_schedule::week_start(trading_date week) const {
  const auto day = calendar_.day_start(week);
  return calendar_.last_weekly(day) == day ? day : calendar_.next_weekly(day);
}

bool reset_schedule::must_say(progress& p, trading_date in_force, timestamp done_began, timestamp now) const {
  if (p.done && *p.done == in_force)
    return false;
  if (p.done && sys_days{in_force} < sys_days{*p.done} && done_began <= now + tolerated)
    return false; // nearly there: it is not taken back for that
  const bool waiting = p.said == in_force && now >= p.said_at && now - p.said_at < patience;
  if (waiting)
    return false;
  p.said = in_force;
  p.said_at = now;
  return true;
}

std::string reset_schedule::reason(const progress& p, trading_date in_force, int days_between) const {
  if (!p.done)
    return "in force at the account's start; applied now if it was missed while down";
  const auto ahead = (sys_days{in_force} - sys_days{*p.done}).count();
  if (ahead < 0)
    return "the clock was set back from " + format_date(*p.done);
  const auto skipped = ahead / days_between - 1;
  if (skipped > 0)
    return "caught up after downtime: " + std::to_string(skipped) + " skipped since " + format_date(*p.done);
  return "scheduled";
}

std::vector<session_reset> reset_schedule::due(timestamp now) {
  std::vector<session_reset> out;
  const auto day = calendar_.day_of(now);
  const auto week = calendar_.week_of(now);
  if (day != day_ || week != week_) {
    day_ = day;
    week_ = week;
    for (auto& [account, progress] : accounts_)
      open_.insert(account);
  }
  for (auto next = open_.begin(); next != open_.end();) {
    const auto account = *next;
    auto& progress = accounts_.at(account);
    const bool settled = progress.daily.done == day && progress.weekly.done == week;
    next = settled ? open_.erase(next) : std::next(next);
    if (settled)
      continue;
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    if (must_say(progress.daily, day, progress.daily.done ? calendar_.day_start(*progress.daily.done) : timestamp{}, now))
      out.push_back({account, reset_kind::daily, day, calendar_.last_daily(now), calendar_.next_daily(now), now, "calendar",
                     reason(progress.daily, day, 1)});
    if (must_say(progress.weekly, week, progress.weekly.done ? week_start(*progress.weekly.done) : timestamp{}, now))
      out.push_back({account, reset_kind::weekly, week, calendar_.last_weekly(now), calendar_.next_weekly(now), now, "calendar",
                     reason(progress.weekly, week, 7)});
    std::stable_sort(out.begin() + first, out.end(),
                     [](const session_reset& a, const session_reset& b) { return a.boundary < b.boundary; });
  }
  return out;
}

} // namespace rm
