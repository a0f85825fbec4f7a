// config_part: a part of a configuration that is too long for one request. Administrators only; config_check and config_apply then name it.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

constexpr std::size_t longest_name = 60;

or_error<inquiry> plan(const parameters& given, const house&) {
  text_part part{std::get<std::string>(*find_parameter(given, "upload")), std::get<int64_t>(*find_parameter(given, "at")), std::get<std::string>(*find_parameter(given, "text"))};
  if (part.upload.empty() || part.upload.size() > longest_name)
    return rpc_error{rpc_code::invalid_params, "upload is a name of at most " + std::to_string(longest_name) + " bytes, chosen by who sends the text"};
  inquiry ask;
  ask.part = std::move(part);
  return ask;
}

} // namespace

command config_part_command() {
  return {"config_part",
          true,
          {{"upload", parameter_kind::text, true}, {"at", parameter_kind::number, true}, {"text", parameter_kind::text, true}},
          plan,
          outcome_of_host};
}

} // namespace rm
