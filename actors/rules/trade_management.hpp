// Protective stops that follow a winning position: break even first, then trailing. Only ever tighter.
#pragma once

#include "actors/rules/catalogue.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Wants stops moved (`verdict::stops`), never breaches. A position that has won `break_even.at_ticks` at its best mark gets its stops to
/// the average price and `offset_ticks` beyond; one that has won `trail.activate_ticks` gets them `trail.ticks` behind its best mark.
/// Stops are never loosened and never put at or beyond the mark. Without `place_missing` no stop is ever placed.
class trade_management : public rule {
public:
  struct break_even_terms {
    int64_t at_ticks = 4, offset_ticks = 1;
  };
  struct trail_terms {
    int64_t activate_ticks = 8, ticks = 4;
  };
  struct terms {
    std::optional<break_even_terms> break_even;
    std::optional<trail_terms> trail;
    bool place_missing = false;
  };
  explicit trade_management(const terms& agreed) : terms_{agreed} {}
  verdict evaluate(const account_view& view) override;
  void recall(const rule_memory& kept) override;
  static rule_entry entry();

private:
  /// A position of which something has become active.
  struct managed {
    contract_id contract;
    bool is_long = true;
    int64_t best = 0; // mark, units of price
    friend bool operator==(const managed&, const managed&) = default;
  };
  bool manage(const valued_position& held, const account_view& view, verdict& out);

  terms terms_;
  std::vector<managed> best_, now_; // as of the view before, and of this one; by contract
};

} // namespace rm
