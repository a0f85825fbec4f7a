// RULE-004: the day's loss, open positions included.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when −day P&L ≥ limit.
class daily_loss_limit : public rule {
public:
  daily_loss_limit(money limit, const common_parameters& common) : limit_{limit, {"day P&L", "loss limit"}, common} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  amount_limit limit_;
};

} // namespace rm
