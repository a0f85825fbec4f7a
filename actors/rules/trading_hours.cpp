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

std::optional<session_schedule> trading_hours::schedule_of(parameter_reader& reader, const calendar_settings& calendar) {
  using namespace std::chrono_literals;
  auto spans = read_spans(reader, "sessions", weekdays_only, calendar.timezone);
  if (spans.empty())
    spans.push_back({weekdays_only, 9h + 30min, 16h, "America/New_York"});
  return make_schedule(spans, calendar, reader.flag("respect_holidays", true));
}

rule_entry trading_hours::entry() {
  return {"trading_hours", "RULE-006", {wake::clock, wake::order, wake::fill, wake::position},
          {action::flatten, {lock_mode::flat, lock_end::at_time}},
          {action::flatten, action::warn},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            auto schedule = schedule_of(reader, common.context.calendar);
            return schedule ? std::make_unique<trading_hours>(std::move(*schedule), common) : nullptr;
          }};
}

} // namespace rm
