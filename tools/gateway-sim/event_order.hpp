// The order in which the events of one fill go out, and which of them (projectx.md 6, questions 1 and 8).
#pragma once
#include "engine_types.hpp"

#include <random>
#include <vector>

namespace gateway_sim {

class event_arranger {
public:
  /// Restarts the random orders when the seed is a new one.
  void seed(int64_t value);

  /// `events` as the engine made them, in the order and selection that the switches ask for.
  std::vector<engine_event> arrange(std::vector<engine_event> events, const switches& s);

private:
  std::mt19937_64 random_;
  int64_t seed_ = -1;
};

} // namespace gateway_sim
