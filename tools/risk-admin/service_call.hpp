// One question to the service, whoever asks.
#pragma once

#include "actors/admin/json_rpc.hpp"

#include <functional>
#include <string_view>

namespace rm {

/// Calls a method of the service. Throws not_reachable.
using service_call = std::function<rpc_answer(std::string_view method, const parameters& params)>;

} // namespace rm
