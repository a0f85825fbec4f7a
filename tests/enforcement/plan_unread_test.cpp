// Orders and positions that nobody can read: what is known of them is their number or their contract, and no more.
#include "mini_venue.hpp"

namespace rm::test {
namespace {

TEST_SUITE_BEGIN("enforcement");

/// Its event cannot be read, and no list can show more of it.
order_id place_unreadable(mini_venue& v, side s = side::buy, order_type type = order_type::limit, int64_t size = 2) {
  v.tells_orders = false;
  const auto id = v.place(mnq, s, type, size);
  v.unreadable_orders.insert(id);
  v.tells_orders = true;
  return id;
}

void tell_unreadable(mini_venue& v, order_id id) {
  venue_nonsense n{account_id{7}, mnq, "an order has an impossible number as side (7)", {v.now, mini_venue::steady(v.now)}};
  n.order = id;
  v.event({n});
}

void tell_blurred(mini_venue& v, const contract_id& contract) {
  venue_nonsense n{account_id{7}, contract, "a position has an unknown direction as type (3)", {v.now, mini_venue::steady(v.now)}};
  n.position = true;
  v.event({n});
}

bool is_gone(const mini_venue& v, order_id id) { return !v.orders.contains(id); }

enforcement_goal to_at_most(int64_t keep) {
  enforcement_goal goal;
  goal.targets = {{mnq, keep}};
  return goal;
}

// -- orders -----------------------------------------------------------------------------

TEST_CASE("I8 an order that cannot be read is cancelled by its number while the account must be flat: told, listed, or both") {
  for (const int how : {0, 1, 2}) {
    CAPTURE(how);
    mini_venue v;
    const auto bad = place_unreadable(v);
    if (how != 1)
      tell_unreadable(v, bad);
    if (how == 0)
      v.read_works = [&v] { return v.orders.empty(); }; // no list before it is gone
    v.flatten();
    if (how != 1)
      REQUIRE(v.requests.size() == 1); // at once
    REQUIRE(v.run_to_end());
    CHECK(is_gone(v, bad));
    CHECK(v.requests.size() == 1);
    CHECK(v.requests[0].kind == request_kind::cancel_order);
    CHECK(v.requests[0].order == bad);
    CHECK(v.confirmed());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("I8 an order that becomes unreadable while the case is open is cancelled at once") {
  mini_venue v;
  v.read_works = [] { return false; };
  v.flatten();
  v.run(seconds{2});
  REQUIRE(v.requests.empty());
  const auto bad = place_unreadable(v);
  tell_unreadable(v, bad);
  CHECK(v.asked_for(request_kind::cancel_order, bad));
}

TEST_CASE("I8 a dead order that nobody can read costs a cancel that is refused, and the end of the case waits for a list that lacks it") {
  mini_venue v;
  tell_unreadable(v, order_id{4711});
  v.flatten();
  CHECK(v.mind.what_stands().find("order 4711 cannot be read") != std::string::npos);
  REQUIRE(v.run_to_end());
  CHECK(v.count(request_kind::cancel_order) == 1);
  CHECK(v.confirmed());
}

TEST_CASE("I8 a cancel of what cannot be read is repeated only when a list still has it") {
  mini_venue v;
  const auto bad = place_unreadable(v);
  tell_unreadable(v, bad);
  int asked = 0;
  v.rule = [&](const venue_request&) { return ++asked == 1 ? ruling{fate::lost} : ruling{}; };
  v.flatten();
  v.run(seconds{14});
  CHECK(v.requests.size() == 1);
  REQUIRE(v.run_to_end());
  CHECK(is_gone(v, bad));
  CHECK(v.requests.size() == 2);
}

TEST_CASE("I8 what cannot be read may be the stop: it stays until its position is gone") {
  mini_venue v;
  v.hold(mnq, 2);
  v.run(milliseconds{20});
  const auto bad = place_unreadable(v, side::sell, order_type::stop);
  tell_unreadable(v, bad);
  int refused = 0;
  v.rule = [&](const venue_request& r) { return r.kind == request_kind::close_position && ++refused <= 3 ? ruling{fate::refused, refusal::pending} : ruling{}; };
  v.flatten();
  v.run(milliseconds{400});
  CHECK_FALSE(v.asked_for(request_kind::cancel_order, bad));
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I8 where positions may stay: what cannot be read goes if nothing is held there, and else may be an exit (I4)") {
  for (const int64_t held : {0, 2}) {
    CAPTURE(held);
    mini_venue v;
    if (held)
      v.hold(mnq, held);
    v.run(milliseconds{20});
    const auto bad = place_unreadable(v, side::sell, order_type::stop);
    tell_unreadable(v, bad);
    enforcement_goal goal;
    goal.cancel_increasing = true;
    v.at_goal = [&] { return is_gone(v, bad); };
    v.begin(goal);
    v.run(seconds{10});
    CHECK(is_gone(v, bad) == (held == 0));
    CHECK(v.mind.open() == (held != 0)); // and says so
    CHECK(v.size(mnq) == held);
    v.unreadable_orders.clear();
    v.at_goal = [] { return true; };
    REQUIRE(v.run_to_end());
    CHECK(v.size(mnq) == held);
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("I8 an order that can be read again is what it is") {
  mini_venue v;
  v.hold(mnq, 2);
  v.run(milliseconds{20});
  const auto bad = place_unreadable(v, side::buy);
  tell_unreadable(v, bad);
  enforcement_goal goal;
  goal.cancel_increasing = true;
  v.at_goal = [&] { return is_gone(v, bad); };
  v.begin(goal);
  v.run(seconds{1});
  CHECK(v.requests.empty());
  v.unreadable_orders.clear();
  REQUIRE(v.run_to_end());
  CHECK(is_gone(v, bad));
}

// -- positions --------------------------------------------------------------------------

TEST_CASE("I8 a goal that lets nothing stay in a contract closes what is held there unseen; nothing else is touched") {
  mini_venue v;
  v.hold(mes, 3);
  v.unreadable = {mnq};
  v.hold(mnq, -7);
  v.run(milliseconds{20});
  v.at_goal = [&] { return v.size(mnq) == 0; };
  auto order = v.order(to_at_most(0));
  order.unseen = {mnq};
  v.take(v.mind.begin(order));
  REQUIRE(v.requests.size() == 1); // at once
  CHECK(v.requests[0].kind == request_kind::close_position);
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 0);
  CHECK(v.size(mes) == 3);
  CHECK(v.closes() == 1);
  CHECK(v.confirmed());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I8 the same where only the list says that a row cannot be read") {
  mini_venue v;
  v.unreadable = {mnq};
  v.hold(mnq, 7);
  v.run(milliseconds{20});
  v.at_goal = [&] { return v.size(mnq) == 0; };
  v.begin(to_at_most(0));
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 0);
  CHECK_NO_FAULT(v);
}

TEST_CASE("I4 I8 how much is too much of what nobody can read is not guessed: nothing is sent, the case stays open, and goes on when it can be read") {
  mini_venue v;
  v.unreadable = {mnq};
  v.hold(mnq, 7);
  v.run(milliseconds{20});
  v.at_goal = [&] { return v.size(mnq) == 2; };
  auto order = v.order(to_at_most(2));
  order.unseen = {mnq};
  v.take(v.mind.begin(order));
  v.run(seconds{20});
  CHECK(v.requests.empty());
  CHECK(v.mind.open());
  CHECK(v.mind.what_stands().find("cannot be read") != std::string::npos);
  v.unreadable.clear();
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 2);
  CHECK_NO_FAULT(v);
}

TEST_CASE("I4 I8 a position whose newest event could not be read is not reduced by a part of what it was before") {
  mini_venue v;
  v.hold(mnq, 7);
  v.run(milliseconds{20});
  v.tells_positions = v.tells_trades = v.tells_orders = false;
  v.hold(mnq, 1); // the trader has sold; all that was told of it could not be read
  tell_blurred(v, mnq);
  v.read_works = [] { return false; };
  v.at_goal = [&] { return std::abs(v.size(mnq)) <= 2; };
  v.begin(to_at_most(2));
  v.run(seconds{3});
  CHECK(v.requests.empty()); // 5 of 1 would have turned it
  v.read_works = [] { return true; };
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 1);
  CHECK(v.requests.empty());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I8 to be closed wholly it need not be known: at once, and never in parts") {
  mini_venue v;
  v.largest_order = 3;
  v.hold(mnq, 7);
  v.run(milliseconds{20});
  tell_blurred(v, mnq);
  v.read_works = [] { return false; };
  v.flatten();
  REQUIRE(v.requests.size() == 1);
  CHECK(v.requests[0].kind == request_kind::close_position);
  v.run(seconds{20});
  CHECK(v.count(request_kind::reduce_position) == 0);
  v.read_works = [] { return true; };
  REQUIRE(v.run_to_end(seconds{120}));
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("a list's row that cannot be read says nothing new of a position that the stream has told") {
  mini_venue v;
  v.hold(mnq, 7);
  v.run(milliseconds{20});
  v.unreadable = {mnq};
  venue_nonsense n{account_id{7}, mnq, "a position has an unknown direction as type (3)", {v.now, mini_venue::steady(v.now)}};
  n.position = n.listed = true;
  v.event({n});
  v.at_goal = [&] { return v.size(mnq) == 2; };
  v.begin(to_at_most(2));
  REQUIRE(v.requests.size() == 1);
  CHECK(v.requests[0].kind == request_kind::reduce_position);
  CHECK(v.requests[0].size == 5);
}

TEST_SUITE_END();

} // namespace
} // namespace rm::test
