#include "actors/timers/wall_clock.hpp"

namespace rm {

wall_clock system_wall_clock() {
  return [] { return std::chrono::time_point_cast<timestamp::duration>(std::chrono::system_clock::now()); };
}

} // namespace rm
