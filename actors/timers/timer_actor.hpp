// Deadlines, and the only clock that the actors see.
#pragma once

#include "actors/timers/wall_clock.hpp"
#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

namespace rm {

/// Starts the timer actor; it looks at the clock ten times a second.
///
/// A `timer_fired` goes to the account's own actor, or to its enforcement when the timer's name starts with "enforcement"; one for an
/// account that is not wired yet is kept until it is. `clock_tick` goes to the reset actor at each look and to each account once a second, and at
/// once after the wall clock jumped by more than 2 s, which is journalled. Timers live in memory only: accounts arm theirs when they start,
/// and whoever sees a new `wiring.timers` arms again.
/// While the time is not known yet (see venue_clock) no timer fires, and each tick says so. After a jump the brokers are told to look at their links.
timer_actor start_timers(caf::actor_system& system, clock_source clock);
inline timer_actor start_timers(caf::actor_system& system, wall_clock clock) { return start_timers(system, clock_source{std::move(clock)}); }

} // namespace rm
