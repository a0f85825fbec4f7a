// flatten: everything of an account is closed at the venue, now; it is not locked by that. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto begun = begin_order<flatten_order>(given, known);
  if (const auto* error = std::get_if<rpc_error>(&begun))
    return *error;
  inquiry ask;
  ask.order = std::get<flatten_order>(begun);
  return ask;
}

} // namespace

command flatten_command() {
  return {"flatten", true, {{"account", parameter_kind::text_or_number, true}, {"reason", parameter_kind::text, true}}, plan, outcome_of_order};
}

} // namespace rm
