// What is right rule by rule and makes no sense together. All of it is said, none of it keeps the service from starting.
#include "actors/rules/session_block.hpp"
#include "actors/rules/trading_hours.hpp"
#include "tools/risk-manager/settings_parts.hpp"

#include <algorithm>

namespace rm {
namespace {

/// Where one rule's figure above another's makes no sense.
struct pair_check {
  const char* rule;
  std::vector<const char*> keys; // of its figure
  const char* usual;             // when it is not written; nullptr: then there is nothing to compare
  const char* other;
  std::vector<const char*> other_keys;
  const char* other_usual;
  bool also_equal;               // already as much as the other one makes no sense
  const char* says;
};

const std::vector<pair_check>& all_checks() {
  static const std::vector<pair_check> all{
    {"position_loss_limit", {"limit"}, nullptr, "daily_loss_limit", {"limit"}, "500", false,
     "one position may lose more than the whole day: the day's limit acts first"},
    {"max_contracts_per_instrument", {"default_limit"}, "3", "max_contracts", {"limit"}, "5", false,
     "one instrument may have more contracts than all together: max_contracts acts first"},
    {"daily_loss_limit", {"limit"}, "500", "weekly_loss_limit", {"limit"}, "1000", false,
     "one day may lose more than the whole week: the week's limit acts first"},
    {"daily_loss_limit", {"limit"}, "500", "max_drawdown", {"limit"}, nullptr, false,
     "can never be the first: a day's loss is also a drawdown, and max_drawdown is smaller"},
    {"trailing_stop", {"activate_at"}, nullptr, "daily_profit_target", {"target"}, "500", true,
     "can never become active: the daily profit target ends the day before"},
    {"trade_frequency", {"per_session", "limit"}, nullptr, "max_trades_per_day", {"limit"}, "10", true,
     "per_session can never be reached: max_trades_per_day is not larger"},
    {"daily_realized_profit", {"target"}, nullptr, "daily_profit_target", {"target"}, "500", false,
     "will hardly ever be reached: the daily profit target is smaller and ends the day"},
    {"daily_realized_loss", {"limit"}, nullptr, "daily_loss_limit", {"limit"}, "500", false,
     "will hardly ever be reached: the daily loss limit is smaller and counts open losses too"},
    {"position_profit_target", {"target"}, nullptr, "daily_profit_target", {"target"}, "500", false,
     "will hardly ever be reached: the daily profit target is smaller and ends the day"},
  };
  return all;
}

const rule_settings* enabled_rule(const configured_account& account, std::string_view name) {
  const auto found = std::find_if(account.rules.begin(), account.rules.end(), [&](auto& r) { return r.rule.view() == name && r.enabled; });
  return found == account.rules.end() ? nullptr : &*found;
}

struct figure {
  money amount;
  const parameter* at = nullptr; // nullptr: the usual one
};

std::optional<figure> figure_of(const rule_settings& rule, const std::vector<const char*>& keys, const char* usual) {
  const parameter* at = &rule.block;
  for (const char* key : keys)
    at = at ? at->find(key) : nullptr;
  if (!at)
    return usual ? std::optional{figure{*money::parse(usual), nullptr}} : std::nullopt;
  const auto amount = at->type == parameter::kind::scalar ? money::parse(at->text) : std::nullopt;
  return amount ? std::optional{figure{*amount, at}} : std::nullopt;
}

/// A symbol's own limit above that of all together.
void check_symbol_limits(const configured_account& account, reading& r) {
  const auto* rule = enabled_rule(account, "max_contracts_per_instrument");
  const auto* all = enabled_rule(account, "max_contracts");
  const parameter* limits = rule ? rule->block.find("limits") : nullptr;
  const auto most = all ? figure_of(*all, {"limit"}, "5") : std::nullopt;
  if (!limits || !most)
    return;
  for (const auto& [symbol, value] : limits->entries)
    if (const auto limit = money::parse(value.text); limit && *limit > most->amount)
      r.warnings.push_back({value.line, value.path, symbol + " may have more contracts than all together: max_contracts acts first (account " + to_string(account.id) + ")"});
}

/// So many trades do not fit into the window when each must wait for the one before.
void check_frequency(const configured_account& account, reading& r) {
  const auto* rule = enabled_rule(account, "trade_frequency");
  const parameter* written = rule ? rule->block.find("min_interval") : nullptr;
  const auto interval = written ? parse_length(written->text) : std::nullopt;
  if (!interval)
    return;
  for (const auto& [key, length] : {std::pair{"per_minute", duration{std::chrono::minutes{1}}}, std::pair{"per_hour", duration{std::chrono::hours{1}}}}) {
    const parameter* window = rule->block.find(key);
    const parameter* limit = window ? window->find("limit") : nullptr;
    const auto count = limit ? money::parse(limit->text) : std::nullopt;
    if (count && *interval > duration{} && count->units() / money::one - 1 >= (length + *interval - duration{1}) / *interval)
      r.warnings.push_back({limit->line, limit->path, std::string{key} + " can never be reached: min_interval lets fewer trades into it (account " + to_string(account.id) + ")"});
  }
}

/// A pause that begins where the day is over.
void check_tiers(const configured_account& account, reading& r) {
  const auto* rule = enabled_rule(account, "cooldown_after_loss");
  const parameter* tiers = rule ? rule->block.find("tiers") : nullptr;
  for (const auto& [name, usual] : {std::pair<const char*, const char*>{"daily_realized_loss", nullptr}, {"daily_loss_limit", "500"}}) {
    const auto* day = enabled_rule(account, name);
    const auto most = day ? figure_of(*day, {"limit"}, usual) : std::nullopt;
    if (!most || !rule)
      continue;
    if (!tiers && money::whole(100) >= most->amount) { // the smallest of the usual ones
      r.warnings.push_back({rule->block.line, rule->block.path, "its usual tiers will hardly ever count: a loss of 100 has reached " + std::string{name} + " (account " + to_string(account.id) + ")"});
      return;
    }
    for (const auto& tier : tiers ? tiers->items : std::vector<parameter>{}) {
      const parameter* loss = tier.find("loss");
      const auto amount = loss ? money::parse(loss->text) : std::nullopt;
      if (!amount || *amount < most->amount)
        continue;
      r.warnings.push_back({loss->line, loss->path, "this tier will hardly ever count: such a loss has reached " + std::string{name} + ", which locks for longer (account " + to_string(account.id) + ")"});
      return; // the deeper ones neither
    }
  }
}

bool forbids(const rule_settings& rule) {
  const parameter* response = rule.block.find("on_breach");
  const parameter* action = response ? response->find("action") : nullptr;
  return !action || action->text != "warn";
}

/// Hours and blocks that leave no moment at all. Looked at in winter, in summer, and where zones change on different days.
void check_hours(const configured_account& account, reading& r) {
  using namespace std::chrono;
  const auto* hours = enabled_rule(account, "trading_hours");
  const auto* blocks = enabled_rule(account, "session_block");
  if (!blocks || !forbids(*blocks))
    return;
  problems said_elsewhere;
  parameter_reader of_blocks{blocks->block, "session_block", said_elsewhere};
  const auto blocked = session_block::schedule_of(of_blocks, account.context.calendar);
  std::optional<session_schedule> open;
  if (hours && forbids(*hours)) {
    parameter_reader of_hours{hours->block, "trading_hours", said_elsewhere};
    open = trading_hours::schedule_of(of_hours, account.context.calendar);
  }
  if (!blocked || !said_elsewhere.empty())
    return;
  for (const auto first : {2025y / 1 / 5, 2025y / 3 / 9, 2025y / 7 / 6, 2025y / 10 / 26})
    for (timestamp t = sys_days{first}, end = t + days{14}; t < end; t = std::min(blocked->next_change(t), open ? open->next_change(t) : end))
      if (!blocked->inside(t) && (!open || open->inside(t)))
        return;
  const parameter* at = blocks->block.find("blocks");
  r.warnings.push_back({at ? at->line : blocks->block.line, at ? at->path : blocks->block.path,
                        "leaves no time for trading" + std::string{open ? ": all of the trading_hours are blocked" : ""} + " (account " + to_string(account.id) + ")"});
}

} // namespace

void cross_check(const configured_account& account, const parameter& block, reading& r) {
  for (const auto& rule : account.rules) // B8: listed, and yet not there
    if (const parameter* flag = rule.block.find("enabled"); flag && flag->text == "false")
      r.warnings.push_back({flag->line, flag->path, rule.rule.str() + " is listed but switched off: it does nothing for account " + to_string(account.id)});
  check_symbol_limits(account, r);
  check_frequency(account, r);
  check_tiers(account, r);
  check_hours(account, r);
  for (const auto& check : all_checks()) {
    const auto* rule = enabled_rule(account, check.rule);
    const auto* other = enabled_rule(account, check.other);
    if (!rule || !other)
      continue;
    const auto a = figure_of(*rule, check.keys, check.usual), b = figure_of(*other, check.other_keys, check.other_usual);
    if (!a || !b || a->amount < b->amount || (a->amount == b->amount && !check.also_equal))
      continue;
    const parameter& at = a->at ? *a->at : rule->block.line ? rule->block : block;
    r.warnings.push_back({at.line, at.path, std::string{check.says} + " (account " + to_string(account.id) + ")"});
  }
}

} // namespace rm
