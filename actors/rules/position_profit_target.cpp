#include "actors/rules/position_profit_target.hpp"

namespace rm {

position_profit_target::position_profit_target(money target, const common_parameters& common)
  : target_{target}, measure_{1, " won ", "target for one position", common} {}

verdict position_profit_target::evaluate(const account_view& view) { return measure_.judge(view, target_); }

rule_entry position_profit_target::entry() {
  return {"position_profit_target", "", {wake::mark, wake::position, wake::fill},
          {action::close_position, {lock_mode::none, lock_end::daily_reset}},
          {action::warn, action::close_position, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto target = reader.amount("target");
            return target ? std::make_unique<position_profit_target>(*target, common) : nullptr;
          }};
}

} // namespace rm
