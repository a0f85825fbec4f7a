// What is kept on disk, and how it is asked for.
#pragma once

#include "messages/enforcement.hpp"

#include <set>

namespace rm {

/// One counted trade: an order that opened, added or flipped.
struct counted_trade {
  order_id order;
  timestamp at{};                 // its first such fill
  std::set<trade_id> fills;       // its entry fills that are not voided
};

/// A round trip that was open when the trading week in force began; all later ones follow from the week's trades.
struct carried_trip {
  contract_id contract;
  timestamp opened{};
  int64_t size = 0; // signed contracts at the week's begin
  money net;        // realized until then, less fees and commissions
};

/// What the account's balance is held against: it is `carry`, plus the net of the kept trades, plus all adjustments.
struct balance_reference {
  bool known = false;
  money carry;
  timestamp since{}; // trades up to here were in the balance that it was taken from, told or not
};

/// What the balance showed beside the trades, e.g. a commission that nobody told. Part of the realized P&L.
struct adjustment {
  timestamp at{}; // belongs to the day and week of this instant
  money amount;
};

/// An enforcement case that was open: taken up again after a restart.
struct open_case {
  rule_name rule;
  std::string reason;
  rm::action action = rm::action::none;
  enforcement_goal goal;
  timestamp since{};
};

/// What an account's P&L of the day was at one moment.
struct day_point {
  timestamp at{};
  money pnl;
  friend bool operator==(const day_point&, const day_point&) = default;
};

/// The day so far in a few points, ascending; between two of them the older one stands.
struct day_curve {
  timestamp day_started{};
  std::vector<day_point> points;
};

/// All of an account that cannot be rebuilt from its trades and the venue. Saved whole.
struct account_memory {
  account_id account;
  uint64_t version = 0;           // grows with each save; an older one never replaces a newer one
  trading_date day{};             // the trading day in force; 0 = none yet
  timestamp day_started{};
  trading_date week{};            // the first trading day of the trading week in force
  timestamp week_started{};
  money peak_day;
  std::vector<lock> locks;
  std::vector<counted_trade> counted;   // since an hour before the daily reset, ascending
  std::optional<timestamp> last_trade;
  std::vector<order_id> attempts;       // forbidden orders already counted, newest last, bounded
  std::map<rule_name, int64_t> warned;  // highest warning rung given (millionths of the limit)
  std::vector<open_case> cases;
  std::vector<asked_close> asked;       // of the open cases
  std::vector<carried_trip> trips;      // one per contract at most
  std::map<rule_name, rule_memory> rules;
  balance_reference balance;
  std::vector<adjustment> adjustments;  // of the day and week in force
  timestamp unsafe_since{};             // an open position cannot be judged since then; 0 = it can
};

/// A reset that was applied; goes into the reset_log in the same transaction as the memory that it changed.
struct reset_record {
  reset_kind kind = reset_kind::daily;
  trading_date day{};
  timestamp boundary{};
  timestamp applied{};
  std::string by, reason;
};

struct save_account {
  account_memory memory;
  std::vector<reset_record> resets;
};

/// Trades are kept by id; a known one is replaced (it may have been voided since).
struct save_trades {
  account_id account;
  std::vector<trade_update> trades;
};

/// The day so far, for people: it takes the place of what was kept of it. Nothing that protects an account depends on it, and nobody waits
/// for it.
struct save_day {
  account_id account;
  day_curve day;
};

/// Answer to a save: it was committed, and will be there after a power cut.
struct saved {
  uint64_t version = 0;
};

struct load_account {
  account_id account;
};

/// One line of the journal: append only.
struct journal_entry {
  timestamp at{};
  account_id account;   // 0: the service
  std::string kind;     // "fill", "order", "position", "verdict", "lock", "unlock", "reset", "request", "answer", "case", "alarm", "admin", "service", "link"
  rule_name rule;
  std::string text;     // one line for people
  int64_t latency_ns = -1;
};

struct stored_account {
  account_id account;
  bool found = false;
  account_memory memory;
  std::vector<trade_update> trades; // since the start of the trading week in force, ascending by time
  std::string unreadable{};         // why what was kept cannot be read: then `found` is false, and only the memory's version is known
  std::vector<journal_entry> recent{}; // the account's newest journal lines of cases, oldest first: what a screen shows of the past
  day_curve day = {};
};

struct get_journal {
  account_id account;   // 0: all
  timestamp since{};
  int64_t limit = 1000; // newest kept
};

struct journal_page {
  std::vector<journal_entry> entries; // oldest first
};

/// The last line of the journal's chain: its number, and the value that stands for all lines up to it.
struct chain_tail {
  int64_t line = 0; // 0: there is none
  std::string link; // 64 hexadecimal digits
};

/// Asks for the whole journal to be held against its chain.
struct prove_journal {
  chain_tail noted; // a line that somebody noted, e.g. the log: it must be there as it was; none: nothing to compare with
};

enum class chain_fault : uint8_t { none, changed, removed, added };

struct journal_proof {
  bool intact = true;
  int64_t lines = 0;     // that were looked at
  int64_t unchained = 0; // of these, from before there was a chain
  int64_t first = 0;     // number of the oldest line
  timestamp from{}, to{}; // of the oldest line and of the last one that was looked at
  chain_tail tail;       // of the chain, to be compared with the log
  chain_fault fault = chain_fault::none;
  int64_t broken_at = 0; // number of the first line that does not fit or is missing
  std::string what;      // where it breaks, one line; where it is whole: a remark, mostly empty
};

/// This configuration is in force from now on.
struct config_in_force {
  std::string mark;  // changes with every byte of its files
  std::string lines; // what it says, one thing per line, without secrets: the next start shows what differs
};

/// A run of the service as it was left, and what the next one found.
struct service_run {
  timestamp started{};
  timestamp alive{};       // the last sign of life
  bool ordered = false;    // it was stopped in order
  std::string version;
  config_in_force config;  // that was in force last; an empty mark: none was given
  std::string config_file; // of this run: where it is, when it was written, whose it is; empty: not known
};

struct get_storage_health {};

struct storage_health {
  bool writing = true;  // false: `why`
  std::string why;
  timestamp since{};
  int64_t unsaved = 0;  // writes that wait in memory
};

} // namespace rm
