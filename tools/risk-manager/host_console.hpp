// Runs the service in the foreground of a terminal, or under a service manager that sends signals.
#pragma once

#include "tools/risk-manager/settings.hpp"

namespace rm {

/// Runs until SIGTERM, SIGINT (Ctrl-C) or a failure that a restart must mend. Exit code 0 after an ordered stop, 1 after a failure.
int run_in_console(const std::string& config_file, const settings& configured, const problems& warnings);

} // namespace rm
