// config_show, config_check, config_apply: the configuration's text as the host has it. Administrators only. A client sends a text, never
// a path: the service opens no file that somebody names.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

std::string text_under(const parameters& given, std::string_view name) {
  const rpc_value* found = find_parameter(given, name);
  return found == nullptr ? "" : std::get<std::string>(*found);
}

/// The text itself, or the name under which it came in parts.
std::optional<rpc_error> wants_one_text(const parameters& given) {
  const bool has_text = find_parameter(given, "text") != nullptr, has_upload = !text_under(given, "upload").empty();
  if (has_text == has_upload)
    return rpc_error{rpc_code::invalid_params, "give the configuration as 'text', or by config_part and then its name as 'upload'"};
  return std::nullopt;
}

or_error<inquiry> plan_show(const parameters&, const house& known) {
  inquiry ask;
  ask.config = config_order{config_step::show, {}, {}, known.caller, {}};
  return ask;
}

or_error<inquiry> plan_check(const parameters& given, const house& known) {
  if (auto wrong = wants_one_text(given))
    return *wrong;
  inquiry ask;
  ask.config = config_order{config_step::check, text_under(given, "text"), {}, known.caller, {}};
  ask.upload = text_under(given, "upload");
  ask.days = true; // they go with the order: what the text would have meant for them
  return ask;
}

or_error<inquiry> plan_apply(const parameters& given, const house& known) {
  if (auto wrong = wants_one_text(given))
    return *wrong;
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  inquiry ask;
  ask.config = config_order{config_step::apply, text_under(given, "text"), text_under(given, "base"), known.caller, std::get<std::string>(reason)};
  ask.upload = text_under(given, "upload");
  return ask;
}

} // namespace

command config_show_command() { return {"config_show", true, {}, plan_show, outcome_of_host}; }

command config_check_command() { return {"config_check", true, {{"text", parameter_kind::text}, {"upload", parameter_kind::text}}, plan_check, outcome_of_host}; }

command config_apply_command() {
  return {"config_apply",
          true,
          {{"text", parameter_kind::text}, {"upload", parameter_kind::text}, {"base", parameter_kind::text}, {"reason", parameter_kind::text, true}},
          plan_apply,
          outcome_of_host};
}

} // namespace rm
