// Which lines of the log belong into the machine's own event log, where an administrator looks first.
#pragma once

#include <optional>
#include <string_view>

namespace rm {

enum class event_weight { information, warning, error };

/// The numbers are the events' ids: people filter by them, so they do not change.
enum class event_kind { start = 1, stop = 2, breach = 3, lock = 4, alarm = 5, trouble = 6, unlock = 7, failed_end = 8 };

struct event_words {
  event_kind kind;
  event_weight weight;
};

/// `line` as the journal writes it into the log: "account 7: lock daily_loss_limit: …". `severe`: an error or worse. Nothing: it stays in
/// the log alone.
std::optional<event_words> event_of(std::string_view line, bool severe);

} // namespace rm
