// All methods of the local socket.
#pragma once

#include "actors/admin/commands/command.hpp"

namespace rm {

/// Every method that the service offers, by name.
const std::vector<command>& command_catalogue();

} // namespace rm
