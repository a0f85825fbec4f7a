#include "actors/rules/position_loss_limit.hpp"

#include <algorithm>

namespace rm {

position_loss_limit::position_loss_limit(money limit, const common_parameters& common)
  : limit_{limit}, daily_{common.context.daily_loss_limit}, measure_{-1, " lost ", "limit for one position", common} {}

verdict position_loss_limit::evaluate(const account_view& view) {
  money limit = limit_;
  if (daily_)
    try {
      limit = std::min(limit, std::max(*daily_ + view.realized_day, money::from_units(1))); // nothing is left: any loss is too much
    } catch (const amount_overflow& failure) {
      return not_evaluable(failure.what());
    }
  return measure_.judge(view, limit);
}

rule_entry position_loss_limit::entry() {
  return {"position_loss_limit", "", {wake::mark, wake::position, wake::fill},
          {action::close_position, {lock_mode::none, lock_end::daily_reset}},
          {action::warn, action::close_position, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit");
            return limit ? std::make_unique<position_loss_limit>(*limit, common) : nullptr;
          }};
}

} // namespace rm
