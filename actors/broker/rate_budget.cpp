#include "actors/broker/rate_budget.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr int64_t second = 1'000'000'000;

void forget_before(std::deque<int64_t>& times, int64_t start) {
  while (!times.empty() && times.front() <= start)
    times.pop_front();
}

/// When a window with this allowance has room again; `now` when it has.
int64_t room_at(const std::deque<int64_t>& times, int64_t allowed, int64_t window, int64_t now) {
  const auto count = static_cast<int64_t>(times.size());
  if (count < allowed)
    return now;
  if (allowed <= 0)
    return now + window;
  // One too many for each above the allowance, plus the one to make room for, must leave the window first.
  return times[static_cast<std::size_t>(count - allowed)] + window;
}

} // namespace

std::optional<int64_t> rate_budget::take(lane what, int64_t now) {
  int64_t closed = what == lane::bars ? bars_closed_until_ : closed_until_;
  if (what == lane::urgent_read)
    closed = std::max(closed, urgent_closed_until_);
  else if (what == lane::read || what == lane::audit)
    closed = std::max(closed, reads_closed_until_);
  if (now < closed)
    return closed;

  auto& times = what == lane::bars ? bars_sent_ : sent_;
  const int64_t window = what == lane::bars ? limits_.bars_window_ns : limits_.window_ns;
  int64_t allowed = limits_.requests;
  switch (what) {
    case lane::close: break;
    case lane::cancel: allowed -= limits_.kept_for_closes; break;
    case lane::urgent_read: allowed -= limits_.kept_for_protection; break;
    case lane::read:
    case lane::audit: allowed -= limits_.kept_for_protection + limits_.kept_for_urgent_reads; break;
    case lane::bars: allowed = limits_.bars; break;
  }
  forget_before(times, now - window);
  int64_t later = room_at(times, allowed, window, now);
  if (what == lane::audit) {
    forget_before(audits_sent_, now - window);
    later = std::max(later, room_at(audits_sent_, std::max<int64_t>(1, limits_.requests * limits_.audit_percent / 100), window, now));
  }
  if (later > now)
    return later;
  times.push_back(now);
  if (what == lane::audit)
    audits_sent_.push_back(now);
  return std::nullopt;
}

void rate_budget::on_refused(lane what, int64_t now, std::optional<int64_t> retry_after_ns) {
  if (what == lane::bars) {
    const int64_t pause = std::clamp<int64_t>(retry_after_ns.value_or(limits_.bars_window_ns / 2), 0, limits_.bars_window_ns);
    bars_closed_until_ = std::max(bars_closed_until_, now + pause);
    return;
  }
  if (retry_after_ns) {
    closed_until_ = std::max(closed_until_, now + std::clamp<int64_t>(*retry_after_ns, 0, limits_.window_ns));
    return;
  }
  const int doublings = std::min(refusals_in_a_row_++, 3);
  closed_until_ = std::max(closed_until_, now + (second << doublings));
  urgent_closed_until_ = std::max(urgent_closed_until_, now + 3 * (second << doublings));
  reads_closed_until_ = std::max(reads_closed_until_, now + limits_.window_ns / 2);
}

int64_t rate_budget::used(int64_t now) const {
  const auto oldest = std::upper_bound(sent_.begin(), sent_.end(), now - limits_.window_ns);
  return sent_.end() - oldest;
}

int64_t rate_budget::left(int64_t now) const {
  if (now < closed_until_)
    return 0;
  return std::max<int64_t>(0, limits_.requests - used(now));
}

} // namespace rm
