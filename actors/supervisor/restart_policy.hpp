// What to do after a crash: OTP's intensity and period, with a back-off. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace rm {

/// More than `max_crashes` within `within`: give up. Before that wait `first_delay`, doubled with each crash that still counts
/// (at most ten times).
struct restart_policy {
  std::size_t max_crashes = 5;
  std::chrono::nanoseconds within = std::chrono::seconds{30};
  std::chrono::nanoseconds first_delay = std::chrono::milliseconds{20};
};

class crash_history {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Returns how long to wait before the restart, or nothing when it is time to give up.
  std::optional<std::chrono::nanoseconds> after_crash(const restart_policy& policy, time_point now) {
    std::erase_if(crashes_, [&](time_point t) { return now - t > policy.within; });
    crashes_.push_back(now);
    if (crashes_.size() > policy.max_crashes)
      return std::nullopt;
    return policy.first_delay * (1LL << std::min<std::size_t>(crashes_.size() - 1, most_doublings));
  }

private:
  static constexpr std::size_t most_doublings = 10;

  std::vector<time_point> crashes_; // those that still count: hardly ever any
};

} // namespace rm
