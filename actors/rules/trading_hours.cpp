#include "actors/rules/trading_hours.hpp"

namespace rm {

trading_hours::trading_hours(session_schedule sessions, const common_parameters& common)
  : sessions_{std::move(sessions)}, responder_{common.on_breach} {}

verdict trading_hours::evaluate(const account_view& view) {
  const timestamp change = sessions_.next_change(view.now);
  if (sessions_.inside(view.now))
    return allowed_until(change, responder_, view);
  return forbidden_until(change, "outside the trading hours; the next session starts at " + format_time(change), responder_, view);
}

rule_entry trading_hours::entry() {
  return {"trading_hours", "RULE-006", {wake::clock, wake::order, wake::fill, wake::position},
          {action::flatten, {lock_mode::flat, lock_end::at_time}},
          {action::flatten, action::warn},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            auto spans = read_spans(reader, "sessions", weekdays_only, common.context.calendar.timezone);
            if (spans.empty()) {
              using namespace std::chrono_literals;
              spans.push_back({weekdays_only, 9h + 30min, 16h, "America/New_York"});
            }
            auto schedule = make_schedule(spans, common.context.calendar, reader.flag("respect_holidays", true));
            return schedule ? std::make_unique<trading_hours>(std::move(*schedule), common) : nullptr;
          }};
}

} // namespace rm
