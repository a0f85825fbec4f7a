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

/// Whether the account has it behind it. One behind: the clock was set back over a reset that is applied already; it is not said twice. Further
/// behind than that the clock was wrong before, and waiting for the calendar to catch up could mean days without any reset.
bool reset_schedule::is_behind(const progress& p, trading_date in_force, int days_between) {
  if (!p.done)
    return false;
  const auto ahead = sys_days{in_force} - sys_days{*p.done};
  return ahead == days{0} || (ahead < days{0} && ahead >= -days{days_between});
}

bool reset_schedule::must_say(progress& p, trading_date in_force, int days_between, timestamp now) {
  if (is_behind(p, in_force, days_between))
    return false;
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
    const bool settled = is_behind(progress.daily, day, 1) && is_behind(progress.weekly, week, 7);
    next = settled ? open_.erase(next) : std::next(next);
    if (settled)
      continue;
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    if (must_say(progress.daily, day, 1, now))
      out.push_back({account, reset_kind::daily, day, calendar_.last_daily(now), calendar_.next_daily(now), now, "calendar",
                     reason(progress.daily, day, 1)});
    if (must_say(progress.weekly, week, 7, now))
      out.push_back({account, reset_kind::weekly, week, calendar_.last_weekly(now), calendar_.next_weekly(now), now, "calendar",
                     reason(progress.weekly, week, 7)});
    std::stable_sort(out.begin() + first, out.end(),
                     [](const session_reset& a, const session_reset& b) { return a.boundary < b.boundary; });
  }
  return out;
}

} // namespace rm
