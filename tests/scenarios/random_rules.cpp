// A random choice of all rules, with limits that a few trades reach.
#include "tests/rules/views.hpp"
#include "tests/scenarios/random_world.hpp"

namespace rm::test {
namespace {

parameter number(int64_t n) { return text(std::to_string(n)); }
parameter seconds_text(int64_t n) { return text(std::to_string(n) + "s"); }

parameter random_block(const std::string& rule, dice& d) {
  const auto amount = [&] { return number(d.from_to(20, 300)); };
  if (rule == "max_contracts")
    return map({{"limit", number(d.from_to(2, 6))}, {"count", text(d.one_in(2) ? "gross" : "net")}});
  if (rule == "max_contracts_per_instrument")
    return map({{"default_limit", number(d.from_to(2, 4))}, {"limits", map({{"MNQ", number(d.from_to(1, 3))}})}, {"unknown", text(d.one_in(3) ? "block" : "default")}});
  if (rule == "daily_profit_target")
    return map({{"target", amount()}, {"measure", text(d.one_in(2) ? "total" : "realized")}});
  if (rule == "daily_realized_profit" || rule == "position_profit_target")
    return map({{"target", amount()}});
  if (rule == "trading_hours")
    return map({{"sessions", list({map({{"days", list({text("sun"), text("mon"), text("tue"), text("wed"), text("thu"), text("fri"), text("sat")})},
                                        {"from", text("00:00")},
                                        {"to", text(d.one_in(2) ? "15:05" : "22:00")},
                                        {"timezone", text("UTC")}})})}});
  if (rule == "session_block")
    return map({{"blocks", list({map({{"from", text(d.one_in(2) ? "15:02" : "21:58")}, {"to", text(d.one_in(2) ? "15:04" : "22:01")}, {"timezone", text("UTC")}})})}});
  if (rule == "max_trades_per_day")
    return map({{"limit", number(d.from_to(2, 10))}});
  if (rule == "trade_frequency")
    return d.one_in(2) ? map({{"min_interval", seconds_text(d.from_to(10, 120))}})
                       : map({{"per_minute", map({{"limit", number(d.from_to(2, 4))}, {"cooldown", seconds_text(d.from_to(20, 90))}})},
                              {"per_session", map({{"limit", number(d.from_to(5, 12))}, {"cooldown", text("2m")}})}});
  if (rule == "trailing_stop")
    return map({{"activate_at", number(d.from_to(20, 100))}, {"trail", number(d.from_to(20, 80))}});
  if (rule == "max_exposure")
    return map({{"limit", number(d.from_to(60, 300) * 1000)}});
  if (rule == "cooldown_after_loss")
    return map({{"tiers", list({map({{"loss", number(d.from_to(5, 40))}, {"cooldown", seconds_text(d.from_to(15, 60))}}),
                                map({{"loss", number(d.from_to(60, 200))}, {"cooldown", text("3m")}})})}});
  if (rule == "require_stop_loss")
    return map({{"grace", seconds_text(d.from_to(5, 60))}});
  if (rule == "symbol_block")
    return map({{"symbols", list({text(d.one_in(2) ? "MCL" : "M2*")})}});
  if (rule == "auth_guard")
    return map({});
  if (rule == "trade_management")
    return map({{"break_even", map({{"at_ticks", text("4")}, {"offset_ticks", text("1")}})},
                {"trail", map({{"activate_ticks", text("8")}, {"ticks", text("4")}})},
                {"place_missing", text(d.one_in(2) ? "true" : "false")}});
  return map({{"limit", amount()}}); // of loss
}

} // namespace

std::vector<rule_setup> random_rules(dice& d) {
  std::vector<rule_setup> out;
  const int64_t share = d.from_to(10, 60);
  for (auto& entry : rule_catalogue())
    if (d.percent(share))
      out.push_back({entry.name, random_block(entry.name, d)});
  if (out.empty())
    out.push_back({"daily_loss_limit", random_block("daily_loss_limit", d)});
  for (auto& rule : out) {
    problems found;
    if (!make_rule(rule.name, rule.block, "rules." + rule.name, found))
      throw std::logic_error{rule.name + ": " + (found.empty() ? "no rule" : found.front().text)};
  }
  return out;
}

} // namespace rm::test
