#include "actors/rules/day_trial.hpp"

namespace rm {
namespace {

std::string hour_of(timestamp at) { return format_time(at).substr(11, 5) + " UTC"; }

std::string use_of(const verdict& v) { return v.limit.empty() ? v.reason : v.used + " of " + v.limit + " used"; }

} // namespace

day_trial try_on(rule& tried, const rule_entry& entry, const std::vector<std::shared_ptr<const account_view>>& day) {
  day_trial out;
  out.can_tell = !entry.by_orders;
  for (const auto& view : day) {
    const bool present = view == day.back();
    if ((entry.by_orders || out.acted) && !present)
      continue;
    auto spoken = judge(tried, rule_name{entry.name}, *view);
    if (spoken.level == level::not_evaluable)
      continue;
    if (!out.most || spoken.fraction > out.most->fraction)
      out.most = spoken;
    if (spoken.level != level::breach)
      continue;
    out.breaches_now |= present;
    if (!out.acted)
      out.acted = std::move(spoken);
  }
  return out;
}

std::string words_of(const day_trial& trial) {
  if (trial.breaches_now)
    return "it would be a BREACH AT ONCE" + (trial.acted && trial.can_tell ? ", and would have been one at " + hour_of(trial.acted->evaluated) + " (" + use_of(*trial.acted) + ")" : std::string{});
  if (!trial.can_tell)
    return "what it would have done today cannot be told: the day's orders are not kept";
  if (trial.acted) {
    const auto& first = *trial.acted;
    const bool locks = first.lock.mode != lock_mode::none;
    return std::string{locks ? "would have locked the account at " : "would have acted at "} + hour_of(first.evaluated) + " (" + use_of(first) + ")";
  }
  if (!trial.most)
    return "nothing is known of today yet";
  const auto& most = *trial.most;
  return "would not have acted today" + (most.fraction > 0 && !most.limit.empty() ? "; at most " + use_of(most) + ", at " + hour_of(most.evaluated) : std::string{});
}

} // namespace rm
