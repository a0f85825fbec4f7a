// What the matching engine holds and says: orders, half-turn trades, positions, accounts, events.
#pragma once
#include "catalogue.hpp"
#include "decimal.hpp"
#include "switches.hpp"
#include "wall_time.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gateway_sim {

enum class order_type { unknown, limit, market, stop_limit, stop, trailing_stop, join_bid, join_ask };
enum class order_side { buy, sell };
enum class order_status { none, open, filled, cancelled, expired, rejected, pending, pending_cancel, suspended };

/// +1 for a buy, -1 for a sell.
constexpr int64_t sign_of(order_side side) {
  return side == order_side::buy ? 1 : -1;
}

/// A stop or a stop-limit: has a stop price of its own.
constexpr bool has_stop(order_type t) {
  return t == order_type::stop || t == order_type::stop_limit;
}

/// A protective child that an entry order asks for; `ticks` are signed, relative to the entry's fill.
struct bracket {
  int64_t ticks = 0;
  order_type type = order_type::stop;
};

struct order {
  int64_t id = 0;
  int64_t account = 0;
  std::string contract;
  wall_time created;
  wall_time updated;
  order_status status = order_status::pending;
  order_type type = order_type::market;
  order_side side = order_side::buy;
  int64_t size = 0;
  std::optional<int64_t> limit; // in ticks
  std::optional<int64_t> stop;  // in ticks; of a trailing stop its present level
  std::optional<int64_t> trail; // distance in ticks, never negative
  int64_t filled = 0;
  int64_t filled_ticks = 0; // sum of price in ticks x size
  std::string tag;
  std::optional<int64_t> parent;
  std::optional<int64_t> linked;
  std::optional<int64_t> stop_loss;   // the child's id, of an entry
  std::optional<int64_t> take_profit; // the child's id, of an entry
  bool triggered = false;             // a stop-limit whose stop was touched
  bool protects = false;              // sent by closeContract or partialCloseContract
  int64_t bracket_ticks = 0;          // of a child: signed distance from the entry's fill
  std::vector<int64_t> fill_in;       // sizes of the pieces of a market fill; empty = in one piece
  std::string why;                    // reject reason, own view only

  int64_t remaining() const { return size - filled; }
  bool working() const { return status == order_status::open || status == order_status::pending; }
};

struct trade {
  int64_t id = 0;
  int64_t account = 0;
  std::string contract;
  wall_time created;
  int64_t price = 0; // in ticks
  std::optional<decimal> profit_and_loss;
  decimal fees;
  decimal commissions;
  order_side side = order_side::buy;
  int64_t size = 0;
  bool voided = false;
  int64_t order = 0;
};

struct position {
  int64_t id = 0;
  int64_t account = 0;
  std::string contract;
  wall_time created;
  int64_t size = 0; // signed
  fraction average; // in ticks
};

struct account {
  int64_t id = 0;
  std::string name;
  decimal balance;
  bool can_trade = true;
  bool visible = true;
  bool simulated = true;

  decimal start_balance; // own view from here on
  decimal gross;         // sum of profitAndLoss, voided trades out
  decimal fees;
  decimal commissions;
  decimal adjustments; // balance set by hand
};

struct order_changed { order now; };
struct trade_made { trade now; };
struct position_changed { position now; };
struct account_changed { account now; };
/// A market order waits for its fill (switch market_fill_delay), or for its next piece (fill_pause).
struct fill_due {
  int64_t order;
  bool next_piece = false;
};
/// An accepted market order waits for its rejection (market_orders: reject_later).
struct reject_due { int64_t order; };

using engine_event
  = std::variant<order_changed, trade_made, position_changed, account_changed, fill_due, reject_due>;

/// Why the engine refused. rest.cpp maps these to each endpoint's own numbers.
enum class refusal {
  none,
  account_not_found,
  account_rejected,
  contract_not_active,
  contract_not_found,
  invalid_size,
  market_closed,
  order_not_found,
  outside_hours,
  position_not_found,
  rejected,
};

struct outcome {
  refusal why = refusal::none;
  std::optional<std::string> message;
  std::optional<int64_t> order_id; // also of a rejected order
  bool ok() const { return why == refusal::none; }
};

struct place_request {
  int64_t account = 0;
  std::string contract;
  order_type type = order_type::market;
  order_side side = order_side::buy;
  int64_t size = 0;
  std::optional<decimal> limit;
  std::optional<decimal> stop;
  std::optional<decimal> trail; // a price level
  std::string tag;
  std::optional<bracket> stop_loss;
  std::optional<bracket> take_profit;
  std::vector<int64_t> fill_in;
};

struct modify_request {
  int64_t account = 0;
  int64_t order = 0;
  std::optional<int64_t> size;
  std::optional<decimal> limit;
  std::optional<decimal> stop;
  std::optional<decimal> trail;
};

/// The engine's own answers to open questions (projectx.md 6).
struct engine_rules {
  bool auto_oco = true;                // order-level brackets are accepted
  bool close_cancels_children = false; // closeContract and partial closes sweep the brackets
  bool close_needs_can_trade = false;  // closes are refused while canTrade is false
  bool cancel_needs_can_trade = false; // cancels too
  bool refuse_stop_limit = false;      // stop-limit orders are rejected
  bool outside_hours_code = false;     // a closed market has a refusal of its own when placing
  bool market_orders_wait = false;     // market orders rest until fill_waiting
  bool pieces_wait = false;            // so does each further piece of them
  reversal_shape reversal = reversal_shape::one_event;
  market_order_fate market_orders = market_order_fate::fill;
  gateway_sim::stop_at_close stop_at_close = gateway_sim::stop_at_close::rests;
  std::optional<trading_hours> hours;  // none = always
  int64_t fill_clip = 0;               // contracts per piece of a market fill; 0 = all at once
  int64_t max_order_size = 0;          // 0 = no limit
  int64_t slippage_ticks = 0;          // against the order
};

enum class market_state { open, closed, paused };

} // namespace gateway_sim
