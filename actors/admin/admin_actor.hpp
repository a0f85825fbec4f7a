// The local socket's side of the house: people's programs ask here.
#pragma once

#include "actors/admin/host_orders.hpp"
#include "actors/admin/local_socket.hpp"
#include "messages/protocols.hpp"

#include <memory>

namespace caf {
class actor_system;
}

namespace rm {

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
