// The venue's request budget: a sliding or fixed window per token, user or venue.
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

  bool fixed = false;         // the window begins with the first request and ends whole
  bool refused_count = false; // a refused request counts as well, so hammering never ends the refusal

  const rate_rule& rule() const { return rule_; }
  void set_rule(rate_rule rule) { rule_ = rule; }

  /// Counts a request of `who` unless the window is full; false = 429.
  bool admit(const std::string& who, time_point now) {
    auto& seen = seen_[who];
    if (fixed && !seen.empty() && now - seen.front() >= rule_.window)
      seen.clear();
    while (!fixed && !seen.empty() && now - seen.front() >= rule_.window)
      seen.pop_front();
    bool full = seen.size() >= rule_.requests;
    if (!full || refused_count)
      seen.push_back(now);
    return !full;
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
