#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/admin/nearest.hpp"
#include "messages/overloaded.hpp"

#include <algorithm>
#include <charconv>

namespace rm {
namespace {

constexpr std::size_t longest_reason = 1000;

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

} // namespace

/// At most about 27 years, so that no sum with a time can leave its range.
std::optional<duration> read_length(std::string_view text) {
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

or_error<inquiry> only_one(const parameters& given, const house& known, inquiry ask) {
  if (const rpc_value* wanted = find_parameter(given, "account")) {
    const auto found = find_account(*wanted, known);
    if (const auto* error = std::get_if<rpc_error>(&found))
      return *error;
  }
  return ask;
}

bool is_wanted(account_id account, const parameters& given, const house& known) {
  const rpc_value* wanted = find_parameter(given, "account");
  const auto found = wanted != nullptr ? find_account(*wanted, known) : or_error<account_id>{account};
  return std::holds_alternative<account_id>(found) && std::get<account_id>(found) == account;
}

or_error<timestamp> read_since(const rpc_value& given, const house& known) {
  const auto* text = std::get_if<std::string>(&given);
  timestamp at{};
  if (text != nullptr && parse_time(*text, at))
    return at;
  if (text != nullptr)
    if (const auto span = read_length(*text))
      return known.now.utc - *span;
  return invalid("since must be a time such as \"2025-12-24T14:30:00Z\" or a span before now such as \"30m\", \"2h\", \"1d\"");
}

/// One line that looks on every screen like what was typed: no controls (C0, DEL, C1), no line separators, no marks that reorder text.
bool is_plain_line(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t ahead) { return i + ahead < text.size() ? static_cast<unsigned char>(text[i + ahead]) : 0u; };
    if (byte(0) < 0x20 || byte(0) == 0x7F || (byte(0) == 0xC2 && byte(1) < 0xA0))
      return false;
    if (byte(0) == 0xE2 && byte(1) == 0x80 && ((byte(2) >= 0xA8 && byte(2) <= 0xAE) || byte(2) == 0x8E || byte(2) == 0x8F))
      return false;
    if (byte(0) == 0xE2 && byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9)
      return false;
  }
  return true;
}

or_error<std::string> read_reason(const rpc_value& given) {
  const auto* text = std::get_if<std::string>(&given);
  if (text == nullptr || text->find_first_not_of(" \t") == std::string::npos)
    return invalid("say why: the reason goes into the journal and must not be empty");
  if (text->size() > longest_reason)
    return invalid("the reason may have " + std::to_string(longest_reason) + " bytes at most, and this one has " + std::to_string(text->size()));
  if (!is_plain_line(*text))
    return invalid("the reason must be one line of text, without characters that steer a terminal or turn the direction of writing");
  return *text;
}

std::string words_of(const account_order& order) {
  return std::visit(overloaded{
                      [](const reset_order& o) { return "a " + std::string{name_of(o.kind)} + " reset"; },
                      [](const unlock_order& o) { return o.rule.empty() ? std::string{"an unlock of all locks"} : "an unlock of " + o.rule.str(); },
                      [](const lock_order& o) {
                        const auto minutes = std::chrono::ceil<std::chrono::minutes>(o.length).count();
                        return "a " + std::string{name_of(o.mode)} + " lock" + (minutes == 0 ? std::string{" until the daily reset"} : " for " + std::to_string(minutes) + " min");
                      },
                      [](const flatten_order&) { return std::string{"everything closed"}; },
                    },
                    order);
}

or_error<std::string> outcome_of_order(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.done))
    return rpc_error{found.refused ? rpc_code::refused : rpc_code::no_answer, "not done: " + *why};
  json_writer out;
  out.begin_object().key("done").text(std::get<order_done>(found.done).what).end_object();
  return out.take();
}

or_error<std::string> outcome_of_host(const parameters&, const house&, const findings& found) {
  if (!found.host.done)
    return rpc_error{rpc_code::refused, found.host.text.empty() ? "the service cannot do that here" : found.host.text};
  return found.host.text;
}

} // namespace rm
