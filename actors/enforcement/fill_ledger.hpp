// Fills against positions: the venue tells both, in no certain order, and its lists may lag by seconds.
#pragma once

#include "messages/order.hpp"

#include <deque>
#include <map>
#include <set>

namespace rm {

/// Keeps, per contract, the fills that the position does not show yet. Whoever closes a position asks here first whether fills
/// already seen say that it is gone. A fill and the change of the position that it made find each other in whatever order they come;
/// what stays alone is forgotten after `patience`.
class fill_ledger {
public:
  /// How long an unbalanced fill is believed against positions and lists.
  static constexpr duration patience = std::chrono::seconds{5};

  /// Takes an order's or a trade's word on fills; what both tell counts once. True when there was a new fill.
  bool take_order(const order_update& update, timestamp now);
  bool take_trade(const trade_update& trade, timestamp now);
  /// An order met in a list: its fills are in the list's positions.
  void take_listed(const order_update& order);
  /// A position event said this size.
  void take_position(const contract_id& contract, int64_t size, timestamp now);
  /// A list (or a first view) was adopted with this size. Where that takes back what events have just said, the events are
  /// believed for as long as they are fresh.
  void take_adopted(const contract_id& contract, int64_t size, timestamp now);

  /// Signed contracts that fills have moved and the position has not (yet).
  int64_t pending(const contract_id& contract, timestamp now) const;
  /// True when all fills have found their change of the position; what was forgotten counts as open until the next news.
  bool balanced(const contract_id& contract) const;
  /// When the contract's newest fill or position event was taken.
  timestamp newest(const contract_id& contract) const;
  /// Contracts with something pending.
  std::set<contract_id> unsettled(timestamp now) const;
  /// The wall clock was set back by `by`.
  void shift(duration by);

private:
  struct balance {
    int64_t told = 0;    // the position as last said
    int64_t pending = 0; // fills that the position does not show
    int64_t early = 0;   // changes of the position whose fills were not seen
    timestamp newest{};
    timestamp events_lag_until{}; // a list was ahead of the events: until then they may tell old sizes
    int trend = 0; // sign of the newest fill or change
  };
  struct counted {
    int64_t by_orders = 0, by_trades = 0, taken = 0;
  };
  counted& fills_of(order_id id);
  balance& fresh(const contract_id& contract, timestamp now);
  bool count(counted& fills, const contract_id& contract, side side, timestamp now);

  std::map<contract_id, balance> balances_;
  std::map<order_id, counted> fills_;
  std::deque<order_id> fills_in_order_; // bounds fills_
  std::set<trade_id> trades_;
  std::deque<trade_id> trades_in_order_; // bounds trades_
};

} // namespace rm
