// One account's enforcement as an actor.
#pragma once

#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace rm {

struct closing_book;

/// What is to be given to each incarnation of an account's enforcement.
std::shared_ptr<closing_book> make_closing_book();

struct enforcement_settings {
  account_id account;
  broker_id broker;
  std::shared_ptr<closing_book> closings = nullptr; // outlives the actor; empty: what is being closed is forgotten with it
};

/// Starts an account's enforcement; it acts once it has its `wiring`. Timers named "enforcement" of the account are its own.
enforcement_actor start_enforcement(caf::actor_system& system, enforcement_settings settings);

} // namespace rm
