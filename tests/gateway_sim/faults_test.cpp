// Faults of single answers and events: what they do, how long they last, how they are ordered; the request budget.
#include "support.hpp"
#include "tools/gateway-sim/control.hpp"
#include "tools/gateway-sim/json_edit.hpp"
#include "tools/gateway-sim/rest.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;
using namespace gateway_sim::test;
using namespace std::chrono_literals;

namespace {

struct faulty_desk {
  fake_scheduler time;
  world venue;
  rest_api api{venue};
  std::string token;

  explicit faulty_desk(const std::string& more = "")
    : venue(read_scenario("accounts: [{id: 7}]\ncontracts: [{root: MNQ, month: Z6, price: 20000}]\n" + more), time,
            [this] { return wall_time{17'000'000'000'000'000}.plus(time.now().time_since_epoch()); }, 1) {
    token = *venue.users.login("demo", "demo-key-0001", venue.now());
  }
  control_reply sim(const std::string& verb, const std::string& body) {
    return control(venue, "POST", "/sim/" + verb, "", body);
  }
  rest_reply post(const std::string& path, const std::string& body) {
    rest_request r{"POST", "/api/" + path, token, body, 0};
    auto fault = api.fault_for(r.path);
    return fault ? api.handle_faulty(r, *fault) : api.handle(r);
  }
  rest_reply buy() {
    return post("Order/place", R"({"accountId":7,"contractId":"CON.F.US.MNQ.Z26","type":2,"side":0,"size":1})");
  }
  rest_reply positions() { return post("Position/searchOpen", R"({"accountId":7})"); }
};

struct listener : hub_peer {
  void send(std::shared_ptr<const std::string> r) override { got.push_back(*r); }
  void end(ending how, const std::string&) override { ended = how; }
  std::vector<std::string> got;
  std::optional<ending> ended;
};

std::string record(const std::string& text) {
  return text + '\x1e';
}

/// A client that subscribed to all streams of account 7 and of MNQ.
struct subscriber {
  listener peer;
  hub_client* client;

  subscriber(world& venue, hub_kind hub) {
    client = &venue.hubs.join(hub, "demo", &peer, false, {});
    client->session.on_text(record(R"({"protocol":"json","version":1})"));
    for (const char* what : {"Accounts", "Orders", "Positions", "Trades"})
      if (hub == hub_kind::user)
        ask(venue, what, std::string{what} == "Accounts" ? "" : "7");
    for (const char* what : {"ContractQuotes", "ContractTrades", "ContractMarketDepth"})
      if (hub == hub_kind::market)
        ask(venue, what, R"("CON.F.US.MNQ.Z26")");
  }
  void ask(world& venue, const std::string& what, const std::string& arguments) {
    auto r = client->session.on_text(record(R"({"type":1,"target":"Subscribe)" + what + R"(","arguments":[)" + arguments + "]}"));
    venue.subscribed(client->id, r.made);
  }
  std::size_t count(const std::string& part) const {
    std::size_t n = 0;
    for (const auto& r : peer.got)
      n += r.find(part) != std::string::npos;
    return n;
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("gateway_sim faults") {

TEST_CASE("members of JSON text are changed, added and taken out; the rest stays to the letter") {
  const std::string text = R"({"positions":[{"id":1,"size":2,"note":"size\":9"},{"id":2,"size":{"a":[1,2]}}],"success":true})";
  CHECK(with_member(text, "size", "-1")
        == R"({"positions":[{"id":1,"size":-1,"note":"size\":9"},{"id":2,"size":-1}],"success":true})");
  CHECK(with_member(text, "kind", "NaN")
        == R"({"positions":[{"kind":NaN,"id":1,"size":2,"note":"size\":9"},{"kind":NaN,"id":2,"size":{"a":[1,2]}}],"success":true})");
  CHECK(without_member(text, "size") == R"({"positions":[{"id":1,"note":"size\":9"},{"id":2}],"success":true})");
  CHECK(without_member(text, "id")
        == R"({"positions":[{"size":2,"note":"size\":9"},{"size":{"a":[1,2]}}],"success":true})");
  CHECK(with_unknown_members(R"({"id":1})") == R"({"venueRevision":7,"extension":{"kind":["a",null,1.5],"id":-1},"id":1})");
  CHECK(with_unknown_members(R"({"x":"{\"id\":1}"})") == R"({"x":"{\"id\":1}"})");
}

TEST_CASE("each fault of an answer does what its name says, and executes or not") {
  struct row {
    const char* mode;
    int status;
    const char* says;
    bool executed;
  };
  const row rows[] = {
    {"html", 200, "<html>", false},
    {"empty", 200, "", false},
    {"error500", 500, "", false},
    {"401", 401, "", false},
    {"429", 429, "", false},
    {"success_false", 200, R"({"orderId":null,"success":false,"errorCode":4,"errorMessage":"no"})", false},
    {"null_list", 200, R"({"orderId":null,"success":true,)", false},
    {"pretend", 200, R"({"orderId":1,"success":true,)", false},
    {"execute_then_500", 500, "", true},
    {"execute_then_401", 401, "", true},
    {"execute_then_429", 429, "", true},
    {"execute_then_html", 200, "<html>", true},
    {"execute_then_empty", 200, "", true},
    {"execute_then_success_false", 200, R"("success":false,"errorCode":4)", true},
    {"set", 200, R"("success":maybe)", true},
    {"remove", 200, R"({"orderId":3425270858,"errorCode":0)", true},
    {"truncate", 200, R"("success":true)", true},
    {"execute_then_timeout", 200, "", true},
    {"execute_then_drop", 200, "", true},
    {"timeout", 200, "", false},
    {"drop", 200, "", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.mode);
    faulty_desk d;
    auto order = std::string{"{path: /api/Order/place, mode: '"} + r.mode + "', error_code: 4, error_message: 'no'";
    if (std::string{r.mode} == "set")
      order += ", field: success, value: maybe";
    if (std::string{r.mode} == "remove")
      order += ", field: success";
    REQUIRE(d.sim("fault", order + "}").status == 200);
    auto reply = d.buy();
    CHECK(reply.status == r.status);
    CAPTURE(reply.body);
    CHECK(has(reply.body, r.says));
    CHECK(d.venue.book.positions(7).size() == (r.executed ? 1 : 0));
    CHECK(reply.never == has(r.mode, "timeout"));
    CHECK(reply.cut == has(r.mode, "drop"));
    CHECK(reply.truncated == has(r.mode, "truncate"));
    CHECK(d.venue.log.requests().back().fault == r.mode);
    CHECK(d.buy().status == 200); // once only
  }
}

TEST_CASE("an empty list looks like flat, a null list does not") {
  faulty_desk d;
  d.buy();
  d.sim("fault", "{path: /api/Position/searchOpen, mode: empty_list}");
  CHECK(has(d.positions().body, R"({"positions":[],"success":true,)"));
  d.sim("fault", "{path: /api/Position/searchOpen, mode: null_list}");
  CHECK(has(d.positions().body, R"({"positions":null,"success":true,)"));
  d.sim("fault", "{path: /api/Position/searchOpen, mode: success_false}");
  CHECK(has(d.positions().body, R"({"positions":null,"success":false,)"));
}

TEST_CASE("a fault can last for a while instead of a number of requests") {
  faulty_desk d;
  d.sim("fault", "{path: /api/Position/*, mode: success_false, error_code: 5, for: 3s}");
  for (int i = 0; i < 5; ++i)
    CHECK(has(d.positions().body, R"("errorCode":5)"));
  d.time.advance(3s);
  CHECK(has(d.positions().body, R"("errorCode":0)"));
  d.sim("fault", "{path: /api/Position/*, mode: error500, for: 3s, count: 1}");
  CHECK(d.positions().status == 500);
  CHECK(d.positions().status == 200);
}

TEST_CASE("values of the books can be negative, absent or no numbers at all") {
  faulty_desk d;
  d.buy();
  for (const char* value : {"-3", "0", "NaN", "null", "'\"1\"'", "1e400", "99"}) {
    d.sim("fault", std::string{"{path: /api/Position/searchOpen, mode: set, field: size, value: "} + value + "}");
    std::string plain = value;
    if (plain.front() == '\'')
      plain = plain.substr(1, plain.size() - 2);
    CHECK(has(d.positions().body, "\"size\":" + plain + ","));
  }
}

TEST_CASE("mistakes in a fault are named") {
  faulty_desk d;
  struct row {
    const char* verb;
    const char* body;
    const char* says;
  };
  const row rows[] = {
    {"fault", "{path: '*', mode: tiemout}", "did you mean 'timeout'?"},
    {"fault", "{path: '*', mode: set}", "the mode 'set' needs 'field'"},
    {"fault", "{path: '*', mode: set, field: size}", "the mode 'set' needs 'value'"},
    {"fault", "{path: /api/Position/closeContrakt, mode: empty}", "did you mean '/api/Position/closeContract'?"},
    {"fault", "{path: '*', mode: empty, fro: 3s}", "did you mean 'for'?"},
    {"hub_fault", "{mode: loose}", "did you mean 'lose'?"},
    {"hub_fault", "{mode: lose, event: GatewayUserTrades}", "did you mean 'GatewayUserTrade'?"},
    {"hub_fault", "{mode: remove}", "the mode 'remove' needs 'field'"},
    {"rate_limit", "{bucket: bar}", "did you mean 'bars'?"},
    {"rate_limit", "{bucket: bars, requests: 0}", "'requests' must be 1 or more"},
    {"market", "{contract: MNQ, state: paused, for: 3}", "'for' must be a duration"},
    {"liquidat", "{}", "did you mean 'liquidate'?"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.body);
    auto reply = d.sim(r.verb, r.body);
    CHECK(reply.status == 400);
    CAPTURE(reply.body);
    CHECK(has(reply.body, r.says));
  }
}

TEST_CASE("events can carry any value in any field") {
  faulty_desk d;
  subscriber user{d.venue, hub_kind::user};
  subscriber market{d.venue, hub_kind::market};
  for (const char* stream : {"GatewayUserOrder", "GatewayUserPosition", "GatewayUserTrade"})
    d.sim("hub_fault", std::string{"{mode: set, field: type, value: 99, event: "} + stream + ", count: 0}");
  d.sim("hub_fault", "{mode: set, field: bestBid, value: NaN, event: GatewayQuote}");
  d.sim("hub_fault", "{mode: remove, field: canTrade, event: GatewayUserAccount}");
  d.buy();
  CHECK(user.count(R"("type":99)") == 4); // two of the order, one of the position, one of the trade
  CHECK(user.count(R"("canTrade")") == 0);
  d.sim("price", "{contract: MNQ, price: 20001}");
  CHECK(market.count(R"("bestBid":NaN)") == 1);
}

TEST_CASE("a hub fault can last for a while") {
  faulty_desk d;
  subscriber market{d.venue, hub_kind::market};
  d.sim("hub_fault", "{mode: lose, hub: market, for: 2s}");
  d.sim("price", "{contract: MNQ, price: 20001}");
  CHECK(market.peer.got.empty());
  d.time.advance(2s);
  d.sim("price", "{contract: MNQ, price: 20002}");
  CHECK(market.count("GatewayQuote") == 1);
  CHECK(market.count("GatewayTrade") == 1);
  CHECK(market.count("GatewayDepth") == 1);
}

TEST_CASE("quotes freeze, or repeat what they said") {
  faulty_desk d;
  subscriber market{d.venue, hub_kind::market};
  auto price = [&](const char* text) { d.sim("price", std::string{"{contract: MNQ, price: "} + text + "}"); };
  price("20001");
  d.sim("switch", "{set: {quotes: frozen}}");
  price("20002");
  CHECK(market.peer.got.size() == 3);
  d.sim("switch", "{set: {quotes: stale}}");
  price("20003");
  REQUIRE(market.peer.got.size() == 4);
  CHECK(market.peer.got[3] == market.peer.got[0]);
  d.sim("switch", "{set: {quotes: partial}}");
  price("20004");
  CHECK(has(market.peer.got[4], R"("bestBid":20003.75)"));
  CHECK(!has(market.peer.got[4], "lastPrice"));
}

TEST_CASE("a subscription brings nothing, the state, or the trades as well") {
  struct row {
    const char* word;
    std::size_t orders, positions, trades, accounts, quotes;
  };
  const row rows[] = {{"none", 0, 0, 0, 0, 0}, {"state", 1, 1, 0, 1, 1}, {"state_and_trades", 1, 1, 1, 1, 1}};
  for (const auto& r : rows) {
    CAPTURE(r.word);
    faulty_desk d{std::string{"switches: {snapshot: "} + r.word + "}\n"};
    d.buy();
    d.sim("place", "{contract: MNQ, side: sell, size: 1, type: stop, stop_price: 19900}");
    subscriber user{d.venue, hub_kind::user};
    subscriber market{d.venue, hub_kind::market};
    CHECK(user.count("GatewayUserOrder") == r.orders);
    CHECK(user.count("GatewayUserPosition") == r.positions);
    CHECK(user.count("GatewayUserTrade") == r.trades);
    CHECK(user.count("GatewayUserAccount") == r.accounts);
    CHECK(market.count("GatewayQuote") == r.quotes);
  }
}

TEST_CASE("a repeated subscription doubles its events if the venue is like that") {
  faulty_desk d;
  subscriber user{d.venue, hub_kind::user};
  user.ask(d.venue, "Positions", "7");
  d.buy();
  CHECK(user.count("GatewayUserPosition") == 1);
  d.sim("switch", "{set: {repeated_subscription: doubles}}");
  d.buy();
  CHECK(user.count("GatewayUserPosition") == 3);
  CHECK(user.count("GatewayUserTrade") == 2);
}

TEST_CASE("events can all come late, in their order") {
  faulty_desk d{"switches: {event_delay: 2s}\n"};
  subscriber user{d.venue, hub_kind::user};
  d.buy();
  CHECK(user.peer.got.empty());
  d.time.advance(1999ms);
  CHECK(user.peer.got.empty());
  d.time.advance(1ms);
  REQUIRE(user.peer.got.size() == 5);
  CHECK(has(user.peer.got[0], R"("status":6)"));
  CHECK(has(user.peer.got[4], "GatewayUserAccount"));
}

TEST_CASE("GatewayLogout has the shape that is asked for, and spares whom it must") {
  const std::pair<const char*, const char*> rows[] = {
    {"message", R"([{"message":)"}, {"text", R"(["Logged)"}, {"none", "[]"}, {"null", "[null]"}, {"wrapped", R"([{"action":2,"data":)"}};
  for (auto [word, text] : rows) {
    CAPTURE(word);
    faulty_desk d{std::string{"switches: {logout_arguments: '"} + word + "'}\n"};
    subscriber old{d.venue, hub_kind::user};
    subscriber other{d.venue, hub_kind::market};
    old.client->token = "old";
    other.client->token = "new";
    CHECK(d.venue.hubs.logout(std::nullopt, "demo", {0, "new"}, true) == 1);
    CHECK(old.count(std::string{R"("target":"GatewayLogout","arguments":)"} + text) == 1);
    CHECK(old.peer.ended == ending::close);
    CHECK(other.peer.got.empty());
  }
}

TEST_CASE("the request budget: fixed or sliding, free or counted, per token, user or venue") {
  const std::string limits = "rate_limits: {general: {requests: 2, window: 10s}}\n";
  SUBCASE("a fixed window ends whole, a sliding one request by request") {
    for (bool fixed : {false, true}) {
      faulty_desk d{limits + "switches: {rate_window: " + (fixed ? "fixed" : "sliding") + "}\n"};
      CHECK(d.positions().status == 200);
      d.time.advance(9s);
      CHECK(d.positions().status == 200);
      d.time.advance(1s);
      CHECK(d.positions().status == 200);
      CHECK(d.positions().status == (fixed ? 200 : 429));
    }
  }
  SUBCASE("L4 refused requests can count, then hammering never gets through") {
    for (bool counted : {false, true}) {
      faulty_desk d{limits + "switches: {rate_refused: " + (counted ? "counted" : "free") + "}\n"};
      d.positions(), d.positions();
      int passed = 0;
      for (int i = 0; i < 30; ++i) {
        d.time.advance(1s);
        passed += d.positions().status == 200;
      }
      CHECK((passed == 0) == counted);
    }
  }
  SUBCASE("a fresh token has a fresh budget, unless users count") {
    for (const char* key : {"token", "user", "everyone"}) {
      faulty_desk d{limits + "switches: {rate_key: " + key + "}\n"};
      d.positions(), d.positions();
      d.token = *d.venue.users.login("demo", "demo-key-0001", d.venue.now());
      CHECK(d.positions().status == (std::string{key} == "token" ? 200 : 429));
    }
  }
  SUBCASE("it can be changed while running") {
    faulty_desk d{limits};
    d.positions(), d.positions();
    CHECK(d.positions().status == 429);
    CHECK(d.sim("rate_limit", "{bucket: general, requests: 3}").status == 200);
    CHECK(d.positions().status == 200);
    CHECK(d.sim("rate_limit", "{bucket: general, window: 1s}").status == 200);
    d.time.advance(1s);
    CHECK(d.positions().status == 200);
  }
}

} // TEST_SUITE
