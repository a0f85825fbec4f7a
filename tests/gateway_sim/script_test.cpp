// The script: times, conditions, names; and whole scenarios on a world with a fake clock.
#include "support.hpp"
#include "tools/gateway-sim/control.hpp"
#include "tools/gateway-sim/world.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;
using namespace gateway_sim::test;
using namespace std::chrono_literals;

namespace {

struct stage {
  fake_scheduler time;
  world venue;

  explicit stage(const std::string& yaml, double speed = 1)
    : venue(read_scenario(yaml), time, [this] { return clock(); }, speed) {}
  wall_time clock() const { return wall_time{}.plus(time.now().time_since_epoch()); }
  int64_t held() const {
    const auto* p = venue.book.find_position(126244, mnq);
    return p ? p->size : 0;
  }
  const script_item& item(std::size_t i) const { return venue.plan.items().at(i); }
  control_reply post(const std::string& verb, const std::string& body) {
    return control(venue, "POST", "/sim/" + verb, "", body);
  }
};

const std::string head = "start: immediately\naccounts: [{id: 126244}]\n"
                         "contracts: [{root: MNQ, month: Z6, price: 100}]\n";

} // namespace

TEST_SUITE("gateway_sim script") {

TEST_CASE("actions run at their time, after one another and when a condition holds") {
  stage s{head + R"(
prices: [{contract: MNQ, steps: [{at: 10s, price: 110}]}]
trader:
  - {at: 2s, name: in, do: place, contract: MNQ, side: buy, size: 2, tag: one}
  - {after: in + 1s, do: place, contract: MNQ, side: buy, size: 1}
  - {when: price MNQ >= 110, name: out, do: close, contract: MNQ}
  - {after: out, when: flat, do: log, text: ""}
)"};
  s.time.advance(1999ms);
  CHECK(s.held() == 0);
  s.time.advance(1ms);
  CHECK(s.held() == 2);
  s.time.advance(1s);
  CHECK(s.held() == 3);
  s.time.advance(6s);
  CHECK(s.held() == 3);
  s.time.advance(1s);
  CHECK(s.held() == 0);
  s.time.advance(1ms);
  CHECK(s.venue.plan.finished());
}

TEST_CASE("speed shortens the script's delays") {
  stage s{head + "trader: [{at: 10s, do: place, contract: MNQ, side: sell, size: 1}]\n", 20};
  s.time.advance(499ms);
  CHECK(s.held() == 0);
  s.time.advance(1ms);
  CHECK(s.held() == -1);
}

TEST_CASE("an item can repeat") {
  stage s{head + "trader: [{at: 1s, repeat: 4, every: 2s, do: place, contract: MNQ, side: buy, size: 1}]\n"};
  s.time.advance(6s);
  CHECK(s.held() == 3);
  CHECK(!s.venue.plan.finished());
  s.time.advance(10s);
  CHECK(s.held() == 4);
}

TEST_CASE("every condition looks at the right thing") {
  stage s{head};
  auto holds = [&](const std::string& text) {
    // A condition is tried by appending an item that waits for it.
    auto before = s.venue.plan.items().size();
    s.post("script", "{\"do\":\"log\",\"text\":\"\",\"when\":\"" + text + "\"}");
    s.time.advance(1ms);
    return s.venue.plan.items().at(before).now == script_item::state::done;
  };
  s.post("place", R"({"contract":"MNQ","side":"buy","size":2,"tag":"t1"})");
  s.post("place", R"({"contract":"MNQ","side":"buy","size":1,"type":"limit","limitPrice":90,"customTag":"t2"})");
  s.post("place", R"({"contract":"MNQ","side":"buy","size":0,"tag":"t3"})");
  s.post("price", R"({"contract":"MNQ","price":110.5})");
  for (const char* yes : {"position MNQ == 2", "position MNQ > 1 126244", "order_filled t1", "order_open t2",
                          "order_rejected t3", "open_orders == 1", "trades >= 1", "net_pnl < 0", "can_trade",
                          "price MNQ != 100", "position MNQ <= 2"})
    CHECK_MESSAGE(holds(yes), yes);
  for (const char* no : {"flat", "subscribed", "position MNQ < 2", "order_cancelled t2", "order_open t1",
                         "cannot_trade", "flat 99", "net_pnl >= 0", "position MES == 1"})
    CHECK_MESSAGE(!holds(no), no);
  s.post("cancel", R"({"tag":"t2"})");
  CHECK(holds("order_cancelled t2"));
}

TEST_CASE("without a subscriber the script waits") {
  stage s{"trader: [{do: log, text: ''}]"};
  s.time.advance(1h);
  CHECK(!s.venue.plan.started());
}

TEST_CASE("the control interface does what the script does, and says what is wrong") {
  stage s{head};
  CHECK(s.post("place", R"({"accountId":126244,"contractId":"CON.F.US.MNQ.Z26","side":1,"size":3,"type":2})").status == 200);
  CHECK(s.held() == -3);
  CHECK(s.post("partial_close", R"({"contract":"MNQ","size":1})").status == 200);
  CHECK(s.held() == -2);
  auto refused = s.post("partial_close", R"({"contract":"MNQ","size":9})");
  CHECK(refused.status == 409);
  CHECK(refused.body.find("\"success\":false") != std::string::npos);
  CHECK(s.post("price", R"({"contract":"MNQ","price":100.1})").body.find("tick grid") != std::string::npos);
  CHECK(s.post("switch", R"({"set":{"reversal":"flat_then_new"}})").status == 200);
  CHECK(s.venue.book.rules.reversal == reversal_shape::flat_then_new);
  CHECK(s.post("switch", R"({"set":{"reversal":"maybe"}})").status == 400);
  CHECK(s.post("account", R"({"balance":1234.5,"canTrade":false})").status == 200);
  CHECK(s.venue.book.find_account(126244)->balance.text() == "1234.5");
  CHECK(s.post("clos", "{}").body.find("did you mean 'close'") != std::string::npos);
  CHECK(s.post("close", "{\"contract\":").status == 400);
  CHECK(s.post("close", "[1]").status == 400);
  CHECK(s.post("close", "").status == 400);
  CHECK(s.post("cancel", R"({"tag":"none"})").status == 409);
  CHECK(control(s.venue, "GET", "/sim/nothing", "", "").status == 404);
  CHECK(control(s.venue, "PUT", "/sim/place", "", "").status == 405);
  CHECK(control(s.venue, "GET", "/sim/positions", "account=126244", "").body
          .find(R"("size":-2,"averagePrice":100,"lastPrice":100,"unrealized":0)") != std::string::npos);
  CHECK(control(s.venue, "GET", "/sim/positions", "account=7", "").body == R"({"positions":[]})");
}

TEST_CASE("a market order waits as long as the switch says") {
  stage s{head + "switches: {market_fill_delay: 2s}\n"};
  s.post("place", R"({"contract":"MNQ","side":"buy","size":1})");
  s.time.advance(1999ms);
  CHECK(s.held() == 0);
  s.time.advance(1ms);
  CHECK(s.held() == 1);
}

TEST_CASE("positions held at the start close at an exact profit") {
  stage s{head + "positions: [{account: 126244, contract: MNQ, size: -2, average_price: 105.375}]\n"};
  s.post("close", R"({"contract":"MNQ"})");
  CHECK(s.venue.book.find_account(126244)->gross.text() == "21.5");
}

} // TEST_SUITE
