// Flattens that do not end flat: each failure of failures.md by its name.
#include "tests/enforcement/trader_day.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE("enforcement") {

TEST_CASE("a flatten cancels entries and closes positions at once, and protective orders only when the position is gone") {
  trader_day v;
  v.hold(mes, -3);
  v.run(milliseconds{20});
  const auto before = v.now;
  v.flatten();
  REQUIRE(v.requests.size() == 3);
  CHECK(v.requests[0].kind == request_kind::cancel_order);
  CHECK(v.requests[0].order == v.entry);
  CHECK(v.requests[1].kind == request_kind::close_position);
  CHECK(v.requests[2].kind == request_kind::close_position);
  CHECK(v.now == before);
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.confirmed());
  CHECK(v.asked_for(request_kind::cancel_order, v.stop));
  CHECK(v.asked_for(request_kind::cancel_order, v.target));
  CHECK(v.requests.size() == 5);
  CHECK(v.now - before < milliseconds{200});
  CHECK(v.reports.back().latency_ns == 180'000);
  CHECK_NO_FAULT(v);
}

TEST_CASE("F1: an accepted close that does nothing is done again, not believed") {
  trader_day v;
  int closes = 0;
  v.rule = [&](const venue_request& r) { return ruling{is_close(r) && ++closes == 1 ? fate::idle : fate::done}; };
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 2);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F2: bracket children that outlive their entry or the close are swept before the case is done") {
  trader_day v;
  v.children_outlive_parents = true;
  const auto child = v.place(mnq, side::sell, order_type::stop, 1, v.entry);
  v.run(milliseconds{20});
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.asked_for(request_kind::cancel_order, child));
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F2: an order that appears during the flatten is cancelled on sight") {
  trader_day v;
  v.flatten();
  v.run(milliseconds{5});
  const auto late = v.place(mes, side::buy, order_type::limit, 1);
  REQUIRE(v.run_to_end());
  CHECK(v.asked_for(request_kind::cancel_order, late));
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F3: while the close is refused the stops stay; a position larger than the venue takes at once goes in pieces") {
  trader_day v;
  v.hold(mnq, 8);
  v.largest_order = 3;
  v.run(milliseconds{20});
  v.flatten();
  v.run(milliseconds{600});
  CHECK(v.size(mnq) == 8);
  CHECK(v.orders.contains(v.stop));
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F4: a close refused by a paused market is tried again until it works") {
  for (auto why : {refusal::pending, refusal::rejected, refusal::unknown, refusal::account}) {
    CAPTURE(name_of(why));
    trader_day v;
    const auto reopens = v.now + seconds{7};
    v.rule = [&](const venue_request& r) {
      return is_close(r) && v.now < reopens ? ruling{fate::refused, why} : ruling{};
    };
    v.flatten();
    v.run(seconds{6});
    CHECK(v.orders.contains(v.stop));
    REQUIRE(v.run_to_end());
    CHECK(v.now - reopens < seconds{8});
    CHECK(v.closes() <= 9);
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("F4: a close that waits in a paused market is left alone until it fills") {
  trader_day v;
  v.open_for_trading = false;
  v.flatten();
  v.run(seconds{20});
  CHECK(v.closes() == 1);
  v.open_for_trading = true;
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F6: the exit is never denied, not by our own rules nor by an exit of the trader's on its way") {
  trader_day v;
  v.fill_takes = milliseconds{200};
  v.place(mnq, side::sell, order_type::market, 1);
  v.run(milliseconds{10});
  v.flatten();
  REQUIRE(v.closes() == 1);
  CHECK(v.requests.back().kind == request_kind::reduce_position);
  CHECK(v.requests.back().size == 1); // the other one is being sold already
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.closes() == 1);
  CHECK_NO_FAULT(v);
}

TEST_CASE("F7: what a venue that closes everything itself leaves behind is closed, after it had its time") {
  trader_day v;
  account_update u;
  u.account = account_id{7};
  u.can_trade = false;
  u.seen = {v.now, mini_venue::steady(v.now)};
  v.event({u});
  v.flatten();
  CHECK(v.asked_for(request_kind::cancel_order, v.entry));
  v.run(milliseconds{1900});
  CHECK(v.closes() == 0);
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.request_times[1] - v.request_times[0] < milliseconds{2200});
  CHECK(v.flat());
  CHECK_NO_FAULT(v);

  trader_day w;
  u.seen = {w.now, mini_venue::steady(w.now)};
  w.event({u});
  w.flatten();
  w.after(seconds{1}, [&] { w.place(mnq, side::sell, order_type::market, 2); });
  REQUIRE(w.run_to_end());
  CHECK(w.closes() == 0); // the venue did it
  CHECK(w.flat());
  CHECK_NO_FAULT(w);
}

TEST_CASE("F8: positions are closed although the cancels are refused") {
  trader_day v;
  v.rule = [&](const venue_request& r) {
    return r.kind == request_kind::cancel_order && v.now < day_start + seconds{10} ? ruling{fate::refused, refusal::account} : ruling{};
  };
  v.flatten();
  v.run(milliseconds{100});
  CHECK(v.size(mnq) == 0);
  CHECK(v.mind.open());
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F9: outside market hours the close waits for the open, at most 15 s late, with few requests and a growing alarm") {
  trader_day v;
  const auto opens = v.now + seconds{1800};
  v.rule = [&](const venue_request& r) { return is_close(r) && v.now < opens ? ruling{fate::refused, refusal::outside_hours} : ruling{}; };
  v.flatten();
  REQUIRE(v.run_to_end(seconds{3600}));
  CHECK(v.now - opens < seconds{17});
  CHECK(v.closes() < 1800 / 15 + 10);
  CHECK(v.reads < 1800 / 5);
  CHECK(v.flat());
  std::vector<int64_t> ages;
  for (auto& r : v.reports)
    if (r.phase == enforcement_phase::working && r.unprotected_s > 0)
      ages.push_back(r.unprotected_s);
  REQUIRE(ages.size() > 20);
  CHECK(std::vector<int64_t>(ages.begin(), ages.begin() + 5) == std::vector<int64_t>{5, 15, 60, 120, 180});
  CHECK(v.reports[2].detail.find("outside_hours") != std::string::npos);
  CHECK_NO_FAULT(v);
}

TEST_CASE("F10: partial fills of a close never lead to a second close of the same contracts") {
  for (bool position_first : {false, true}) {
    CAPTURE(position_first);
    trader_day v;
    v.hold(mnq, 5);
    v.run(milliseconds{20});
    v.piece = 1;
    v.fill_takes = milliseconds{400};
    if (position_first) {
      v.position_news = milliseconds{1};
      v.order_news = milliseconds{120};
    }
    v.flatten();
    REQUIRE(v.run_to_end());
    CHECK(v.closes() == 1);
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("F11: a position list that lags the fill by seconds leads to no second close") {
  for (bool event_too : {true, false}) {
    CAPTURE(event_too);
    trader_day v;
    v.position_list_lag = seconds{3};
    v.run(seconds{4});
    v.tells_positions = event_too;
    v.flatten();
    REQUIRE(v.run_to_end());
    CHECK(v.closes() == 1);
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("F11: a position event that comes seconds after the fill leads to no second close") {
  trader_day v;
  v.position_news = seconds{3};
  v.position_list_lag = seconds{3};
  v.run(seconds{4});
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F12: a close whose answer is lost is repeated only where two readings show that it did not happen") {
  for (bool happened : {true, false}) {
    CAPTURE(happened);
    trader_day v;
    int closes = 0;
    v.rule = [&](const venue_request& r) {
      return is_close(r) && ++closes == 1 ? ruling{happened ? fate::done_lost : fate::lost} : ruling{};
    };
    const auto before = v.now;
    v.flatten();
    REQUIRE(v.run_to_end());
    CHECK(v.closes() == (happened ? 1 : 2));
    CHECK(v.now - before < seconds{17});
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("F12: a venue that itself does not know what became of a close, again and again, is asked for less") {
  trader_day v;
  v.lost_after = milliseconds{20}; // an UnknownError comes at once
  v.rule = [&](const venue_request& r) {
    const bool too_much = r.kind == request_kind::close_position || (r.kind == request_kind::reduce_position && r.size > 1);
    return ruling{too_much && v.size(mnq) == 2 ? fate::lost : fate::done};
  };
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() >= 4);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F12: without news of any kind a lost close is found out by reading") {
  trader_day v;
  v.tells_orders = v.tells_positions = v.tells_trades = false;
  v.rule = [](const venue_request&) { return ruling{fate::done_lost}; };
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F12: while the venue cannot be read a close of unknown fate is not repeated, and goes on when it can") {
  trader_day v;
  bool readable = false;
  int closes = 0;
  v.read_works = [&] { return readable; };
  v.lost_after = milliseconds{500};
  v.rule = [&](const venue_request& r) { return is_close(r) && ++closes == 1 ? ruling{fate::lost} : ruling{}; };
  v.flatten();
  v.run(seconds{40});
  CHECK(v.closes() == 1);
  CHECK(v.mind.what_stands().find("cannot be read") != std::string::npos);
  readable = true;
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 2);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F13: a case that ended can be opened again, and starts afresh") {
  trader_day v;
  v.flatten();
  REQUIRE(v.run_to_end());
  const auto so_far = v.requests.size();
  v.place(mnq, side::buy, order_type::market, 1);
  v.run(milliseconds{50});
  CHECK(v.requests.size() == so_far); // not ours to judge while no case is open
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.confirmed());
  CHECK(v.reports.back().sequence == 2);
  CHECK_NO_FAULT(v);
}

TEST_CASE("I8 a position whose row cannot be read is closed by a flat goal, and nothing is confirmed before all rows can be read") {
  trader_day v;
  v.unreadable = {mes};
  v.hold(mes, -3);
  v.run(milliseconds{20});
  v.flatten(); // nobody has told of it
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.confirmed());
  CHECK(v.closes() == 2);
  CHECK_NO_FAULT(v);
}

TEST_CASE("I8 F12 what only the trades tell of is closed though no list can be read; the stop stays for as long as that takes") {
  mini_venue v;
  v.tells_positions = false;
  v.read_works = [] { return false; };
  v.hold(mnq, 7);
  const auto stop = v.place(mnq, side::sell, order_type::stop, 7);
  v.run(milliseconds{20});
  int refused = 0;
  v.rule = [&](const venue_request& r) { return is_close(r) && ++refused <= 2 ? ruling{fate::refused, refusal::pending} : ruling{}; };
  auto order = v.order({});
  order.goal.flat = true;
  order.unseen = {mnq};
  const auto before = v.now;
  v.take(v.mind.begin(order));
  REQUIRE(v.requests.size() == 1); // at once
  CHECK(v.requests[0].kind == request_kind::close_position);
  v.run(seconds{2});
  CHECK(v.orders.contains(stop));
  v.run(seconds{28});
  CHECK(v.positions[mnq] == 0);
  CHECK(v.closes() <= 5);
  CHECK(v.mind.open()); // the venue has confirmed nothing
  CHECK(v.mind.what_stands().find("cannot be read") != std::string::npos);
  v.read_works = [] { return true; };
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.confirmed());
  CHECK(v.now - before < seconds{60});
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 a close of what cannot be read waits for the one that is under way") {
  mini_venue v;
  v.tells_positions = false;
  v.read_works = [] { return false; };
  v.open_for_trading = false;
  v.hold(mnq, 7);
  auto order = v.order({});
  order.goal.flat = true;
  order.unseen = {mnq};
  v.take(v.mind.begin(order));
  v.run(seconds{60});
  CHECK(v.closes() == 1);
  v.open_for_trading = true;
  v.run(seconds{5});
  CHECK(v.positions[mnq] == 0);
  CHECK_NO_FAULT(v);
}

} // TEST_SUITE
