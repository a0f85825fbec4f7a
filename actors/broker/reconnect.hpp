// When to try a lost connection again. Pure: time and chance are arguments.
#pragma once

#include "messages/timing.hpp"

namespace rm {

struct reconnect_settings {
  duration first = std::chrono::milliseconds{100}; // longest wait before the first retry
  duration step = std::chrono::seconds{1};         // before the second; doubled from there on
  duration cap = std::chrono::seconds{30};
  duration conflict_first = std::chrono::seconds{30}; // after another session took over, and after a refused login
  duration conflict_cap = std::chrono::minutes{5};
  duration settled = std::chrono::seconds{30}; // a connection that lived so long starts the counting anew
};

/// Counts failures and says how long to wait; it never gives up. Every wait is shortened by up to a half, by chance, so that many
/// clients do not come back in step.
class reconnect {
public:
  explicit reconnect(reconnect_settings settings = {}) : settings_{settings} {}

  /// The connection stands since `now` (steady nanoseconds).
  void on_up(int64_t now) { up_since_ = now; }
  /// It is lost, or could not be made. `random` is any number, evenly spread.
  duration on_down(int64_t now, uint64_t random);
  /// It was lost because another session took over: waits 30 s, doubled up to 5 min while that goes on.
  duration on_conflict(int64_t now, uint64_t random);

  /// True when the connection stands for long enough that its loss is news, and no part of a series.
  bool has_settled(int64_t now) const { return up_since_ >= 0 && duration{now - up_since_} >= settings_.settled; }

  int failures() const { return failures_; }

private:
  void note_life(int64_t now);

  reconnect_settings settings_;
  int failures_ = 0;
  int conflicts_ = 0;
  int64_t up_since_ = -1; // -1: not up
};

} // namespace rm
