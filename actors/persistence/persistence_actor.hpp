// The only writer of the database.
#pragma once

#include "actors/persistence/storage_settings.hpp"
#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

namespace rm {

/// Starts the persistence actor.
///
/// All saves that wait in its mailbox go into one transaction; each is answered after the commit, with the version of the account's memory that is
/// durable then (0 for trades). Of several memories of one account only the newest is written. While the disk fails a save is answered with
/// `ec::storage`: it is not durable, but it is kept and written when the disk is back; the asker need not repeat it.
///
/// The first start ends with an error when the database cannot be opened, is corrupt or from a newer version (ask `check_store` before).
/// Given the same mirror, a later start never does: it runs on what is in memory and keeps trying.
persistence_actor start_persistence(caf::actor_system& system, const storage_settings& settings);

} // namespace rm
