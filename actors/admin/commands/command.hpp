// What a method of the local socket is: what it takes, what it needs to know, and the answer it makes of that. No actors here: the
// admin actor asks the questions and comes back with the findings.
#pragma once

#include "actors/admin/json_rpc.hpp"
#include "actors/admin/status_json.hpp"
#include "messages/inspection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rm {

struct known_account {
  account_id account;
  std::string name;
};

/// What is known without asking anybody.
struct house {
  wire_time now{};
  service_facts service;
  std::vector<known_account> accounts; // configured or running, by id
  std::vector<broker_id> brokers;      // configured or running, by name
  std::vector<alarm> alarms;           // of the service itself
  std::string caller;                  // who asks, by the operating system's word
  bool time_sure = true;               // false: `now` may be wrong, the venue has not told the time since a clock jumped
};

/// What an administrator orders of one account.
using account_order = std::variant<reset_order, unlock_order, lock_order, flatten_order>;

/// "a daily reset", "an unlock of all locks": what is written down of it.
std::string words_of(const account_order& order);

/// To be told of a topic from now on, or no longer. A topic is a method that can be pushed.
struct subscription {
  bool ends = false;
  std::string topic;
  parameters params; // the method's own
};

/// Lines of the service's own log.
struct get_log {
  std::size_t lines = 100; // the newest
};

/// Another key for a login. Never journalled, never logged.
struct key_order {
  broker_id broker;
  std::string key;
  std::string by, reason;
};

struct set_log_level {
  std::string room; // empty: all
  std::string level;
};

/// A part of a text that is longer than a request may be.
struct text_part {
  std::string upload; // what the client calls it
  int64_t at = 0;     // how many bytes have come before it
  std::string text;
};

/// One numbered line of the log; numbers have no gaps.
struct log_line {
  uint64_t number = 0;
  std::string text;
};

/// Whom to ask before the answer can be given. All are asked at once.
struct inquiry {
  bool accounts = false; // every account
  bool days = false;     // every account, for its day so far
  bool brokers = false;  // every broker
  bool storage = false;
  std::optional<get_journal> journal;
  std::optional<prove_journal> proof;
  std::optional<account_order> order;
  std::optional<subscription> subscribe;
  std::optional<config_order> config;
  std::optional<text_part> part;
  std::string upload; // where the text of `config` has come in parts
  std::optional<key_order> key;
  std::optional<get_log> log;
  std::optional<set_log_level> log_level;
  bool actors = false; // who runs, of the inspector
  std::optional<drill_order> drill;
  std::optional<trace_order> trace;
};

/// What came back. Whoever did not answer has an entry that says so.
struct findings {
  std::vector<account_status> accounts;
  std::vector<account_day> days; // only those who have answered
  std::vector<broker_status> brokers;
  storage_health storage;
  std::variant<journal_page, std::string> journal; // a text: why there is none
  std::variant<journal_proof, std::string> proof;  // the same
  std::variant<order_done, std::string> done;      // of an order; a text: why it was not carried out
  bool refused = false;                            // … because somebody who is there said no
  host_answer host;                                // of a `config_order`, or of a change of the log's level
  std::vector<log_line> log;                       // oldest first
  std::variant<actor_list, std::string> actors;    // a text: why nobody knows
};

enum class parameter_kind : uint8_t { text, number, text_or_number, flag };

struct parameter_rule {
  std::string_view name;
  parameter_kind kind = parameter_kind::text;
  bool required = false;
};

template <class Value>
using or_error = std::variant<Value, rpc_error>;

/// One method.
struct command {
  std::string_view name;
  bool administrator = false; // only by one
  std::vector<parameter_rule> takes;
  /// Turns parameters (of the right kinds) into the questions to ask, or refuses them.
  or_error<inquiry> (*plan)(const parameters& given, const house& known);
  /// Makes the result, as JSON.
  or_error<std::string> (*answer)(const parameters& given, const house& known, const findings& found);
  /// Where clients may subscribe to it: how soon after the last push the next one may come, and when it comes at the latest. 0: they
  /// may not. What the pushes hold is what a call with the same parameters would have answered.
  std::chrono::milliseconds push_after{0}, push_within{0};
};

// -- for commands -----------------------------------------------------------------

/// Checks names, kinds and presence of what a client gave.
std::optional<rpc_error> check_parameters(const command& asked, const parameters& given);

/// The account of that number or name, or -32002 with the nearest.
or_error<account_id> find_account(const rpc_value& given, const house& known);

/// For methods that tell of every account, or of the one that `account` names: refuses a name that nobody has, else gives `ask`.
or_error<inquiry> only_one(const parameters& given, const house& known, inquiry ask);
/// Whether what is told is to be of this account.
bool is_wanted(account_id account, const parameters& given, const house& known);

/// The three that every order to an account takes, or why not: the account, who orders it, and why.
/// A point in time: ISO 8601, or a span such as "90s", "30m", "2h", "1d" before now; otherwise -32602.
or_error<timestamp> read_since(const rpc_value& given, const house& known);

/// Why something is done by hand: not empty, at most 1000 bytes, no control characters; otherwise -32602.
or_error<std::string> read_reason(const rpc_value& given);

/// The parameter, or nothing where it was not given or is null.
const rpc_value* find_parameter(const parameters& given, std::string_view name);

/// The order with what every order to an account takes: the account, who orders it, why, and when.
template <class Order>
or_error<Order> begin_order(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  const auto reason = read_reason(*find_parameter(given, "reason"));
  if (const auto* error = std::get_if<rpc_error>(&reason))
    return *error;
  Order out;
  out.account = std::get<account_id>(found);
  out.by = known.caller;
  out.reason = std::get<std::string>(reason);
  out.now = known.now.utc;
  return out;
}

/// A length of time such as "90s", "30m", "2h", "1d"; nothing for anything else.
std::optional<duration> read_length(std::string_view text);

/// The result of a method that ordered something.
or_error<std::string> outcome_of_order(const parameters& given, const house& known, const findings& found);

/// The result of a method that the host has carried out.
or_error<std::string> outcome_of_host(const parameters& given, const house& known, const findings& found);

} // namespace rm
