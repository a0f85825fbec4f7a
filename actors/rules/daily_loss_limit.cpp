#include "actors/rules/daily_loss_limit.hpp"

namespace rm {

verdict daily_loss_limit::evaluate(const account_view& view) {
  return if_priced(view, [&] {
    const money pnl = view.day_pnl();
    verdict out = limit_.judge(view, -pnl, pnl);
    set_band(out, view, -pnl, limit_.steady(), true);
    return out;
  });
}

rule_entry daily_loss_limit::entry() {
  return {"daily_loss_limit", "RULE-004", {wake::fill, wake::position, wake::mark},
          {action::flatten, {lock_mode::flat, lock_end::daily_reset}},
          {action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit", money::whole(500));
            return limit ? std::make_unique<daily_loss_limit>(*limit, common) : nullptr;
          }};
}

} // namespace rm
