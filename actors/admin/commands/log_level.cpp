// log_level: how much of the log is written from now on, of all rooms or of one. Administrators only.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/nearest.hpp"

#include <algorithm>

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house&) {
  static const std::vector<std::string> levels{"trace", "debug", "info", "warn", "error"};
  const auto& level = std::get<std::string>(*find_parameter(given, "level"));
  if (std::find(levels.begin(), levels.end(), level) == levels.end())
    return rpc_error{rpc_code::invalid_params, "level must be trace, debug, info, warn or error" + hint_for(level, levels)};
  inquiry ask;
  ask.log_level = set_log_level{{}, level};
  if (const rpc_value* room = find_parameter(given, "room"))
    ask.log_level->room = std::get<std::string>(*room);
  return ask;
}

} // namespace

command log_level_command() {
  return {"log_level", true, {{"level", parameter_kind::text, true}, {"room", parameter_kind::text}}, plan, outcome_of_host};
}

} // namespace rm
