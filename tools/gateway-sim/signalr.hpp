// SignalR's JSON protocol: cutting bytes into records, and the records a server writes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gateway_sim::signalr {

constexpr char separator = '\x1e';

/// Collects bytes and gives back whole records without their separator.
class record_buffer {
public:
  void append(std::string_view bytes) { bytes_ += bytes; }
  std::optional<std::string> next();
  std::size_t size() const { return bytes_.size(); }

private:
  std::string bytes_;
};

// All of these end with the separator.

std::string handshake_ok();
std::string handshake_error(std::string_view text);
std::string ping();
std::string completion(std::string_view invocation_id, bool null_result);
std::string completion_error(std::string_view invocation_id, std::string_view text);

/// `arguments` is the JSON text between the brackets of the arguments array.
std::string invocation(std::string_view target, std::string_view arguments);

/// A close record; `error` empty = none.
std::string close(std::string_view error, bool allow_reconnect);

} // namespace gateway_sim::signalr
