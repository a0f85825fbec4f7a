// crash: a drill. One actor crashes, and its supervisor must bring it back. Administrators only.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  inquiry ask;
  ask.drill = drill_order{std::get<std::string>(*find_parameter(given, "actor")), known.caller, known.now.utc};
  return ask;
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.done))
    return rpc_error{found.refused ? rpc_code::invalid_params : rpc_code::no_answer, *why};
  json_writer out;
  out.begin_object().key("actor").text(std::get<order_done>(found.done).what).end_object();
  return out.take();
}

} // namespace

command crash_command() { return {"crash", true, {{"actor", parameter_kind::text, true}}, plan, answer}; }

} // namespace rm
