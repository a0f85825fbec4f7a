// unlock: takes away an account's locks, or one rule's. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  auto begun = begin_order<unlock_order>(given, known);
  if (const auto* error = std::get_if<rpc_error>(&begun))
    return *error;
  auto& order = std::get<unlock_order>(begun);
  if (const rpc_value* rule = find_parameter(given, "rule")) {
    const auto& name = std::get<std::string>(*rule);
    if (name.empty() || !rule_name::fits(name))
      return rpc_error{rpc_code::invalid_params, "rule must be the name of a rule: see `locks`"};
    order.rule = rule_name{name};
  }
  inquiry ask;
  ask.order = std::move(order);
  return ask;
}

/// "locked": whose locks stand all the same; empty where the account is free.
or_error<std::string> outcome(const parameters& given, const house& known, const findings& found) {
  const auto* done = std::get_if<order_done>(&found.done);
  if (done == nullptr)
    return outcome_of_order(given, known, found);
  json_writer out;
  out.begin_object().key("done").text(done->what).key("locked").begin_array();
  for (const auto& rule : done->locked)
    out.text(rule.str());
  out.end_array().end_object();
  return out.take();
}

} // namespace

command unlock_command() {
  return {"unlock",
          true,
          {{"account", parameter_kind::text_or_number, true}, {"rule", parameter_kind::text}, {"reason", parameter_kind::text, true}},
          plan,
          outcome};
}

} // namespace rm
