// reset: an account's day or week begins anew, now. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  const auto& kind = std::get<std::string>(*find_parameter(given, "kind"));
  if (kind != "daily" && kind != "weekly")
    return rpc_error{rpc_code::invalid_params, "kind must be daily or weekly"};
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  inquiry ask;
  ask.order = reset_order{std::get<account_id>(found), kind == "daily" ? reset_kind::daily : reset_kind::weekly, known.caller, std::get<std::string>(reason), known.now.utc};
  return ask;
}

} // namespace

command reset_command() {
  return {"reset",
          true,
          {{"account", parameter_kind::text_or_number, true}, {"kind", parameter_kind::text, true}, {"reason", parameter_kind::text, true}},
          plan,
          outcome_of_order};
}

} // namespace rm
