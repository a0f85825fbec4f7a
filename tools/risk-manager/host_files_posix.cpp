#include "tools/risk-manager/host_files.hpp"

#include <csignal>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace rm {

std::optional<std::string> exposure_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return "cannot be read";
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return "is open to others than its owner: chmod 600 it";
  return std::nullopt;
}

std::filesystem::path default_data_dir() { return "/var/lib/risk-manager"; }

// In the usual place the socket is where the programs look for it: the data folder itself is closed to everybody else.
std::filesystem::path default_socket(const std::filesystem::path& data_dir) {
  return data_dir == default_data_dir() ? "/run/risk-manager/risk-manager.sock" : data_dir / "risk-manager.sock";
}

std::optional<std::string> socket_problem(const std::filesystem::path& socket) {
  constexpr std::size_t most = sizeof(sockaddr_un{}.sun_path) - 1;
  if (socket.native().size() <= most)
    return std::nullopt;
  return "is longer than the " + std::to_string(most) + " characters that a socket's path may have: choose a shorter one";
}

std::optional<int> reload_signal() { return SIGHUP; }

int64_t process_number() { return ::getpid(); }

} // namespace rm
