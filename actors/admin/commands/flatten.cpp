// flatten: everything of an account is closed at the venue, now; it is not locked by that. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  inquiry ask;
  ask.order = flatten_order{std::get<account_id>(found), known.caller, std::get<std::string>(reason), known.now.utc};
  return ask;
}

} // namespace

command flatten_command() {
  return {"flatten", true, {{"account", parameter_kind::text_or_number, true}, {"reason", parameter_kind::text, true}}, plan, outcome_of_order};
}

} // namespace rm
