// subscribe: be told of a topic at once, and from then on whenever it has changed. Anyone may, where he may call the topic's method. What
// else is given is handed on to that method.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house&) {
  inquiry ask;
  ask.subscribe = subscription{false, std::get<std::string>(*find_parameter(given, "topic")), given};
  ask.subscribe->params.erase("topic");
  return ask;
}

or_error<std::string> answer(const parameters& given, const house&, const findings&) {
  json_writer out;
  out.begin_object().key("subscribed").text(std::get<std::string>(*find_parameter(given, "topic"))).end_object();
  return out.take();
}

} // namespace

command subscribe_command() {
  return {"subscribe",
          false,
          {{"topic", parameter_kind::text, true}, {"account", parameter_kind::text_or_number}, {"actor", parameter_kind::text}, {"lines", parameter_kind::number}},
          plan,
          answer};
}

} // namespace rm
