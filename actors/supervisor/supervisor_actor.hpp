// Starts children in order, restarts crashed ones after a back-off, gives up upwards, stops them in reverse order.
#pragma once

#include "actors/supervisor/restart_policy.hpp"
#include "messages/protocols.hpp"

#include <caf/actor.hpp>

#include <functional>

namespace rm {

struct child_spec {
  std::string name;
  restart_policy policy;
  /// What persistence kept of this account is loaded first and given to `start`: no actor is ever half-built.
  std::optional<account_id> needs_kept;
  /// Spawns the child and enters its typed handle into the wiring.
  std::function<caf::actor(caf::actor_system&, wiring& others, const stored_account& kept)> start;
  /// What it is made of, as text without secrets: when a new configuration has another one, the child is replaced.
  std::string fingerprint = {};
  /// Takes its handle out of the wiring when a new configuration has no such child; may be empty. An account's handles go without it.
  std::function<void(wiring& others)> forget = {};
  /// It is the supervisor of this account: it needs no other account's handles. What an earlier incarnation left of these in the wiring is taken out.
  std::optional<account_id> account = {};
};

/// A supervisor and what it is for.
struct supervisor_settings {
  std::string name = "root";
  std::vector<child_spec> children;      // in start order
  std::optional<account_id> account;     // of an account's supervisor: its parent hears of each (re)start
  std::function<timestamp()> wall_clock; // for the journal
};

/// A root (no account) starts its children at once; an account's supervisor when its first wiring comes.
/// Ends with an error when a child crashes too often; before that it has stopped all others in order.
supervisor_actor start_supervisor(caf::actor_system& system, supervisor_settings settings);

} // namespace rm
