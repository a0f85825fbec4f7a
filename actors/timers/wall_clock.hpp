// Where wall time enters: the port that the timer actor reads.
#pragma once

#include "messages/timing.hpp"

#include <functional>
#include <string>

namespace rm {

/// Says what time it is, UTC. Tests bring their own.
using wall_clock = std::function<timestamp()>;

/// The machine's clock.
wall_clock system_wall_clock();

/// What the timer actor goes by.
struct clock_source {
  wall_clock now;                             // what all others go by, too
  wall_clock pc = {};                         // the machine's own, to see that it was set; empty: `now` is
  std::function<bool()> known = {};           // whether the time can be relied on yet; empty: always
  std::function<std::string()> trouble = {};  // the machine's clock is wrong, and how; empty text: it is right
};

} // namespace rm
