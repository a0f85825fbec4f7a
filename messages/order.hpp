// Orders, trades and positions as the venue tells them.
#pragma once

#include "messages/ids.hpp"
#include "messages/money.hpp"
#include "messages/timing.hpp"

#include <optional>
#include <string_view>

namespace rm {

enum class side : uint8_t { buy, sell };
constexpr side opposite(side s) { return s == side::buy ? side::sell : side::buy; }
constexpr int64_t sign_of(side s) { return s == side::buy ? 1 : -1; }

enum class order_type : uint8_t { unknown, limit, market, stop_limit, stop, trailing_stop, join_bid, join_ask };

/// `pending` covers the venue's Pending and PendingCancellation; `suspended` is a bracket child waiting for its entry.
enum class order_status : uint8_t { unknown, open, pending, suspended, filled, cancelled, expired, rejected };

/// True for the states that an order can still be filled from, now or later; an unknown state counts, to be on the safe side.
constexpr bool is_live(order_status s) {
  return s == order_status::unknown || s == order_status::open || s == order_status::pending || s == order_status::suspended;
}

std::string_view name_of(side s);
std::string_view name_of(order_type t);
std::string_view name_of(order_status s);

/// How the tag of a stop begins that we have placed.
inline constexpr std::string_view own_stop_tag = "riskmanager-stop-";

/// The state of one order, complete: replaces what was known of it.
struct order_update {
  account_id account;
  order_id id;
  contract_id contract;
  order_status status = order_status::unknown;
  order_type type = order_type::unknown;
  rm::side side = rm::side::buy;
  int64_t size = 0;   // contracts, positive
  int64_t filled = 0; // contracts, cumulative
  std::optional<price> limit_price, stop_price, filled_price;
  order_id parent;    // of a bracket child: its entry
  order_id linked;    // of a take-profit: its stop
  bool ours = false;   // its tag says that we placed it (see own_stop_tag)
  bool tagged = false; // carries a custom tag: somebody's order, not one the venue made for a close
  timestamp created{};
  timestamp updated{};
  wire_time seen{};

  int64_t remaining() const { return size > filled ? size - filled : 0; }
};

/// One half-turn. Idempotent by id; `voided` ones never count.
struct trade_update {
  account_id account;
  trade_id id;
  order_id order;
  contract_id contract;
  rm::side side = rm::side::buy;
  int64_t size = 0; // contracts, positive
  rm::price price;
  std::optional<money> profit_and_loss; // gross; nothing for an opening half-turn
  money fees;                           // exchange and clearing, positive = cost
  std::optional<money> commissions;     // nothing where the venue's list lacks them
  bool estimated = false;               // the venue did not tell the commissions: they are what others cost, or nothing
  bool voided = false;
  timestamp executed{};
  wire_time seen{};
};

/// The position in one contract, complete. `size` 0 means flat.
struct position_update {
  account_id account;
  contract_id contract;
  int64_t size = 0; // signed: negative = short
  price average_price;
  timestamp created{};
  wire_time seen{};
};

} // namespace rm
