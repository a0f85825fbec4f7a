#include "actors/rules/catalogue.hpp"
#include "tools/risk-manager/settings_parts.hpp"

#include <algorithm>
#include <map>

namespace rm {
namespace {

using rule_blocks = std::vector<std::pair<std::string, parameter>>;

/// The blocks under `rules`; empty where there is none or it is no map (which is a problem).
rule_blocks read_rules(parameter_reader& reader) {
  const parameter* block = reader.get("rules");
  if (!block)
    return {};
  parameter_reader checked{*block, reader.where() + ".rules", reader.found()};
  return checked.map().entries;
}

/// The account's keys over the profile's, rule by rule and key by key.
rule_blocks merged(const rule_blocks& profile, const rule_blocks& account) {
  rule_blocks out = profile;
  for (const auto& [name, over] : account) {
    auto base = std::find_if(out.begin(), out.end(), [&name = name](const auto& rule) { return rule.first == name; });
    if (base == out.end()) {
      out.emplace_back(name, over);
      continue;
    }
    if (base->second.type != parameter::kind::map || over.type != parameter::kind::map) {
      if (over.type != parameter::kind::null) // "daily_loss_limit:" alone changes nothing
        base->second = over;
      continue;
    }
    parameter both = over; // the account's line and path
    for (const auto& [key, value] : base->second.entries)
      if (!over.find(key))
        both.entries.emplace_back(key, value);
    base->second = std::move(both);
  }
  return out;
}

/// What rules need to know beside their own block.
rule_context context_of(const rule_blocks& blocks, const settings& known) {
  rule_context out;
  out.calendar = known.calendar;
  for (const auto& [name, block] : blocks) {
    if (name != "daily_loss_limit")
      continue;
    problems said_elsewhere;
    parameter_reader reader{block, name, said_elsewhere};
    if (reader.flag("enabled", true))
      out.daily_loss_limit = reader.amount("limit", money::whole(500));
  }
  return out;
}

std::vector<rule_settings> read_rule_list(const rule_blocks& blocks, const std::string& where, problems& found, const rule_context& context) {
  std::vector<rule_settings> out;
  for (const auto& [name, block] : blocks) {
    const bool made = make_rule(name, block, where + "." + shown_key(name), found, context) != nullptr;
    if (rule_name::fits(name))
      out.push_back({name, made, block});
  }
  return out;
}

std::map<std::string, rule_blocks> read_profiles(parameter_reader& top, reading& r, const settings& known) {
  std::map<std::string, rule_blocks> out;
  const parameter* block = top.get("profiles");
  if (!block)
    return out;
  parameter_reader profiles{*block, "profiles", r.found};
  for (const auto& [name, content] : profiles.map().entries) {
    parameter_reader profile{content, "profiles." + name, r.found};
    out[name] = merged(preset_rules(profile, known), read_rules(profile));
    profile.finish();
    check_against_preset(content, out[name], known, r);
    // Also what an account overrides must be right; what is missing here an account may bring.
    problems found;
    read_rule_list(out[name], content.path + ".rules", found, context_of(out[name], known));
    std::copy_if(found.begin(), found.end(), std::back_inserter(r.found), [](const problem& p) { return !p.absent; });
  }
  return out;
}

template <class Names>
std::string known_or_nearest(const std::string& word, const Names& names, const char* none) {
  if (names.empty())
    return none;
  std::string all;
  for (const auto& name : names)
    all += (all.empty() ? "" : ", ") + name;
  const std::string meant = nearest(word, names);
  return meant.empty() ? "known are: " + all : "did you mean " + meant + "?";
}

void read_account(const parameter& block, const std::map<std::string, rule_blocks>& profiles, reading& r, settings& out) {
  parameter_reader reader{block, "accounts", r.found};
  configured_account next;
  const auto id = reader.count("id", 1, std::numeric_limits<int32_t>::max());
  next.id = account_id{id.value_or(0)};
  next.name = reader.has("name") ? reader.word("name").value_or("") : "";
  if (const auto broker = reader.word("broker")) {
    std::vector<std::string> ids;
    for (const auto& b : out.brokers)
      ids.push_back(b.id.str());
    if (std::find(ids.begin(), ids.end(), *broker) == ids.end())
      reader.complain(*reader.get("broker"), "broker", "there is no broker with this id; " + known_or_nearest(*broker, ids, "add it under brokers"));
    next.broker = *broker;
  }
  rule_blocks inherited;
  if (const auto profile = reader.has("profile") ? reader.word("profile") : std::nullopt) {
    const auto found = profiles.find(*profile);
    if (found != profiles.end())
      inherited = found->second;
    else
      reader.complain(*reader.get("profile"), "profile", "there is no profile of this name; " + known_or_nearest(*profile, out.profiles, "add it under profiles"));
    next.profile = *profile;
  }
  const rule_blocks own = read_rules(reader);
  const auto all = merged(inherited, own);
  next.context = context_of(all, out);
  next.rules = read_rule_list(all, reader.where() + ".rules", r.found, next.context);
  reader.finish();
  cross_check(next, block, r);
  if (std::none_of(next.rules.begin(), next.rules.end(), [](const auto& rule) { return rule.enabled; }))
    r.warnings.push_back({block.line, block.path, "no rule is enabled: this account is watched, but not guarded"});
  const auto twin = std::find_if(out.accounts.begin(), out.accounts.end(), [&](const auto& a) { return a.id == next.id; });
  if (id && twin != out.accounts.end())
    reader.complain(*reader.get("id"), "id", "the account " + to_string(next.id) + " is listed already: keep one of the two");
  out.accounts.push_back(std::move(next));
}

} // namespace

void read_accounts(parameter_reader& top, reading& r, settings& out) {
  const auto profiles = read_profiles(top, r, out);
  for (const auto& [name, rules] : profiles)
    out.profiles.push_back(name);
  for (const parameter* block : maps_of(top, "accounts", "accounts to watch"))
    read_account(*block, profiles, r, out);
}

} // namespace rm
