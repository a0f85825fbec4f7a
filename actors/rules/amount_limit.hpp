// An amount of money held against a limit: what the rules on profit and loss have in common.
#pragma once

#include "actors/rules/amount_text.hpp"
#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

#include <utility>

namespace rm {

/// Judges amounts; its rule says what the amount is and how it moves with the day P&L.
class amount_limit {
public:
  /// `limit` must be positive. The texts complete sentences: "day P&L -512.50 reached the loss limit 500.00".
  struct words {
    const char* figure = ""; // "day P&L"
    const char* limit = "";  // "loss limit"
  };
  amount_limit(money limit, words texts, const common_parameters& common);

  /// Judges `measure`, which people know as `shown` (a loss of 512.50 is shown as -512.50). Everything is filled in but the band.
  verdict judge(const account_view& view, money measure, money shown);

  /// The measures, without the ends, that would get the level and the rung of the last `judge` again.
  open_range steady() const { return measure_.steady(); }

private:
  limit_measure measure_;
  responder responder_;
  words texts_;
  std::string limit_text_;
  amount_text used_;
};

/// The band for a measure that is `view`'s day P&L plus something that only fills and resets change (falling = false), or minus the day
/// P&L plus such a thing (falling = true). `measure` is what was judged on this view.
void set_band(verdict& out, const account_view& view, money measure, const open_range& steady, bool falling);

/// Runs `judgement` on a view whose realized figures can be believed; amounts out of range are not evaluable either.
template <class Judgement>
verdict if_evaluable(const account_view& view, Judgement&& judgement) {
  if (!view.evaluable)
    return not_evaluable(view.why);
  try {
    return std::forward<Judgement>(judgement)();
  } catch (const amount_overflow& failure) {
    return not_evaluable(failure.what());
  }
}

/// The same for figures that open positions are part of.
template <class Judgement>
verdict if_priced(const account_view& view, Judgement&& judgement) {
  if (!view.priced)
    return not_evaluable(view.why);
  return if_evaluable(view, std::forward<Judgement>(judgement));
}

} // namespace rm
