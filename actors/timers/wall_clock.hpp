// Where wall time enters: the port that the timer actor reads.
#pragma once

#include "messages/timing.hpp"

#include <functional>

namespace rm {

/// Says what time it is, UTC. Tests bring their own.
using wall_clock = std::function<timestamp()>;

/// The machine's clock.
wall_clock system_wall_clock();

} // namespace rm
