// Tells accounts that a trading day or week has begun.
#pragma once

#include "actors/resets/trading_calendar.hpp"
#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

namespace rm {

/// Starts the reset actor. The settings must have no problems (`problems_of`), or the actor ends at once with their text.
reset_actor start_resets(caf::actor_system& system, calendar_settings settings);

} // namespace rm
