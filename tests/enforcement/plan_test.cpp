// The plan's goals short of flat, its protective orders, its reports.
#include "tests/enforcement/trader_day.hpp"

using namespace rm;
using namespace rm::test;

namespace {

struct long_five : trader_day {
  long_five() : trader_day{5} {}
  enforcement_goal keep(int64_t n) {
    enforcement_goal goal;
    goal.targets.push_back({mnq, n});
    at_goal = [this, n] { return std::abs(size(mnq)) <= n; };
    return goal;
  }
};

/// Long 2 with a stop of 5, made before the plan was there: only a list can show them.
struct stop_before_the_plan : mini_venue {
  order_id stop;
  stop_before_the_plan() {
    tells_orders = tells_positions = tells_trades = false;
    hold(mnq, 2);
    stop = place(mnq, side::sell, order_type::stop, 5);
    run(milliseconds{50});
    tells_orders = tells_positions = tells_trades = true;
  }
};

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("the first request is out before the next position is looked at") {
  mini_venue v;
  for (auto& contract : {mes, mnq})
    v.hold(contract, 3);
  v.run(milliseconds{20});
  std::vector<std::string> out; // what is handed over, each time
  v.mind.let_out_at_once([&](plan_steps&& steps) {
    REQUIRE_FALSE(steps.empty());
    REQUIRE(std::holds_alternative<venue_request>(steps.back()));
    REQUIRE(std::holds_alternative<journal_entry>(*std::prev(steps.end(), 2))); // its line goes before it
    out.push_back(std::get<venue_request>(steps.back()).contract.str());
    auto words = v.mind.what_stands();
    for (auto at = words.find("asked"); at != words.npos; at = words.find("asked"))
      words.replace(at, 5, "|");
    CHECK(std::count(words.begin(), words.end(), '|') == std::ssize(out));
  });
  auto order = v.order({});
  order.goal.flat = true;
  const auto rest = v.mind.begin(order);
  CHECK(out == std::vector{mes.str(), mnq.str()});
  CHECK(std::none_of(rest.begin(), rest.end(), [](auto& s) { return std::holds_alternative<venue_request>(s); }));
}

TEST_CASE("a position is reduced to its limit, and protective orders are cut to what is left") {
  long_five v;
  v.begin(v.keep(3), "max_contracts", action::reduce_to_limit);
  REQUIRE(v.requests.size() == 1);
  CHECK(v.requests[0].kind == request_kind::reduce_position);
  CHECK(v.requests[0].size == 2);
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 3);
  CHECK(v.orders.at(v.stop).size == 3);
  CHECK(v.orders.at(v.target).size == 3);
  CHECK(v.orders.contains(v.entry)); // nobody asked for it
  CHECK(v.requests.size() == 3);
  CHECK(v.confirmed());
  CHECK_NO_FAULT(v);
}

TEST_CASE("I6 a stop that a list shows for the first time, too large for the position, is cut like one that was known before") {
  stop_before_the_plan v;
  const auto stop = v.stop;
  v.connect();
  enforcement_goal goal;
  goal.cancel_increasing = true;
  v.at_goal = [&] { return v.orders.at(stop).size <= 2; };
  v.begin(goal, "trade_frequency", action::cancel_order);
  REQUIRE(v.run_to_end());
  REQUIRE(v.requests.size() == 1);
  CHECK(v.requests[0].kind == request_kind::modify_order);
  CHECK(v.orders.at(stop).size == 2);
  CHECK_NO_FAULT(v);
}

TEST_CASE("I6 a stop that a list shows for the first time, and that by the list's trades would always have turned the position, is cancelled like one that was known before") {
  stop_before_the_plan v;
  const auto stop = v.stop;
  auto first = v.list();
  first.has_trades = true;
  first.sent_steady_ns = v.steady(v.now);
  first.read_at = v.now;
  trade_update reduced; // from 5 to 2
  reduced.id = trade_id{77};
  reduced.contract = mnq;
  reduced.side = side::sell;
  reduced.size = 3;
  bool covered = false;
  SUBCASE("nothing was traded since it was made") {}
  SUBCASE("the position has shrunk before it was made") {
    reduced.executed = v.orders.at(stop).created - seconds{1};
    first.trades = {reduced};
  }
  SUBCASE("the position has shrunk since") {
    reduced.executed = v.orders.at(stop).created + milliseconds{1};
    first.trades = {reduced};
    covered = true;
  }
  v.event({first});
  enforcement_goal goal;
  goal.cancel_increasing = true;
  v.at_goal = [&] { return !v.orders.contains(stop) || v.orders.at(stop).size <= 2; };
  v.begin(goal, "trade_frequency", action::cancel_order);
  REQUIRE(v.run_to_end());
  REQUIRE(v.requests.size() == 1);
  CHECK(v.requests[0].kind == (covered ? request_kind::modify_order : request_kind::cancel_order));
  CHECK(v.orders.contains(stop) == covered);
  CHECK_NO_FAULT(v);
}

TEST_CASE("a protective order that cannot be cut is cancelled") {
  long_five v;
  v.rule = [&](const venue_request& r) {
    return r.kind == request_kind::modify_order && r.order == v.stop ? ruling{fate::refused, refusal::rejected} : ruling{};
  };
  v.begin(v.keep(3));
  REQUIRE(v.run_to_end());
  CHECK_FALSE(v.orders.contains(v.stop));
  CHECK(v.orders.at(v.target).size == 3);
  CHECK_NO_FAULT(v);
}

TEST_CASE("closing one contract sweeps what protected it and leaves the others alone") {
  long_five v;
  v.hold(mes, 2);
  const auto other = v.place(mes, side::sell, order_type::stop, 2);
  v.run(milliseconds{20});
  v.begin(v.keep(0), "position_loss_limit", action::close_position);
  REQUIRE(v.run_to_end());
  CHECK(v.size(mnq) == 0);
  CHECK(v.size(mes) == 2);
  CHECK_FALSE(v.orders.contains(v.stop));
  CHECK_FALSE(v.orders.contains(v.target));
  CHECK(v.orders.contains(v.entry));
  CHECK(v.orders.contains(other));
  CHECK_NO_FAULT(v);
}

TEST_CASE("a blocked symbol loses its entries too") {
  long_five v;
  auto goal = v.keep(0);
  goal.cancel_orders_of_targets = true;
  v.begin(goal, "symbol_block", action::close_position);
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("reduce_only cancels what increases or would flip, and lets exits stay") {
  long_five v;
  const auto flip = v.place(mnq, side::sell, order_type::join_ask, 6);
  v.run(milliseconds{20});
  enforcement_goal goal;
  goal.cancel_increasing = true;
  v.at_goal = [&] { return !v.orders.contains(v.entry) && !v.orders.contains(flip); };
  v.begin(goal, "trade_frequency", action::cancel_order);
  CHECK(v.requests.size() == 2);
  REQUIRE(v.run_to_end());
  CHECK(v.orders.contains(v.stop));
  CHECK(v.orders.contains(v.target));
  CHECK(v.size(mnq) == 5);
  CHECK_NO_FAULT(v);
}

TEST_CASE("children that come alive just before their position is told are not taken for entries") {
  mini_venue v;
  v.connect();
  const auto entry = v.place(mnq, side::buy, order_type::limit, 2);
  const auto child = v.place(mnq, side::sell, order_type::stop, 2, entry);
  const auto late = v.place(mes, side::buy, order_type::limit, 1);
  v.run(milliseconds{20});
  v.position_news = milliseconds{100};
  enforcement_goal goal;
  goal.cancel = {late};
  goal.cancel_increasing = true;
  v.rule = [&](const venue_request& r) { return r.order == entry ? ruling{fate::refused, refusal::pending} : ruling{}; };
  v.at_goal = [&] { return !v.orders.contains(late); };
  v.begin(goal);
  v.after(milliseconds{5}, [&] { v.fill(entry); });
  REQUIRE(v.run_to_end());
  CHECK(v.orders.contains(child));
  CHECK(v.size(mnq) == 2);
  CHECK_NO_FAULT(v);
}

TEST_CASE("orders asked for by number are cancelled, whatever they are") {
  long_five v;
  enforcement_goal goal;
  goal.cancel = {v.target, order_id{1}};
  v.at_goal = [&] { return !v.orders.contains(v.target); };
  v.begin(goal, "max_contracts", action::cancel_order);
  REQUIRE(v.run_to_end());
  CHECK(v.orders.contains(v.stop));
  CHECK(v.orders.contains(v.entry));
  CHECK(v.requests.size() == 1);
  CHECK_NO_FAULT(v);
}

TEST_CASE("a market order that only reduces is left alone even where it was named, and waited for") {
  long_five v;
  v.fill_takes = seconds{3};
  const auto exit = v.place(mnq, side::sell, order_type::market, 2);
  v.run(milliseconds{10});
  enforcement_goal goal;
  goal.cancel = {exit};
  v.at_goal = [&] { return !v.orders.contains(exit); };
  v.begin(goal, "max_contracts", action::cancel_order);
  REQUIRE(v.run_to_end());
  CHECK_FALSE(v.asked_for(request_kind::cancel_order, exit));
  CHECK(v.size(mnq) == 3);
  CHECK_NO_FAULT(v);
}

TEST_CASE("a fill that took the position away is believed before the position says so") {
  long_five v;
  v.position_news = milliseconds{800};
  v.fill(v.stop);
  v.run(milliseconds{10});
  CHECK(v.mind.book().size_of(mnq) == 5);
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 0);
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("a case that is already at its goal is still read back before it is called done") {
  mini_venue v;
  v.connect();
  v.flatten();
  CHECK(v.requests.empty());
  CHECK(v.mind.open());
  REQUIRE(v.run_to_end());
  CHECK(v.reads == 1);
  CHECK(v.confirmed());
}

TEST_CASE("an open case is tightened at once, and keeps the rule that opened it") {
  long_five v;
  v.begin(v.keep(3), "max_contracts", action::reduce_to_limit);
  v.at_goal = [&] { return v.flat(); };
  v.flatten();
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.reports.back().rule == rule_name{"max_contracts"});
  CHECK(v.reports.back().action == action::flatten);
  CHECK(v.reports.back().sequence == 2);
  CHECK(v.reports[1].detail.find("daily_loss_limit too") != std::string::npos);
  CHECK_NO_FAULT(v);
}

TEST_CASE("a position that grows during the case is closed as well") {
  long_five v;
  v.flatten();
  v.after(milliseconds{5}, [&] { v.fill(v.entry); });
  v.after(milliseconds{30}, [&] { v.place(mnq, side::buy, order_type::market, 3); });
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("without any news of its own the plan starts from the account's view, and reads") {
  mini_venue v;
  v.tells_orders = v.tells_positions = v.tells_trades = false;
  v.hold(mnq, -2);
  const auto entry = v.place(mnq, side::sell, order_type::limit, 1);
  enforcement_goal goal;
  goal.flat = true;
  auto order = v.order(goal);
  auto view = std::make_shared<account_view>();
  view->positions.push_back({mnq, -2, price::whole(100), {}, {}});
  working_order w;
  w.id = entry;
  w.contract = mnq;
  w.side = side::sell;
  w.type = order_type::limit;
  w.status = order_status::open;
  w.remaining = 1;
  view->orders.push_back(w);
  order.view = view;
  v.take(v.mind.begin(order));
  CHECK(v.requests.size() == 2);
  CHECK(v.reads == 1);
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK(v.closes() == 1);
  CHECK_NO_FAULT(v);
}

TEST_CASE("requests that the budget held back go out as soon as it allows, without a reading") {
  long_five v;
  const auto allows = v.now + seconds{4};
  int reads = 0;
  v.rule = [&](const venue_request&) { return v.now < allows ? ruling{fate::not_sent} : ruling{}; };
  v.read_works = [&] { return ++reads, v.now >= allows; };
  v.flatten();
  v.run(seconds{4});
  CHECK(v.size(mnq) == 5);
  v.run(milliseconds{1100});
  CHECK(v.size(mnq) == 0);
  REQUIRE(v.run_to_end());
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("a clear refusal is retried although the venue cannot be read") {
  long_five v;
  const auto broken = v.now + seconds{10};
  v.read_works = [&] { return v.now >= broken; };
  int closes = 0;
  v.rule = [&](const venue_request& r) {
    return r.kind == request_kind::close_position && ++closes == 1 ? ruling{fate::refused, refusal::rejected} : ruling{};
  };
  v.flatten();
  v.run(seconds{5});
  CHECK(v.size(mnq) == 0);
  CHECK(v.mind.open()); // not confirmed without a reading
  REQUIRE(v.run_to_end());
  CHECK_NO_FAULT(v);
}

TEST_CASE("a venue order that is made of the close and then rejected is followed by another, with a pause") {
  long_five v;
  v.open_for_trading = false;
  v.flatten();
  v.after(milliseconds{200}, [&] {
    for (auto& [id, o] : v.orders)
      if (o.type == order_type::market)
        return v.end(id, order_status::rejected);
  });
  v.after(milliseconds{300}, [&] { v.open_for_trading = true; });
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 2);
  CHECK(v.now - day_start < seconds{2});
  CHECK(v.flat());
  CHECK_NO_FAULT(v);
}

TEST_CASE("the readings of a broker that was started again count, although its connections do") {
  for (bool told_by_link : {false, true}) {
    CAPTURE(told_by_link);
    long_five v;
    auto old = v.list();
    old.generation = 5;
    old.sent_steady_ns = mini_venue::steady(v.now);
    old.read_at = v.now;
    v.event({old});
    if (told_by_link)
      v.event({link_changed{"topstepx", link_status::live, 1, "", {v.now, mini_venue::steady(v.now)}}});
    else
      v.take(v.mind.on_broker_started());
    v.flatten();
    CHECK(v.run_to_end());
    CHECK(v.flat());
    CHECK_NO_FAULT(v);
  }
}

TEST_CASE("the clock set back by an hour delays nothing") {
  long_five v;
  int closes = 0;
  v.rule = [&](const venue_request& r) {
    return r.kind == request_kind::close_position && ++closes == 1 ? ruling{fate::refused, refusal::rejected} : ruling{};
  };
  v.run(seconds{2});
  v.flatten();
  v.run(milliseconds{15});
  auto steps = v.mind.on_timer(v.now - std::chrono::hours{1});
  REQUIRE(v.mind.open());
  timestamp due{};
  steps = v.mind.on_timer(v.now - std::chrono::hours{1} + seconds{1});
  for (auto& s : steps)
    if (auto* w = std::get_if<wake_at>(&s))
      due = w->due;
  CHECK(due < v.now - std::chrono::hours{1} + seconds{30});
  CHECK(v.mind.state_in_words().find("working for 1 s") != std::string::npos);
}

TEST_CASE("what is open is said in words") {
  long_five v;
  CHECK(v.mind.state_in_words() == "no case open");
  v.rule = [](const venue_request&) { return ruling{fate::refused, refusal::outside_hours}; };
  v.flatten();
  v.run(seconds{1});
  const auto words = v.mind.state_in_words();
  CAPTURE(words);
  CHECK(words.find("daily_loss_limit") != std::string::npos);
  CHECK(words.find("CON.F.US.MNQ.Z25 5: close_position refused: outside_hours") != std::string::npos);
}

TEST_CASE("every request and every answer is journalled") {
  long_five v;
  v.flatten();
  REQUIRE(v.run_to_end());
  std::size_t asked = 0, answered = 0;
  for (auto& entry : v.journal) {
    asked += entry.kind == "request";
    answered += entry.kind == "answer" && entry.latency_ns == v.latency_ns;
  }
  CHECK(asked == v.requests.size());
  CHECK(answered == v.requests.size());
}

TEST_CASE("news without a case lead to nothing") {
  long_five v;
  v.place(mes, side::buy, order_type::market, 2);
  v.run(seconds{60});
  CHECK(v.requests.empty());
  CHECK(v.reads == 0);
  CHECK(v.reports.empty());
}

} // TEST_SUITE
