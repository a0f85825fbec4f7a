#include "actors/rules/daily_realized_profit.hpp"

namespace rm {

verdict daily_realized_profit::evaluate(const account_view& view) {
  return if_evaluable(view, [&] {
    verdict out = limit_.judge(view, view.realized_day, view.realized_day);
    set_endless_band(out, end_of_lock(out));
    return out;
  });
}

rule_entry daily_realized_profit::entry() {
  return {"daily_realized_profit", "", {wake::fill},
          {action::flatten, {lock_mode::flat, lock_end::daily_reset}},
          {action::warn, action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto target = reader.amount("target");
            return target ? std::make_unique<daily_realized_profit>(*target, common) : nullptr;
          }};
}

} // namespace rm
