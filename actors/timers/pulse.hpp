// What one look at the two clocks tells: whether accounts are due their tick, and whether the wall clock jumped.
#pragma once

#include "messages/timing.hpp"

#include <optional>
#include <string>

namespace rm {

/// What follows from one look.
struct beat {
  bool tick_accounts = false; // once a second of the steady clock, and at once after a jump
  bool sign_of_life = false;  // every half minute, and at once after a jump: the database is told that the service lives
  std::string news;           // for the journal: the wall clock jumped, or nobody looked for long; mostly empty
  duration gone{};            // with news: for so long nothing may have run here; a clock that was set ahead looks like a sleep
};

/// Compares the wall clock, which people and suspends move, with the steady one, which only runs.
class pulse {
public:
  static constexpr std::chrono::seconds tolerated{2};
  static constexpr std::chrono::seconds between_ticks{1};
  static constexpr std::chrono::seconds between_signs{30};

  /// `steady` is the steady clock's reading; only differences count.
  beat look(timestamp now, duration steady);

private:
  struct reading {
    timestamp wall{};
    duration steady{};
  };
  std::optional<reading> last_;
  duration last_tick_{}, last_sign_{};
};

} // namespace rm
