// RULE-011: no trading during these blocks of time.
#pragma once

#include "actors/rules/sessions.hpp"

namespace rm {

/// Breach inside a block: at its start everything is closed, and the account is locked to its end. Holidays do not matter: a block is
/// a block on a holiday, too.
class session_block : public rule {
public:
  session_block(session_schedule blocks, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();
  /// The blocks that a block of the configuration asks for; nothing where they are wrong, which the reader has noted.
  static std::optional<session_schedule> schedule_of(parameter_reader& reader, const calendar_settings& calendar);

private:
  session_schedule blocks_;
  responder responder_;
};

} // namespace rm
