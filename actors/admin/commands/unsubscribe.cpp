// unsubscribe: be told of a topic no longer.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house&) {
  inquiry ask;
  ask.subscribe = subscription{true, std::get<std::string>(*find_parameter(given, "topic")), {}};
  return ask;
}

or_error<std::string> answer(const parameters& given, const house&, const findings&) {
  json_writer out;
  out.begin_object().key("unsubscribed").text(std::get<std::string>(*find_parameter(given, "topic"))).end_object();
  return out.take();
}

} // namespace

command unsubscribe_command() { return {"unsubscribe", false, {{"topic", parameter_kind::text, true}}, plan, answer}; }

} // namespace rm
