// The addresses of a gateway. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rm::projectx {

struct url {
  bool tls = true;
  std::string host;
  std::string port;
  std::string path; // without a slash at its end; empty for none

  /// True for this very machine.
  bool is_loopback() const;
  /// Host and, where it is not the usual one, port: the Host header.
  std::string authority() const;
};

/// Reads http, https, ws and wss addresses without query; nothing for anything else.
std::optional<url> parse_url(std::string_view text);

/// Percent-encodes for a query's value.
std::string query_escaped(std::string_view text);

} // namespace rm::projectx
