// What enforcement is asked for, what it asks of the venue, and what it reports.
#pragma once

#include "messages/account.hpp"
#include "messages/rule.hpp"

#include <variant>

namespace rm {

/// What an account must come to. Goals of one account are merged: the stricter part of each wins.
struct enforcement_goal {
  bool flat = false;              // hold nothing, no live order
  bool cancel_increasing = false; // no live order that could increase a position
  std::vector<order_id> cancel;   // these orders, whatever they are
  std::vector<position_target> targets; // these positions, to at most so many contracts (0 = close)
  bool cancel_orders_of_targets = false; // orders of a target contract that increase go too (symbol_block, position_* rules)
};

/// A close that the venue was asked for and that nobody knows the end of.
struct asked_close {
  contract_id contract;
  int64_t held = 0; // signed contracts when it was asked; 0: what was held could not be read
  int64_t size = 0; // contracts asked to be closed
  timestamp asked{};
  friend bool operator==(const asked_close&, const asked_close&) = default;
};

/// Opens the account's enforcement case, or tightens the open one.
struct enforce {
  account_id account;
  uint64_t sequence = 0; // grows with each; the case's reports carry the newest one that it took in
  rule_name rule;
  std::string reason;
  rm::action action = rm::action::none;
  enforcement_goal goal;
  std::shared_ptr<const account_view> view; // positions and orders at that moment
  timestamp now{};
  wire_time event{}; // the breaching event; its steady time is where latency starts
  std::vector<contract_id> unseen; // something may be held there too, though no position that can be read says so
  std::vector<asked_close> asked;  // by a process that was killed: the lists may not show it yet. For the first case of a process
};

/// Protective stops as a rule wants them now; replaces what that rule wanted before.
struct adjust_stops {
  account_id account;
  rule_name rule;
  std::vector<stop_change> stops;
  timestamp now{};
  wire_time event{};
};

/// `place_stop` is the only request that makes an order: a protective stop, never larger than the position.
enum class request_kind : uint8_t { cancel_order, modify_order, close_position, reduce_position, place_stop };
std::string_view name_of(request_kind k);

/// One request that changes something at the venue.
struct venue_request {
  request_id id;
  account_id account;
  request_kind kind = request_kind::cancel_order;
  order_id order;       // cancel, modify
  contract_id contract; // close, reduce; of the order otherwise, for the journal
  int64_t size = 0;     // reduce: contracts to close; modify: new size, 0 = unchanged; place: contracts. Positive
  std::optional<price> limit_price, stop_price; // modify, place
  rm::side side = rm::side::sell; // place
  text_id<struct request_tag_tag, 63> tag; // place: the order's own tag
  rule_name rule;
  wire_time event{};    // the event that led here
};

/// accepted: the venue took it (not: done). refused: it said no. unclear: nobody knows. not_sent: never left this process.
enum class request_outcome : uint8_t { accepted, refused, unclear, not_sent };
enum class refusal : uint8_t { none, not_found, pending, outside_hours, rejected, account, size, unknown };
std::string_view name_of(request_outcome o);
std::string_view name_of(refusal r);

struct venue_answer {
  request_id id;
  account_id account;
  request_kind kind = request_kind::cancel_order;
  request_outcome outcome = request_outcome::unclear;
  rm::refusal refusal = rm::refusal::none;
  std::string detail;         // the venue's words or what went wrong, one line
  int64_t sent_steady_ns = 0; // first byte of the request written; 0: not sent
  int64_t latency_ns = -1;    // from the event's last byte read to the request's first byte written; -1: unknown
  timestamp answered{};
  int64_t answered_steady_ns = 0;
};

/// Asks for positions and orders (suspended ones included), and more where wanted.
struct read_account {
  account_id account;
  bool info = false, trades = false;
  timestamp trades_since{};
  bool urgent = false; // for an open case: may use what is kept for cancel and close, but never the last 10
};

/// An account has started: subscribe it and read all of it.
struct watch_account {
  account_id account;
  timestamp trades_since{}; // its trades from here on
};

/// An account has met a contract: read its specification, subscribe its quotes.
struct watch_contract {
  account_id account;
  contract_id contract;
};

/// How far one contract's marks may go before an account has anything to say.
struct rest_mark {
  mark_band band;
  int64_t heard_ns = 0; // steady time of the newest quote of it that the account knew
};

/// While all marks stay inside, an account rests: its broker keeps quotes to itself, but for one a second. The first one outside is told at
/// once, and ends it; so does any other news of the account, before which it hears what was kept. Until it says the next one it hears all.
struct rest_marks {
  account_id account;
  uint64_t heard = 0;           // number of the newest news that the account knew; with another one, what is said here is out of date
  timestamp until{};            // from then on quotes are told
  std::vector<rest_mark> marks; // contracts that are not named are told. Empty: it does not rest; what was kept is told now
};

/// A broker to itself: tell the marks that were kept and that no newer one has come after.
struct tell_kept {};

/// A position's price has become stale: have the newest bar read. It comes as a `quote`, or not at all.
struct read_mark {
  account_id account;
  contract_id contract;
};

/// From a broker to those who need to know; also how events reach an account's enforcement.
struct venue_event {
  std::variant<order_update, position_update, trade_update, account_update, quote, contract_spec, link_changed, venue_snapshot,
               venue_nonsense>
    what;
  uint64_t number = 0; // from a broker: counts the news of one account that are no quotes
};

/// What a venue's port hands to its broker actor: an event for one account, or (account 0) for all accounts of the login or for
/// those that watch the quoted contract.
struct port_event {
  account_id account;
  venue_event event;
};

/// A port's answer to a request or a read.
struct port_answer {
  request_id id;
  std::variant<venue_answer, venue_snapshot, std::string> what; // a string: the read failed, and why
};

enum class enforcement_phase : uint8_t { working, done };
std::string_view name_of(enforcement_phase p);

/// The closes that are under way, all of them, told where that has changed and after they were sent. Kept: a process that is killed now must
/// not have the next one close the same once more.
struct closes_asked {
  account_id account;
  std::vector<asked_close> closes; // by contract
};

/// A step of a case, or its end. Everything here is also journalled.
struct enforcement_report {
  account_id account;
  uint64_t sequence = 0;   // of the newest `enforce` that the case took in
  rule_name rule;
  rm::action action = rm::action::none;
  enforcement_phase phase = enforcement_phase::working;
  std::string detail;      // one line
  bool confirmed = false;  // done: the venue itself was read back at the goal
  int64_t latency_ns = -1; // event to first request, when known
  int64_t unprotected_s = 0; // seconds since the case opened
  timestamp at{};
};

} // namespace rm
