// Where people's programs connect: a Unix domain socket, or a named pipe on Windows. The operating system says who they are.
#pragma once

#include "messages/admin.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace rm {

/// What a client may cost.
struct socket_limits {
  std::size_t clients = 64;
  std::size_t kept_for_administrators = 8; // of these; so nobody can lock the administrator out by connecting often
  std::size_t backlog = 1024 * 1024;       // bytes; who has more than this unread when the next answer comes is cut off
  std::size_t unanswered = 8;              // requests; of a client with so many under way nothing more is read
  double requests_per_second = 50;         // of one client, in the long run; what comes faster waits in the client's own buffer
  double burst = 200;                      // requests that may come at once
  std::chrono::milliseconds stalled{30'000}; // a half-sent request, or an answer of which nothing is read
  std::chrono::milliseconds idle{600'000};   // nothing asked, nothing owed
};

struct local_socket_settings {
  std::string path;                           // of the socket; on Windows the pipe's name, \\.\pipe\...
  std::string administrators = "riskadmin";   // group whose members are administrators; beside root and the service's own user
  unsigned mode = 0666;                       // of the socket file: who it lets in beside administrators may look
  socket_limits limits;
};

/// Who hears from the clients. Called on the io_context's threads, one call at a time; must not block.
struct socket_sink {
  std::function<void(client_line)> on_line;
  std::function<void(uint64_t connection)> on_closed;
};

/// The service's end of the local socket. Every line that is delivered gets exactly one `answer`. All members are thread-safe.
class client_port {
public:
  virtual ~client_port() = default;

  /// Sends the answer to the oldest request of that client that has none. Never blocks; a client that has gone is ignored.
  virtual void answer(uint64_t connection, std::string line) = 0;

  /// Sends a line that nobody has asked for. Of a client that has not read what it was sent only the newest line of each topic waits.
  virtual void push(uint64_t connection, std::string_view topic, std::string line) = 0;

  /// Whether a client that comes now would find it: somebody may have removed a socket's file.
  virtual bool in_place() { return true; }

  /// Hangs up on everybody and frees the address. The sink is not called again once this has returned.
  virtual void close() = 0;
};

/// Opens the port. Throws std::runtime_error with a sentence for people when that cannot be.
using client_port_factory = std::function<std::unique_ptr<client_port>(socket_sink)>;

/// Opens the local socket and serves it on `io`, which must outlive it. A socket file that a crashed service left behind is replaced;
/// one that somebody listens on is an error.
std::unique_ptr<client_port> open_local_socket(boost::asio::io_context& io, const local_socket_settings& settings, socket_sink sink);

/// The same, for later: what `start_admin` wants.
inline client_port_factory local_socket_on(boost::asio::io_context& io, local_socket_settings settings) {
  return [&io, settings = std::move(settings)](socket_sink sink) { return open_local_socket(io, settings, std::move(sink)); };
}

} // namespace rm
