// trace: the messages of one actor as they pass, pushed to who asked; so many at most, and for so long at most. Anyone may ask.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

constexpr int64_t usual_count = 100, most_count = 1000, usual_seconds = 30, most_seconds = 600;

or_error<int64_t> read_bounded(const parameters& given, std::string_view name, int64_t usual, int64_t most) {
  const auto* value = find_parameter(given, name);
  const auto wanted = value == nullptr ? usual : std::get<int64_t>(*value);
  if (wanted < 0 || wanted > most)
    return rpc_error{rpc_code::invalid_params, std::string{name} + " must be from 0 to " + std::to_string(most)};
  return wanted;
}

or_error<inquiry> plan(const parameters& given, const house&) {
  const auto count = read_bounded(given, "count", usual_count, most_count), seconds = read_bounded(given, "seconds", usual_seconds, most_seconds);
  for (const auto* each : {&count, &seconds})
    if (const auto* error = std::get_if<rpc_error>(each))
      return *error;
  inquiry ask;
  ask.trace = trace_order{0, std::get<std::string>(*find_parameter(given, "actor")), std::get<int64_t>(count), std::chrono::seconds{std::get<int64_t>(seconds)}};
  return ask;
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.done))
    return rpc_error{found.refused ? rpc_code::invalid_params : rpc_code::no_answer, *why};
  json_writer out;
  out.begin_object().key("tracing").text(std::get<order_done>(found.done).what).end_object();
  return out.take();
}

} // namespace

command trace_command() {
  return {"trace", false, {{"actor", parameter_kind::text, true}, {"count", parameter_kind::number}, {"seconds", parameter_kind::number}}, plan, answer};
}

} // namespace rm
