#include "actors/rules/weekly_loss_limit.hpp"

namespace rm {

verdict weekly_loss_limit::evaluate(const account_view& view) {
  return if_priced(view, [&] {
    const money pnl = view.week_pnl();
    verdict out = limit_.judge(view, -pnl, pnl);
    set_band(out, view, -pnl, limit_.steady(), true);
    return out;
  });
}

rule_entry weekly_loss_limit::entry() {
  return {"weekly_loss_limit", "RULE-007", {wake::fill, wake::position, wake::mark},
          {action::flatten, {lock_mode::flat, lock_end::weekly_reset}},
          {action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit", money::whole(1000));
            return limit ? std::make_unique<weekly_loss_limit>(*limit, common) : nullptr;
          }};
}

} // namespace rm
