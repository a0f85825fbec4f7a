// The matching engine: fills, flips, averages, exact profit, brackets, trailing stops, closes.
#include "support.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;
using namespace gateway_sim::test;

TEST_SUITE("gateway_sim engine") {

TEST_CASE("a sequence of fills gives the exact size, average, profit and balance") {
  struct fill {
    int64_t size; // signed
    const char* price;
  };
  struct row {
    const char* what;
    std::vector<fill> fills;
    int64_t held;
    const char* average;
    const char* gross;
    int64_t sides; // contracts filled, each costs 0.61
  };
  const row rows[] = {
    {"long, profit", {{2, "20000"}, {-2, "20010.25"}}, 0, nullptr, "41", 4},
    {"short, profit", {{-3, "20000"}, {3, "19999.75"}}, 0, nullptr, "1.5", 6},
    {"short, loss", {{-1, "20000"}, {1, "20024.5"}}, 0, nullptr, "-49", 2},
    {"scale in, off-tick average", {{1, "20000"}, {1, "20000.25"}}, 2, "20000.125", "0", 2},
    {"scale in by thirds", {{1, "20000"}, {2, "20000.25"}}, 3, "20000.166666667", "0", 3},
    {"thirds closed at once come out even", {{1, "20000"}, {2, "20000.25"}, {-3, "20001"}}, 0, nullptr, "5", 6},
    {"partial close keeps the average", {{4, "20000"}, {-1, "20010"}}, 3, "20000", "20", 5},
    {"flip in one fill", {{2, "20000"}, {-5, "20010"}}, -3, "20010", "40", 7},
    {"flip and close", {{2, "20000"}, {-5, "20010"}, {3, "20000"}}, 0, nullptr, "100", 10},
    {"add after a partial close", {{2, "20000"}, {-1, "20004"}, {1, "20002"}}, 2, "20001", "8", 4},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    desk d;
    for (const auto& f : r.fills) {
      d.price(f.price);
      CHECK((f.size > 0 ? d.buy(f.size) : d.sell(-f.size)).ok());
    }
    CHECK(d.held() == r.held);
    if (r.average)
      CHECK(average_price(*d.book.find_contract(mnq), d.book.find_position(1, mnq)->average).text() == r.average);
    CHECK(d.money_of().gross.text() == r.gross);
    auto costs = money("0.61") * r.sides;
    CHECK(d.money_of().balance == decimal::from_int(50'000) + money(r.gross) - costs);
    CHECK(d.money_of().fees + d.money_of().commissions == costs);
  }
}

TEST_CASE("a tick of 1/128 loses nothing") {
  desk d;
  CHECK(d.book.place(d.request(order_type::market, order_side::buy, 3, nullptr, nullptr, zf), d.now).ok());
  d.price("108.5078125", zf);
  CHECK(d.book.close(1, zf, std::nullopt, d.now).ok());
  CHECK(d.money_of().balance.text() == "50023.4375");
}

TEST_CASE("events come in the venue's order") {
  desk d;
  d.book.take_events();
  d.buy(2);
  CHECK(story(d.book.take_events()) == "o6 o2 t p2 a");
  d.book.close(1, mnq, std::nullopt, d.now);
  CHECK(story(d.book.take_events()) == "o6 o2 t p0 a");
  auto pieces = d.request(order_type::market, order_side::sell, 3);
  pieces.fill_in = {1, 1};
  d.book.place(pieces, d.now);
  CHECK(story(d.book.take_events()) == "o6 o1 t p-1 a o1 t p-2 a o2 t p-3 a");
  d.buy(5);
  CHECK(story(d.book.take_events()) == "o6 o2 t p2 a");
  d.book.rules.reversal = reversal_shape::flat_then_new;
  d.sell(3);
  CHECK(story(d.book.take_events()) == "o6 o2 t p0 p-1 a");
  d.book.foreign_fill(1, mnq, order_side::buy, 1, std::nullopt, false, d.now);
  CHECK(story(d.book.take_events()) == "t p0 a");
}

TEST_CASE("the opening half-turn has no profit, the closing one has") {
  desk d;
  d.buy(1);
  d.price("19975.5");
  d.sell(1);
  const auto& trades = d.book.trades();
  CHECK(!trades.begin()->second.profit_and_loss);
  CHECK(trades.rbegin()->second.profit_and_loss->text() == "-49");
  CHECK(trades.rbegin()->second.fees.text() == "0.36");
  CHECK(trades.rbegin()->second.commissions.text() == "0.25");
}

TEST_CASE("resting orders fill when and where the market touches them") {
  struct row {
    order_type type;
    order_side side;
    const char* limit;
    const char* stop;
    const char* miss; // a price that does not touch it
    const char* hit;
    const char* filled_at;
  };
  using enum order_type;
  using enum order_side;
  const row rows[] = {
    {limit, buy, "19990", nullptr, "19990.25", "19980", "19990"},
    {limit, sell, "20010", nullptr, "20009.75", "20010", "20010"},
    {stop, buy, nullptr, "20010", "20009.75", "20012", "20012"},
    {stop, sell, nullptr, "19990", "19990.25", "19990", "19990"},
    {stop_limit, buy, "20011", "20010", "20009.75", "20010.5", "20010.5"},
    {stop_limit, sell, "19989", "19990", "19990.25", "19989.5", "19989.5"},
    {join_bid, buy, nullptr, nullptr, "20000.25", "19999.75", "19999.75"},
    {join_ask, sell, nullptr, nullptr, "19999.75", "20000.25", "20000.25"},
  };
  for (const auto& r : rows) {
    CAPTURE(static_cast<int>(r.type));
    CAPTURE(static_cast<int>(r.side));
    desk d;
    auto placed = d.book.place(d.request(r.type, r.side, 1, r.limit, r.stop), d.now);
    REQUIRE(placed.ok());
    d.price(r.miss);
    CHECK(d.at(*placed.order_id).status == order_status::open);
    d.price(r.hit);
    CHECK(d.at(*placed.order_id).status == order_status::filled);
    CHECK(d.book.find_contract(mnq)->price(d.book.trades().begin()->second.price).text() == r.filled_at);
  }
}

TEST_CASE("a stop-limit that the market jumps over rests at its limit") {
  desk d;
  auto placed = d.book.place(d.request(order_type::stop_limit, order_side::buy, 1, "20011", "20010"), d.now);
  d.price("20020");
  CHECK(d.at(*placed.order_id).status == order_status::open);
  d.price("20005");
  CHECK(d.at(*placed.order_id).status == order_status::filled);
}

TEST_CASE("a marketable limit fills at once at the better price") {
  desk d;
  auto placed = d.book.place(d.request(order_type::limit, order_side::buy, 1, "20005"), d.now);
  CHECK(d.at(*placed.order_id).status == order_status::filled);
  CHECK(d.book.trades().begin()->second.price == 80'000);
}

TEST_CASE("a refused order gets an id, status 5 and burns its tag") {
  struct row {
    const char* what;
    place_request request;
    refusal why;
    const char* message;
  };
  desk d;
  auto with = [&](auto&& change) {
    auto p = d.request(order_type::market, order_side::buy, 1);
    change(p);
    return p;
  };
  const row rows[] = {
    {"size", with([](auto& p) { p.size = 0; }), refusal::rejected, "size"},
    {"limit without price", with([](auto& p) { p.type = order_type::limit; }), refusal::rejected, "not set"},
    {"off tick", with([](auto& p) { p.type = order_type::limit; p.limit = money("20000.1"); }), refusal::rejected,
     "not aligned"},
    {"buy stop below", with([](auto& p) { p.type = order_type::stop; p.stop = money("19999"); }), refusal::rejected,
     "Invalid stop price"},
    {"unsigned bracket", with([](auto& p) { p.stop_loss = bracket{20, order_type::stop}; }), refusal::rejected,
     "Ticks should be less than zero when longing"},
    {"bracket type", with([](auto& p) { p.stop_loss = bracket{-20, order_type::limit}; }), refusal::rejected,
     "Invalid stop loss type"},
    {"bracket too near", with([](auto& p) { p.take_profit = bracket{3, order_type::limit}; }), refusal::rejected,
     "Minimum distance"},
    {"trail too far", with([](auto& p) { p.type = order_type::trailing_stop; p.trail = money("1"); }),
     refusal::rejected, "exceeds maximum (1000)"},
  };
  int n = 0;
  for (auto r : rows) {
    CAPTURE(r.what);
    r.request.tag = "tag-" + std::to_string(n++);
    auto result = d.book.place(r.request, d.now);
    CHECK(result.why == r.why);
    REQUIRE(result.order_id);
    CHECK(result.message.value_or("").find(r.message) != std::string::npos);
    CHECK(d.at(*result.order_id).status == order_status::rejected);
    auto again = d.request(order_type::market, order_side::buy, 1);
    again.tag = r.request.tag;
    CHECK(d.book.place(again, d.now).message.value_or("") == "The custom tag is already in use.");
  }
  CHECK(d.held() == 0);
  d.book.rules.auto_oco = false;
  CHECK(d.book.place(with([](auto& p) { p.stop_loss = bracket{-20, order_type::stop}; }), d.now).message->find("Auto OCO")
        != std::string::npos);
  d.book.set_account(1, false, std::nullopt, d.now);
  CHECK(d.buy(1).why == refusal::account_rejected);
  auto elsewhere = d.request(order_type::market, order_side::buy, 1);
  elsewhere.account = 2;
  CHECK(d.book.place(elsewhere, d.now).why == refusal::account_not_found);
  CHECK(!d.book.place(elsewhere, d.now).order_id);
}

TEST_CASE("brackets sleep, wake with the entry and cancel each other") {
  desk d;
  auto p = d.request(order_type::limit, order_side::sell, 2, "20010");
  p.tag = "in";
  p.stop_loss = bracket{20, order_type::stop};
  p.take_profit = bracket{-40, order_type::limit};
  d.book.take_events();
  auto entry = *d.book.place(p, d.now).order_id;
  CHECK(story(d.book.take_events()) == "o8 o1 o8");
  const auto& stop = d.at(entry + 1);
  const auto& target = d.at(entry + 2);
  CHECK(stop.tag == "in-SL");
  CHECK(target.tag == "in-TP");
  CHECK(*target.linked == stop.id);
  CHECK(*stop.parent == entry);
  CHECK(!stop.stop);
  d.price("20010");
  CHECK(story(d.book.take_events()) == "o2 t p-2 a o1 o1");
  CHECK(*stop.stop == 80'060);
  CHECK(*target.limit == 80'000);

  SUBCASE("the target fills, the stop is cancelled") {
    d.price("20000");
    CHECK(story(d.book.take_events()) == "o2 t p0 a o3");
    CHECK(stop.status == order_status::cancelled);
    CHECK(d.money_of().gross.text() == "40");
  }
  SUBCASE("the stop fills, the target is cancelled") {
    d.price("20016");
    CHECK(target.status == order_status::cancelled);
    CHECK(d.money_of().gross.text() == "-24"); // at the market, not at the stop
  }
  SUBCASE("a close leaves both working, and the stop opens a new position") {
    d.book.close(1, mnq, std::nullopt, d.now);
    CHECK(d.held() == 0);
    d.price("20015");
    CHECK(d.held() == 2);
  }
  SUBCASE("a close sweeps both when the venue is set to") {
    d.book.rules.close_cancels_children = true;
    d.book.close(1, mnq, std::nullopt, d.now);
    CHECK(stop.status == order_status::cancelled);
    CHECK(target.status == order_status::cancelled);
  }
  SUBCASE("cancelling one leg leaves the other") {
    CHECK(d.book.cancel(1, stop.id, d.now).ok());
    CHECK(target.status == order_status::open);
  }
}

TEST_CASE("cancelling an entry cancels its sleeping children") {
  desk d;
  auto p = d.request(order_type::limit, order_side::buy, 1, "19990");
  p.stop_loss = bracket{-20, order_type::stop};
  auto entry = *d.book.place(p, d.now).order_id;
  CHECK(d.book.cancel(1, entry, d.now).ok());
  CHECK(d.at(entry + 1).status == order_status::cancelled);
  CHECK(d.book.cancel(1, entry, d.now).why == refusal::rejected);
  CHECK(d.book.cancel(1, 99, d.now).why == refusal::order_not_found);
}

TEST_CASE("children of a partly filled entry protect what is filled") {
  desk d;
  auto p = d.request(order_type::limit, order_side::buy, 3, "19990");
  p.stop_loss = bracket{-20, order_type::stop};
  auto entry = *d.book.place(p, d.now).order_id;
  CHECK(d.book.fill_order(entry, 1, std::nullopt, d.now).ok());
  CHECK(d.at(entry).status == order_status::open);
  CHECK(d.at(entry + 1).size == 1);
  CHECK(d.book.fill_order(entry, std::nullopt, std::nullopt, d.now).ok());
  CHECK(d.at(entry + 1).size == 3);
}

TEST_CASE("a trailing stop keeps its distance and never steps back") {
  desk d;
  d.buy(1);
  auto p = d.request(order_type::trailing_stop, order_side::sell, 1);
  p.trail = money("19990"); // 40 ticks below
  auto id = *d.book.place(p, d.now).order_id;
  CHECK(*d.at(id).trail == 40);
  d.price("20020");
  CHECK(*d.at(id).stop == 80'040);
  d.price("20011");
  CHECK(*d.at(id).stop == 80'040);
  CHECK(d.held() == 1);
  d.price("20009.5");
  CHECK(d.held() == 0);
  CHECK(d.money_of().gross.text() == "19");
}

TEST_CASE("closing is refused with a reason, or done in part") {
  desk d;
  CHECK(d.book.close(1, mnq, std::nullopt, d.now).why == refusal::position_not_found);
  CHECK(d.book.close(1, "CON.F.US.XX.Z26", std::nullopt, d.now).why == refusal::contract_not_found);
  CHECK(d.book.close(2, mnq, std::nullopt, d.now).why == refusal::account_not_found);
  d.sell(5);
  CHECK(d.book.close(1, mnq, 6, d.now).why == refusal::invalid_size);
  CHECK(d.book.close(1, mnq, 0, d.now).why == refusal::invalid_size);
  CHECK(d.book.close(1, mnq, 2, d.now).ok());
  CHECK(d.held() == -3);
  d.book.set_market(mnq, market_state::paused);
  CHECK(d.book.close(1, mnq, std::nullopt, d.now).why == refusal::market_closed);
  d.book.set_market(mnq, market_state::open);
  d.book.set_account(1, false, std::nullopt, d.now);
  CHECK(d.book.close(1, mnq, 1, d.now).ok());
  d.book.rules.close_needs_can_trade = true;
  CHECK(d.book.close(1, mnq, 1, d.now).why == refusal::account_rejected);
}

TEST_CASE("a market order that waits can be cancelled, or fills later") {
  desk d;
  d.book.rules.market_orders_wait = true;
  d.book.take_events();
  auto first = *d.buy(1).order_id;
  CHECK(story(d.book.take_events()) == "o6 o1 due");
  CHECK(d.book.cancel(1, first, d.now).ok());
  d.book.fill_waiting(first, d.now);
  CHECK(d.held() == 0);
  d.book.fill_waiting(*d.buy(1).order_id, d.now);
  CHECK(d.held() == 1);
}

TEST_CASE("modifying changes what is named and nothing else") {
  desk d;
  auto id = *d.book.place(d.request(order_type::stop, order_side::sell, 2, nullptr, "19990"), d.now).order_id;
  modify_request m{1, id, 3, std::nullopt, std::nullopt, std::nullopt};
  CHECK(d.book.modify(m, d.now).ok());
  CHECK(d.at(id).size == 3);
  CHECK(*d.at(id).stop == 79'960);
  m.size.reset();
  m.stop = money("20001");
  CHECK(d.book.modify(m, d.now).why == refusal::rejected);
  m.stop = money("19995.25");
  CHECK(d.book.modify(m, d.now).ok());
  CHECK(*d.at(id).stop == 79'981);
  CHECK(d.book.modify({1, 5, 1, {}, {}, {}}, d.now).why == refusal::order_not_found);
}

TEST_CASE("a voided trade takes its money back once") {
  desk d;
  d.buy(1);
  d.price("20010");
  d.sell(1);
  auto last = d.book.trades().rbegin()->first;
  CHECK(d.book.void_trade(last, d.now).ok());
  CHECK(!d.book.void_trade(last, d.now).ok());
  CHECK(d.money_of().gross.text() == "0");
  CHECK(d.money_of().balance.text() == "49999.39");
}

TEST_CASE("slippage is against the order") {
  desk d;
  d.book.rules.slippage_ticks = 2;
  d.buy(1);
  d.sell(1);
  CHECK(d.money_of().gross.text() == "-2");
}

} // TEST_SUITE
