// All rules there are: one line each. Adding a rule = its pair of files, one line in catalogue.cpp, its test.
#pragma once

#include "actors/resets/trading_calendar.hpp"
#include "actors/rules/breach.hpp"
#include "actors/rules/parameters.hpp"
#include "actors/rules/rule.hpp"

#include <functional>
#include <memory>

namespace rm {

/// What a rule may need to know that does not stand in its own block.
struct rule_context {
  calendar_settings calendar;            // zone, holidays and early closes for sessions
  std::optional<money> daily_loss_limit; // of the same account, where it has that rule
  std::shared_ptr<timestamp> locked_until; // a lock of the rule that stands when it is started again; may be empty
};

/// What every rule takes beside its own parameters.
struct common_parameters {
  bool enabled = true;
  std::vector<int64_t> warn_at;          // millionths of the limit, ascending; default {800'000}
  breach_response on_breach;             // the rule's standard one where the configuration says nothing
  rule_context context;
};

struct rule_entry {
  std::string name;             // "daily_loss_limit"
  std::string number;           // the user's "RULE-004"; empty where there is none
  std::vector<wake> wakes;      // the events it needs; besides, every rule is asked on clock, reset and settings
  breach_response standard;     // without `on_breach`
  std::vector<action> actions;  // those that `on_breach` may name
  /// Reads its own keys and makes the rule; problems are collected, and then the result may be empty.
  std::function<std::unique_ptr<rule>(parameter_reader&, const common_parameters&)> make;
  bool by_orders = false; // what it says cannot be told without the working orders of that time
};

const std::vector<rule_entry>& rule_catalogue();
const rule_entry* find_rule(std::string_view name);
/// For the problem of an unknown rule: the nearest known one, or all of them.
std::string unknown_rule_text(std::string_view name);

/// Makes a rule from its block of the configuration: common keys, own keys, unknown keys. `enabled: false` gives no rule; its block is
/// checked all the same, but need not be complete. With no problem added and no rule returned, the rule is switched off.
std::unique_ptr<rule> make_rule(std::string_view name, const parameter& block, const std::string& where, problems& out,
                                const rule_context& context = {});

} // namespace rm
