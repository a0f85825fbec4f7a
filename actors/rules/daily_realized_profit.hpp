// The day's profit that is booked already is enough.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when realized day P&L ≥ target.
class daily_realized_profit : public rule {
public:
  daily_realized_profit(money target, const common_parameters& common) : limit_{target, {"realized day P&L", "realized profit target"}, common} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  amount_limit limit_;
};

} // namespace rm
