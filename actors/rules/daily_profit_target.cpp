#include "actors/rules/daily_profit_target.hpp"

namespace rm {

daily_profit_target::daily_profit_target(money target, measure measured, const common_parameters& common)
  : measured_{measured}, limit_{target, {measured == measure::total ? "day P&L" : "realized day P&L", "profit target"}, common} {}

verdict daily_profit_target::evaluate(const account_view& view) {
  if (measured_ == measure::realized)
    return if_evaluable(view, [&] {
      verdict out = limit_.judge(view, view.realized_day, view.realized_day);
      set_endless_band(out, end_of_lock(out));
      return out;
    });
  return if_priced(view, [&] {
    const money pnl = view.day_pnl();
    verdict out = limit_.judge(view, pnl, pnl);
    set_band(out, view, pnl, limit_.steady(), false);
    return out;
  });
}

rule_entry daily_profit_target::entry() {
  return {"daily_profit_target", "RULE-005", {wake::fill, wake::position, wake::mark},
          {action::flatten, {lock_mode::flat, lock_end::daily_reset}},
          {action::warn, action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto target = reader.amount("target", money::whole(500));
            const auto measured = reader.choice("measure", {"total", "realized"}, 0);
            return target && measured ? std::make_unique<daily_profit_target>(*target, static_cast<measure>(*measured), common) : nullptr;
          }};
}

} // namespace rm
