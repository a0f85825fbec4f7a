#include "tools/risk-manager/host_service.hpp"
#include "tools/risk-manager/host_systemd.hpp"

namespace rm {

std::filesystem::path default_config() { return "/etc/risk-manager/risk-manager.yaml"; }

std::filesystem::path shipped_example() { return "/usr/share/risk-manager/first.yaml"; }

int run_as_service(const std::string& config_file, const std::function<int(const std::string&, host&)>& run) {
  systemd_host manager;
  return run(config_file, manager);
}

} // namespace rm
