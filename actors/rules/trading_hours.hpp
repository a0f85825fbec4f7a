// RULE-006: trading only during these sessions.
#pragma once

#include "actors/rules/sessions.hpp"

namespace rm {

/// Breach outside the sessions: at a session's end everything is closed, and the account is locked to the start of the next one. The
/// time is always known, so it also speaks when the account cannot be evaluated.
class trading_hours : public rule {
public:
  trading_hours(session_schedule sessions, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();
  /// The sessions that a block asks for; nothing where they are wrong, which the reader has noted.
  static std::optional<session_schedule> schedule_of(parameter_reader& reader, const calendar_settings& calendar);

private:
  session_schedule sessions_;
  responder responder_;
};

} // namespace rm
