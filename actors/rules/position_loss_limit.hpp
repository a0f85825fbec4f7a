// How much one position may lose.
#pragma once

#include "actors/rules/position_measure.hpp"

namespace rm {

/// Breach when −unrealized of a position ≥ the limit, or ≥ what the day has left of the daily loss limit: that position is closed.
class position_loss_limit : public rule {
public:
  position_loss_limit(money limit, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  money limit_;
  std::optional<money> daily_; // the account's daily loss limit
  position_measure measure_;
};

} // namespace rm
