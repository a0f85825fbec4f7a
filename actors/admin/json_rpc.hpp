// JSON-RPC 2.0, one message per line, seen from both ends of the local socket.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace rm {

enum class rpc_code : int {
  parse_error = -32700,
  invalid_request = -32600,
  unknown_method = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  not_permitted = -32001,   // needs an administrator
  unknown_account = -32002,
  no_answer = -32003,       // the actor who could answer is away or too slow
  busy = -32004,            // too many clients, or too much under way
  refused = -32005,         // understood and permitted, and not possible as things are
};

struct rpc_error {
  rpc_code code = rpc_code::internal_error;
  std::string message; // one line, for people
};

/// A value of `params`. There are no fractions here: an amount is sent as text and read as fixed point.
using rpc_value = std::variant<std::monostate, bool, int64_t, std::string>;
using parameters = std::map<std::string, rpc_value>;

struct rpc_request {
  std::string id; // as JSON
  std::string method;
  parameters params;
};

/// A line that is no request, with the id to answer to where it had one.
struct rpc_refused {
  std::string id = "null";
  rpc_error error;
};

/// Reads one line from a client. Batches and requests without an id (which nobody could answer) are refused.
std::variant<rpc_request, rpc_refused> parse_request(std::string_view line);

/// The answers' lines, without the line's end. `id` and `result` are JSON.
std::string result_line(std::string_view id, std::string_view result);
std::string error_line(std::string_view id, const rpc_error& error);

/// A line that nobody has asked for: the news of a topic.
std::string push_line(std::string_view topic, std::string_view result);
/// Instead of it: why there is none.
std::string push_trouble_line(std::string_view topic, const rpc_error& error);

// -- the client's end -----------------------------------------------------------

struct rpc_answer {
  bool done = false;
  std::string result;  // as JSON, exactly as the service wrote it
  int code = 0;        // when not done
  std::string message;
};

std::string request_line(int64_t id, std::string_view method, const parameters& params);

/// Reads the answer to the request of that id; nothing when the line is no such answer.
std::optional<rpc_answer> parse_answer(int64_t id, std::string_view line);

/// News of a topic, or the trouble with it.
struct rpc_push {
  std::string topic;
  bool trouble = false;
  std::string result; // as JSON; the message where there is trouble
};

/// Reads such a line; nothing when it is none.
std::optional<rpc_push> parse_push(std::string_view line);

} // namespace rm
