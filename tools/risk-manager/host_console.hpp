// The service in the foreground of a terminal, or under a manager that sends signals.
#pragma once

#include "tools/risk-manager/service_run.hpp"

#include <memory>
#include <thread>

namespace rm {

/// SIGTERM and SIGINT (Ctrl-C) stop the service, SIGHUP (where there is one) has it read its configuration again.
class signal_host : public host {
public:
  signal_host();
  ~signal_host() override;
  void attach(run_control& control) override;
  void detach() override;

private:
  struct waiting;
  std::unique_ptr<waiting> waiting_;
};

} // namespace rm
