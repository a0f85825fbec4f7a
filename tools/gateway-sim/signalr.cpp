#include "signalr.hpp"

#include "json_writer.hpp"

namespace gateway_sim::signalr {

std::optional<std::string> record_buffer::next() {
  auto end = bytes_.find(separator);
  if (end == std::string::npos)
    return std::nullopt;
  auto record = bytes_.substr(0, end);
  bytes_.erase(0, end + 1);
  return record;
}

std::string handshake_ok() {
  return std::string{"{}"} + separator;
}

std::string handshake_error(std::string_view text) {
  return "{\"error\":" + json_quoted(text) + "}" + separator;
}

std::string ping() {
  return std::string{"{\"type\":6}"} + separator;
}

std::string completion(std::string_view invocation_id, bool null_result) {
  return "{\"type\":3,\"invocationId\":" + json_quoted(invocation_id) + (null_result ? ",\"result\":null}" : "}")
         + separator;
}

std::string completion_error(std::string_view invocation_id, std::string_view text) {
  return "{\"type\":3,\"invocationId\":" + json_quoted(invocation_id) + ",\"error\":" + json_quoted(text) + "}"
         + separator;
}

std::string invocation(std::string_view target, std::string_view arguments) {
  return "{\"type\":1,\"target\":" + json_quoted(target) + ",\"arguments\":[" + std::string{arguments} + "]}"
         + separator;
}

std::string close(std::string_view error, bool allow_reconnect) {
  return std::string{"{\"type\":7"} + (error.empty() ? "" : ",\"error\":" + json_quoted(error))
         + (allow_reconnect ? ",\"allowReconnect\":true}" : "}") + separator;
}

} // namespace gateway_sim::signalr
