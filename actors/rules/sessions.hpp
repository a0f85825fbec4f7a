// Spans of time in a rule's block, and the lock that lasts to the next change: what trading_hours and session_block have in common.
#pragma once

#include "actors/resets/session_schedule.hpp"
#include "actors/rules/catalogue.hpp"

namespace rm {

/// Reads a list of spans `{ days, from, to, timezone, name }`. `days` default to `usual_days`, times are in `zone` unless a timezone
/// stands beside them, and a `name` that is known (overnight, london, tokyo, new_york) brings its own times and zone.
std::vector<session_span> read_spans(parameter_reader& reader, std::string_view key, std::bitset<7> usual_days, const std::string& zone);

constexpr unsigned long weekdays_only = 0b0111110, every_day = 0b1111111; // bit 0 is Sunday

/// A schedule of spans that were read; nothing where they (or the calendar) are wrong, which was said elsewhere.
std::optional<session_schedule> make_schedule(const std::vector<session_span>& spans, const calendar_settings& calendar, bool respect_holidays);

/// The verdict of a rule that forbids to hold anything until `until`.
verdict forbidden_until(timestamp until, std::string reason, responder& answer, const account_view& view);
/// The verdict of a rule that has nothing against trading until `until`.
verdict allowed_until(timestamp until, responder& answer, const account_view& view);

} // namespace rm
