#include "actors/rules/session_block.hpp"

namespace rm {

session_block::session_block(session_schedule blocks, const common_parameters& common) : blocks_{std::move(blocks)}, responder_{common.on_breach} {}

verdict session_block::evaluate(const account_view& view) {
  const timestamp change = blocks_.next_change(view.now);
  if (!blocks_.inside(view.now))
    return allowed_until(change, responder_, view);
  return forbidden_until(change, "inside a blocked session, which ends at " + format_time(change), responder_, view);
}

std::optional<session_schedule> session_block::schedule_of(parameter_reader& reader, const calendar_settings& calendar) {
  return make_schedule(read_spans(reader, "blocks", every_day, calendar.timezone), calendar, false);
}

rule_entry session_block::entry() {
  return {"session_block", "RULE-011", {wake::clock, wake::order, wake::fill, wake::position},
          {action::flatten, {lock_mode::flat, lock_end::at_time}},
          {action::flatten, action::warn},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            auto schedule = schedule_of(reader, common.context.calendar);
            if (!reader.has("blocks"))
              reader.miss("blocks", "blocks: [{ name: overnight }] or [{ days: [mon], from: \"18:00\", to: \"09:30\" }]");
            return schedule ? std::make_unique<session_block>(std::move(*schedule), common) : nullptr;
          }};
}

} // namespace rm
