// Deadlines of all accounts, in the order in which they come.
#pragma once

#include "messages/timing.hpp"

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rm {

/// Timers by (account, name), against a wall clock that may jump.
///
/// A hierarchical wheel: seven rings of 64 slots, the finest of 16.8 ms, each slot of a ring as long as the whole ring below it. A timer waits in
/// the ring in which its time first differs from now, and moves down when its slot comes. Arming and disarming cost the same with ten timers and
/// with ten thousand; an `advance` looks only at slots that hold something, so a jump ahead by years (also out of a suspend) fires everything that
/// fell due once and walks nowhere. After a jump back all are put in anew: nothing fires early and nothing is lost.
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

  /// Takes out all whose names begin so, due or not, in the order of `advance`.
  std::vector<timer_fired> take_named(std::string_view begin, timestamp now);

  /// Keeps a timer that is due but whose account cannot be reached. It can be replaced and disarmed like any other.
  void park(const timer_fired& timer);
  /// The account can be reached again: its parked timers are due at the next `advance`.
  void unpark(account_id account);

  /// The next ones, by due time; at most so many.
  std::vector<arm_timer> list(std::size_t most) const;
  std::size_t size() const { return armed_.size() + parked_.size(); }
  std::size_t parked() const { return parked_.size(); }
  /// The next due time; only when something is armed.
  timestamp next_due() const { return list(1).front().due; }
  bool has_armed() const { return !armed_.empty(); }

private:
  using key = std::pair<account_id, std::string>;
  struct key_hash {
    std::size_t operator()(const key& k) const noexcept {
      return std::hash<account_id>{}(k.first) * 1000003u ^ std::hash<std::string>{}(k.second);
    }
  };
  struct timer {
    key owner;
    uint64_t generation = 0;
    timestamp due{};
    uint64_t order = 0; // of arming
    std::size_t slot = 0;
  };
  using timers = std::list<timer>; // moved from slot to slot as they are

  static constexpr unsigned slot_bits = 6, rings = 7, tick_bits = 24; // 2^24 ns; all rings together: more than a timestamp can hold
  static constexpr std::size_t slots = std::size_t{1} << slot_bits;

  static uint64_t tick_of(timestamp t) { return t.time_since_epoch().count() <= 0 ? 0 : static_cast<uint64_t>(t.time_since_epoch().count()) >> tick_bits; }
  /// Puts the one timer of `from` into the slot where it belongs now.
  void place(timers& from, timers::iterator which);
  void empty_into(std::size_t slot, timers& out);
  /// The first slot that holds something, and the tick at which it begins; false when all are empty.
  bool first_slot(std::size_t& slot, uint64_t& begins) const;
  void take_due(std::size_t slot, timestamp now, std::vector<timer>& out);
  static std::vector<timer_fired> fired(std::vector<timer> taken, timestamp now);
  void remove(const key& owner);

  uint64_t armings_ = 0;
  uint64_t tick_ = 0; // now
  std::array<timers, slots * rings> wheel_;
  std::array<uint64_t, rings> filled_{}; // a bit for each slot that holds something
  std::unordered_map<key, timers::iterator, key_hash> armed_;
  std::map<key, arm_timer> parked_;
};

} // namespace rm
