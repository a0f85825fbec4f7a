// RULE-007: the week's loss, open positions included.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when −week P&L ≥ limit.
class weekly_loss_limit : public rule {
public:
  weekly_loss_limit(money limit, const common_parameters& common) : limit_{limit, {"week P&L", "weekly loss limit"}, common} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  amount_limit limit_;
};

} // namespace rm
