// All 21 rules with limits that a quiet day does not reach, for the benchmark programs.
#pragma once

#include "actors/account/guard.hpp"
#include "actors/rules/catalogue.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rm::bench {

inline parameter text(std::string value) {
  parameter out;
  out.type = parameter::kind::scalar;
  out.text = std::move(value);
  return out;
}

inline parameter map(std::vector<std::pair<std::string, parameter>> entries) {
  parameter out;
  out.type = parameter::kind::map;
  out.entries = std::move(entries);
  return out;
}

inline parameter list(std::vector<parameter> items) {
  parameter out;
  out.type = parameter::kind::list;
  out.items = std::move(items);
  return out;
}

/// A block for each rule of the catalogue.
inline parameter quiet_block(const std::string& rule) {
  if (rule == "max_contracts" || rule == "max_trades_per_day")
    return map({{"limit", text("50")}});
  if (rule == "max_contracts_per_instrument")
    return map({{"default_limit", text("10")}, {"limits", map({{"ES", text("5")}, {"MNQ", text("20")}})}});
  if (rule == "max_exposure")
    return map({{"limit", text("50000000")}});
  if (rule == "trading_hours")
    return map({{"sessions", list({map({{"days", list({text("mon"), text("tue"), text("wed"), text("thu"), text("fri"), text("sat"), text("sun")})},
                                        {"from", text("00:00")}, {"to", text("23:00")}, {"timezone", text("UTC")}})})}});
  if (rule == "session_block")
    return map({{"blocks", list({map({{"from", text("23:00")}, {"to", text("23:30")}, {"timezone", text("UTC")}})})}});
  if (rule == "trailing_stop")
    return map({{"activate_at", text("20000")}, {"trail", text("5000")}});
  if (rule == "symbol_block")
    return map({{"symbols", list({text("CL"), text("NG")})}});
  if (rule == "cooldown_after_loss")
    return map({{"tiers", list({map({{"loss", text("100")}, {"cooldown", text("5m")}}), map({{"loss", text("300")}, {"cooldown", text("30m")}})})}});
  if (rule == "trade_frequency")
    return map({{"min_interval", text("1s")}, {"per_minute", map({{"limit", text("20")}})}, {"per_hour", map({{"limit", text("50")}})}});
  if (rule == "trade_management")
    return map({{"break_even", map({{"at_ticks", text("4000")}, {"offset_ticks", text("1")}})}, {"trail", map({{"activate_ticks", text("8000")}, {"ticks", text("4000")}})}});
  if (rule == "require_stop_loss" || rule == "auth_guard")
    return parameter{};
  return map({{rule.find("profit") != std::string::npos ? "target" : "limit", text("25000")}});
}

/// Throws where a block is wrong: the benchmark then measures nothing.
inline std::vector<std::pair<rule_name, std::unique_ptr<rule>>> make_all_rules() {
  std::vector<std::pair<rule_name, std::unique_ptr<rule>>> out;
  for (auto& entry : rule_catalogue()) {
    problems found;
    auto made = make_rule(entry.name, quiet_block(entry.name), entry.name, found);
    if (!made || !found.empty())
      throw std::runtime_error(entry.name + ": " + (found.empty() ? "not made" : found.front().path + ": " + found.front().text));
    out.emplace_back(rule_name{entry.name}, std::move(made));
  }
  return out;
}

inline std::vector<rule_info> all_rule_infos() {
  std::vector<rule_info> out;
  for (auto& entry : rule_catalogue())
    out.push_back({rule_name{entry.name}, entry.number, entry.wakes});
  return out;
}

} // namespace rm::bench
