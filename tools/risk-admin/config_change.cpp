#include "tools/risk-admin/config_change.hpp"

#include "actors/admin/frame.hpp"
#include "tools/risk-admin/config_edit.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <random>

namespace rm {
namespace {

namespace json = boost::json;

std::string text_in(const json::value& from, const char* name) {
  const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  if (found == nullptr || found->is_null())
    return "";
  return found->is_string() ? std::string{found->get_string().data(), found->get_string().size()} : json::serialize(*found);
}

std::vector<std::string> texts_in(const json::value& from, const char* name) {
  std::vector<std::string> out;
  const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  if (found != nullptr && found->is_array())
    for (const auto& each : found->get_array())
      if (each.is_string())
        out.emplace_back(each.get_string().data(), each.get_string().size());
  return out;
}

json::value parsed(const std::string& text) {
  json::error_code wrong;
  json::value out = json::parse(json::string_view{text.data(), text.size()}, wrong);
  return wrong ? json::value{} : out;
}

constexpr std::size_t part_size = 24 * 1024; // bytes; escaped it still fits into a request, unless it consists of controls

std::string some_name() {
  std::random_device chance;
  return std::to_string(chance()) + "-" + std::to_string(chance());
}

/// Where the text's part from `begin` on ends: not within a character.
std::size_t end_of_part(const std::string& text, std::size_t begin, std::size_t size) {
  auto end = std::min(text.size(), begin + size);
  while (end < text.size() && end > begin + 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return end;
}

/// Sends the text in parts; the answer to the last one, or to the first that was not taken.
rpc_answer send_in_parts(const service_call& call, const std::string& text, const std::string& name) {
  rpc_answer answer{true, {}, 0, {}};
  for (std::size_t begin = 0; begin < text.size() && answer.done;) {
    parameters part{{"upload", name}, {"at", static_cast<int64_t>(begin)}, {"text", std::string{}}};
    auto size = part_size;
    std::size_t end = begin;
    do {
      end = end_of_part(text, begin, size);
      part["text"] = text.substr(begin, end - begin);
      size /= 2;
    } while (size > 0 && request_line(1, "config_part", part).size() > longest_request);
    answer = call("config_part", part);
    begin = end;
  }
  return answer;
}

told<config_judgement> ask_judgement(const service_call& call, std::string_view method, parameters params) {
  if (request_line(1, method, params).size() > longest_request - 100) { // its id may be longer
    const auto name = some_name();
    if (auto sent = send_in_parts(call, std::get<std::string>(params["text"]), name); !sent.done) {
      sent.message = "this configuration cannot be sent: " + sent.message + "; " + std::string{instead_of_sending};
      return {std::nullopt, std::move(sent)};
    }
    params.erase("text");
    params["upload"] = name;
  }
  auto answer = call(method, params);
  if (!answer.done)
    return {std::nullopt, std::move(answer)};
  const auto v = parsed(answer.result);
  return {config_judgement{text_in(v, "ok") == "true", texts_in(v, "problems"), texts_in(v, "warnings"), texts_in(v, "changes"), texts_in(v, "today")}, {}};
}

/// Where a rule of an account stands: in the account's own block, else in its profile's.
std::optional<std::string> rule_value(const std::string& text, const std::string& account, const std::string& rule, const std::string& key) {
  if (auto own = value_at(text, {"accounts", "id=" + account, "rules", rule, key}))
    return own;
  const auto profile = value_at(text, {"accounts", "id=" + account, "profile"});
  return profile ? value_at(text, {"profiles", *profile, "rules", rule, key}) : std::nullopt;
}

bool has_rule(const std::string& text, const std::string& account, const std::string& rule) {
  const auto in = [&](const config_path& where) {
    const auto names = keys_at(text, where);
    return std::find(names.begin(), names.end(), rule) != names.end();
  };
  if (rule_value(text, account, rule, "enabled").value_or("true") == "false")
    return false;
  const auto profile = value_at(text, {"accounts", "id=" + account, "profile"});
  return in({"accounts", "id=" + account, "rules"}) || (profile && in({"profiles", *profile, "rules"}));
}

std::vector<std::string> rules_of(const std::string& text, const std::string& account) {
  auto out = keys_at(text, {"accounts", "id=" + account, "rules"});
  if (const auto profile = value_at(text, {"accounts", "id=" + account, "profile"}))
    for (auto& rule : keys_at(text, {"profiles", *profile, "rules"}))
      if (std::find(out.begin(), out.end(), rule) == out.end())
        out.push_back(rule);
  return out;
}

} // namespace

told<shown_config> fetch_config(const service_call& call) {
  auto answer = call("config_show", {});
  if (!answer.done)
    return {std::nullopt, std::move(answer)};
  const auto v = parsed(answer.result);
  return {shown_config{text_in(v, "file"), text_in(v, "base"), text_in(v, "text"), texts_in(v, "presets")}, {}};
}

told<config_judgement> check_config(const service_call& call, const std::string& text) { return ask_judgement(call, "config_check", {{"text", text}}); }

told<config_judgement> apply_config(const service_call& call, const std::string& text, const std::string& base, const std::string& reason) {
  parameters params{{"text", text}, {"reason", reason}};
  if (!base.empty())
    params["base"] = base;
  return ask_judgement(call, "config_apply", std::move(params));
}

bool loosens(const std::string& before, const std::string& after) {
  const auto accounts = keys_at(after, {"accounts"});
  for (const auto& account : keys_at(before, {"accounts"})) {
    if (std::find(accounts.begin(), accounts.end(), account) == accounts.end())
      return true;
    for (const auto& rule : rules_of(before, account))
      if (has_rule(before, account, rule) && !has_rule(after, account, rule))
        return true;
  }
  return false;
}

} // namespace rm
