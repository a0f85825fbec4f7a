// unlock: takes away an account's locks, or one rule's. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  unlock_order order;
  order.account = std::get<account_id>(found);
  if (const rpc_value* rule = find_parameter(given, "rule")) {
    const auto& name = std::get<std::string>(*rule);
    if (name.empty() || !rule_name::fits(name))
      return rpc_error{rpc_code::invalid_params, "rule must be the name of a rule: see `locks`"};
    order.rule = rule_name{name};
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

command unlock_command() {
  return {"unlock",
          true,
          {{"account", parameter_kind::text_or_number, true}, {"rule", parameter_kind::text}, {"reason", parameter_kind::text, true}},
          plan,
          outcome_of_order};
}

} // namespace rm
