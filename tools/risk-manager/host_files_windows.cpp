#include "tools/risk-manager/host_files.hpp"

#include <cstdlib>
#include <process.h>

namespace rm {

// Who may read a file is the installer's matter there: the access list of the configuration's folder.
std::optional<std::string> exposure_of(const std::filesystem::path&) { return std::nullopt; }

std::filesystem::path default_data_dir() {
  const char* folder = std::getenv("ProgramData");
  return std::filesystem::path{folder ? folder : "C:\\ProgramData"} / "RiskManager";
}

std::filesystem::path default_socket(const std::filesystem::path&) { return "\\\\.\\pipe\\risk-manager"; }

std::optional<std::string> socket_problem(const std::filesystem::path& socket) {
  const std::string text = socket.string();
  if (text.rfind("\\\\.\\pipe\\", 0) == 0 && text.size() > 9 && text.size() < 256)
    return std::nullopt;
  return "must be the name of a pipe such as \\\\.\\pipe\\risk-manager";
}

std::optional<int> reload_signal() { return std::nullopt; }

int64_t process_number() { return ::_getpid(); }

} // namespace rm
