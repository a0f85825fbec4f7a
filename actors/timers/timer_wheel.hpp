// Deadlines of all accounts, in the order in which they come.
#pragma once

#include "messages/timing.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rm {

/// Timers by (account, name), against a wall clock that may jump.
///
/// An ordered tree and not a ring of slots: a ring counts ticks, and a wall clock that sleeps or is set does not tick evenly. Here
/// `advance` only ever compares, so a jump ahead (also out of a suspend) fires everything that fell due once, and a jump back fires
/// nothing early and loses nothing. Arming costs O(log n), well below a microsecond at 10 000 timers; an `advance` that finds nothing costs
/// one comparison.
///
/// Volatile by intent: whoever owns a deadline keeps it (a lock has its end) and arms it again when it starts.
class timer_wheel {
public:
  /// Replaces the timer of that account and name, whatever its generation.
  void arm(const arm_timer& timer);
  /// Forgets the timer; an unknown one is ignored.
  void disarm(const disarm_timer& timer);

  /// Takes out all that is due at `now`, by due time, then in the order of arming. Each has `now` filled in.
  std::vector<timer_fired> advance(timestamp now);

  /// Keeps a timer that is due but whose account cannot be reached. It can be replaced and disarmed like any other.
  void park(const timer_fired& timer);
  /// The account can be reached again: its parked timers are due at the next `advance`.
  void unpark(account_id account);

  /// The next ones, by due time; at most so many.
  std::vector<arm_timer> list(std::size_t most) const;
  std::size_t size() const { return where_.size(); }
  std::size_t parked() const { return parked_.size(); }
  /// The next due time; only when something is armed.
  timestamp next_due() const { return armed_.begin()->first.first; }
  bool has_armed() const { return !armed_.empty(); }

private:
  using key = std::pair<account_id, std::string>;
  struct key_hash {
    std::size_t operator()(const key& k) const noexcept {
      return std::hash<account_id>{}(k.first) * 1000003u ^ std::hash<std::string>{}(k.second);
    }
  };
  using place = std::pair<timestamp, uint64_t>; // due, order of arming
  struct timer {
    key owner;
    uint64_t generation = 0;
  };
  struct position {
    place at;
    bool is_parked = false;
  };

  void remove(const key& owner);

  uint64_t armings_ = 0;
  std::map<place, timer> armed_;
  std::map<key, arm_timer> parked_;
  std::unordered_map<key, position, key_hash> where_;
};

} // namespace rm
