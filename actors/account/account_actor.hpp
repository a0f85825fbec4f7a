// The shell around one account's guard: messages in, its intentions out.
#pragma once

#include "actors/account/guard.hpp"
#include "messages/protocols.hpp"

namespace rm {

/// Starts an account with what was kept of it: its locks hold from the first moment.
account_actor start_account(caf::actor_system& system, account_settings settings, stored_account kept);

} // namespace rm
