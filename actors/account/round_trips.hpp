// From flat to flat: what each round trip of an account won or lost. Pure, fixed point.
#pragma once

#include "messages/storage.hpp"

namespace rm {

/// Follows the trades of each contract and closes a trip when they come back to flat, or turn the position.
///
/// It goes by the trades alone: one with a profit or loss closes, one without opens. Where they do not fit together (a fill was missed, or
/// the position is older than the trades), a trip ends where the next one must have begun; its sum is then what is known of it.
class round_trips {
public:
  /// A trade and what it did to the balance.
  struct fill {
    const trade_update* trade = nullptr; // not voided
    money net;
  };
  /// The newest closed trips that are kept.
  static constexpr std::size_t most_kept = 64;

  /// Trips that were open when the week began. Before the first fill.
  void carry(const std::vector<carried_trip>& trips);

  /// A new fill, in the order of execution within its contract; false when it is older than the newest one: then `rebuild`.
  bool add(const fill& next);
  /// All fills of the week in one contract, ascending: takes the place of what was added of it.
  void rebuild(const contract_id& contract, const std::vector<fill>& fills);
  /// A new week: `old` (ascending) are all fills of a contract that fall out of it. Afterwards `rebuild` with the others.
  void begin_week(const contract_id& contract, const std::vector<fill>& old);
  /// The week is longer than it was thought to be: what was open at its supposed begin follows from its trades. Then `rebuild`.
  void forget_carried();

  /// Ascending by the time of their close.
  const std::vector<round_trip>& closed() const { return closed_; }
  /// Those that were open at the week's begin.
  std::vector<carried_trip> carried() const;

private:
  struct state {
    timestamp opened{}; // 0: no trip is open
    int64_t size = 0;
    money net;
    bool open() const { return opened != timestamp{}; }
  };
  struct track {
    state base, now; // at the week's begin, and after the newest fill
    timestamp newest{};
  };
  static void step(state& s, const fill& next, std::vector<round_trip>& ended);

  std::map<contract_id, track> tracks_;
  std::vector<round_trip> closed_;
};

} // namespace rm
