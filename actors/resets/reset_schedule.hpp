// Which resets each account still has to be told, at a given time.
#pragma once

#include "actors/resets/trading_calendar.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace rm {

/// Compares, never counts: an account that does not have the trading day (or week) in force behind it is told, once, and again every
/// few seconds until it says so. After a long downtime there is one daily and one weekly reset, the newest; the skipped ones are
/// only named in the reason. A day that an account has behind it and that has not begun yet (the clock was ahead and was put right) is
/// followed by the one in force, or the account would sum from an instant in the future. What an account has behind it is its own knowledge (it is kept with the account); this class only
/// remembers what it heard, so a restart costs nothing but one message that the account ignores.
class reset_schedule {
public:
  /// How long to wait for `applied` before saying a reset again, in wall time.
  static constexpr std::chrono::seconds patience{5};
  /// A clock that is set back by less gives no day back that has just begun.
  static constexpr std::chrono::seconds tolerated{60};

  explicit reset_schedule(trading_calendar calendar) : calendar_{std::move(calendar)} {}

  const trading_calendar& calendar() const { return calendar_; }

  /// Starts with an account, or starts anew with one that was restarted.
  void enter(account_id account) {
    accounts_[account] = {};
    open_.insert(account);
  }
  void leave(account_id account) {
    accounts_.erase(account);
    open_.erase(account);
  }
  std::size_t accounts() const { return accounts_.size(); }

  /// An account has a reset behind it.
  void applied(const reset_applied& word);

  /// What has to be said now; per account in the order of the boundaries, the daily one first where both fall together.
  std::vector<session_reset> due(timestamp now);

private:
  struct progress {
    std::optional<trading_date> done;    // newest that the account has behind it
    std::optional<trading_date> said;    // told, not answered yet
    timestamp said_at{};
  };
  struct account_progress {
    progress daily, weekly;
  };

  bool must_say(progress& p, trading_date in_force, timestamp done_began, timestamp now) const;
  timestamp week_start(trading_date week) const;
  std::string reason(const progress& p, trading_date in_force, int days_between) const;

  trading_calendar calendar_;
  std::map<account_id, account_progress> accounts_;
  std::set<account_id> open_; // the others have the day and the week that `due` was last asked about behind them
  trading_date day_{}, week_{};
};

} // namespace rm
