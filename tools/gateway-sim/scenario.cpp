#include "scenario.hpp"

#include "yaml_reader.hpp"

#include <algorithm>
#include <set>

namespace gateway_sim {

namespace {

void read_login(const YAML::Node& node, scenario& out) {
  auto one = [&](const YAML::Node& entry) {
    check_keys(entry, "login", {"user_name", "api_key"});
    if (!entry["user_name"] || !entry["api_key"])
      fail(entry, "login needs 'user_name' and 'api_key'");
    out.users.emplace_back(read_text(entry["user_name"], "user_name"), read_text(entry["api_key"], "api_key"));
  };
  if (!node.IsSequence())
    return one(node);
  for (const auto& entry : node)
    one(entry);
}

rate_rule read_rate(const YAML::Node& node, const char* what, rate_rule rule) {
  check_keys(node, what, {"requests", "window"});
  if (node["requests"]) {
    auto n = read_int(node["requests"], "requests");
    if (n < 1)
      fail(node["requests"], "'requests' must be 1 or more");
    rule.requests = static_cast<std::size_t>(n);
  }
  if (node["window"])
    rule.window = read_duration(node["window"], "window");
  return rule;
}

void read_account(const YAML::Node& node, scenario& out) {
  check_keys(node, "an account", {"id", "name", "balance", "can_trade", "simulated", "visible", "count"});
  if (!node["id"])
    fail(node, "an account needs 'id'");
  account a;
  a.id = read_int(node["id"], "id");
  if (a.id < 1 || a.id > INT32_MAX)
    fail(node["id"], "'id' of an account must be between 1 and 2147483647");
  a.balance = node["balance"] ? read_decimal(node["balance"], "balance") : decimal::from_int(50'000);
  a.can_trade = !node["can_trade"] || read_bool(node["can_trade"], "can_trade");
  a.simulated = !node["simulated"] || read_bool(node["simulated"], "simulated");
  a.visible = !node["visible"] || read_bool(node["visible"], "visible");
  auto count = node["count"] ? read_int(node["count"], "count") : 1;
  if (count < 1 || count > 100'000)
    fail(node["count"], "'count' must be between 1 and 100000");
  auto name = node["name"] ? read_text(node["name"], "name") : "";
  for (int64_t i = 0; i < count; ++i, ++a.id) {
    a.name = name.empty() ? "PRAC-V2-" + std::to_string(a.id) : count == 1 ? name : name + "-" + std::to_string(i + 1);
    for (const auto& other : out.accounts)
      if (count == 1 && other.id == a.id)
        fail(node["id"], "the account " + std::to_string(a.id) + " is there twice");
    out.accounts.push_back(a);
  }
}

void read_contract(const YAML::Node& node, scenario& out) {
  check_keys(node, "a contract",
             {"root", "month", "price", "fee", "commission", "active", "tick_size", "tick_value"});
  if (!node["root"] || !node["month"])
    fail(node, "a contract needs 'root' and 'month', such as {root: MNQ, month: Z6}");
  auto root = read_text(node["root"], "root");
  if (!find_product(root)) {
    std::vector<std::string> roots;
    for (const auto& p : products()) {
      roots.emplace_back(p.root);
      roots.emplace_back(p.exchange_root);
    }
    fail(node["root"], "unknown root '" + root + "', did you mean '" + nearest(root, roots) + "'?");
  }
  auto made = make_contract(root, read_text(node["month"], "month"));
  if (!made)
    fail(node["month"], "'month' must be a month code and a year such as Z6 or Z26, not '" + node["month"].Scalar() + "'");
  listed_contract c{*made, std::nullopt};
  if (node["fee"])
    c.what.fee = read_decimal(node["fee"], "fee");
  if (node["commission"])
    c.what.commission = read_decimal(node["commission"], "commission");
  if (node["active"])
    c.what.active = read_bool(node["active"], "active");
  if (node["tick_size"])
    c.what.tick_size = read_decimal(node["tick_size"], "tick_size");
  if (node["tick_value"])
    c.what.tick_value = read_decimal(node["tick_value"], "tick_value");
  if (c.what.tick_size.nanos() <= 0 || c.what.tick_value.nanos() <= 0)
    fail(node, "'tick_size' and 'tick_value' must be greater than 0");
  if (node["price"]) {
    c.price = read_decimal(node["price"], "price");
    if (!c.what.ticks(*c.price))
      fail(node["price"], "'price' is not on the tick grid of " + c.what.tick_size.text());
  }
  out.contracts.push_back(std::move(c));
}

const contract& known_contract(const scenario& s, const YAML::Node& node) {
  auto name = read_text(node, "contract");
  std::vector<std::string> names;
  for (const auto& c : s.contracts) {
    if (c.what.goes_by(name))
      return c.what;
    names.push_back(c.what.root);
    names.push_back(c.what.id);
  }
  fail(node, "the contract '" + name + "' is not in 'contracts', did you mean '" + nearest(name, names) + "'?");
}

void read_position(const YAML::Node& node, scenario& out) {
  check_keys(node, "a position", {"account", "contract", "size", "average_price"});
  for (const char* key : {"account", "contract", "size", "average_price"})
    if (!node[key])
      fail(node, std::string{"a position needs '"} + key + "'");
  out.positions.push_back({read_int(node["account"], "account"), known_contract(out, node["contract"]).id,
                           read_int(node["size"], "size"), read_decimal(node["average_price"], "average_price")});
}

void read_path(const YAML::Node& node, scenario& out) {
  check_keys(node, "a price path", {"contract", "steps", "every", "loop"});
  if (!node["contract"] || !node["steps"] || !node["steps"].IsSequence() || node["steps"].size() == 0)
    fail(node, "a price path needs 'contract' and 'steps', such as {contract: MNQ, steps: [{at: 1s, price: 20125}]}");
  const auto& c = known_contract(out, node["contract"]);
  price_path path;
  path.contract = c.id;
  path.loop = node["loop"] && read_bool(node["loop"], "loop");
  std::chrono::nanoseconds every{0};
  if (node["every"])
    every = read_duration(node["every"], "every");
  if (node["every"] && every < std::chrono::milliseconds{1})
    fail(node["every"], "'every' must be 1ms or more");
  for (const auto& step : node["steps"]) {
    check_keys(step, "a price step", {"at", "price"});
    if (!step["at"] || !step["price"])
      fail(step, "a price step needs 'at' and 'price'");
    auto at = read_duration(step["at"], "at");
    auto ticks = c.ticks(read_decimal(step["price"], "price"));
    if (!ticks)
      fail(step["price"], "'price' is not on the tick grid of " + c.tick_size.text());
    if (!path.steps.empty() && at <= path.steps.back().at)
      fail(step["at"], "the steps of a price path must be in order of time");
    if (!path.steps.empty() && every.count() > 0) {
      auto from = path.steps.back();
      auto whole = (at - from.at).count();
      for (auto t = every.count(); t < whole; t += every.count())
        path.steps.push_back({from.at + std::chrono::nanoseconds{t},
                              from.ticks + divide_rounded(static_cast<wide>(*ticks - from.ticks) * t, whole)});
    }
    path.steps.push_back({at, *ticks});
  }
  out.prices.push_back(std::move(path));
}

template <class F>
void each(const YAML::Node& node, const char* key, F&& f) {
  if (!node[key])
    return;
  if (!node[key].IsSequence())
    fail(node[key], std::string{"'"} + key + "' must be a list");
  for (const auto& entry : node[key])
    f(entry);
}

void add_defaults(scenario& s) {
  if (s.users.empty())
    s.users.emplace_back("demo", "demo-key-0001");
  if (s.accounts.empty()) {
    account a;
    a.id = 126244;
    a.name = "PRAC-V2-126244";
    a.balance = decimal::from_int(50'000);
    s.accounts.push_back(a);
  }
  if (s.contracts.empty())
    for (auto [root, price] : {std::pair{"MNQ", "20125"}, {"MES", "5950"}, {"ES", "5950"}, {"MCL", "70"}})
      s.contracts.push_back({*make_contract(root, "Z6"), decimal::parse(price)});
}

} // namespace

scenario default_scenario() {
  scenario s;
  add_defaults(s);
  return s;
}

scenario read_scenario(const std::string& yaml) {
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& e) {
    throw scenario_error{e.mark.line + 1, "not valid YAML: " + e.msg};
  }
  scenario out;
  if (root.IsNull())
    return default_scenario();
  check_keys(root, "the scenario",
             {"login", "token_life", "rate_limits", "switches", "accounts", "contracts", "positions", "clock",
              "prices", "start", "trader"});
  if (root["login"])
    read_login(root["login"], out);
  if (root["token_life"])
    out.switches.token_life = read_duration(root["token_life"], "token_life");
  if (auto rates = root["rate_limits"]) {
    check_keys(rates, "rate_limits", {"general", "bars"});
    if (rates["general"])
      out.general = read_rate(rates["general"], "general", out.general);
    if (rates["bars"])
      out.bars = read_rate(rates["bars"], "bars", out.bars);
  }
  if (auto set = root["switches"]) {
    check_keys(set, "switches", switch_names());
    for (const auto& entry : set) {
      auto name = entry.first.Scalar();
      if (auto wrong = set_switch(out.switches, name, read_text(entry.second, name)); !wrong.empty())
        fail(entry.second, wrong);
    }
  }
  if (auto clock = root["clock"]) {
    check_keys(clock, "clock", {"start"});
    if (clock["start"]) {
      out.clock_start = parse_time(read_text(clock["start"], "start"));
      if (!out.clock_start)
        fail(clock["start"], "'start' must be a time such as 2026-11-22T14:30:00Z");
    }
  }
  each(root, "accounts", [&](const YAML::Node& n) { read_account(n, out); });
  each(root, "contracts", [&](const YAML::Node& n) { read_contract(n, out); });
  add_defaults(out);
  each(root, "positions", [&](const YAML::Node& n) { read_position(n, out); });
  each(root, "prices", [&](const YAML::Node& n) { read_path(n, out); });
  each(root, "trader", [&](const YAML::Node& n) {
    out.trader.push_back(read_item(n));
    auto contract = n["contract"];
    if (contract)
      known_contract(out, contract);
  });
  check_names(out.trader, root);
  if (root["start"])
    out.start_immediately = read_word(root["start"], "start", {"subscribed", "immediately"}) == 1;
  return out;
}

} // namespace gateway_sim
