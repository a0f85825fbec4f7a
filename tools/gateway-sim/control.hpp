// The simulator's own interface under /sim: tests and the demo drive the venue with it and read back its books.
// It needs no login; the server listens on the loopback only.
#pragma once
#include "world.hpp"

#include <string>
#include <string_view>

namespace gateway_sim {

struct control_reply {
  int status = 200;
  std::string body; // JSON
};

/// Answers `method` on a path that starts with /sim/; `query` is what follows the question mark.
control_reply control(world& venue, std::string_view method, std::string_view path, std::string_view query,
                      const std::string& body);

} // namespace gateway_sim
