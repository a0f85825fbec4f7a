#include "actors/admin/commands/command.hpp"

#include "actors/admin/nearest.hpp"

#include <algorithm>
#include <charconv>

namespace rm {
namespace {

rpc_error invalid(std::string message) { return {rpc_code::invalid_params, std::move(message)}; }

bool fits(parameter_kind kind, const rpc_value& value) {
  const bool text = std::holds_alternative<std::string>(value), number = std::holds_alternative<int64_t>(value);
  switch (kind) {
    case parameter_kind::text: return text;
    case parameter_kind::number: return number;
    case parameter_kind::text_or_number: return text || number;
    case parameter_kind::flag: return std::holds_alternative<bool>(value);
  }
  return false;
}

std::string_view words_for(parameter_kind kind) {
  switch (kind) {
    case parameter_kind::text: return "text";
    case parameter_kind::number: return "a whole number";
    case parameter_kind::text_or_number: return "text or a whole number";
    case parameter_kind::flag: return "true or false";
  }
  return "";
}

std::optional<int64_t> read_number(std::string_view text) {
  int64_t out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// "30m" and the like; at most about 27 years, so that no sum with a time can leave its range.
std::optional<duration> read_span(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 2)
    return std::nullopt;
  const auto count = read_number(text.substr(0, text.size() - 1));
  if (!count || *count < 0 || *count > 10'000)
    return std::nullopt;
  switch (text.back()) {
    case 's': return seconds{*count};
    case 'm': return minutes{*count};
    case 'h': return hours{*count};
    case 'd': return days{*count};
    default: return std::nullopt;
  }
}

} // namespace

const rpc_value* find_parameter(const parameters& given, std::string_view name) {
  const auto found = given.find(std::string{name});
  return found == given.end() || std::holds_alternative<std::monostate>(found->second) ? nullptr : &found->second;
}

std::optional<rpc_error> check_parameters(const command& asked, const parameters& given) {
  std::vector<std::string> names;
  for (const auto& rule : asked.takes)
    names.emplace_back(rule.name);
  for (const auto& [name, value] : given)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return invalid(std::string{asked.name} + " takes no parameter '" + name.substr(0, 60) + "'" + hint_for(name, names));
  for (const auto& rule : asked.takes) {
    const rpc_value* value = find_parameter(given, rule.name);
    if (value == nullptr && rule.required)
      return invalid(std::string{asked.name} + " needs the parameter '" + std::string{rule.name} + "'");
    if (value != nullptr && !fits(rule.kind, *value))
      return invalid("parameter '" + std::string{rule.name} + "' must be " + std::string{words_for(rule.kind)});
  }
  return std::nullopt;
}

or_error<account_id> find_account(const rpc_value& given, const house& known) {
  const auto* text = std::get_if<std::string>(&given);
  const auto* number = std::get_if<int64_t>(&given);
  const std::string asked = text != nullptr ? *text : number != nullptr ? std::to_string(*number) : std::string{};
  std::vector<std::string> names;
  for (const auto& candidate : known.accounts) {
    if (asked == candidate.name || asked == to_string(candidate.account))
      return candidate.account;
    names.push_back(candidate.name);
    names.push_back(to_string(candidate.account));
  }
  return rpc_error{rpc_code::unknown_account, "there is no account '" + asked.substr(0, 60) + "'" + hint_for(asked, names)};
}

or_error<timestamp> read_since(const rpc_value& given, const house& known) {
  const auto* text = std::get_if<std::string>(&given);
  timestamp at{};
  if (text != nullptr && parse_time(*text, at))
    return at;
  if (text != nullptr)
    if (const auto span = read_span(*text))
      return known.now.utc - *span;
  return invalid("since must be a time such as \"2025-12-24T14:30:00Z\" or a span before now such as \"30m\", \"2h\", \"1d\"");
}

} // namespace rm
