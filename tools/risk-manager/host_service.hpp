// The operating system's service manager: systemd, or the Windows Service Control Manager. One implementation per platform.
#pragma once

#include "tools/risk-manager/service_run.hpp"

#include <filesystem>
#include <functional>

namespace rm {

/// Where an installed service has its configuration.
std::filesystem::path default_config();

/// The example that a first configuration is made of, where the package or the installer has put it.
std::filesystem::path shipped_example();

/// The verb `service`: `run` loads the configuration and runs the service for that host; gives the exit code.
int run_as_service(const std::string& config_file, const std::function<int(const std::string& config_file, host& who)>& run);

} // namespace rm
