// The local socket's side of the house: people's programs ask here.
#pragma once

#include "actors/admin/commands/command.hpp"
#include "actors/admin/local_socket.hpp"
#include "messages/protocols.hpp"

#include <memory>

namespace caf {
class actor_system;
}

namespace rm {

/// What the host does for administrators. Empty: it cannot.
struct host_services {
  /// Carries the order out on a thread of the host's own and then calls back, from there. Must not block.
  std::function<void(config_order order, std::function<void(bool done, std::string text)> answer)> config;
  /// The same for a login's key.
  std::function<void(key_order order, std::function<void(bool done, std::string text)> answer)> set_key;
  /// The newest lines of the log, oldest first. Memory only: must not touch a disk.
  std::function<std::vector<log_line>(std::size_t lines)> log;
  /// Changes the level of a room's log, or of all; says why not.
  std::function<std::optional<std::string>(const std::string& room, const std::string& level)> set_log_level;
  /// What time it is, for news that nobody has asked for.
  std::function<wire_time()> clock;
  /// Whether that can be relied on, see `venue_clock::sure`; empty: always.
  std::function<bool()> time_sure;
};

struct admin_settings {
  service_facts service;
  std::vector<known_account> accounts; // configured ones: each appears in the status, running or not
  std::vector<broker_id> brokers;      // likewise
  std::vector<alarm> alarms;           // of the service, standing as long as it runs
  host_services host;
  duration patience = std::chrono::seconds{1}; // with an actor that is asked
  std::shared_ptr<const std::vector<command>> commands; // empty: the catalogue
};

/// Starts the admin actor, which opens its port at once; when that fails the actor ends with the reason and its supervisor tries again.
admin_actor start_admin(caf::actor_system& system, admin_settings settings, client_port_factory open_port);

} // namespace rm
