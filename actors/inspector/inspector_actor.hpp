// Looks inside the running actors; asks, and lets the report put together what it heard.
#pragma once

#include "messages/protocols.hpp"

namespace caf {
class actor_system;
}

namespace rm {

/// Starts the inspector. `patience` is how long an actor may take to describe itself.
inspector_actor start_inspector(caf::actor_system& system, duration patience = std::chrono::milliseconds{500});

} // namespace rm
