// One thing the simulated world does: a trader's order, a price, a fault. The scenario's script and the
// /sim/<verb> requests are the same actions, read by the same code.
#pragma once
#include "engine_types.hpp"
#include "faults.hpp"
#include "hub_board.hpp"

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gateway_sim {

enum class verb {
  account,
  cancel,
  clear_faults,
  close,
  contract,
  drop,
  expire_tokens,
  fault,
  fill,
  flood,
  foreign_fill,
  hub_fault,
  liquidate,
  log,
  logout_event,
  market,
  modify,
  partial_close,
  place,
  price,
  quote,
  rate_limit,
  raw,
  set_can_trade,
  shutdown,
  change_switch,
  void_trade,
};

/// An action with its arguments; each verb uses some of them.
struct action {
  verb what = verb::log;
  std::string name; // the verb as written
  int line = 0;

  std::optional<int64_t> account;
  std::string contract; // id, name or root
  std::optional<order_side> side;
  std::optional<order_type> type;
  std::optional<int64_t> size;
  std::optional<decimal> price, limit_price, stop_price, trail_price, bid, ask, balance;
  std::optional<int64_t> stop_loss_ticks, take_profit_ticks;
  std::optional<order_type> stop_loss_type;
  std::vector<int64_t> fill_in;
  std::string tag;
  std::optional<int64_t> order, trade;
  bool all = false;
  bool announce = false;
  std::optional<bool> can_trade, active;
  std::optional<market_state> state;
  std::optional<hub_kind> hub; // none = both
  std::string mode;
  std::string text;
  bool append_separator = true;
  bool binary = false;
  int64_t repeat_to_bytes = 0;
  std::string path;
  std::string event;
  std::optional<int64_t> count; // none = 1, or without end when it has a duration
  int64_t times() const { return count.value_or(duration ? 0 : 1); }
  std::optional<std::chrono::nanoseconds> delay;
  int64_t error_code = 1;
  std::optional<std::string> error_message;
  bool close = true;
  int64_t rate = 100; // events per second
  std::optional<std::chrono::nanoseconds> duration;
  std::string bucket;  // general or bars
  std::optional<int64_t> requests;
  std::optional<std::chrono::nanoseconds> window;
  std::string field, value;
  std::vector<std::pair<std::string, std::string>> set;
};

/// Every verb's name, sorted.
const std::vector<std::string>& verb_names();

/// Reads the action `name` from a map. Keys may be in camelCase, with or without a trailing Id. Keys in
/// `also_allowed` are left to the caller. Throws scenario_error.
action read_action(const std::string& name, const YAML::Node& map, const std::vector<std::string>& also_allowed);

} // namespace gateway_sim
