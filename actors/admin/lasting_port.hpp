// A port that comes back: nobody goes unguarded because people's programs cannot connect.
#pragma once

#include "actors/admin/local_socket.hpp"

namespace rm {

/// Opens the port by `open`, on `io`; where that cannot be, and when somebody takes its address away later, it tries again every
/// `between`. `say` hears a sentence when it is gone and when it is back, once each. Never throws.
client_port_factory lasting_port(boost::asio::io_context& io, client_port_factory open, std::function<void(const std::string&)> say,
                                 std::chrono::milliseconds between = std::chrono::seconds{2});

} // namespace rm
