// The shell of one login at a venue: hands requests to the port, answers to the askers, events to the accounts.
#pragma once

#include "actors/broker/port.hpp"
#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

namespace rm {

/// Starts a broker; `make_port` is called inside the new actor, so a port that cannot be made reaches the supervisor as a crash.
/// `lets_rest`: quotes are kept from accounts that rest (`rest_marks`).
broker_actor start_broker(caf::actor_system& system, const broker_id& id, const port_factory& make_port, bool lets_rest = true);

} // namespace rm
