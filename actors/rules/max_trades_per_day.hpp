// RULE-009: how many trades a day.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Breach when the trades since the daily reset ≥ limit: the N-th is allowed, and no further one.
class max_trades_per_day : public rule {
public:
  max_trades_per_day(int64_t limit, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  limit_measure measure_;
  responder responder_;
  std::string limit_text_;
};

} // namespace rm
