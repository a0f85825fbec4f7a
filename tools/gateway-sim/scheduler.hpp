// The one way in which the simulator's logic waits for time to pass.
#pragma once
#include <chrono>
#include <functional>

namespace gateway_sim {

class scheduler {
public:
  using time_point = std::chrono::steady_clock::time_point;
  virtual ~scheduler() = default;
  virtual time_point now() const = 0;

  /// Runs `job` once, later, never from inside this call.
  virtual void after(std::chrono::nanoseconds delay, std::function<void()> job) = 0;
};

} // namespace gateway_sim
