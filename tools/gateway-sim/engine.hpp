// The matching engine: orders in, fills, positions and balances out. No clock, no I/O: time comes in as an
// argument, and what happened waits in order to be taken with `take_events`.
#pragma once
#include "engine_types.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace gateway_sim {

class engine {
public:
  engine_rules rules;

  // -- what exists -------------------------------------------------------------------------------

  void add_account(account a);
  void add_contract(contract c);
  void set_order_ids_from(int64_t first) { next_order_ = std::max(next_order_, first); } // never back

  /// Gives an account a position without any trade, as if it had been opened earlier. `size` is signed.
  void seed_position(int64_t account, const std::string& contract, int64_t size, fraction average, wall_time now);

  // -- what clients and the script do -----------------------------------------------------------

  outcome place(const place_request& request, wall_time now);
  outcome modify(const modify_request& request, wall_time now);
  outcome cancel(int64_t account, int64_t order, wall_time now);

  /// Sends a market order against the whole position, or against `size` contracts of it.
  outcome close(int64_t account, const std::string& contract, std::optional<int64_t> size, wall_time now);

  /// The last trade of the contract is now at `ticks`; fills what that touches.
  void set_price(const std::string& contract, int64_t ticks, wall_time now);

  /// Fills (part of) a working order at a price, whatever the market says.
  outcome fill_order(int64_t order, std::optional<int64_t> size, std::optional<int64_t> ticks, wall_time now);

  /// Fills a market order that waited (rules.market_orders_wait), or its next piece; nothing happens if it is gone.
  void fill_waiting(int64_t order, wall_time now);

  /// Rejects a market order that was accepted (rules.market_orders); nothing happens if it is gone.
  void reject_waiting(int64_t order, wall_time now);

  /// A fill that nobody's order announced: its order was never on the stream unless `announce`.
  outcome foreign_fill(int64_t account, const std::string& contract, order_side side, int64_t size,
                       std::optional<int64_t> ticks, bool announce, wall_time now);

  /// The venue's own liquidation: cancels every order, closes every position by orders that nobody sent (at the last
  /// price, or the average where there is none), then takes canTrade away when asked.
  outcome liquidate(int64_t account, bool can_trade_after, wall_time now);

  /// Marks a trade void and takes its money back; the position stays as it is.
  outcome void_trade(int64_t trade, wall_time now);

  outcome set_account(int64_t account, std::optional<bool> can_trade, std::optional<decimal> balance, wall_time now);
  void set_market(const std::string& contract, market_state state);

  /// An expired contract refuses orders and closes.
  void set_active(const std::string& contract, bool active) { contract_of(contract).active = active; }

  /// Orders of this contract are taken now: the market is open and it is within the trading hours.
  bool trading(const std::string& contract, wall_time now) const;

  /// Everything that happened since the last call, in order.
  bool has_events() const { return !events_.empty(); }
  std::vector<engine_event> take_events() { return std::exchange(events_, {}); }

  // -- what is there ----------------------------------------------------------------------------

  const std::map<int64_t, account>& accounts() const { return accounts_; }
  const std::vector<contract>& contracts() const { return contracts_; }
  const std::map<int64_t, order>& orders() const { return orders_; }
  const std::map<int64_t, trade>& trades() const { return trades_; }

  /// One account's, ascending by id.
  std::vector<const order*> orders_of(int64_t account) const;
  std::vector<const trade*> trades_of(int64_t account) const;
  std::vector<position> positions(int64_t account) const;
  const account* find_account(int64_t id) const;
  const order* find_order(int64_t id) const;
  const order* find_tag(int64_t account, const std::string& tag) const;
  const position* find_position(int64_t account, const std::string& contract) const;
  std::optional<int64_t> last_price(const std::string& contract) const;
  market_state market(const std::string& contract) const;

  /// By id, else the first that goes by this name; null when unknown.
  const contract* find_contract(std::string_view name) const;

private:
  struct prices {
    std::optional<int64_t> last;
    market_state state = market_state::open;
  };
  using position_key = std::pair<int64_t, std::string>;

  order make_order(const place_request& request, wall_time now);
  outcome reject(order o, refusal why, std::string message);
  std::optional<std::string> bracket_error(const place_request& request) const;
  std::optional<std::string> price_error(const place_request& request, const contract& c, order& o) const;
  void add_children(order& entry, const place_request& request);
  void store(const order& o);
  void update(order& o, order_status status, wall_time now);
  void start_market_order(int64_t id, wall_time now);
  void fill_market(int64_t id, wall_time now);
  int64_t next_piece(order& o) const;
  void fill_stops(int64_t account, const std::string& contract, order_side side, wall_time now);
  void fill(int64_t id, int64_t size, int64_t ticks, wall_time now);
  void book_trade(const order& o, int64_t size, int64_t ticks, wall_time now);
  std::optional<decimal> apply_to_position(const order& o, int64_t size, int64_t ticks, wall_time now);
  void activate_children(const order& entry, int64_t ticks, wall_time now);
  void cancel_children(const order& entry, bool suspended_only, wall_time now);
  void cancel_brackets(int64_t account, const std::string& contract, wall_time now);
  std::optional<int64_t> touch_price(order& o, int64_t last, bool resting) const;
  void match_order(int64_t id, bool resting, wall_time now);
  void match_contract(const std::string& contract, wall_time now);
  int64_t slipped(order_side side, int64_t ticks) const { return ticks + sign_of(side) * rules.slippage_ticks; }
  contract& contract_of(const std::string& id);

  std::map<int64_t, account> accounts_;
  std::vector<contract> contracts_;
  std::map<std::string, prices, std::less<>> prices_;
  std::map<int64_t, order> orders_;
  std::map<std::string, std::set<int64_t>> working_; // per contract; suspended children are not in it
  std::map<int64_t, trade> trades_;
  std::map<int64_t, std::set<int64_t>> orders_by_account_;
  std::map<int64_t, std::set<int64_t>> trades_by_account_;
  std::map<position_key, position> positions_;
  std::map<std::pair<int64_t, std::string>, int64_t> tags_; // (account, tag) -> first order that used it
  std::vector<engine_event> events_;
  int64_t next_order_ = 3'425'270'858; // beyond int32, as live
  int64_t next_trade_ = 3'004'518'356;
  int64_t next_position_ = 825'245'547;
};

/// What closing `size` contracts at `exit` makes, in account money; `direction` is +1 for a long.
/// Rounded to 0.0001.
decimal profit(const contract& c, fraction average, int64_t exit, int64_t size, int64_t direction);

/// `average` as a price, rounded to 1e-9.
decimal average_price(const contract& c, fraction average);

} // namespace gateway_sim
