// A program's end of the local socket: connect, one request, one answer.
#pragma once

#include "actors/admin/json_rpc.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace rm {

/// The exit codes of every program.
enum class exit_code : int { done = 0, failed = 1, bad_usage = 2, not_reachable = 3, not_permitted = 4 };

/// Nobody listens at the path, we may not connect, or the service went away. The text says which, for people.
struct not_reachable : std::runtime_error {
  not_reachable(const std::string& what, bool permission) : std::runtime_error{what}, not_permitted{permission} {}
  bool not_permitted; // the operating system refused us the socket
};

/// A connection to the service. Blocks its caller, at most `patience` per call.
class local_client {
public:
  /// Connects. Throws not_reachable.
  local_client(std::string path, std::chrono::milliseconds patience);
  ~local_client();
  local_client(local_client&&) noexcept;
  local_client& operator=(local_client&&) noexcept;

  /// Sends one line (without its end) and returns the next one, whatever it is. Throws not_reachable when the service does not answer in time or hangs
  /// up; after that the connection is of no more use.
  std::string ask(const std::string& line);

  /// The next line that the service sends by itself, or has sent already; nothing when none comes within that time. Throws not_reachable
  /// when the service has hung up.
  std::optional<std::string> next_line(std::chrono::milliseconds wait);

  /// Has a topic told from now on: `next_push` gives its news, the first at once. The answer says whether the service does that.
  rpc_answer subscribe(std::string_view topic, parameters params = {});

  /// The next news of any topic; nothing when there are none within that time. Throws not_reachable. A service that lives tells something
  /// of every topic every few seconds.
  std::optional<rpc_push> next_push(std::chrono::milliseconds wait);

  /// Calls a method. News that come meanwhile are kept for `next_push`. Throws not_reachable, also for an answer that is not one.
  rpc_answer call(std::string_view method, const parameters& params);

private:
  struct connection; // one per platform
  void send(const std::string& line);
  std::optional<std::string> read_line(std::chrono::milliseconds wait);
  std::string await_line();

  std::unique_ptr<connection> connection_;
  std::string path_;
  std::chrono::milliseconds patience_;
  int64_t last_id_ = 0;
  std::deque<rpc_push> news_; // came while an answer was awaited
};

/// Where the service listens unless told otherwise: the environment's RISK_MANAGER_SOCKET, else /run/risk-manager/risk-manager.sock or
/// \\.\pipe\risk-manager.
std::string default_socket_path();

/// The command that shows whether the service runs.
std::string how_to_look();

/// What to tell people when the service cannot be reached.
std::string unreachable_text(std::string_view program, const not_reachable& why);

/// What an error answer means for the exit code.
exit_code exit_code_of(const rpc_answer& answer);

} // namespace rm
