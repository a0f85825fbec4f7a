// logs: the newest lines of the service's own log. Administrators only. Also a topic: each line has a number, so nobody sees one twice.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

constexpr int64_t most_lines = 2000;

or_error<inquiry> plan(const parameters& given, const house&) {
  int64_t lines = 100;
  if (const rpc_value* wanted = find_parameter(given, "lines"))
    lines = std::get<int64_t>(*wanted);
  if (lines < 1 || lines > most_lines)
    return rpc_error{rpc_code::invalid_params, "lines must be from 1 to " + std::to_string(most_lines)};
  inquiry ask;
  ask.log = get_log{static_cast<std::size_t>(lines)};
  return ask;
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  json_writer out;
  out.begin_object().key("lines").begin_array();
  for (const auto& line : found.log)
    out.begin_object().key("number").number(static_cast<int64_t>(line.number)).key("text").text(line.text).end_object();
  out.end_array().end_object();
  return out.take();
}

} // namespace

command logs_command() {
  return {"logs", true, {{"lines", parameter_kind::number}}, plan, answer, std::chrono::milliseconds{500}, std::chrono::milliseconds{500}};
}

} // namespace rm
