// The status object: what people's programs show of the service and of each account.
#pragma once

#include "actors/resets/zone_data.hpp"
#include "messages/admin.hpp"

#include <string>
#include <vector>

namespace rm {

/// What the service knows of itself.
struct service_facts {
  std::string version;
  int64_t pid = 0;
  std::string config; // path of the configuration in force
  wire_time started{};
  std::optional<zone_data> zones = {}; // that the calendars stand on; nothing: nobody has looked
};

struct status_input {
  wire_time now{};
  service_facts service;
  std::vector<broker_status> brokers;
  storage_health storage;
  std::vector<alarm> alarms; // of the service, beside those that follow from the links and the storage
  std::vector<account_status> accounts;
};

/// The service's alarms as they stand: the given ones, the brokers' own, one per link that is not live (critical when it has been
/// so for more than 60 s or nobody knows since when), one for storage that does not write (critical), one for old time zone data. One per key,
/// critical ones first.
std::vector<alarm> service_alarms(const status_input& input);

/// The status object, on one line. Unknown amounts, marks and times are null: figures of an account that cannot be evaluated mean nothing.
std::string status_json(const status_input& input);

class json_writer;

/// One lock, as it stands in the status object.
void write_lock(json_writer& out, const lock& l);

} // namespace rm
