// From a configuration to what the actors need, and from two configurations to what changed.
#pragma once

#include "actors/admin/admin_actor.hpp"
#include "actors/app.hpp"
#include "tools/risk-manager/settings.hpp"

#include <boost/asio/io_context.hpp>

namespace rm {

/// What stays the same as long as the process runs.
struct service_origin {
  explicit service_origin(std::string file);

  std::string config_file;
  std::string config_mark; // of its text when the process started
  wire_time started;
  std::function<timestamp()> wall_clock;
  std::shared_ptr<store_mirror> mirror;
  host_services host; // for administrators
};

/// `warnings` and `alarms` are shown in the status.
service_parts parts_from(const settings& configured, const problems& warnings, const std::vector<alarm>& alarms, const service_origin& origin,
                         boost::asio::io_context& io);

/// What a running service cannot change, as problems; empty when there is nothing of the kind.
problems needs_restart(const settings& now, const settings& next);

/// One line per difference, with the account that it concerns (0: all); no secrets.
std::vector<std::pair<account_id, std::string>> differences(const settings& now, const settings& next);

} // namespace rm
