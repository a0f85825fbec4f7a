// Nothing is closed twice, and what did not happen is asked for again.
#include "tests/enforcement/trader_day.hpp"

#include <algorithm>
#include <memory>

using namespace rm;
using namespace rm::test;

namespace {

/// Long 2, with an enforcement that can go down and start again: what it keeps is the book of closes.
struct restarted_day : mini_venue {
  std::shared_ptr<closing_book> closings = std::make_shared<closing_book>();
  int64_t last = 500;

  restarted_day() {
    start_again();
    hold(mnq, 2);
    run(milliseconds{20});
    connect();
  }
  void start_again() {
    std::destroy_at(&mind);
    std::construct_at(&mind, account_id{7}, [this] { return request_id{++last}; }, closings);
  }
};

/// Long 2, and a process that is killed: what was told to be kept of its closes is all that is left.
struct killed_day : restarted_day {
  std::vector<asked_close> kept;

  killed_day() {
    hear_asked = [this](const closes_asked& told) { kept = told.closes; };
  }
  void die_and_start_again(duration down = {}) {
    closings = std::make_shared<closing_book>();
    start_again();
    run(down);
    connect();
    enforcement_goal goal;
    goal.flat = true;
    auto again = order(goal);
    again.asked = kept;
    take(mind.begin(again));
  }
};

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("F5: a position found reversed is closed like any other") {
  trader_day v;
  v.flatten();
  v.after(milliseconds{12}, [&] { v.fill(v.stop); }); // the stop fills while the close is on its way: the close turns the position
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.closes() == 2);
}

TEST_CASE("F5: a position that others turn while our reduction is on its way is not closed twice") {
  mini_venue v;
  v.order_news = milliseconds{60}; // the news of our own order are the last to come
  v.fill_takes = milliseconds{80};
  v.hold(mnq, -4);
  v.run(milliseconds{20});
  v.connect();
  v.at_goal = [&] { return std::abs(v.size(mnq)) <= 1; };
  enforcement_goal goal;
  goal.targets = {{mnq, 1}};
  v.begin(goal, "max_contracts", action::reduce_to_limit);
  v.run(milliseconds{1});
  v.hold(mnq, 3); // the trader was faster: what the venue now reduces is a long position
  REQUIRE(v.run_to_end());
  CHECK(std::abs(v.size(mnq)) <= 1);
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 I4: nor when it was turned to less than may stay, and then nothing may stay any more") {
  int after = 25;
  SUBCASE("at once") {}
  SUBCASE("when lists have shown that the goal was reached") { after = 45; }
  mini_venue v;
  v.order_news = milliseconds{60};
  v.fill_takes = milliseconds{80};
  v.hold(mnq, 4);
  v.run(milliseconds{20});
  v.connect();
  enforcement_goal goal;
  goal.targets = {{mnq, 3}};
  v.begin(goal, "max_contracts", action::reduce_to_limit);
  v.run(milliseconds{1});
  v.hold(mnq, -1); // the one contract that is to go is bought now
  v.run(milliseconds{after});
  REQUIRE(v.mind.open());
  goal.targets = {{mnq, 0}};
  v.begin(goal, "trade_frequency", action::reduce_to_limit);
  v.at_goal = [&] { return v.size(mnq) == 0; };
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 I4: enforcement that was started again does not close once more what the venue has taken, while lists lag") {
  restarted_day v;
  SUBCASE("the close is on its way") {
    v.fill_takes = milliseconds{600};
    v.order_list_lag = seconds{2};
    v.order_news = milliseconds{400};
  }
  SUBCASE("the close is done") { v.position_list_lag = seconds{2}; }
  v.flatten();
  v.run(milliseconds{15}); // it is there, and its answer on the way
  REQUIRE(v.closes() == 1);
  v.start_again();
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 I4: a process that was killed after it asked for a close: the next one does not close once more while lists lag") {
  killed_day v;
  SUBCASE("the close is on its way") {
    v.fill_takes = milliseconds{1500};
    v.order_list_lag = milliseconds{1500};
    v.order_news = milliseconds{1400};
  }
  SUBCASE("the close is done, and nobody heard of it") {
    v.position_list_lag = milliseconds{2500};
    v.fill_takes = milliseconds{50};
    v.tells_orders = v.tells_positions = v.tells_trades = false;
  }
  v.flatten();
  REQUIRE(v.closes() == 1);
  REQUIRE(v.kept.size() == 1);
  CHECK(v.kept[0] == asked_close{mnq, 2, 2, v.now});
  v.run(milliseconds{15});
  v.die_and_start_again(milliseconds{70});
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 I4: what lists say in the first seconds after a process was killed, while another close is tried again, proves nothing of its close") {
  killed_day v;
  v.fill_takes = milliseconds{3500};
  v.order_list_lag = milliseconds{1800};
  v.tells_orders = false; // only lists show the order, and late
  const auto refused_until = v.now + milliseconds{1000};
  v.rule = [&](const venue_request& r) {
    if (r.contract == mes && v.now < refused_until)
      return ruling{fate::refused, refusal::rejected};
    if (r.contract == mes)
      v.fill_takes = milliseconds{5};
    return ruling{};
  };
  v.flatten();
  v.run(milliseconds{15});
  v.hold(mes, 1);
  v.die_and_start_again(milliseconds{70});
  REQUIRE(v.run_to_end());
  const auto of_mnq = std::count_if(v.requests.begin(), v.requests.end(), [](auto& r) { return r.contract == mnq && r.kind == request_kind::close_position; });
  CHECK(of_mnq == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I1: what a killed process had asked for and the venue never got is asked for again within four seconds") {
  killed_day v;
  v.rule = [&](const venue_request&) { return ruling{v.closes() == 1 ? fate::lost : fate::done}; };
  v.flatten();
  const auto asked = v.now;
  v.die_and_start_again(milliseconds{70});
  REQUIRE(v.run_to_end());
  REQUIRE(v.closes() == 2);
  CHECK(v.request_times.back() - asked >= seconds{3});
  CHECK(v.request_times.back() - asked < seconds{4});
  CHECK(v.flat());
}

TEST_CASE("a process that was killed costs no time where nothing was asked, where the venue had said no, or where it was long ago") {
  killed_day v;
  SUBCASE("nothing was asked") {
    v.die_and_start_again();
    CHECK(v.closes() == 1);
  }
  SUBCASE("the venue had said no") {
    v.rule = [&](const venue_request&) { return v.closes() == 1 ? ruling{fate::refused, refusal::rejected} : ruling{}; };
    v.flatten();
    REQUIRE(v.kept.size() == 1);
    v.run(milliseconds{25});
    CHECK(v.kept.empty());
    v.die_and_start_again();
    CHECK(v.closes() == 2);
  }
  SUBCASE("it was long ago") {
    v.rule = [&](const venue_request&) { return ruling{v.closes() == 1 ? fate::lost : fate::done}; };
    v.flatten();
    v.die_and_start_again(seconds{3});
    CHECK(v.closes() == 2);
  }
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
}

TEST_CASE("F5 I4: what another fill has taken, and a lagging list shows late, is not taken for the work of our close") {
  mini_venue v;
  v.hold(mnq, 4);
  v.run(seconds{6});
  v.connect();
  v.position_list_lag = milliseconds{1775};
  v.order_list_lag = milliseconds{1341};
  v.place(mnq, side::sell, order_type::market, 3);
  v.run(milliseconds{100});
  REQUIRE(v.mind.book().size_of(mnq) == 1);
  v.connect();
  v.run(milliseconds{600});
  v.connect(); // the second list in a row that says so, and both are older than the fill
  REQUIRE(v.mind.book().size_of(mnq) == 4);
  v.fill_takes = milliseconds{1500};
  v.flatten();
  REQUIRE(v.closes() == 1);
  for (const auto d : {milliseconds{1080}, milliseconds{200}}) {
    v.run(d);
    v.connect();
  }
  REQUIRE(v.mind.book().size_of(mnq) == 1); // and its order is in no list yet
  CHECK(v.closes() == 1);
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F5 I4: a clock that goes ahead by an hour while a close is on its way does not make it an old one") {
  mini_venue v;
  const auto ahead = std::chrono::hours{1};
  v.fill_takes = ahead + milliseconds{900};
  v.order_news = ahead + milliseconds{850};
  v.order_list_lag = ahead + milliseconds{850};
  v.answer_takes = milliseconds{1};
  v.hold(mnq, 2);
  v.run(milliseconds{20});
  v.connect();
  v.flatten();
  v.run(milliseconds{15});
  REQUIRE(v.closes() == 1);
  v.now += ahead;
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I1: a close that went down with the enforcement that asked for it is asked for again, once readings show that it did not happen") {
  restarted_day v;
  v.rule = [&](const venue_request&) { return ruling{v.closes() == 1 ? fate::lost : fate::done}; };
  v.flatten();
  v.start_again();
  v.flatten();
  REQUIRE(v.run_to_end(seconds{8}));
  CHECK(v.closes() == 2);
  CHECK(v.flat());
}

TEST_CASE("F5: a close that is half filled is not repeated because the first list of a new connection is older than its order") {
  for (auto order_was_told : {true, false}) {
    CAPTURE(order_was_told);
    trader_day v;
    v.hold(mnq, 4);
    v.run(seconds{6});
    v.piece = 2;
    v.fill_takes = milliseconds{700};
    v.order_list_lag = milliseconds{2500};
    v.tells_orders = order_was_told;
    v.flatten();
    v.run(milliseconds{100});
    v.tells_orders = v.tells_positions = v.tells_trades = false; // the link is down
    v.run(milliseconds{650});
    REQUIRE(v.size(mnq) == 2);
    ++v.generation;
    v.fill_takes = milliseconds{2200}; // the other half takes its time
    v.connect();
    v.run(milliseconds{900});
    CHECK(v.closes() == 1);
    REQUIRE(v.run_to_end());
    CHECK(v.closes() == 1);
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("F5: a close whose other half vanishes without a word is repeated in the end") {
  trader_day v;
  v.hold(mnq, 4);
  v.run(milliseconds{20});
  v.piece = 2;
  v.fill_takes = milliseconds{50};
  v.flatten();
  v.run(milliseconds{75});
  REQUIRE(v.size(mnq) == 2);
  std::erase_if(v.orders, [](auto& o) { return o.second.type == order_type::market; });
  const auto vanished = v.now;
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 2);
  CHECK(v.now - vanished < seconds{9});
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

} // TEST_SUITE
