// Reading scenarios: what a good file gives, and what a bad one is told.
#include "support.hpp"
#include "tools/gateway-sim/scenario.hpp"
#include "tools/gateway-sim/yaml_reader.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;

TEST_SUITE("gateway_sim scenario") {

TEST_CASE("an empty file is the default scenario") {
  for (const char* text : {"", "# nothing\n", "{}"}) {
    auto s = read_scenario(text);
    CHECK(s.users.at(0).first == "demo");
    CHECK(s.accounts.at(0).id == 126244);
    CHECK(s.contracts.at(0).what.id == "CON.F.US.MNQ.Z26");
    CHECK(!s.start_immediately);
  }
}

TEST_CASE("a full file is read whole") {
  auto s = read_scenario(R"(
login: [{user_name: a, api_key: k1}, {user_name: b, api_key: k2}]
token_life: 90s
rate_limits: {general: {requests: 7, window: 3s}, bars: {requests: 1}}
switches: {envelope: bare, market_fill_delay: 20ms, slippage_ticks: 1}
accounts:
  - {id: 5, name: X, balance: 49989.34, can_trade: false, simulated: false}
  - {id: 100, count: 3, name: many}
contracts: [{root: ES, month: H7, price: 5950.25, fee: 1.4, commission: 0}, {root: MNQ, month: Z26}]
positions: [{account: 5, contract: ES, size: -2, average_price: 5950.5}]
prices: [{contract: MNQ, every: 250ms, loop: true, steps: [{at: 1s, price: 100}, {at: 2s, price: 102}]}]
clock: {start: "2026-11-22T14:30:00Z"}
start: immediately
trader:
  - {name: in, at: 1s, do: place, contract: MNQ, side: buy, size: 1, type: stop, stopPrice: 105, fill_in: [1]}
  - {after: in + 500ms, when: position MNQ == 1, repeat: 3, every: 1s, do: cancel, tag: x}
)");
  CHECK(s.users.size() == 2);
  CHECK(s.switches.token_life == std::chrono::seconds{90});
  CHECK(s.general.requests == 7);
  CHECK(s.bars.window == std::chrono::seconds{30});
  CHECK(!s.switches.wrapped);
  CHECK(s.switches.market_fill_delay == std::chrono::milliseconds{20});
  REQUIRE(s.accounts.size() == 4);
  CHECK(s.accounts[0].balance.text() == "49989.34");
  CHECK(!s.accounts[0].can_trade);
  CHECK(s.accounts[3].id == 102);
  CHECK(s.accounts[3].name == "many-3");
  CHECK(s.contracts[0].what.id == "CON.F.US.EP.H27");
  CHECK(s.contracts[0].what.commission.text() == "0");
  CHECK(s.positions[0].contract == "CON.F.US.EP.H27");
  REQUIRE(s.prices[0].steps.size() == 5);
  CHECK(s.prices[0].steps[1].ticks == 402);
  CHECK(s.prices[0].loop);
  CHECK(hub_text(*s.clock_start) == "2026-11-22T14:30:00.0000000+00:00");
  CHECK(s.start_immediately);
  REQUIRE(s.trader.size() == 2);
  CHECK(s.trader[0].what.type == order_type::stop);
  CHECK(s.trader[0].what.stop_price->text() == "105");
  CHECK(s.trader[1].after == "in");
  CHECK(s.trader[1].at == std::chrono::milliseconds{500});
  CHECK(s.trader[1].when->number.text() == "1");
  CHECK(s.trader[1].repeat == 3);
}

TEST_CASE("a mistake is named with its line and the nearest word") {
  struct row {
    const char* text;
    int line;
    const char* says;
  };
  const row rows[] = {
    {"acounts: []", 1, "unknown key 'acounts' in the scenario, did you mean 'accounts'?"},
    {"\n\naccounts:\n  - {id: 1, balanse: 3}", 4, "did you mean 'balance'"},
    {"accounts:\n  - {name: x}", 2, "an account needs 'id'"},
    {"accounts:\n  - {id: one}", 2, "'id' must be a whole number, not 'one'"},
    {"accounts: [{id: 1}, {id: 1}]", 1, "the account 1 is there twice"},
    {"accounts: 5", 1, "'accounts' must be a list"},
    {"accounts: [{id: 1, balance: much}]", 1, "'balance' must be a decimal number, not 'much'"},
    {"accounts: [{id: 1, can_trade: yes}]", 1, "'can_trade' must be true or false, not 'yes'"},
    {"contracts: [{root: MNG, month: Z6}, {root: MNX, month: Z6}]", 1, "unknown root 'MNX'"},
    {"contracts: [{root: MNQ, month: A6}]", 1, "'month' must be a month code and a year"},
    {"contracts: [{root: MNQ, month: Z6, price: 100.1}]", 1, "not on the tick grid of 0.25"},
    {"token_life: 24", 1, "'token_life' must be a duration such as"},
    {"switches: {envelop: bare}", 1, "did you mean 'envelope'"},
    {"switches: {envelope: naked}", 1, "bare or wrapped, not 'naked'"},
    {"switches: {retry_after: soon}", 1, "a whole number"},
    {"start: now", 1, "'start' must be subscribed or immediately"},
    {"clock: {start: noon}", 1, "'start' must be a time such as"},
    {"trader: [{at: 1s}]", 1, "a script item needs 'do'"},
    {"trader:\n  - {do: plaice}", 2, "unknown action 'plaice', did you mean 'place'?"},
    {"trader:\n  - {do: place, contract: MNQ, side: buy}", 2, "the action 'place' needs 'size'"},
    {"trader:\n  - {do: place, contract: MNQ, side: up, size: 1}", 2, "'side' must be buy or sell, not 'up'"},
    {"trader:\n  - {do: place, contract: MNQ, side: buy, size: 1, limit: 5}", 2, "did you mean"},
    {"trader:\n  - {do: close, contract: MNX}", 2, "'MNX' is not in 'contracts', did you mean 'MNQ'?"},
    {"trader:\n  - {do: close, contract: MNQ, after: nobody}", 2, "'after' refers to 'nobody'"},
    {"trader:\n  - {do: close, contract: MNQ, at: 1s, after: x}", 2, "either 'at' or 'after'"},
    {"trader:\n  - {do: log, text: x, when: positon MNQ == 1}", 2, "did you mean 'position'?"},
    {"trader:\n  - {do: log, text: x, when: position MNQ = 1}", 2, "needs one of"},
    {"trader:\n  - {do: log, text: x, when: flat 1 2}", 2, "one word too many"},
    {"trader:\n  - {do: drop, mode: slowly}", 2, "'mode' must be cut, close, close_error or stall"},
    {"trader:\n  - {do: fault, path: x, mode: error50}", 2, "did you mean 'error500'"},
    {"prices: [{contract: MNQ, steps: [{at: 2s, price: 1}, {at: 1s, price: 1}]}]", 1, "in order of time"},
    {"prices: [{contract: MNQ, steps: [{at: 2s, price: 1.1}]}]", 1, "tick grid"},
    {"prices: [{contract: MNQ}]", 1, "needs 'contract' and 'steps'"},
    {"a: b: c", 1, "not valid YAML"},
    {"accounts: [", 1, "not valid YAML"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    try {
      read_scenario(r.text);
      FAIL_CHECK("was accepted");
    } catch (const scenario_error& e) {
      CHECK(e.line == r.line);
      CAPTURE(e.what());
      CHECK(std::string{e.what()}.find(r.says) != std::string::npos);
      CHECK(std::string{e.what()}.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("every switch can be set and says what it takes") {
  switches s;
  CHECK(set_switch(s, "reversal", "flat_then_new").empty());
  CHECK(s.reversal == reversal_shape::flat_then_new);
  CHECK(set_switch(s, "keep_alive", "300ms").empty());
  CHECK(s.keep_alive == std::chrono::milliseconds{300});
  for (const auto& name : switch_names())
    CHECK(!set_switch(s, name, "surely not this").empty());
  CHECK(set_switch(s, "schema2", "x").find("'schema'") != std::string::npos);
}

} // TEST_SUITE
