// RULE-005: the day's profit is enough.
#pragma once

#include "actors/rules/amount_limit.hpp"

namespace rm {

/// Breach when the day P&L (`total`), or only its realized part (`realized`), ≥ target.
class daily_profit_target : public rule {
public:
  enum class measure : uint8_t { total, realized };
  daily_profit_target(money target, measure measured, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  measure measured_;
  amount_limit limit_;
};

} // namespace rm
