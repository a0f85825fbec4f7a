// Questions that people's programs ask through the local socket, and their answers.
#pragma once

#include "messages/enforcement.hpp"
#include "messages/storage.hpp"
#include "messages/supervision.hpp"

namespace rm {

/// One line from a client of the local socket.
struct client_line {
  uint64_t connection = 0;
  bool administrator = false; // by the operating system's word
  std::string user;
  std::string line;
  wire_time received{};
};

/// A client of the local socket has hung up.
struct client_gone {
  uint64_t connection = 0;
};

struct get_account_status {
  bool tell_change = false; // say `account_changed` once, at the next change after the answer
};

/// What people may see of an account has changed since they were last shown it.
struct account_changed {
  account_id account;
};

struct rule_status {
  rule_name rule;
  std::string number; // the user's "RULE-004", empty where there is none
  rm::level level = rm::level::not_evaluable;
  std::string used, limit, reason;
  int64_t fraction = 0; // millionths
  timestamp evaluated{};
  std::map<std::string, timestamp> events; // newest of each kind that reached the rule
  std::vector<std::string> needs;          // the kinds that it cannot do without
};

struct account_status {
  account_id account;
  std::string name;
  account_state_name state = account_state_name::not_evaluable;
  std::string why;
  std::shared_ptr<const account_view> view; // may be empty before the first event
  std::map<contract_id, std::string> symbols;
  std::vector<lock> locks;
  std::vector<rule_status> rules;
  std::vector<enforcement_report> enforcement; // newest last, at most 10 cases
  std::vector<alarm> alarms;
};

struct get_account_day {};

/// An account's day so far: the curve of its P&L, and what it takes to play the day again.
struct account_day {
  account_id account;
  day_curve curve;
  timestamp week_started{}, next_daily_reset{}; // 0: not known yet
  std::vector<trade_update> trades;             // of the week in force, as they were booked
  std::vector<carried_trip> trips;              // that were open when the week began
  std::vector<adjustment> adjustments;          // of the week in force
  std::map<contract_id, contract_spec> specs;   // of what was traded
  std::shared_ptr<const account_view> now;      // empty: nothing was heard of it yet
};

/// An administrator has an account's day or week begin anew, now.
struct reset_order {
  account_id account;
  reset_kind kind = reset_kind::daily;
  std::string by, reason; // both not empty
  timestamp now{};
  bool sure = true; // false: the time may be wrong, the venue has not told it since the PC's clock jumped
};

/// An administrator takes an account's locks away.
struct unlock_order {
  account_id account;
  rule_name rule; // empty: all locks
  std::string by, reason; // both not empty
  timestamp now{};
};

/// An administrator locks an account; the lock's rule is `manual`.
struct lock_order {
  account_id account;
  lock_mode mode = lock_mode::flat;
  duration length{}; // 0: until the next daily reset
  std::string by, reason; // both not empty
  timestamp now{};
  bool sure = true; // as in `reset_order`
};

/// An administrator has an account closed at the venue; it is not locked by that.
struct flatten_order {
  account_id account;
  std::string by, reason; // both not empty
  timestamp now{};
};

/// An administrator's order was carried out; otherwise the answer is an error (`rejected`) with the reason.
struct order_done {
  std::string what;                   // one line, for people
  std::vector<rule_name> locked = {}; // after an unlock: whose locks stand now
};

enum class config_step : uint8_t { show, check, apply };

/// To the host, which owns the configuration file: show it, check another text, or put that in its place and have it in force.
struct config_order {
  config_step step = config_step::show;
  std::string text; // check, apply
  std::string base; // apply: fingerprint of the text that was changed; empty: whatever is there
  std::string by, reason;
  std::vector<account_day> days = {}; // check: what the other text would have meant for them
};

/// The host has done with an order, or says why not. From another thread, in any order.
struct host_answer {
  uint64_t ticket = 0;
  bool done = false;
  std::string text; // done: the result as JSON; otherwise one line for people
};

struct get_broker_status {};

struct broker_status {
  broker_id broker;
  link_status status = link_status::connecting;
  std::string why;
  timestamp since{};
  int64_t requests_left = 0;
  std::vector<alarm> alarms;
};

} // namespace rm
