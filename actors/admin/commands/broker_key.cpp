// broker_key: another key for a login, into the file that only the service reads. Administrators only. The key is shown and written down
// nowhere else.
#include "actors/admin/commands/command.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t longest_key = 4096;

or_error<inquiry> plan(const parameters& given, const house& known) {
  key_order order;
  const auto& broker = std::get<std::string>(*find_parameter(given, "broker"));
  const auto found = std::find_if(known.brokers.begin(), known.brokers.end(), [&](const broker_id& b) { return b.view() == broker; });
  if (found == known.brokers.end())
    return rpc_error{rpc_code::invalid_params, "there is no login '" + broker.substr(0, 60) + "'"};
  order.broker = *found;
  order.key = std::get<std::string>(*find_parameter(given, "key"));
  const bool clean = std::all_of(order.key.begin(), order.key.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  if (order.key.empty() || order.key.size() > longest_key || !clean)
    return rpc_error{rpc_code::invalid_params, "a key is one word of at most " + std::to_string(longest_key) + " bytes"};
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  order.by = known.caller;
  order.reason = std::get<std::string>(reason);
  inquiry ask;
  ask.key = order;
  return ask;
}

} // namespace

command broker_key_command() {
  return {"broker_key",
          true,
          {{"broker", parameter_kind::text, true}, {"key", parameter_kind::text, true}, {"reason", parameter_kind::text, true}},
          plan,
          outcome_of_host};
}

} // namespace rm
