// lock: locks an account by hand, until the daily reset or for a time. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  auto begun = begin_order<lock_order>(given, known);
  if (const auto* error = std::get_if<rpc_error>(&begun))
    return *error;
  auto& order = std::get<lock_order>(begun);
  const auto& mode = std::get<std::string>(*find_parameter(given, "mode"));
  if (mode != "flat" && mode != "reduce_only")
    return rpc_error{rpc_code::invalid_params, "mode must be flat or reduce_only"};
  order.sure = known.time_sure;
  order.mode = mode == "flat" ? lock_mode::flat : lock_mode::reduce_only;
  if (const rpc_value* length = find_parameter(given, "for")) {
    const auto read = read_length(std::get<std::string>(*length));
    if (!read || *read <= duration{} || *read > std::chrono::days{366})
      return rpc_error{rpc_code::invalid_params, "for must be a length of time such as \"30m\", \"2h\", \"1d\", at most \"366d\"; without it the lock ends at the daily reset"};
    order.length = *read;
  }
  inquiry ask;
  ask.order = std::move(order);
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
