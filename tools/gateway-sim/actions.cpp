#include "actions.hpp"

#include "switches.hpp"
#include "yaml_reader.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

namespace gateway_sim {

namespace {

using words = std::vector<std::string>;

struct verb_entry {
  verb what;
  words needed;
  words optional;
};

const std::map<std::string, verb_entry>& verbs() {
  static const std::map<std::string, verb_entry> table = {
    {"account", {verb::account, {}, {"account", "can_trade", "balance"}}},
    {"cancel", {verb::cancel, {}, {"account", "order", "tag", "all"}}},
    {"clear_faults", {verb::clear_faults, {}, {"all"}}},
    {"close", {verb::close, {"contract"}, {"account"}}},
    {"contract", {verb::contract, {"contract", "active"}, {}}},
    {"drop", {verb::drop, {}, {"hub", "mode", "text"}}},
    {"expire_tokens", {verb::expire_tokens, {}, {"all"}}},
    {"fault", {verb::fault, {"path", "mode"}, {"count", "for", "delay", "delay_ms", "error_code", "error_message", "field", "value"}}},
    {"fill", {verb::fill, {}, {"account", "order", "tag", "size", "price"}}},
    {"flood", {verb::flood, {"contract"}, {"rate", "for"}}},
    {"foreign_fill", {verb::foreign_fill, {"contract", "side", "size"}, {"account", "price", "announce"}}},
    {"hub_fault", {verb::hub_fault, {"mode"}, {"hub", "event", "count", "for", "delay", "delay_ms", "field", "value"}}},
    {"liquidate", {verb::liquidate, {}, {"account", "can_trade"}}},
    {"log", {verb::log, {"text"}, {}}},
    {"logout_event", {verb::logout_event, {}, {"hub", "close"}}},
    {"market", {verb::market, {"contract", "state"}, {"for"}}},
    {"modify", {verb::modify, {}, {"account", "order", "tag", "size", "limit_price", "stop_price", "trail_price"}}},
    {"partial_close", {verb::partial_close, {"contract", "size"}, {"account"}}},
    {"place",
     {verb::place,
      {"contract", "side", "size"},
      {"account", "type", "limit_price", "stop_price", "trail_price", "tag", "fill_in", "stop_loss_ticks",
       "stop_loss_type", "take_profit_ticks"}}},
    {"price", {verb::price, {"contract", "price"}, {"size"}}},
    {"quote", {verb::quote, {"contract"}, {"bid", "ask"}}},
    {"rate_limit", {verb::rate_limit, {"bucket"}, {"requests", "window"}}},
    {"raw", {verb::raw, {"text"}, {"hub", "append_separator", "repeat_to_bytes"}}},
    {"set_can_trade", {verb::set_can_trade, {"can_trade"}, {"account"}}},
    {"shutdown", {verb::shutdown, {}, {"all"}}},
    {"switch", {verb::change_switch, {"set"}, {}}},
    {"void_trade", {verb::void_trade, {"trade"}, {}}},
  };
  return table;
}

const words side_words = {"buy", "sell"};
const words type_words = {"limit", "market", "stop_limit", "stop", "trailing_stop", "join_bid", "join_ask"};
const words state_words = {"open", "closed", "paused"};
const words bucket_words = {"general", "bars"};
const words hub_words = {"user", "market", "all"};

order_side read_side(const YAML::Node& n) {
  if (n.IsScalar() && (n.Scalar() == "0" || n.Scalar() == "1"))
    return n.Scalar() == "0" ? order_side::buy : order_side::sell;
  return read_word(n, "side", side_words) == 0 ? order_side::buy : order_side::sell;
}

order_type read_type(const YAML::Node& n, const char* key) {
  if (n.IsScalar() && n.Scalar().size() == 1 && n.Scalar()[0] >= '1' && n.Scalar()[0] <= '7')
    return static_cast<order_type>(n.Scalar()[0] - '0');
  return static_cast<order_type>(read_word(n, key, type_words) + 1);
}

std::vector<int64_t> read_sizes(const YAML::Node& n) {
  if (!n.IsSequence())
    fail(n, "'fill_in' must be a list of sizes such as [1, 1]");
  std::vector<int64_t> sizes;
  for (const auto& each : n)
    sizes.push_back(read_int(each, "fill_in"));
  return sizes;
}

int64_t read_at_least_one(const YAML::Node& n, const char* key) {
  auto number = read_int(n, key);
  if (number < 1)
    fail(n, "'" + std::string{key} + "' must be 1 or more");
  return number;
}

void read_set(const YAML::Node& n, action& a) {
  check_keys(n, "set", switch_names());
  for (const auto& entry : n) {
    auto name = entry.first.Scalar();
    auto value = read_text(entry.second, name);
    switches trial;
    if (auto wrong = set_switch(trial, name, value); !wrong.empty())
      fail(entry.second, wrong);
    a.set.emplace_back(name, value);
  }
}

using setter = std::function<void(action&, const YAML::Node&)>;

const std::map<std::string, setter>& setters() {
  using A = action&;
  using N = const YAML::Node&;
  static const std::map<std::string, setter> table = {
    {"account", [](A a, N n) { a.account = read_int(n, "account"); }},
    {"all", [](A a, N n) { a.all = read_bool(n, "all"); }},
    {"announce", [](A a, N n) { a.announce = read_bool(n, "announce"); }},
    {"append_separator", [](A a, N n) { a.append_separator = read_bool(n, "append_separator"); }},
    {"active", [](A a, N n) { a.active = read_bool(n, "active"); }},
    {"ask", [](A a, N n) { a.ask = read_decimal(n, "ask"); }},
    {"balance", [](A a, N n) { a.balance = read_decimal(n, "balance"); }},
    {"bucket", [](A a, N n) { a.bucket = bucket_words[read_word(n, "bucket", bucket_words)]; }},
    {"bid", [](A a, N n) { a.bid = read_decimal(n, "bid"); }},
    {"can_trade", [](A a, N n) { a.can_trade = read_bool(n, "can_trade"); }},
    {"close", [](A a, N n) { a.close = read_bool(n, "close"); }},
    {"contract", [](A a, N n) { a.contract = read_text(n, "contract"); }},
    {"count", [](A a, N n) { a.count = read_int(n, "count"); }},
    {"delay", [](A a, N n) { a.delay = read_duration(n, "delay"); }},
    {"delay_ms", [](A a, N n) { a.delay = std::chrono::milliseconds{read_int(n, "delay_ms")}; }},
    {"error_code", [](A a, N n) { a.error_code = read_int(n, "error_code"); }},
    {"error_message", [](A a, N n) { a.error_message = read_text(n, "error_message"); }},
    {"event", [](A a, N n) { a.event = read_text(n, "event"); }},
    {"field", [](A a, N n) { a.field = read_text(n, "field"); }},
    {"fill_in", [](A a, N n) { a.fill_in = read_sizes(n); }},
    {"for", [](A a, N n) { a.duration = read_duration(n, "for"); }},
    {"hub",
     [](A a, N n) {
       auto i = read_word(n, "hub", hub_words);
       a.hub = i == 2 ? std::nullopt : std::optional{i == 0 ? hub_kind::user : hub_kind::market};
     }},
    {"limit_price", [](A a, N n) { a.limit_price = read_decimal(n, "limit_price"); }},
    {"mode", [](A a, N n) { a.mode = read_text(n, "mode"); }},
    {"order", [](A a, N n) { a.order = read_int(n, "order"); }},
    {"path", [](A a, N n) { a.path = read_text(n, "path"); }},
    {"price", [](A a, N n) { a.price = read_decimal(n, "price"); }},
    {"rate", [](A a, N n) { a.rate = read_int(n, "rate"); }},
    {"repeat_to_bytes", [](A a, N n) { a.repeat_to_bytes = read_int(n, "repeat_to_bytes"); }},
    {"requests", [](A a, N n) { a.requests = read_at_least_one(n, "requests"); }},
    {"set", [](A a, N n) { read_set(n, a); }},
    {"side", [](A a, N n) { a.side = read_side(n); }},
    {"size", [](A a, N n) { a.size = read_int(n, "size"); }},
    {"state", [](A a, N n) { a.state = static_cast<market_state>(read_word(n, "state", state_words)); }},
    {"stop_loss_ticks", [](A a, N n) { a.stop_loss_ticks = read_int(n, "stop_loss_ticks"); }},
    {"stop_loss_type", [](A a, N n) { a.stop_loss_type = read_type(n, "stop_loss_type"); }},
    {"stop_price", [](A a, N n) { a.stop_price = read_decimal(n, "stop_price"); }},
    {"tag", [](A a, N n) { a.tag = read_text(n, "tag"); }},
    {"take_profit_ticks", [](A a, N n) { a.take_profit_ticks = read_int(n, "take_profit_ticks"); }},
    {"text", [](A a, N n) { a.text = read_text(n, "text"); }},
    {"trade", [](A a, N n) { a.trade = read_int(n, "trade"); }},
    {"trail_price", [](A a, N n) { a.trail_price = read_decimal(n, "trail_price"); }},
    {"type", [](A a, N n) { a.type = read_type(n, "type"); }},
    {"value", [](A a, N n) { a.value = read_text(n, "value"); }},
    {"window", [](A a, N n) { a.window = read_duration(n, "window"); }},
  };
  return table;
}

/// "accountId" -> "account", "limitPrice" -> "limit_price", "customTag" -> "tag".
std::string plain_key(const std::string& key) {
  std::string out;
  for (char c : key) {
    if (std::isupper(static_cast<unsigned char>(c)))
      out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (out.ends_with("_id"))
    out.resize(out.size() - 3);
  return out == "custom_tag" ? "tag" : out;
}

void check_mode(const action& a, const YAML::Node& map) {
  static const words drop_modes = {"cut", "close", "close_error", "stall"};
  static const words hub_modes = {"lose", "duplicate", "reorder", "delay", "set", "remove"};
  const words* known = a.what == verb::fault       ? &fault_modes()
                       : a.what == verb::drop      ? &drop_modes
                       : a.what == verb::hub_fault ? &hub_modes
                                                   : nullptr;
  if (known && !a.mode.empty())
    read_word(map["mode"], "mode", *known);
  if (!a.path.empty()) {
    auto prefix = a.path.substr(0, a.path.find('*'));
    const auto& all = fault_paths();
    if (std::none_of(all.begin(), all.end(), [&](const std::string& p) { return p == a.path || (prefix != a.path && p.starts_with(prefix)); }))
      read_word(map["path"], "path", all);
  }
  bool edits = known != &drop_modes && (a.mode == "set" || a.mode == "remove");
  if (edits && a.field.empty())
    fail(map, "the mode '" + a.mode + "' needs 'field', such as {field: status, value: 99}");
  if (edits && a.mode == "set" && a.value.empty())
    fail(map, "the mode 'set' needs 'value', JSON text such as -1, null, '\"x\"'");
  static const words targets = {"GatewayUserAccount", "GatewayUserOrder", "GatewayUserPosition", "GatewayUserTrade",
                                "GatewayQuote", "GatewayTrade", "GatewayDepth"};
  if (!a.event.empty())
    read_word(map["event"], "event", targets);
}

} // namespace

const std::vector<std::string>& verb_names() {
  static const auto names = [] {
    words all;
    for (const auto& [name, _] : verbs())
      all.push_back(name);
    return all;
  }();
  return names;
}

action read_action(const std::string& name, const YAML::Node& map, const std::vector<std::string>& also_allowed) {
  auto found = verbs().find(name);
  if (found == verbs().end())
    fail(map, "unknown action '" + name + "', did you mean '" + nearest(name, verb_names()) + "'?");
  const auto& entry = found->second;
  action a;
  a.what = entry.what;
  a.name = name;
  a.line = map.Mark().line + 1;
  words known = entry.needed;
  known.insert(known.end(), entry.optional.begin(), entry.optional.end());
  words seen;
  if (!map.IsNull()) {
    if (!map.IsMap())
      fail(map, "the action '" + name + "' must be a map of its arguments");
    for (const auto& pair : map) {
      auto raw = pair.first.Scalar();
      if (std::find(also_allowed.begin(), also_allowed.end(), raw) != also_allowed.end())
        continue;
      auto key = plain_key(raw);
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        words all = known;
        all.insert(all.end(), also_allowed.begin(), also_allowed.end());
        fail(pair.first, "unknown key '" + raw + "' in action '" + name + "', did you mean '" + nearest(raw, all) + "'?");
      }
      if (pair.second.IsNull() && key == "value")
        a.value = "null"; // the JSON text
      if (pair.second.IsNull())
        continue;
      setters().at(key)(a, pair.second);
      seen.push_back(key);
    }
    check_mode(a, map);
  }
  for (const auto& key : entry.needed)
    if (std::find(seen.begin(), seen.end(), key) == seen.end())
      fail(map, "the action '" + name + "' needs '" + key + "'");
  return a;
}

} // namespace gateway_sim
