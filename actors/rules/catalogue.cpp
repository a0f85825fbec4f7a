#include "actors/rules/catalogue.hpp"

#include "actors/rules/auth_guard.hpp"
#include "actors/rules/common_parameters.hpp"
#include "actors/rules/cooldown_after_loss.hpp"
#include "actors/rules/daily_loss_limit.hpp"
#include "actors/rules/daily_profit_target.hpp"
#include "actors/rules/daily_realized_loss.hpp"
#include "actors/rules/daily_realized_profit.hpp"
#include "actors/rules/max_contracts.hpp"
#include "actors/rules/max_contracts_per_instrument.hpp"
#include "actors/rules/max_drawdown.hpp"
#include "actors/rules/max_exposure.hpp"
#include "actors/rules/max_trades_per_day.hpp"
#include "actors/rules/position_loss_limit.hpp"
#include "actors/rules/position_profit_target.hpp"
#include "actors/rules/require_stop_loss.hpp"
#include "actors/rules/session_block.hpp"
#include "actors/rules/symbol_block.hpp"
#include "actors/rules/trade_frequency.hpp"
#include "actors/rules/trade_management.hpp"
#include "actors/rules/trading_hours.hpp"
#include "actors/rules/trailing_stop.hpp"
#include "actors/rules/weekly_loss_limit.hpp"

#include <algorithm>

namespace rm {

const std::vector<rule_entry>& rule_catalogue() {
  static const std::vector<rule_entry> all{
    max_contracts::entry(),
    max_contracts_per_instrument::entry(),
    daily_realized_loss::entry(),
    daily_loss_limit::entry(),
    daily_profit_target::entry(),
    trading_hours::entry(),
    weekly_loss_limit::entry(),
    max_drawdown::entry(),
    max_trades_per_day::entry(),
    trade_frequency::entry(),
    session_block::entry(),
    trailing_stop::entry(),
    max_exposure::entry(),
    position_loss_limit::entry(),
    position_profit_target::entry(),
    cooldown_after_loss::entry(),
    require_stop_loss::entry(),
    symbol_block::entry(),
    auth_guard::entry(),
    trade_management::entry(),
    daily_realized_profit::entry(),
  };
  return all;
}

const rule_entry* find_rule(std::string_view name) {
  for (const auto& entry : rule_catalogue())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

std::string unknown_rule_text(std::string_view name) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& entry : rule_catalogue()) {
    names.push_back(entry.name);
    all += (all.empty() ? "" : ", ") + entry.name;
  }
  const std::string meant = nearest(name, names);
  return "there is no such rule; " + (meant.empty() ? "known are: " + all : "did you mean " + meant + "?");
}

std::unique_ptr<rule> make_rule(std::string_view name, const parameter& block, const std::string& where, problems& out,
                                const rule_context& context) {
  const rule_entry* entry = find_rule(name);
  if (!entry) {
    out.push_back({block.line, block.path.empty() ? where : block.path, unknown_rule_text(name)});
    return nullptr;
  }
  problems found;
  parameter_reader reader{block, where, found};
  common_parameters common = read_common(reader, *entry);
  common.context = context;
  common.on_breach.locked_until = context.locked_until;
  auto made = entry->make(reader, common);
  reader.finish();
  if (!common.enabled)
    std::erase_if(found, [](const problem& p) { return p.absent; });
  const bool usable = found.empty() && common.enabled;
  out.insert(out.end(), found.begin(), found.end());
  return usable ? std::move(made) : nullptr;
}

} // namespace rm
