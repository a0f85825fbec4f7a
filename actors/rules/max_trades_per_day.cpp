#include "actors/rules/max_trades_per_day.hpp"

namespace rm {

max_trades_per_day::max_trades_per_day(int64_t limit, const common_parameters& common)
  : measure_{limit, limit, common.warn_at}, responder_{common.on_breach}, limit_text_{std::to_string(limit)} {}

verdict max_trades_per_day::evaluate(const account_view& view) {
  verdict out;
  const auto trades = static_cast<int64_t>(view.trades_today.size());
  out.level = measure_.read(trades);
  out.rung = measure_.rung();
  if (!view.evaluable && (out.level != level::breach || !day_is_known(view))) {
    make_blind(out, view.why);
    return out;
  }
  out.used = std::to_string(trades);
  out.limit = limit_text_;
  out.fraction = share_used(trades, measure_.limit());
  if (out.level == level::breach)
    responder_.answer(out, view);
  else
    responder_.rest();
  if (out.level != level::ok)
    out.reason = out.used + " trades today " + (out.level == level::breach ? "reached the limit of " : "are near the limit of ") + limit_text_;
  set_endless_band(out, end_of_lock(out));
  return out;
}

rule_entry max_trades_per_day::entry() {
  return {"max_trades_per_day", "RULE-009", {wake::fill},
          {action::cancel_order, {lock_mode::reduce_only, lock_end::daily_reset}},
          {action::warn, action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.count("limit", 1, 100'000, 10);
            return limit ? std::make_unique<max_trades_per_day>(*limit, common) : nullptr;
          }};
}

} // namespace rm
