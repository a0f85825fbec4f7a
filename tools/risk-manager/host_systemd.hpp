// The service under systemd: Type=notify with a watchdog.
#pragma once

#include "tools/risk-manager/host_console.hpp"

#include <string>
#include <string_view>

namespace rm {

/// Tells the manager at $NOTIFY_SOCKET how the service fares: READY=1, WATCHDOG=1 with each sign of life, STOPPING=1. Without that variable
/// it is a plain signal_host. The protocol: sd_notify(3).
class systemd_host : public signal_host {
public:
  systemd_host();
  void ready() override;
  void alive() override;
  void stopping() override;

private:
  void tell(std::string_view state) const;
  std::string socket_; // empty: nobody listens
};

} // namespace rm
