// RULE-008: how far the day's P&L may fall from its peak.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when peak − day P&L ≥ limit. The peak of the day is never below 0.
class max_drawdown : public rule {
public:
  max_drawdown(money limit, const common_parameters& common) : limit_{limit, {"day P&L", "drawdown limit"}, common} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  amount_limit limit_;
};

} // namespace rm
