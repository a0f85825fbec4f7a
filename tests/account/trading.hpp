// Desks that several tests begin with.
#pragma once

#include "desk.hpp"

namespace rm::test {

/// An account with an open position that can be judged.
struct trading : desk {
  trading() {
    start();
    fill(1, side::buy, 2, "20000", 2);
    quote_at("20000");
    all_fine();
  }
  /// Time with a fresh price and answers to all readings.
  void quiet(duration d, std::vector<order_update> orders = {}) {
    for (duration gone{}; gone < d; gone += 1s) {
      quote_at("20000");
      pass(1s);
      const auto asked = only<read_venue>(last);
      if (!asked.empty()) {
        auto answer = reading({position(2, "20000")}, orders);
        answer.has_trades = asked[0].what.trades;
        hear(answer);
      }
      all_fine();
    }
  }
  account_state_name state() { return mind.status().state; }
  bool flattened() { return enforced() > 0 && newest_enforce().goal.flat; }
};

struct idle : desk {
  idle() { start(), all_fine(); }
};

/// How many lines of that kind are journalled.
inline std::size_t notes(const account_effects& effects, std::string_view kind) {
  std::size_t out = 0;
  for (auto& n : only<journal_entry>(effects))
    out += n.kind == kind;
  return out;
}

} // namespace rm::test
