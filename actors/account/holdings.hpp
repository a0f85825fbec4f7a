// What an account holds: positions and live orders, merged from the venue's events and from lists read over REST.
// Pure. Used by the account (to judge) and by enforcement (to act), each with its own copy fed in the same order.
#pragma once

#include "messages/account.hpp"

#include <deque>
#include <map>
#include <set>

namespace rm {

/// Positions and live orders of one account.
///
/// Events win over lists: a list never overrides an event that was received after the list's reading was sent; where a list
/// disagrees with what the events said, it must be read again (about 500 ms later), and two equal readings in a row, both sent after
/// the last event, win. The first list of a connection (`generation`) is taken as it is, except for what events of that connection
/// have said since it was sent.
class holdings {
public:
  /// What merging a list led to.
  struct merge_result {
    bool changed = false;    // something is different now
    bool read_again = false; // list and events disagree: read once more in about 500 ms
    std::vector<std::string> differences; // adopted ones, one line each, for the journal
  };

  // -- the venue's words --------------------------------------------------------

  /// Takes an order's state. False when it says nothing new: a duplicate, an older state, a state after a final one.
  bool apply(const order_update& update);
  /// Takes a position. False when it says nothing new.
  bool apply(const position_update& update);
  /// Notes the fill: when it was seen, and what it leaves of its order. Positions come from position events only.
  void apply(const trade_update& trade);
  merge_result apply(const venue_snapshot& snapshot);
  /// Notes which order or position it was that could not be read. True when that is new.
  bool apply(const venue_nonsense& what);
  /// The connections are counted anew (the broker's actor was started again).
  void forget_generation() { generation_ = 0; }

  // -- what is held ---------------------------------------------------------------

  /// Positions that are not flat.
  const std::map<contract_id, position_update>& positions() const { return positions_; }
  /// Orders that may still be filled, suspended ones included, by id (the venue's ids grow with time).
  const std::map<order_id, order_update>& orders() const { return orders_; }
  /// Signed contracts; 0 when flat.
  int64_t size_of(const contract_id& contract) const;
  bool flat() const { return positions_.empty(); }
  /// An order that reached a final state, or that was never seen.
  bool is_known(order_id id) const { return orders_.contains(id) || ended_.contains(id); }
  bool has_ended(order_id id) const { return ended_.contains(id); }
  /// An event said so. That a list lacks an order may only mean that the list is old.
  bool was_told_ended(order_id id) const {
    const auto i = ended_.find(id);
    return i != ended_.end() && i->second == 0;
  }
  /// Steady time at which the newest fill of a contract (trade, or order with more filled) was received; 0 = none.
  int64_t last_fill_ns(const contract_id& contract) const;
  /// Steady time of the newest order or position event of a contract; 0 = none.
  int64_t last_event_ns(const contract_id& contract) const;
  uint64_t generation() const { return generation_; }

  // -- what nobody could read -------------------------------------------------------

  struct unread_order {
    contract_id contract; // empty: not known
    int64_t seen_ns = 0;  // steady time at which it was last heard of
  };
  /// Orders whose newest word could not be read, and that may be live. What was known of one before is still in `orders`. One stays here until
  /// it can be read, or is missing in a list that was sent long enough after it was heard of: lists lag.
  const std::map<order_id, unread_order>& unread_orders() const { return unread_orders_; }
  /// The newest event of the contract's position could not be read, and no list that could be has come since: its size may be another.
  bool is_blurred(const contract_id& contract) const { return blurred_.contains(contract) || blurred_.contains(contract_id{}); }

  // -- judgements -----------------------------------------------------------------

  /// Live orders whose full fill, with older ones of their kind on the same side, would make |position| larger or turn it.
  /// Suspended children of a live parent are not in it (they live and die with the parent). A stop and a target that protect the same
  /// contracts do not add up; two targets do.
  std::set<order_id> increasing_orders() const;
  /// The same, judged as if the positions were these (signed).
  std::set<order_id> increasing_orders(const std::map<contract_id, int64_t>& sizes) const;
  /// Stops and targets on the other side of an open position, suspended children of a live parent excluded.
  bool is_protective(const order_update& order) const;
  /// Contracts of live market orders on the other side of the contract's position: a close that is under way.
  int64_t closing_under_way(const contract_id& contract) const;

private:
  struct list_opinion {
    int64_t size = 0;
    int64_t sent_ns = 0;
  };
  void end(order_id id, int64_t list_sent_ns);
  template <class SizeOf>
  std::set<order_id> increasing_by(SizeOf held_of) const;
  void note_fill(const contract_id& contract, const wire_time& seen);
  bool is_over(const wire_time& seen) const { return seen.steady_ns != 0 && seen.steady_ns < fresh_since_ns_; }
  void merge_positions(const venue_snapshot& snapshot, bool first, merge_result& out);
  void merge_orders(const venue_snapshot& snapshot, bool first, merge_result& out);
  void merge_unread(const venue_snapshot& snapshot);

  std::map<contract_id, position_update> positions_;
  std::map<order_id, order_update> orders_;
  std::map<contract_id, int64_t> position_event_ns_;
  std::map<order_id, int64_t> order_event_ns_;
  std::map<contract_id, int64_t> contract_event_ns_;
  std::map<contract_id, int64_t> fill_ns_;
  std::map<contract_id, list_opinion> doubted_positions_;
  std::map<order_id, int64_t> doubted_orders_; // a list disagreed: when it was sent
  struct fills {
    int64_t told = 0; // by the order's own states
    std::map<trade_id, int64_t> by_trades;
    int64_t sum() const;
  };
  std::map<order_id, fills> fills_; // of live orders that trades spoke of, and of some that are still to be told
  std::deque<order_id> fills_ahead_; // bounds those
  std::map<order_id, int64_t> ended_; // 0: an event said so, for good; otherwise when the list was sent that lacked it
  std::deque<order_id> ended_in_order_; // bounds ended_
  std::map<order_id, unread_order> unread_orders_;
  std::map<contract_id, int64_t> blurred_; // when that was heard
  int64_t fresh_since_ns_ = 0; // the connection's first list was sent then: events from before it are over
  uint64_t generation_ = 0;
};

} // namespace rm
