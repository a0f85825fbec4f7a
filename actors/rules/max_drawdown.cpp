#include "actors/rules/max_drawdown.hpp"

#include <algorithm>

namespace rm {

verdict max_drawdown::evaluate(const account_view& view) {
  return if_priced(view, [&] {
    const money pnl = view.day_pnl();
    const money drawdown = view.peak_day - pnl;
    verdict out = limit_.judge(view, drawdown, pnl);
    if (out.level != level::ok)
      out.reason += " below its peak " + to_string(to_cents(view.peak_day));
    set_band(out, view, drawdown, limit_.steady(), true);
    // Above the peak the peak itself moves, and with it everything below.
    out.band.high = std::min(out.band.high, std::max(view.peak_day, pnl) + money::from_units(1));
    return out;
  });
}

rule_entry max_drawdown::entry() {
  return {"max_drawdown", "RULE-008", {wake::fill, wake::position, wake::mark},
          {action::flatten, {lock_mode::flat, lock_end::daily_reset}},
          {action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit");
            return limit ? std::make_unique<max_drawdown>(*limit, common) : nullptr;
          }};
}

} // namespace rm
