#include "actors/timers/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace rm {
namespace {

template <class T>
bool earlier(const T& a, const T& b) {
  return std::tie(a.due, a.order) < std::tie(b.due, b.order);
}

} // namespace

// -- the wheel ----------------------------------------------------------------------

void timer_wheel::place(timers& from, timers::iterator which) {
  const uint64_t tick = std::max(tick_of(which->due), tick_);
  const auto ring = static_cast<std::size_t>(std::bit_width((tick ^ tick_) | 1) - 1) / slot_bits;
  const std::size_t slot = tick >> (ring * slot_bits) & (slots - 1);
  which->slot = ring * slots + slot;
  filled_[ring] |= uint64_t{1} << slot;
  wheel_[which->slot].splice(wheel_[which->slot].end(), from, which);
}

void timer_wheel::empty_into(std::size_t slot, timers& out) {
  out.splice(out.end(), wheel_[slot]);
  filled_[slot / slots] &= ~(uint64_t{1} << slot % slots);
}

/// Whatever waits in a ring comes before all that waits in the next one.
bool timer_wheel::first_slot(std::size_t& slot, uint64_t& begins) const {
  for (std::size_t ring = 0; ring < rings; ++ring) {
    if (filled_[ring] == 0)
      continue;
    const auto index = static_cast<std::size_t>(std::countr_zero(filled_[ring])); // none lies behind us: those were taken out as we passed
    const auto shift = ring * slot_bits;
    slot = ring * slots + index;
    begins = (tick_ >> shift >> slot_bits << slot_bits | index) << shift;
    return true;
  }
  return false;
}

void timer_wheel::take_due(std::size_t slot, timestamp now, std::vector<timer>& out) {
  auto& all = wheel_[slot];
  for (auto at = all.begin(); at != all.end();) {
    const auto next = std::next(at);
    if (at->due <= now) {
      armed_.erase(at->owner);
      out.push_back(std::move(*at));
      all.erase(at);
    }
    at = next;
  }
  if (all.empty())
    filled_[slot / slots] &= ~(uint64_t{1} << slot % slots);
}

std::vector<timer_fired> timer_wheel::advance(timestamp now) {
  const uint64_t target = tick_of(now);
  timers moving;
  if (target < tick_) { // set back
    for (std::size_t slot = 0; slot < wheel_.size(); ++slot)
      empty_into(slot, moving);
    tick_ = target;
    while (!moving.empty())
      place(moving, moving.begin());
  }
  std::vector<timer> due;
  std::size_t slot = 0;
  uint64_t begins = 0;
  while (first_slot(slot, begins) && begins <= target) {
    tick_ = std::max(tick_, begins);
    if (slot < slots) {
      take_due(slot, now, due);
      if (begins == target)
        break; // what is left of it comes a little later
      continue;
    }
    empty_into(slot, moving);
    while (!moving.empty())
      place(moving, moving.begin());
  }
  tick_ = target;
  return fired(std::move(due), now);
}

std::vector<timer_fired> timer_wheel::fired(std::vector<timer> taken, timestamp now) {
  std::sort(taken.begin(), taken.end(), &earlier<timer>);
  std::vector<timer_fired> out;
  for (auto& t : taken)
    out.push_back({t.owner.first, std::move(t.owner.second), t.generation, t.due, now});
  return out;
}

std::vector<timer_fired> timer_wheel::take_named(std::string_view begin, timestamp now) {
  std::vector<timer> taken;
  for (const auto& [owner, at] : armed_)
    if (owner.second.starts_with(begin))
      taken.push_back(*at);
  for (const auto& t : taken)
    remove(t.owner);
  return fired(std::move(taken), now);
}

// -- timers by their owners -----------------------------------------------------------

void timer_wheel::remove(const key& owner) {
  parked_.erase(owner);
  const auto known = armed_.find(owner);
  if (known == armed_.end())
    return;
  const auto slot = known->second->slot;
  wheel_[slot].erase(known->second);
  if (wheel_[slot].empty())
    filled_[slot / slots] &= ~(uint64_t{1} << slot % slots);
  armed_.erase(known);
}

void timer_wheel::arm(const arm_timer& t) {
  key owner{t.account, t.name};
  remove(owner);
  timers fresh;
  fresh.push_back({owner, t.generation, t.due, ++armings_, 0});
  armed_.emplace(std::move(owner), fresh.begin());
  place(fresh, fresh.begin());
}

void timer_wheel::disarm(const disarm_timer& t) { remove({t.account, t.name}); }

std::vector<arm_timer> timer_wheel::list(std::size_t most) const {
  std::vector<const timer*> all;
  for (const auto& [owner, at] : armed_)
    all.push_back(&*at);
  const auto shown = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(), [](auto* a, auto* b) { return earlier(*a, *b); });
  std::vector<arm_timer> out;
  for (std::size_t i = 0; i < shown; ++i)
    out.push_back({all[i]->owner.first, all[i]->owner.second, all[i]->generation, all[i]->due});
  return out;
}

void timer_wheel::park(const timer_fired& t) {
  key owner{t.account, t.name};
  remove(owner);
  parked_.emplace(std::move(owner), arm_timer{t.account, t.name, t.generation, t.due});
}

void timer_wheel::unpark(account_id account) {
  std::vector<arm_timer> again;
  for (auto at = parked_.lower_bound({account, ""}); at != parked_.end() && at->first.first == account; ++at)
    again.push_back(at->second);
  for (const auto& t : again)
    arm(t);
}

} // namespace rm
