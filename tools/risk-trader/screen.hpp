// risk-trader on a terminal.
#pragma once

#include "actors/admin/local_client.hpp"

#include <functional>
#include <string>

namespace rm {

/// Asks the service once; throws not_reachable, or std::runtime_error when it refuses.
using ask_status = std::function<std::string()>;

/// Shows the frame, refreshed every second, until q is pressed. A service that is away is said so and asked again.
exit_code show_screen(const ask_status& ask);

} // namespace rm
