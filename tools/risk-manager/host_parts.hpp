// From a configuration to what the actors need, and from two configurations to what changed.
#pragma once

#include "actors/admin/admin_actor.hpp"
#include "actors/app.hpp"
#include "tools/risk-manager/settings.hpp"

#include <boost/asio/io_context.hpp>

namespace rm {

/// What stays the same as long as the process runs.
struct service_origin {
  service_origin(std::string file, const settings& configured);

  std::string config_file;
  config_in_force config; // when the process started
  wire_time started;
  zone_data zones = zone_data_here();
  std::shared_ptr<venue_clock> venue_time = std::make_shared<venue_clock>();
  std::function<timestamp()> wall_clock; // put right by the venue's
  std::shared_ptr<store_mirror> mirror;
  host_services host; // for administrators
};

/// `warnings` and `alarms` are shown in the status.
service_parts parts_from(const settings& configured, const problems& warnings, const std::vector<alarm>& alarms, const service_origin& origin,
                         boost::asio::io_context& io);

/// T5: of days after the newest one in its data a calendar knows nothing; that must be seen. Nothing where it names none at all.
std::optional<alarm> old_calendar(const calendar_settings& calendar, timestamp now);

/// What a running service cannot change, as problems; empty when there is nothing of the kind.
problems needs_restart(const settings& now, const settings& next);

/// All that a configuration says: what, and its value as text, on one line each; no secrets.
std::vector<std::pair<std::string, std::string>> lines_of(const settings& s);

/// One line per difference, with the account that it concerns (0: all); no secrets.
std::vector<std::pair<account_id, std::string>> differences(const settings& now, const settings& next);

} // namespace rm
