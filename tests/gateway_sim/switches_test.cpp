// What each switch of the venue's behaviour changes: closes, fills in pieces, hours, lists that lag, liquidation.
#include "support.hpp"
#include "tools/gateway-sim/control.hpp"
#include "tools/gateway-sim/json_edit.hpp"
#include "tools/gateway-sim/rest.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gateway_sim;
using namespace gateway_sim::test;
using namespace std::chrono_literals;

namespace {

/// A venue with the accounts 7 and 8 (which may not trade), steered as a scenario and over HTTP do it.
struct venue_desk {
  fake_scheduler time;
  world venue;
  rest_api api{venue};
  std::string token;

  explicit venue_desk(const std::string& set = "")
    : venue(read_scenario("accounts: [{id: 7}, {id: 8, can_trade: false, balance: 100}]\n"
                          "contracts: [{root: MNQ, month: Z6, price: 20000}, {root: MES, month: Z6, price: 5000}]\n"
                          + (set.empty() ? "" : "switches: {" + set + "}\n")),
            time, [this] { return parse_time("2026-11-23T14:30:00Z")->plus(time.now().time_since_epoch()); }, 1) {
    token = *venue.users.login("demo", "demo-key-0001", venue.now());
  }

  int sim(const std::string& verb, const std::string& body) {
    return control(venue, "POST", "/sim/" + verb, "", body).status;
  }
  /// Sets a switch while the venue runs.
  void set(const std::string& name, const std::string& value) {
    REQUIRE(sim("switch", "{set: {" + name + ": '" + value + "'}}") == 200);
  }
  std::string api_body(const std::string& path, const std::string& body) {
    return api.handle({"POST", "/api/" + path, token, body, 0}).body;
  }
  /// The errorCode of an answer.
  int code(const std::string& path, const std::string& body) {
    auto text = api_body(path, body);
    auto at = text.find("\"errorCode\":");
    REQUIRE(at != std::string::npos);
    return std::stoi(text.substr(at + 12));
  }
  int buy(int64_t size, const char* more = "") {
    return code("Order/place", R"({"accountId":7,"contractId":")" + mnq + R"(","type":2,"side":0,"size":)"
                                 + std::to_string(size) + more + "}");
  }
  int close() { return code("Position/closeContract", R"({"accountId":7,"contractId":")" + mnq + "\"}"); }
  int stop_at(const char* price, int64_t size) {
    return code("Order/place", R"({"accountId":7,"contractId":")" + mnq + R"(","type":4,"side":1,"size":)"
                                 + std::to_string(size) + R"(,"stopPrice":)" + price + "}");
  }
  int64_t held() const {
    const auto* p = venue.book.find_position(7, mnq);
    return p ? p->size : 0;
  }
  std::string listed(const char* path) { return api_body(path, R"({"accountId":7})"); }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("gateway_sim switches") {

TEST_CASE("every word of every switch can be set by a scenario and over HTTP, and is read back") {
  venue_desk d;
  for (const auto& name : switch_names()) {
    auto words = switch_words(name);
    if (words.empty())
      words = {name == "trading_hours" ? "14:00:05-14:30:00" : "0"};
    for (const auto& word : words) {
      CAPTURE(name);
      CAPTURE(word);
      CHECK(switch_text(read_scenario("switches: {" + name + ": \"" + word + "\"}").switches, name) == word);
      CHECK(d.sim("switch", R"({"set":{")" + name + R"(":")" + word + "\"}}") == 200);
      auto shown = control(d.venue, "GET", "/sim/switches", "", "").body;
      CHECK(has(shown, "\"" + name + "\":\"" + word + "\""));
    }
    CHECK(d.sim("switch", R"({"set":{")" + name + R"(":"surely not this"}})") == 400);
  }
  auto wrong = control(d.venue, "POST", "/sim/switch", "", R"({"set":{"sessions":"evikt"}})").body;
  CHECK(has(wrong, "did you mean 'evict'?"));
}

TEST_CASE("F10 a market order fills in clips, with pauses, and shows its pieces as the switch says") {
  desk d;
  d.book.rules.fill_clip = 2;
  d.book.take_events();
  d.buy(5);
  auto whole = d.book.take_events();
  CHECK(story(whole) == "o6 o1 t p2 a o1 t p4 a o2 t p5 a");
  event_arranger arranger;
  switches s;
  s.pieces = piece_events::order_at_end;
  CHECK(story(arranger.arrange(whole, s)) == "o6 t p2 a t p4 a o2 t p5 a");
  s.pieces = piece_events::position_at_end;
  CHECK(story(arranger.arrange(whole, s)) == "o6 o1 t a o1 t a o2 t p5 a");

  venue_desk v{"fill_clip: 3, fill_pause: 1s"};
  v.buy(7);
  CHECK(v.held() == 3);
  v.time.advance(1s);
  CHECK(v.held() == 6);
  v.sim("cancel", "{all: true}");
  v.time.advance(5s);
  CHECK(v.held() == 6); // what was left of the order was cancelled
}

TEST_CASE("F3 an order or a close beyond the maximum size is rejected") {
  venue_desk d;
  CHECK(d.buy(10) == 0);
  d.set("max_order_size", "4");
  CHECK(d.buy(5) == 2);
  CHECK(d.close() == 5);
  CHECK(d.code("Position/partialCloseContract", R"({"accountId":7,"contractId":")" + mnq + R"(","size":5})") == 6);
  CHECK(d.code("Position/partialCloseContract", R"({"accountId":7,"contractId":")" + mnq + R"(","size":4})") == 0);
  CHECK(d.held() == 6);
}

TEST_CASE("F4 a paused market refuses the close and reopens by itself") {
  venue_desk d;
  d.buy(2);
  CHECK(d.sim("market", "{contract: MNQ, state: paused, for: 3s}") == 200);
  CHECK(d.close() == 5);
  CHECK(d.buy(1) == 2);
  d.time.advance(2999ms);
  CHECK(d.close() == 5);
  d.time.advance(1ms);
  CHECK(d.close() == 0);
  CHECK(d.held() == 0);
}

TEST_CASE("F9 outside the trading hours placing and closing answer 5") {
  venue_desk d{"trading_hours: 22:00-14:30:10, closed_market: outside_hours"}; // it is 14:30:00
  CHECK(d.buy(2) == 0);
  d.time.advance(10s);
  CHECK(d.buy(1) == 5);
  CHECK(d.close() == 5);
  CHECK(d.code("Order/cancel", R"({"accountId":7,"orderId":1})") == 2); // cancelling is not trading
  d.set("closed_market", "rejected");
  CHECK(d.buy(1) == 2);
  d.time.advance(7h + 29min + 49s);
  CHECK(d.close() == 5);
  d.time.advance(1s);
  CHECK(d.close() == 0);
}

TEST_CASE("F11 the position list shows what was so long ago; the events do not wait") {
  venue_desk d;
  d.buy(1);
  d.set("position_list_lag", "3s");
  CHECK(has(d.listed("Position/searchOpen"), R"("size":1,)"));
  d.time.advance(1s);
  d.buy(1);
  d.time.advance(1s);
  CHECK(d.close() == 0);
  CHECK(d.held() == 0);
  CHECK(has(d.listed("Position/searchOpen"), R"("size":1,)"));
  d.time.advance(2s);
  CHECK(has(d.listed("Position/searchOpen"), R"("size":2,)"));
  d.time.advance(1s);
  CHECK(has(d.listed("Position/searchOpen"), R"("positions":[])"));
  d.buy(1);
  CHECK(has(d.listed("Position/searchOpen"), R"("positions":[])"));
  d.set("position_list_lag", "0");
  CHECK(has(d.listed("Position/searchOpen"), R"("size":1,)"));
}

TEST_CASE("order, trade and account lists can lag as well") {
  venue_desk d{"order_list_lag: 2s, trade_list_lag: 2s, account_list_lag: 2s"};
  d.buy(1);
  d.stop_at("19900", 1);
  auto orders = [&] { return d.listed("Order/searchOpen"); };
  auto trades = [&] { return d.listed("Trade/search"); };
  auto accounts = [&] { return d.api_body("Account/search", R"({"onlyActiveAccounts":true})"); };
  CHECK(has(orders(), R"("orders":[])"));
  CHECK(has(trades(), R"("trades":[])"));
  CHECK(has(accounts(), R"("balance":50000,)"));
  d.time.advance(2s);
  CHECK(has(orders(), R"("stopPrice":19900)"));
  CHECK(has(trades(), R"("orderId":)"));
  CHECK(has(accounts(), R"("balance":49999.39,)"));
  d.sim("cancel", "{all: true}");
  CHECK(has(orders(), R"("stopPrice":19900)")); // cancelled, and still listed
}

TEST_CASE("a stop fills in the moment a close arrives, before or after it") {
  SUBCASE("before: there is nothing left to close") {
    venue_desk d{"stop_at_close: fills_before"};
    d.buy(2);
    d.stop_at("19900", 2);
    CHECK(d.close() == 2);
    CHECK(d.held() == 0);
  }
  SUBCASE("before, in part: the close takes what is left") {
    venue_desk d{"stop_at_close: fills_before"};
    d.buy(3);
    d.stop_at("19900", 2);
    CHECK(d.close() == 0);
    CHECK(d.held() == 0);
  }
  SUBCASE("after: both fill, and the position is turned round") {
    venue_desk d{"stop_at_close: fills_after"};
    d.buy(2);
    d.stop_at("19900", 2);
    CHECK(d.close() == 0);
    CHECK(d.held() == -2);
  }
}

TEST_CASE("an accepted market order can be rejected later or never fill") {
  venue_desk d;
  d.buy(2);
  d.set("market_orders", "reject_later");
  CHECK(d.close() == 0);
  d.time.advance(0s);
  CHECK(d.held() == 2);
  CHECK(d.venue.book.orders().rbegin()->second.status == order_status::rejected);
  d.set("market_orders", "rest");
  CHECK(d.close() == 0);
  d.time.advance(1h);
  CHECK(d.held() == 2);
  CHECK(d.venue.book.orders().rbegin()->second.working());
}

TEST_CASE("closing and cancelling can be refused while canTrade is false") {
  venue_desk d;
  d.buy(1);
  d.stop_at("19900", 1);
  auto stop = d.venue.book.orders().rbegin()->first;
  d.sim("set_can_trade", "{can_trade: false}");
  d.set("close_when_cannot_trade", "reject");
  d.set("cancel_when_cannot_trade", "reject");
  auto cancel = [&] { return d.code("Order/cancel", R"({"accountId":7,"orderId":)" + std::to_string(stop) + "}"); };
  CHECK(d.close() == 8);
  CHECK(cancel() == 6);
  d.set("close_when_cannot_trade", "allow");
  d.set("cancel_when_cannot_trade", "allow");
  CHECK(d.close() == 0);
  CHECK(cancel() == 0);
}

TEST_CASE("stop-limits are taken or not; order ids can jump; a contract can expire") {
  venue_desk d;
  const std::string stop_limit = R"({"accountId":7,"contractId":")" + mnq
                                 + R"(","type":3,"side":0,"size":1,"stopPrice":20010,"limitPrice":20010})";
  CHECK(d.code("Order/place", stop_limit) == 0);
  d.set("stop_limit", "reject");
  CHECK(d.code("Order/place", stop_limit) == 2);
  d.set("first_order_id", "9007199254740993"); // more than a double can hold
  CHECK(has(d.api_body("Order/place", R"({"accountId":7,"contractId":")" + mnq + R"(","type":2,"side":0,"size":1})"),
            R"("orderId":9007199254740993,)"));
  CHECK(d.sim("contract", "{contract: MNQ, active: false}") == 200);
  CHECK(d.buy(1) == 9);
  CHECK(d.close() == 4);
}

TEST_CASE("the venue liquidates: orders go, positions close by orders nobody sent, canTrade falls") {
  venue_desk d;
  d.buy(2);
  d.stop_at("19900", 2);
  CHECK(d.sim("liquidate", "{}") == 200);
  CHECK(d.held() == 0);
  CHECK(!d.venue.book.find_account(7)->can_trade);
  CHECK(has(d.listed("Order/searchOpen"), R"("orders":[])"));
  CHECK(d.sim("liquidate", "{account: 99}") == 409);
  CHECK(d.sim("liquidate", "{can_trade: true}") == 200);
  CHECK(d.venue.book.find_account(7)->can_trade);
}

TEST_CASE("the venue's own loss limit counts open profit at its mark") {
  for (bool at_quote : {false, true}) {
    CAPTURE(at_quote);
    venue_desk d{std::string{"venue_loss_limit: 100, venue_mark: "} + (at_quote ? "bid_ask" : "last")};
    d.buy(1); // costs 0.61; a point is worth 2
    d.sim("price", "{contract: MNQ, price: 19950.50}"); // -99.61 at the last price, -100.11 at the bid
    CHECK((d.held() == 0) == at_quote);
    d.sim("price", "{contract: MNQ, price: 19950.25}"); // -100.11
    CHECK(d.held() == 0);
    CHECK(!d.venue.book.find_account(7)->can_trade);
  }
}

TEST_CASE("two accounts of one login differ; their order is not to be relied on") {
  venue_desk d;
  auto both = d.api_body("Account/search", R"({"onlyActiveAccounts":true})");
  CHECK(has(both, R"("id":7,"name":"PRAC-V2-7","balance":50000,"canTrade":true)"));
  CHECK(has(both, R"("id":8,"name":"PRAC-V2-8","balance":100,"canTrade":false)"));
  CHECK(both.find("\"id\":7") < both.find("\"id\":8"));
  d.set("account_order", "descending");
  auto turned = d.api_body("Account/search", R"({"onlyActiveAccounts":true})");
  CHECK(turned.find("\"id\":7") > turned.find("\"id\":8"));
}

TEST_CASE("fees on REST can have the commissions in them") {
  venue_desk d;
  d.buy(1);
  CHECK(has(d.listed("Trade/search"), R"("fees":0.36,)"));
  d.set("rest_fees", "with_commissions");
  CHECK(has(d.listed("Trade/search"), R"("fees":0.61,)"));
}

TEST_CASE("what is divided can have more decimals than anybody needs") {
  venue_desk d;
  d.buy(1);
  CHECK_FALSE(has(d.listed("Position/searchOpen"), "004"));
  d.set("long_decimals", "true");
  const auto listed = d.listed("Position/searchOpen");
  const auto at = listed.find("\"averagePrice\":");
  REQUIRE(at != std::string::npos);
  const auto text = listed.substr(at + 15, listed.find('}', at) - at - 15);
  CHECK(text.size() - text.find('.') - 1 == 12);
  CHECK(text.ends_with("004"));
}

TEST_CASE("unknown fields come with every record, everything else stays") {
  venue_desk d;
  d.buy(1);
  auto plain = d.listed("Position/searchOpen");
  d.set("unknown_fields", "true");
  auto more = d.listed("Position/searchOpen");
  CHECK(more == with_unknown_members(plain));
  CHECK(more != plain);
}

TEST_CASE("the life of new tokens can be shortened while running") {
  venue_desk d;
  d.set("token_life", "10s");
  auto old = d.token;
  d.token = *d.venue.users.login("demo", "demo-key-0001", d.venue.now());
  d.time.advance(10s);
  CHECK(d.api.handle({"POST", "/api/Position/searchOpen", d.token, "{}", 0}).status == 401);
  CHECK(d.api.handle({"POST", "/api/Position/searchOpen", old, R"({"accountId":7})", 0}).status == 200);
}

TEST_CASE("a login can end the sessions before it") {
  venue_desk d{"sessions: login_evicts"};
  CHECK(d.code("Position/searchOpen", R"({"accountId":7})") == 0);
  CHECK(d.code("Auth/loginKey", R"({"userName":"demo","apiKey":"wrong"})") == 3);
  CHECK(d.code("Position/searchOpen", R"({"accountId":7})") == 0);
  CHECK(d.code("Auth/loginKey", R"({"userName":"demo","apiKey":"demo-key-0001"})") == 0);
  CHECK(d.api.handle({"POST", "/api/Position/searchOpen", d.token, "{}", 0}).status == 401);
}

} // TEST_SUITE
