// How much one position is to win.
#pragma once

#include "actors/rules/position_measure.hpp"

namespace rm {

/// Breach when unrealized of a position ≥ the target: that position is closed.
class position_profit_target : public rule {
public:
  position_profit_target(money target, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  money target_;
  position_measure measure_;
};

} // namespace rm
