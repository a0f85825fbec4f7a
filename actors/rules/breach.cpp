#include "actors/rules/breach.hpp"

#include <limits>
#include <utility>

namespace rm {

void responder::answer(verdict& out, const account_view& view) {
  out.action = response_.action;
  out.lock = response_.lock;
  if (out.lock.mode == lock_mode::none)
    return;
  switch (out.lock.end) {
    case lock_end::daily_reset: out.lock.until = view.next_daily_reset; break;
    case lock_end::weekly_reset: out.lock.until = view.next_weekly_reset; break;
    case lock_end::can_trade: out.lock.until = {}; break;
    case lock_end::at_time:
      if (until_ <= view.now)
        until_ = std::exchange(earlier(), {});
      if (until_ <= view.now)
        until_ = view.now + response_.lock_for;
      out.lock.until = until_;
      break;
  }
}

void set_endless_band(verdict& out, timestamp until) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  out.has_band = true;
  out.band.low = money::from_units(-most);
  out.band.high = money::from_units(most);
  out.band.until = until;
  out.band.mark_count = 0;
}

timestamp end_of_lock(const verdict& judged) {
  const bool timed = judged.level == level::breach && judged.lock.mode != lock_mode::none && judged.lock.end == lock_end::at_time;
  return timed ? judged.lock.until : never;
}

} // namespace rm
