// The client over a Unix domain socket.
#include "actors/admin/local_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace rm {
namespace {

using clock = std::chrono::steady_clock;

std::string words_for(int error) { return std::generic_category().message(error); }

[[noreturn]] void unreachable(const std::string& path, const std::string& why, bool permission = false) {
  throw not_reachable{"the service is not reachable at " + path + ": " + why, permission};
}

} // namespace

struct local_client::connection {
  explicit connection(int fd) : socket{fd} {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(socket); }

  /// False: the time is over.
  bool wait_for(short events, clock::time_point until) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
      pollfd what{socket, events, 0};
      const int ready = ::poll(&what, 1, static_cast<int>(left < 0 ? 0 : left));
      if (ready > 0)
        return true;
      if (ready == 0 || errno != EINTR)
        return false;
      if (clock::now() >= until)
        return false;
    }
  }

  int socket;
  std::string read; // what came beyond the last line
};

local_client::local_client(std::string path, std::chrono::milliseconds patience) : path_{std::move(path)}, patience_{patience} {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.empty() || path_.size() >= sizeof address.sun_path)
    unreachable(path_, "that is no usable path for a socket");
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    unreachable(path_, words_for(errno));
  connection_ = std::make_unique<connection>(fd);
  const auto until = clock::now() + patience_;
  while (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    // A full queue of those who want to be let in says EAGAIN, and nothing tells when there is room.
    if (errno != EAGAIN && errno != EINTR)
      unreachable(path_, words_for(errno), errno == EACCES || errno == EPERM);
    if (clock::now() >= until)
      unreachable(path_, "it does not take the connection");
    ::poll(nullptr, 0, 10);
  }
}

local_client::~local_client() = default;
local_client::local_client(local_client&&) noexcept = default;
local_client& local_client::operator=(local_client&&) noexcept = default;

void local_client::send(const std::string& line) {
  const auto until = clock::now() + patience_;
  const std::string request = line + "\n";
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t size = ::send(connection_->socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (size >= 0)
      sent += static_cast<std::size_t>(size);
    else if (errno == EAGAIN ? !connection_->wait_for(POLLOUT, until) : errno != EINTR)
      unreachable(path_, errno == EAGAIN ? "it does not read what is sent" : words_for(errno));
  }
}

std::optional<std::string> local_client::read_line(std::chrono::milliseconds wait) {
  const auto until = clock::now() + wait;
  std::string& read = connection_->read;
  for (std::size_t searched = 0;;) {
    if (const auto end = read.find('\n', searched); end != std::string::npos) {
      std::string line = read.substr(0, end);
      read.erase(0, end + 1);
      return line;
    }
    searched = read.size();
    if (!connection_->wait_for(POLLIN, until))
      return std::nullopt;
    char part[65536];
    const ssize_t size = ::recv(connection_->socket, part, sizeof part, 0);
    if (size > 0)
      read.append(part, static_cast<std::size_t>(size));
    else if (size == 0)
      unreachable(path_, "it hung up");
    else if (errno != EAGAIN && errno != EINTR)
      unreachable(path_, words_for(errno));
  }
}

std::string default_socket_path() {
  const char* chosen = std::getenv("RISK_MANAGER_SOCKET");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/run/risk-manager/risk-manager.sock";
}

std::string how_to_look() { return "`systemctl status risk-manager`"; }

} // namespace rm
