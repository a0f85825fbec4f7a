#include "actors/timers/timer_wheel.hpp"

namespace rm {

void timer_wheel::remove(const key& owner) {
  const auto at = where_.find(owner);
  if (at == where_.end())
    return;
  if (at->second.is_parked)
    parked_.erase(owner);
  else
    armed_.erase(at->second.at);
  where_.erase(at);
}

void timer_wheel::arm(const arm_timer& t) {
  key owner{t.account, t.name};
  remove(owner);
  const place at{t.due, ++armings_};
  armed_.emplace(at, timer{owner, t.generation});
  where_.emplace(std::move(owner), position{at, false});
}

void timer_wheel::disarm(const disarm_timer& t) { remove({t.account, t.name}); }

std::vector<timer_fired> timer_wheel::advance(timestamp now) {
  std::vector<timer_fired> out;
  while (!armed_.empty() && armed_.begin()->first.first <= now) {
    const auto at = armed_.begin();
    auto& [owner, generation] = at->second;
    where_.erase(owner);
    out.push_back({owner.first, std::move(owner.second), generation, at->first.first, now});
    armed_.erase(at);
  }
  return out;
}

std::vector<arm_timer> timer_wheel::list(std::size_t most) const {
  std::vector<arm_timer> out;
  for (const auto& [at, timer] : armed_) {
    if (out.size() == most)
      break;
    out.push_back({timer.owner.first, timer.owner.second, timer.generation, at.first});
  }
  return out;
}

void timer_wheel::park(const timer_fired& t) {
  key owner{t.account, t.name};
  remove(owner);
  parked_.emplace(owner, arm_timer{t.account, t.name, t.generation, t.due});
  where_.emplace(std::move(owner), position{{}, true});
}

void timer_wheel::unpark(account_id account) {
  std::vector<arm_timer> again;
  for (auto at = parked_.lower_bound({account, ""}); at != parked_.end() && at->first.first == account; ++at)
    again.push_back(at->second);
  for (const auto& t : again)
    arm(t);
}

} // namespace rm
