// RULE-012: once the day has won enough, it may not give back too much of it.
#pragma once

#include "actors/rules/amount_text.hpp"
#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Breach when the peak of the day P&L has reached `activate_at` and the P&L is `trail` (or that percentage of the peak) below it. From
/// then on it stays a breach until the account is flat; the peak then begins anew at the P&L that is left.
class trailing_stop : public rule {
public:
  struct terms {
    money activate_at;
    money trail;              // 0: `trail_percent`
    int64_t trail_percent = 0; // of the peak, 1 … 100
  };
  trailing_stop(const terms& agreed, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  void recall(const rule_memory& kept) override;
  static rule_entry entry();

private:
  money trail_from(money peak) const;
  void remember(verdict& out);

  terms terms_;
  std::vector<int64_t> rungs_;
  responder responder_;
  std::optional<limit_measure> measure_; // for `measured_`
  money measured_;
  amount_text limit_text_;

  // kept over a restart
  std::optional<money> peak_; // nothing: not activated
  bool fired_ = false;
  timestamp day_{};           // the day that they are of
  rule_memory kept_;          // as it was said last
};

} // namespace rm
