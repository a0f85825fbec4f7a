// reset: an account's day or week begins anew, now. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  auto begun = begin_order<reset_order>(given, known);
  if (const auto* error = std::get_if<rpc_error>(&begun))
    return *error;
  const auto& kind = std::get<std::string>(*find_parameter(given, "kind"));
  if (kind != "daily" && kind != "weekly")
    return rpc_error{rpc_code::invalid_params, "kind must be daily or weekly"};
  std::get<reset_order>(begun).kind = kind == "daily" ? reset_kind::daily : reset_kind::weekly;
  std::get<reset_order>(begun).sure = known.time_sure;
  inquiry ask;
  ask.order = std::get<reset_order>(begun);
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
