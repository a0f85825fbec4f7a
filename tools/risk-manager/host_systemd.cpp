#include "tools/risk-manager/host_systemd.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace rm {

systemd_host::systemd_host() {
  if (const char* where = std::getenv("NOTIFY_SOCKET"))
    socket_ = where;
}

void systemd_host::ready() { tell("READY=1\nSTATUS=guarding\nMAINPID=" + std::to_string(::getpid())); }
void systemd_host::alive() { tell("WATCHDOG=1"); }
void systemd_host::stopping() { tell("STOPPING=1\nSTATUS=stopping: nothing is closed, everything is kept"); }

/// Never blocks and never fails: the manager may be gone.
void systemd_host::tell(std::string_view state) const {
  sockaddr_un to{};
  if (socket_.size() < 2 || socket_.size() >= sizeof to.sun_path || (socket_.front() != '/' && socket_.front() != '@'))
    return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (to.sun_path[0] == '@')
    to.sun_path[0] = '\0'; // the abstract namespace
  const int from = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (from < 0)
    return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  [[maybe_unused]] const auto sent = ::sendto(from, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
  ::close(from);
}

} // namespace rm
