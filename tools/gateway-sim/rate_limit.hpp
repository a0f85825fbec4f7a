// The venue's request budget: a sliding window per token.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>

namespace gateway_sim {

struct rate_rule {
  std::size_t requests = 200;
  std::chrono::nanoseconds window = std::chrono::seconds{60};
};

class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  rate_limit() = default;
  explicit rate_limit(rate_rule rule) : rule_(rule) {}

  /// Counts a request of `who` unless the window is full; false = 429. A refused request does not count.
  bool admit(const std::string& who, time_point now) {
    auto& seen = seen_[who];
    while (!seen.empty() && now - seen.front() >= rule_.window)
      seen.pop_front();
    if (seen.size() >= rule_.requests)
      return false;
    seen.push_back(now);
    return true;
  }

  /// Requests of `who` still in the window.
  std::size_t used(const std::string& who) const {
    auto found = seen_.find(who);
    return found == seen_.end() ? 0 : found->second.size();
  }

private:
  rate_rule rule_;
  std::map<std::string, std::deque<time_point>> seen_;
};

} // namespace gateway_sim
