// What only one thing in the plan takes care of: each of these cases ends otherwise when that one is taken out.
#include "tests/enforcement/mini_venue.hpp"

#include <algorithm>
#include <memory>

using namespace rm;
using namespace rm::test;

namespace {

/// Long 2 with a stop, all known to the plan.
struct long_two : mini_venue {
  order_id stop;
  long_two() {
    hold(mnq, 2);
    stop = place(mnq, side::sell, order_type::stop, 2);
    run(milliseconds{50});
    connect();
  }
};

/// Flat and known to be, with an open case that waits for its first reading: what the plan does then is tried step by step.
struct flat_case : mini_venue {
  venue_snapshot answer; // as it would be read
  flat_case() {
    run(milliseconds{50});
    connect();
    enforcement_goal goal;
    goal.flat = true;
    REQUIRE(asks_to_read(mind.begin(order(goal))));
    answer = list();
    answer.sent_steady_ns = steady(now);
    answer.read_at = now + milliseconds{20};
  }
  static bool asks_to_read(const plan_steps& steps) {
    return std::any_of(steps.begin(), steps.end(), [](auto& s) { return std::holds_alternative<read_account>(s); });
  }
};


} // namespace

TEST_SUITE_BEGIN("enforcement");

TEST_CASE_FIXTURE(flat_case, "a list over this connection, with positions and orders, confirms a case that is at its goal") {
  mind.on_read(answer);
  CHECK_FALSE(mind.open());
}

TEST_CASE_FIXTURE(flat_case, "a reading without one of its lists confirms nothing") {
  SUBCASE("orders") { answer.has_orders = false; }
  SUBCASE("positions") { answer.has_positions = false; }
  mind.on_read(answer);
  CHECK(mind.open());
}

TEST_CASE_FIXTURE(flat_case, "a reading over a connection that is gone confirms nothing") {
  answer.generation = 0;
  mind.on_read(answer);
  CHECK(mind.open());
}

TEST_CASE_FIXTURE(flat_case, "I1 a reading that was sent before the last fill confirms nothing, though all is flat again") {
  trade_update fill;
  fill.account = account_id{7};
  fill.contract = mes;
  fill.size = 1;
  for (const side s : {side::buy, side::sell}) {
    now += milliseconds{5};
    fill.id = trade_id{fill.id.value + 1};
    fill.order = order_id{fill.order.value + 1};
    fill.side = s;
    fill.seen = {now, steady(now)};
    mind.on_event({fill});
  }
  answer.read_at = now + milliseconds{20};
  mind.on_read(answer);
  CHECK(mind.open());
}

TEST_CASE_FIXTURE(long_two, "I1 F11 a fill that only its order has told keeps the case open, though the lists still show nothing") {
  tells_positions = tells_trades = false;
  hold(mnq, 0);
  end(stop);
  run(seconds{6});
  position_list_lag = seconds{3};
  flatten();
  place(mnq, side::buy, order_type::market, 1);
  REQUIRE(run_to_end());
  CHECK(flat());
  CHECK_NO_FAULT(*this);
}

TEST_CASE_FIXTURE(flat_case, "I8 a flat case does not end while a row cannot be read") {
  SUBCASE("an order's") { answer.orders_unread = {order_id{99}}; }
  SUBCASE("a position's") { answer.positions_unread = {mes}; }
  mind.on_read(answer);
  CHECK(mind.open());
}

TEST_CASE_FIXTURE(long_two, "I4 what a fill has taken that no position shows yet is not reduced once more") {
  hold(mnq, 5);
  run(milliseconds{50});
  position_news = seconds{1};
  place(mnq, side::sell, order_type::market, 2); // the trader's own exit
  run(milliseconds{20});
  REQUIRE(mind.book().size_of(mnq) == 5);
  REQUIRE(size(mnq) == 3);
  enforcement_goal goal;
  goal.targets.push_back({mnq, 1});
  at_goal = [this] { return size(mnq) <= 1; };
  begin(goal, "max_contracts", action::reduce_to_limit);
  REQUIRE(run_to_end());
  CHECK(size(mnq) == 1);
  for (auto& r : requests)
    if (r.kind == request_kind::reduce_position)
      CHECK(r.size == 2);
  CHECK(closes() == 1);
  CHECK_NO_FAULT(*this);
}

TEST_CASE_FIXTURE(long_two, "children that the venue cancels together with their entry cost no request") {
  const auto entry = place(mes, side::buy, order_type::limit, 1);
  const auto child = place(mes, side::sell, order_type::stop, 1, entry);
  run(milliseconds{20});
  flatten();
  REQUIRE(run_to_end());
  CHECK(asked_for(request_kind::cancel_order, entry));
  CHECK_FALSE(asked_for(request_kind::cancel_order, child));
  CHECK(flat());
  CHECK_NO_FAULT(*this);
}

TEST_CASE_FIXTURE(long_two, "a protective order whose cut is refused is cancelled next, and not cut again") {
  rule = [&](const venue_request& r) { return r.kind == request_kind::modify_order ? ruling{fate::refused, refusal::rejected} : ruling{}; };
  enforcement_goal goal;
  goal.targets.push_back({mnq, 1});
  at_goal = [this] { return size(mnq) <= 1; };
  begin(goal, "max_contracts", action::reduce_to_limit);
  run(seconds{5});
  CHECK(count(request_kind::modify_order) <= 1);
  CHECK(size(mnq) == 1);
}

TEST_CASE_FIXTURE(long_two, "a close whose order the venue rejected before it answered is asked for again like any refused one") {
  open_for_trading = false;
  answer_takes = seconds{1};
  flatten();
  after(milliseconds{100}, [&] {
    for (auto& [id, o] : orders)
      if (o.type == order_type::market)
        return end(id, order_status::rejected);
  });
  after(milliseconds{300}, [&] { open_for_trading = true; });
  run(milliseconds{2500});
  CHECK(closes() == 2);
}

TEST_CASE_FIXTURE(long_two, "F7 a venue that closes everything itself and cannot be read has its time, and not for ever") {
  account_update u;
  u.account = account_id{7};
  u.can_trade = false;
  u.seen = {now, steady(now)};
  event({u});
  SUBCASE("three readings failed") {
    read_works = [] { return false; };
    flatten();
    run(milliseconds{1900});
    CHECK(closes() == 0);
    run(seconds{7});
  }
  SUBCASE("no reading comes back") {
    read_takes = seconds{100};
    flatten();
    run(seconds{11});
    CHECK(closes() == 0);
    run(seconds{3});
  }
  CHECK(closes() == 1);
}

TEST_CASE_FIXTURE(long_two, "a clock that is set back does not put off the next reading") {
  read_works = [] { return false; };
  rule = [](const venue_request&) { return ruling{fate::refused, refusal::pending}; };
  flatten();
  run(seconds{30}); // between two readings there are seconds by now
  const auto back = now - std::chrono::hours{1};
  bool reads_again = false;
  for (int s = 0; s < 40; ++s)
    reads_again |= flat_case::asks_to_read(mind.on_timer(back + seconds{s}));
  CHECK(reads_again);
}

TEST_CASE_FIXTURE(long_two, "B10 an event that shows that the clock was set back has the time said anew: what was asked for is due by the old clock") {
  rule = [](const venue_request&) { return ruling{fate::refused, refusal::outside_hours}; };
  flatten();
  run(seconds{30});
  const auto back = now - std::chrono::hours{1};
  account_update news;
  news.account = account_id{7};
  news.can_trade = true;
  news.seen = {back, steady(now) + 1};
  timestamp due{};
  for (auto& step : mind.on_event({news}))
    if (auto* w = std::get_if<wake_at>(&step))
      due = w->due;
  CHECK(due > back);
  CHECK(due < back + seconds{30});
}

TEST_CASE_FIXTURE(long_two, "the case that is reported is as strong as the strongest that had a part in it") {
  flatten();
  enforcement_goal weaker;
  weaker.cancel_increasing = true;
  begin(weaker, "trade_frequency", action::cancel_order);
  CHECK(reports.back().action == action::flatten);
}

TEST_CASE("what an enforcement that was lost had asked for is unclear to the next one, and its readings begin anew") {
  closing_book book;
  auto& state = book.all[mnq];
  venue_request asked;
  asked.id = request_id{5};
  asked.kind = request_kind::close_position;
  state.ask(asked, day_start);
  SUBCASE("no answer was heard") {
    book.take_over();
    CHECK(state.stage == attempt_stage::sent);
    CHECK(state.not_before == day_start + seconds{3}); // lists may lag
  }
  SUBCASE("the venue had taken it") {
    venue_answer yes;
    yes.outcome = request_outcome::accepted;
    state.take(yes, day_start, 41);
    state.prove(true, 42, day_start + seconds{3}, day_start + seconds{3});
    state.failed_reads = 2;
    REQUIRE(state.proofs == 1);
    book.take_over();
    CHECK(state.stage == attempt_stage::sent);
  }
  CHECK(state.answered_after == 0); // else its first 41 readings would prove nothing
  CHECK(state.proofs == 0);
  CHECK(state.failed_reads == 0);
}

TEST_CASE("a close of a plan that was lost a minute ago does not hold up the close of a new case") {
  const auto book = std::make_shared<closing_book>();
  auto& old = book->all[mnq];
  venue_request asked;
  asked.kind = request_kind::close_position;
  old.ask(asked, day_start);
  venue_answer yes;
  yes.outcome = request_outcome::accepted;
  old.take(yes, day_start, 0);
  old.from = old.amount = 2;
  mini_venue v;
  int64_t last = 500;
  std::destroy_at(&v.mind);
  std::construct_at(&v.mind, account_id{7}, [&] { return request_id{++last}; }, book);
  v.run(seconds{61});
  v.hold(mnq, 2);
  v.run(milliseconds{20});
  v.connect();
  v.flatten();
  CHECK(v.closes() == 1);
}

TEST_SUITE_END();
