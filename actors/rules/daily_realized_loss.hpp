// RULE-003: the day's loss that is booked already.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when −realized day P&L ≥ limit.
class daily_realized_loss : public rule {
public:
  daily_realized_loss(money limit, const common_parameters& common) : limit_{limit, {"realized day P&L", "realized loss limit"}, common} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  amount_limit limit_;
};

} // namespace rm
