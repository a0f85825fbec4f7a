// The wizard for rules: where, which rule, what. What the service says of it is shown before anything is saved.
#include "actors/rules/catalogue.hpp"
#include "tools/risk-admin/config_edit.hpp"
#include "tools/risk-admin/menu_parts.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr const char* title = "configure risk rules";

struct scope {
  std::string words;
  config_path where; // of the profile or account
};

std::vector<scope> scopes_of(const std::string& text) {
  std::vector<scope> out;
  for (const auto& name : keys_at(text, {"profiles"}))
    out.push_back({"profile " + name + " (all accounts that use it)", {"profiles", name}});
  for (const auto& id : keys_at(text, {"accounts"}))
    out.push_back({"account " + id + "  " + value_at(text, {"accounts", "id=" + id, "name"}).value_or(""), {"accounts", "id=" + id}});
  return out;
}

config_path below(config_path where, std::initializer_list<std::string> keys) {
  where.insert(where.end(), keys);
  return where;
}

/// "limit" or "target": what the rule's block has, else what it is likely to take.
std::string main_key(const std::string& text, const config_path& rule) {
  const auto keys = keys_at(text, rule);
  for (const auto* key : {"limit", "target"})
    if (std::find(keys.begin(), keys.end(), key) != keys.end())
      return key;
  return rule.back().find("profit") != std::string::npos ? "target" : "limit";
}

std::optional<std::string> change_value(const menu_parts& parts, const std::string& text, const config_path& rule) {
  auto keys = keys_at(text, rule);
  const auto main = main_key(text, rule);
  if (std::find(keys.begin(), keys.end(), main) == keys.end())
    keys.insert(keys.begin(), main);
  std::erase(keys, "enabled");
  std::erase_if(keys, [&](const std::string& key) { return !keys_at(text, below(rule, {key})).empty(); });
  std::vector<std::string> entries;
  for (const auto& key : keys)
    entries.push_back(key + ": " + value_at(text, below(rule, {key})).value_or("(not set)"));
  const auto which = parts.talk->choose(title, {rule.back() + ": which value?", ""}, entries);
  if (!which)
    return std::nullopt;
  const auto value = parts.talk->ask(title, {rule.back() + " " + keys[*which] + ":"}, value_at(text, below(rule, {keys[*which]})).value_or(""), false);
  if (!value || value->empty())
    return std::nullopt;
  const bool number = value->find_first_not_of("0123456789.") == std::string::npos || value->front() == '[';
  return set_value(text, below(rule, {keys[*which]}), number ? *value : yaml_word(*value));
}

std::optional<std::string> change_rule(const menu_parts& parts, const std::string& text, const config_path& rule, bool is_there) {
  if (!is_there)
    return change_value(parts, text, rule);
  const bool off = value_at(text, below(rule, {"enabled"})).value_or("true") == "false";
  const auto what = parts.talk->choose(title, {rule.back() + (off ? " is switched off." : " is on."), ""}, {"Change a value", off ? "Switch it on" : "Switch it off"});
  if (!what)
    return std::nullopt;
  return *what == 0 ? change_value(parts, text, rule) : set_value(text, below(rule, {"enabled"}), off ? "true" : "false");
}

std::optional<std::string> own_numbers(const menu_parts& parts, const std::string& text, const config_path& where) {
  const auto rules = below(where, {"rules"});
  const auto there = keys_at(text, rules);
  std::vector<std::string> names, entries;
  for (const auto& entry : rule_catalogue()) {
    const bool is_there = std::find(there.begin(), there.end(), entry.name) != there.end();
    const auto value = value_at(text, below(rules, {entry.name, main_key(text, below(rules, {entry.name}))}));
    names.push_back(entry.name);
    entries.push_back(entry.name + (entry.number.empty() ? "" : "  " + entry.number) + (is_there ? "  = " + value.value_or("set") : ""));
  }
  const auto which = parts.talk->choose(title, {"Which rule?", ""}, entries);
  if (!which)
    return std::nullopt;
  return change_rule(parts, text, below(rules, {names[*which]}), std::find(there.begin(), there.end(), names[*which]) != there.end());
}

std::optional<std::string> from_preset(const menu_parts& parts, const shown_config& now, const config_path& profile) {
  if (now.presets.empty()) {
    parts.talk->show(title, {"The configuration names no presets.", "Put `presets: topstepx-presets.yaml` into it, beside that file, and come again."});
    return std::nullopt;
  }
  const auto which = parts.talk->choose(title, {"Whose limits?", ""}, now.presets);
  if (!which)
    return std::nullopt;
  const auto margin = parts.talk->ask(title, {"How many percent below the firm's limits? So we act before the firm does."}, "10", false);
  if (!margin || margin->empty())
    return std::nullopt;
  const auto named = set_value(now.text, below(profile, {"preset", "name"}), yaml_word(now.presets[*which]));
  return named ? set_value(*named, below(profile, {"preset", "safety_margin"}), *margin) : std::nullopt;
}

} // namespace

void run_wizard(const menu_parts& parts) {
  const auto now = fetch_config(parts.call);
  if (!now.value)
    return parts.talk->show(title, wrapped(now.refused.message));
  const auto scopes = scopes_of(now.value->text);
  std::vector<std::string> entries;
  for (const auto& each : scopes)
    entries.push_back(each.words);
  const auto where = parts.talk->choose(title, {"Whose rules?  (" + now.value->file + ")", ""}, entries);
  if (!where)
    return;
  const auto& chosen = scopes[*where].where;
  const bool profile = chosen.front() == "profiles";
  std::size_t way = 0;
  if (profile) {
    const auto picked = parts.talk->choose(title, {scopes[*where].words, ""}, {"Own numbers, rule by rule", "A firm's limits (preset)"});
    if (!picked)
      return;
    way = *picked;
  }
  const auto after = way == 0 ? own_numbers(parts, now.value->text, chosen) : from_preset(parts, *now.value, chosen);
  if (after)
    offer_change(parts, title, *now.value, *after);
}

} // namespace rm
