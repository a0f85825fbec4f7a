// The simulator's switches: every question about the venue that no source settled, answered by configuration.
#pragma once
#include "decimal.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

// Answers with more than two possibilities; the words for them stand in switches.cpp, in the same order.

/// In which order a fill's trade, position and account events go out; random_all moves its order event too.
enum class event_order {
  trade_position_account,
  trade_account_position,
  position_trade_account,
  position_account_trade,
  account_trade_position,
  account_position_trade,
  random,
  random_all,
};
/// What a reversal in one fill looks like on the position stream.
enum class reversal_shape { one_event, flat_then_new, flat_same_id, new_id };
/// Which events a fill in pieces shows.
enum class piece_events { each, order_at_end, position_at_end };
/// What a subscription sends at once; trades = also every trade of the account again.
enum class snapshot_kind { none, state, state_and_trades };
/// Who loses when a user has more than one session.
enum class session_rule { allow, evict, evict_other_tokens, refuse_new, login_evicts };
enum class logout_shape { message, text, none, null, wrapped };
/// What becomes of a hub connection when its token ends; mute = it stays open and hears nothing any more.
enum class expiry_end { stay, close, close_error, cut, mute };
/// frozen = prices move, nobody is told; stale = the old quote is sent again and again.
enum class quote_kind { full, partial, frozen, stale };
/// What happens to a market order that was accepted, closes included; rest = it is never filled.
enum class market_order_fate { fill, reject_later, rest };
/// Does a working protective stop fill in the moment a close arrives?
enum class stop_at_close { rests, fills_before, fills_after };
enum class rate_key { token, user, everyone };

/// Hours of the day (UTC, seconds since midnight) in which orders are taken; `from` > `to` goes over midnight.
struct trading_hours {
  int64_t from = 0;
  int64_t to = 0;

  bool contain(int64_t second_of_day) const {
    return from <= to ? second_of_day >= from && second_of_day < to : second_of_day >= from || second_of_day < to;
  }
};

struct switches {
  bool wrapped = true;                 // envelope: wrapped | bare
  bool live2026 = true;                // schema: live2026 | lean2025
  bool unknown_fields = false;         // every record carries members that nobody knows
  bool rest_commissions = false;       // commissions in Trade/search
  bool rest_fees_whole = false;        // rest_fees: fees_only | with_commissions
  bool auto_oco = true;                // bracket_mode: auto_oco | position
  bool close_cancels_children = false; // closeContract sweeps bracket children
  bool close_needs_can_trade = false;  // close_when_cannot_trade: allow | reject
  bool cancel_needs_can_trade = false; // cancel_when_cannot_trade: allow | reject
  bool refuse_stop_limit = false;      // stop_limit: accept | reject
  bool compat_close_size = false;      // partial_close_field: strict | compat (accepts closeSize)
  bool outside_hours_code = false;     // closed_market: rejected | outside_hours (place answers 5)
  bool accounts_descending = false;    // account_order: ascending | descending
  bool trade_arrays = true;            // market_trade: array | object
  bool allow_reconnect = true;         // the flag in close records with an error
  bool null_results = false;           // completion: bare | null
  bool double_subscriptions = false;   // repeated_subscription: harmless | doubles
  bool fixed_window = false;           // rate_window: sliding | fixed
  bool refused_count = false;          // rate_refused: free | counted
  bool no_date = false;                // date_header: sent | missing
  bool mark_at_quote = false;          // venue_mark: last | bid_ask
  gateway_sim::event_order order_of_events = event_order::trade_position_account;
  reversal_shape reversal = reversal_shape::one_event;
  piece_events pieces = piece_events::each;
  snapshot_kind snapshot = snapshot_kind::none;
  session_rule sessions = session_rule::allow;
  logout_shape logout = logout_shape::message;
  expiry_end at_expiry = expiry_end::stay;
  quote_kind quotes = quote_kind::full;
  market_order_fate market_orders = market_order_fate::fill;
  gateway_sim::stop_at_close stop_at_close = gateway_sim::stop_at_close::rests;
  gateway_sim::rate_key rate_key = gateway_sim::rate_key::token;
  std::optional<trading_hours> hours; // none = always
  decimal venue_loss_limit;           // the venue liquidates at this net loss, open profit included; 0 = never
  std::chrono::nanoseconds market_fill_delay{0};
  std::chrono::nanoseconds fill_pause{0};  // between the pieces of a market fill
  std::chrono::nanoseconds reply_delay{0}; // every REST answer, after executing
  std::chrono::nanoseconds event_delay{0}; // every hub event, in order
  std::chrono::nanoseconds account_list_lag{0}; // REST lists show what was so long ago
  std::chrono::nanoseconds order_list_lag{0};
  std::chrono::nanoseconds position_list_lag{0};
  std::chrono::nanoseconds trade_list_lag{0};
  std::chrono::nanoseconds date_ahead{0};  // the Date header is wrong by so much …
  std::chrono::nanoseconds date_behind{0}; // … or so much the other way
  std::chrono::nanoseconds keep_alive = std::chrono::seconds{15}; // 0 = no pings
  std::chrono::nanoseconds client_timeout = std::chrono::seconds{30};
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds{15};
  std::chrono::nanoseconds hub_life{0}; // a hub connection is closed when it is so old; 0 = never
  std::chrono::nanoseconds token_life = std::chrono::hours{24}; // of tokens made from now on
  int64_t event_seed = 1;
  int64_t first_order_id = 0; // order ids go on from here when that is higher; 0 = as they are
  int64_t fill_clip = 0;      // a market order fills in pieces of so many contracts; 0 = in one piece
  int64_t max_order_size = 0; // larger orders and closes are rejected; 0 = no limit
  int64_t slippage_ticks = 0;
  int64_t inbound_limit = 32768; // bytes per message from a hub client
  int64_t fragment_bytes = 0;    // hub messages are cut into WebSocket frames of this size; 0 = one frame
  int64_t retry_after = 0;       // seconds in a 429 answer; 0 = no such header
};

/// Names of all switches, for messages and help.
std::vector<std::string> switch_names();

/// Sets one switch from its text. Returns an empty string, or what is wrong.
std::string set_switch(switches& s, std::string_view name, std::string_view value);

/// The text that `set_switch` would take to get this value; empty when the name is unknown.
std::string switch_text(const switches& s, std::string_view name);

/// The words a switch of a few words takes; empty for numbers, durations and hours.
std::vector<std::string> switch_words(std::string_view name);

/// The known word nearest to `word` by edit distance; empty when there is none at all.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

} // namespace gateway_sim
