#include "actors/broker/reconnect.hpp"

#include <algorithm>

namespace rm {
namespace {

duration doubled(duration start, int times, duration cap) {
  for (int i = 0; i < times && start < cap; ++i)
    start *= 2;
  return std::min(start, cap);
}

duration shortened(duration longest, uint64_t random) {
  const int64_t half = longest.count() / 2;
  return longest - duration{half > 0 ? static_cast<int64_t>(random % static_cast<uint64_t>(half + 1)) : 0};
}

} // namespace

void reconnect::note_life(int64_t now) {
  if (up_since_ < 0)
    return;
  const duration life{now - up_since_};
  up_since_ = -1;
  if (life >= settings_.settled)
    failures_ = 0;
  if (life >= settings_.conflict_cap)
    conflicts_ = 0;
}

duration reconnect::on_down(int64_t now, uint64_t random) {
  note_life(now);
  const int before = failures_;
  failures_ = std::min(failures_ + 1, 1000);
  if (before == 0)
    return shortened(settings_.first, random);
  return shortened(doubled(settings_.step, before - 1, settings_.cap), random);
}

duration reconnect::on_conflict(int64_t now, uint64_t random) {
  note_life(now);
  const duration wait = doubled(settings_.conflict_first, conflicts_, settings_.conflict_cap);
  conflicts_ = std::min(conflicts_ + 1, 1000);
  // Never less than the agreed cool-down: the chance is added here.
  return wait + duration{static_cast<int64_t>(random % static_cast<uint64_t>(settings_.first.count() + 1))};
}

} // namespace rm
