// What the Windows service manager is told, and when: the states, and the check-points that rise while a start or stop goes on. Plain logic;
// host_windows hands it on.
#pragma once

#include "tools/risk-manager/service_run.hpp"

#include <optional>

namespace rm {

/// With the manager's own numbers.
enum class service_state : uint32_t { stopped = 1, start_pending = 2, stop_pending = 3, running = 4 };

struct service_report {
  service_state state = service_state::start_pending;
  bool takes_orders = false;            // stop, shutdown, power events and the like
  run_result result = run_result::done; // of a service that stopped
  uint32_t check_point = 0;             // from 1, rising by one with each report of the same pending state; 0 in the others
  uint32_t wait_hint_ms = 0;            // until when the next check-point is to come

  bool operator==(const service_report&) const = default;
};

class service_states {
public:
  /// The report to send; nothing when that cannot follow what was told before: a service that was asked to stop does not run any more, and
  /// one that stopped stays so. A pending state that is told again is one check-point further.
  std::optional<service_report> enter(service_state next, run_result result = run_result::done);
  /// The start or stop still goes on; nothing when none does.
  std::optional<service_report> going_on();

private:
  std::optional<service_state> now_;
  uint32_t check_point_ = 0;
};

} // namespace rm
