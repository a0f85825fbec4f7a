// What single positions win or lose, held against one limit: what position_loss_limit and position_profit_target have in common.
#pragma once

#include "actors/rules/amount_text.hpp"
#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

class position_measure {
public:
  /// `sign` 1 measures winnings, -1 losses. The words complete sentences: "MNQ lost 205.00, the limit is 200.00".
  position_measure(int sign, const char* verb, const char* limit_word, const common_parameters& common);

  /// Judges all positions against `limit` (positive). Each that reached it is to be closed.
  verdict judge(const account_view& view, money limit);

private:
  bool watch(verdict& out, const account_view& view, const valued_position& held, bool is_worst) const;

  int sign_;
  const char* verb_;
  const char* limit_word_;
  std::vector<int64_t> rungs_;
  responder responder_;
  std::optional<limit_measure> measure_; // for `limit_`
  money limit_;
  amount_text used_text_, limit_text_;
};

} // namespace rm
