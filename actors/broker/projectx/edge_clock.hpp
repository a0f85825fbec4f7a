// The broker's edge is one of the two places where the program reads a clock.
#pragma once

#include "actors/timers/venue_clock.hpp"

#include <memory>

namespace rm::projectx {

inline int64_t steady_now() { return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
inline timestamp wall_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }
/// The same, put right by the venue's time where somebody holds the two against each other.
inline timestamp wall_now(const std::shared_ptr<venue_clock>& clock) { return clock ? clock->put_right(wall_now(), duration{steady_now()}) : wall_now(); }
inline wire_time wire_now(const std::shared_ptr<venue_clock>& clock) {
  wire_time t;
  t.steady_ns = steady_now();
  t.utc = clock ? clock->put_right(wall_now(), duration{t.steady_ns}) : wall_now();
  return t;
}

/// Any number, for spreading retries; not for secrets.
inline uint64_t chance() {
  const auto x = static_cast<uint64_t>(steady_now()) * 0x9E3779B97F4A7C15u;
  return x ^ x >> 29;
}

} // namespace rm::projectx
