// lock: locks an account by hand, until the daily reset or for a time. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  lock_order order;
  order.account = std::get<account_id>(found);
  const auto& mode = std::get<std::string>(*find_parameter(given, "mode"));
  if (mode != "flat" && mode != "reduce_only")
    return rpc_error{rpc_code::invalid_params, "mode must be flat or reduce_only"};
  order.mode = mode == "flat" ? lock_mode::flat : lock_mode::reduce_only;
  if (const rpc_value* length = find_parameter(given, "for")) {
    const auto read = read_length(std::get<std::string>(*length));
    if (!read || *read <= duration{} || *read > std::chrono::days{366})
      return rpc_error{rpc_code::invalid_params, "for must be a length of time such as \"30m\", \"2h\", \"1d\", at most \"366d\"; without it the lock ends at the daily reset"};
    order.length = *read;
  }
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  order.reason = std::get<std::string>(reason);
  order.by = known.caller;
  order.now = known.now.utc;
  inquiry ask;
  ask.order = order;
  return ask;
}

} // namespace

command lock_command() {
  return {"lock",
          true,
          {{"account", parameter_kind::text_or_number, true}, {"mode", parameter_kind::text, true}, {"for", parameter_kind::text}, {"reason", parameter_kind::text, true}},
          plan,
          outcome_of_order};
}

} // namespace rm
