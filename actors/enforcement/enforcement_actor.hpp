// One account's enforcement as an actor.
#pragma once

#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

namespace rm {

struct enforcement_settings {
  account_id account;
  broker_id broker;
};

/// Starts an account's enforcement; it acts once it has its `wiring`. Timers named "enforcement" of the account are its own.
enforcement_actor start_enforcement(caf::actor_system& system, enforcement_settings settings);

} // namespace rm
