#include "actors/rules/daily_realized_loss.hpp"

namespace rm {

verdict daily_realized_loss::evaluate(const account_view& view) {
  return if_evaluable(view, [&] {
    verdict out = limit_.judge(view, -view.realized_day, view.realized_day);
    set_endless_band(out, end_of_lock(out));
    return out;
  });
}

rule_entry daily_realized_loss::entry() {
  return {"daily_realized_loss", "RULE-003", {wake::fill},
          {action::flatten, {lock_mode::flat, lock_end::daily_reset}},
          {action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit");
            return limit ? std::make_unique<daily_realized_loss>(*limit, common) : nullptr;
          }};
}

} // namespace rm
