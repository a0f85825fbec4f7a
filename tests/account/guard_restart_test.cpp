// Killed at any point and started again: the same locks, counters, peaks and enforcement.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace rm;
using namespace rm::test;

namespace {

/// What must not depend on whether the service was killed.
struct essence {
  std::vector<lock> locks;
  std::vector<counted_trade> counted;
  std::optional<timestamp> last_trade;
  money peak, day, week;
  std::vector<order_id> attempts;

  explicit essence(const desk& d)
    : locks{d.mind.locks().all()}, counted{d.mind.books().counted()}, last_trade{d.mind.books().last_trade()},
      peak{d.disk.memory.peak_day}, day{d.mind.books().realized_day()}, week{d.mind.books().realized_week()}, attempts{d.disk.memory.attempts} {}
};

void check_same(const essence& a, const essence& b) {
  REQUIRE(a.locks.size() == b.locks.size());
  for (std::size_t i = 0; i < a.locks.size(); ++i) {
    CHECK(a.locks[i].rule == b.locks[i].rule);
    CHECK(a.locks[i].mode == b.locks[i].mode);
    CHECK(a.locks[i].until == b.locks[i].until);
    CHECK(a.locks[i].attempts == b.locks[i].attempts);
    for (auto& [contract, size] : a.locks[i].held)
      CHECK(size == (b.locks[i].held.contains(contract) ? b.locks[i].held.at(contract) : 0));
    CHECK(b.locks[i].durable);
  }
  REQUIRE(a.counted.size() == b.counted.size());
  for (std::size_t i = 0; i < a.counted.size(); ++i) {
    CHECK(a.counted[i].order == b.counted[i].order);
    CHECK(a.counted[i].at == b.counted[i].at);
    CHECK(a.counted[i].fills == b.counted[i].fills);
  }
  CHECK(a.last_trade == b.last_trade);
  CHECK(a.peak == b.peak);
  CHECK(a.day == b.day);
  CHECK(a.week == b.week);
  CHECK(a.attempts == b.attempts);
}

/// The steps of a day. A step may not look at what the guard said: it must be the same for both.
using step = std::function<void(desk&)>;
std::vector<step> a_day() {
  std::vector<step> out;
  const auto hear_order = [&](int64_t id, order_status st, side s, int64_t n, order_type t = order_type::market) {
    out.push_back([=](desk& d) { d.hear(d.order(id, st, s, n, t)); });
  };
  const auto hear_trade = [&](int64_t id, int64_t order, side s, int64_t n, const char* at_price, const char* profit) {
    out.push_back([=](desk& d) {
      auto t = d.trade(order, s, n, at_price, profit);
      t.id = trade_id{id};
      d.hear(t);
    });
  };
  const auto hear_position = [&](int64_t n, const char* average = "20000") { out.push_back([=](desk& d) { d.hear(d.position(n, average)); }); };
  const auto price_is = [&](const char* p) { out.push_back([=](desk& d) { d.quote_at(p); }); };
  hear_order(1, order_status::pending, side::buy, 2);
  hear_order(1, order_status::filled, side::buy, 2);
  hear_trade(1, 1, side::buy, 2, "20000", nullptr);
  hear_position(2);
  price_is("20050");
  out.push_back([](desk& d) { d.tell(d.frequency_breach()); });
  hear_order(2, order_status::pending, side::buy, 1);
  hear_trade(2, 2, side::buy, 1, "20050", nullptr);
  hear_position(3, "20016.666666666");
  hear_order(3, order_status::pending, side::sell, 1);
  hear_trade(3, 3, side::sell, 1, "20040", "46.67");
  hear_position(2, "20016.666666666");
  price_is("19700");
  out.push_back([](desk& d) { d.tell(d.loss_breach()); });
  hear_order(4, order_status::filled, side::sell, 2);
  hear_trade(4, 4, side::sell, 2, "19700", "-1200");
  hear_position(0);
  hear_order(5, order_status::open, side::buy, 1, order_type::limit);
  hear_order(5, order_status::cancelled, side::buy, 1, order_type::limit);
  hear_trade(5, 6, side::buy, 1, "19700", nullptr);
  hear_position(1);
  return out;
}

/// What the venue has after so many steps.
venue_snapshot venue_after(desk& d, std::size_t steps) {
  struct state { int64_t position = 0; std::vector<trade_update> trades; std::vector<order_update> live; };
  desk shadow; // fills a list from the same steps
  shadow.now = d.now;
  shadow.last_id = 0;
  state out;
  shadow.watch_effects = [](const account_effects&) {};
  const auto day = a_day();
  shadow.start();
  for (std::size_t i = 0; i < steps; ++i) {
    shadow.now = noon + std::chrono::seconds{static_cast<int64_t>(i)};
    day[i](shadow);
  }
  std::vector<position_update> positions;
  for (auto& [contract, p] : shadow.mind.books().running())
    if (p.size != 0)
      positions.push_back({our_account, contract, p.size, p.average, noon, {}});
  std::vector<order_update> orders;
  for (auto& [id, o] : shadow.mind.held().orders())
    if (o.remaining() > 0)
      orders.push_back(o);
  std::vector<trade_update> trades;
  for (auto& [id, t] : shadow.mind.books().trades())
    trades.push_back(t);
  return d.reading(positions, orders, trades);
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("I6 B1 killed after any step and started again, it ends like one that was never killed") {
  const auto day = a_day();
  for (std::size_t killed = 0; killed <= day.size(); ++killed) {
    CAPTURE(killed);
    desk never;
    never.start();
    for (std::size_t i = 0; i < day.size(); ++i) {
      never.now = noon + std::chrono::seconds{static_cast<int64_t>(i)};
      day[i](never);
    }
    desk first;
    first.start();
    for (std::size_t i = 0; i < killed; ++i) {
      first.now = noon + std::chrono::seconds{static_cast<int64_t>(i)};
      day[i](first);
    }
    auto second = first.restarted();
    CHECK(second.mind.locks().all().size() == first.mind.locks().all().size()); // from the first moment
    for (auto& l : second.mind.locks().all())
      CHECK(l.durable);
    const auto listed = venue_after(second, killed);
    second.steady = std::max(second.steady, listed.sent_steady_ns + 1000);
    second.start(second.reading(listed.positions, listed.orders, listed.trades));
    if (killed > 4)
      second.quote_at(killed > 12 ? "19700" : "20050"); // the market goes on
    for (std::size_t i = killed; i < day.size(); ++i) {
      second.now = noon + std::chrono::seconds{static_cast<int64_t>(i)};
      day[i](second);
    }
    check_same(essence{never}, essence{second});
    CHECK(never.newest_enforce().goal.flat);
    if (never.mind.locks().mode() == lock_mode::flat)
      CHECK(second.newest_enforce().goal.flat);
  }
}

TEST_CASE("I6 killed between the save of the memory and the save of the trade, the trade counts once") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.hear(d.order(2, order_status::open, side::buy, 1, order_type::limit));
  d.tell(d.frequency_breach(2h));
  auto admitted = d.trade(2, side::buy, 1, "20000"); // the allowed order is filled after all
  const auto kept_trades = d.disk.trades;
  d.hear(admitted);
  d.disk.trades = kept_trades; // this one was not written any more
  REQUIRE(d.find("trade_frequency")->held.at(mnq) == 3);
  auto again = d.restarted();
  again.start(again.reading({again.position(3, "20000")}, {}, {kept_trades[0], admitted}));
  CHECK(again.find("trade_frequency")->held.at(mnq) == 3);
  CHECK(again.mind.books().counted().size() == 2);
  CHECK(again.mind.books().realized_day() == d.mind.books().realized_day());
  for (auto& e : only<enforce>(again.all))
    CHECK(e.goal.targets.empty());
}

TEST_CASE("an open case is taken up when the venue's state is known, and not before") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  auto v = d.says("daily_loss_limit", level::breach);
  v.action = action::flatten; // no lock: only the case remembers it
  d.tell(v);
  auto again = d.restarted();
  again.take(again.mind.on_start());
  again.link(link_status::live);
  CHECK(again.enforced() == 0);
  again.start(again.reading({again.position(2, "20000")}));
  REQUIRE(again.enforced() == 1);
  CHECK(again.newest_enforce().goal.flat);
  CHECK(again.newest_enforce().sequence > d.newest_enforce().sequence);
  CHECK(again.disk.memory.cases.size() == 1);
  again.hear(again.position(0, "20000"));
  again.done();
  CHECK(again.disk.memory.cases.empty());
}

TEST_CASE("I4 closes that are under way are kept with their case, told to the enforcement after a restart, and forgotten with it") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  auto v = d.says("daily_loss_limit", level::breach);
  v.action = action::flatten;
  d.tell(v);
  CHECK(d.newest_enforce().asked.empty());
  const asked_close close{mnq, 2, 2, d.now};
  d.take(d.mind.on_closes_asked({our_account, {close}}));
  CHECK(only<save_account>(d.last).size() == 1); // at once
  CHECK(d.disk.memory.asked == std::vector{close});
  d.take(d.mind.on_closes_asked({our_account, {close}}));
  CHECK(d.last.empty());
  SUBCASE("killed") {
    auto again = d.restarted();
    again.start(again.reading({again.position(2, "20000")}));
    REQUIRE(again.enforced() == 1);
    CHECK(again.newest_enforce().asked == std::vector{close});
    again.done();
    CHECK(again.disk.memory.asked.empty());
    again.fill(2, side::buy, 2, "20000", 2);
    again.tell(v);
    CHECK(again.newest_enforce().asked.empty());
  }
  SUBCASE("ended") {
    d.hear(d.position(0, "20000"));
    d.done();
    CHECK(d.disk.memory.asked.empty());
    d.take(d.mind.on_closes_asked({our_account, {close}})); // late: there is no case any more
    CHECK(d.last.empty());
  }
}

TEST_CASE("I6 a lock that comes out of memory, because the disk fails, is not said to be durable until it was saved") {
  desk d;
  d.start();
  d.tell(d.loss_breach());
  for (auto on_disk : {true, false}) {
    auto kept = d.disk;
    REQUIRE(kept.memory.locks.size() == 1);
    kept.memory.locks[0].durable = on_disk;
    desk again{kept};
    CHECK(again.find("daily_loss_limit")->durable == on_disk);
    again.start();
    again.pass(1s);
    CHECK(again.find("daily_loss_limit")->durable);
  }
}

TEST_CASE("the alarm of an unprotected account goes on after a restart with all the time that its case has been open") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.tell(d.loss_breach());
  d.pass(40s);
  auto again = d.restarted();
  enforcement_report r;
  r.account = our_account;
  r.detail = "opened";
  SUBCASE("something is held") {
    again.start(again.reading({again.position(2, "20000")}));
    REQUIRE(again.enforced() > 0);
    r.sequence = again.newest_enforce().sequence;
    r.at = again.now;
    again.take(again.mind.on_report(r));
    REQUIRE(again.alarm("unprotected"));
    for (auto& a : again.mind.status().alarms)
      if (a.key == "unprotected")
        CHECK(a.what == "not at its goal for 40 s: opened");
    auto third = again.restarted(); // and after one more
    third.pass(20s);
    third.start(third.reading({third.position(2, "20000")}));
    r.at = third.now;
    third.take(third.mind.on_report(r));
    for (auto& a : third.mind.status().alarms)
      if (a.key == "unprotected")
        CHECK(a.what == "not at its goal for 60 s: opened");
  }
  SUBCASE("nothing is held any more: it is only read back") {
    again.start();
    r.sequence = again.newest_enforce().sequence;
    r.at = again.now;
    again.take(again.mind.on_report(r));
    CHECK_FALSE(again.alarm("unprotected"));
  }
}

TEST_CASE("a verdict that was meant for the account before its restart is not heard") {
  desk d;
  d.start();
  const auto sequence = d.mind.status().view->sequence;
  auto again = d.restarted();
  again.start();
  auto late = again.loss_breach();
  late.sequence = sequence;
  again.tell(late);
  CHECK(again.mind.locks().empty());
  late.sequence = again.mind.status().view->sequence;
  again.tell(late);
  CHECK(again.mind.locks().all().size() == 1);
}

TEST_CASE("no rule is asked before the time is known: what was over long ago is not a breach now") {
  desk d;
  CHECK(only<ask_rules>(d.take(d.mind.on_rules_started({"daily_loss_limit", "trade_frequency"}))).empty());
  d.hear(mnq_spec());
  CHECK(only<ask_rules>(d.all).empty());
  const auto asked = only<ask_rules>(d.pass(1ms));
  REQUIRE(!asked.empty());
  CHECK(asked[0].started);
  CHECK(asked[0].rules == std::vector<rule_name>{"daily_loss_limit", "trade_frequency"});
  for (auto& question : asked)
    CHECK(question.view->now == d.now);
}

TEST_CASE("who breaches again and again while the case is open does not make it longer") {
  desk d;
  d.start();
  for (int64_t id = 1; id <= 50; ++id) {
    d.hear(d.order(id, order_status::open, side::buy, 1, order_type::limit));
    auto v = d.says("trade_frequency", level::breach);
    v.action = action::cancel_order;
    v.cancel = {order_id{id}};
    d.tell(v);
    CHECK(d.newest_enforce().goal.cancel == std::vector{order_id{id}});
    if (id < 49)
      d.hear(d.order(id, order_status::cancelled, side::buy, 1, order_type::limit));
  }
  CHECK(d.enforced() == 50);
  REQUIRE(d.disk.memory.cases.size() == 1);
  CHECK(d.disk.memory.cases[0].goal.cancel == std::vector{order_id{49}, order_id{50}}); // what is over need not be taken up
  auto again = d.restarted();
  again.start(again.reading({}, {again.order(49, order_status::open, side::buy, 1, order_type::limit), again.order(50, order_status::open, side::buy, 1, order_type::limit)}));
  CHECK(again.enforced() == 1);
  CHECK(again.newest_enforce().goal.cancel.size() == 2);
}

TEST_CASE("killed twice with an open case it is still one case") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.tell(d.loss_breach());
  auto second = d.restarted();
  second.start(second.reading({second.position(2, "20000")}));
  auto third = second.restarted();
  third.start(third.reading({third.position(2, "20000")}));
  CHECK(third.enforced() == 1);
  CHECK(third.disk.memory.cases.size() == 1);
}

TEST_CASE("a reset that was missed while down is caught up at the start, and ends what it had to end") {
  desk d;
  d.start();
  d.fill(1, side::buy, 1, "20000", 1);
  d.quote_at("20100");
  d.tell(d.loss_breach());
  d.fill(2, side::sell, 1, "20100", 0, "200");
  d.done();
  auto again = d.restarted();
  CHECK(again.find("daily_loss_limit"));
  again.now = day_end + 9h;
  again.take(again.mind.on_start());
  again.reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
  CHECK_FALSE(again.mind.status().view->evaluable); // the kept day may be over
  again.next_day();
  CHECK(again.mind.locks().empty());
  CHECK(again.mind.books().realized_day() == money{});
  CHECK(again.mind.books().realized_week() != money{});
  CHECK(again.disk.memory.peak_day == money{});
  CHECK(again.mind.books().counted().empty());
}

TEST_CASE("a lock for a time that ended while down is over at the first tick, and one that did not is armed again") {
  desk d;
  d.start();
  d.tell(d.frequency_breach(10min));
  auto again = d.restarted();
  CHECK(only<arm_timer>(again.take(again.mind.on_start())).size() == 1);
  again.pass(5min);
  CHECK(again.find("trade_frequency"));
  again.pass(5min);
  CHECK_FALSE(again.find("trade_frequency"));
}

TEST_CASE("what a trader added while the service was down is taken back and counted (B7)") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.tell(d.frequency_breach(2h));
  auto again = d.restarted();
  again.now += 5min;
  const auto added = again.trade(8, side::buy, 3, "20010");
  auto resting = again.order(9, order_status::open, side::buy, 1, order_type::limit);
  again.start(again.reading({again.position(5, "20006")}, {resting}, {added}));
  REQUIRE(again.enforced() == 1);
  REQUIRE(again.newest_enforce().goal.targets.size() == 1);
  CHECK(again.newest_enforce().goal.targets[0].keep == 2);
  CHECK(again.newest_enforce().goal.cancel_increasing);
  CHECK(again.attempts("trade_frequency") == 2);
}

TEST_CASE("I6 a stop that was an exit when it was made, and is too large since the position shrank, is no attempt after a restart") {
  desk d;
  d.start();
  d.fill(1, side::buy, 5, "20000", 5);
  d.tell(d.frequency_breach(2h));
  d.now += 1s;
  const auto stop = d.order(2, order_status::open, side::sell, 5, order_type::stop);
  d.hear(stop);
  d.now += 1s;
  d.fill(3, side::sell, 3, "20000", 2);
  REQUIRE(d.attempts("trade_frequency") == 0);
  auto again = d.restarted();
  const auto late = again.order(4, order_status::open, side::sell, 3, order_type::stop); // larger than what is held when it is made
  again.start(again.reading({again.position(2, "20000")}, {stop}, d.disk.trades));
  CHECK(again.attempts("trade_frequency") == 0);
  CHECK(again.newest_enforce().goal.cancel_increasing); // it is cut all the same
  auto third = again.restarted();
  third.start(third.reading({third.position(2, "20000")}, {stop, late}, d.disk.trades));
  CHECK(third.attempts("trade_frequency") == 1);
}

TEST_CASE("I6 a contract that was only looked at is asked for at once after a restart, and no longer five trading days later") {
  desk d;
  d.start();
  auto looked_at = d.order(1, order_status::open, side::buy, 1, order_type::limit, 0, es);
  d.hear(looked_at);
  looked_at.status = order_status::cancelled;
  looked_at.seen = d.seen();
  d.hear(looked_at);
  const auto asks_for = [](const desk& who) {
    const auto asked = only<watch_contract>(who.all);
    return std::any_of(asked.begin(), asked.end(), [](auto& w) { return w.contract == es; });
  };
  auto again = d.restarted();
  again.start();
  CHECK(asks_for(again));
  const char* days[] = {"2025-12-04", "2025-12-05", "2025-12-08", "2025-12-09", "2025-12-10"};
  for (int64_t later = 1; later <= 5; ++later) {
    const auto begins = day_end + std::chrono::days{later - 1}, ends = begins + std::chrono::days{1};
    again.now = begins + 50ms;
    again.reset(reset_kind::daily, days[later - 1], begins, ends);
    again = again.restarted(); // over the reset it was up, and after it it is not
    again.take(again.mind.on_start());
    again.reset(reset_kind::daily, days[later - 1], begins, ends);
    again.reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
    CHECK(asks_for(again) == (later < 5));
  }
}

TEST_CASE("I6 a contract of yesterday is known to a service that was down over the reset, and met again it is known anew") {
  desk d;
  d.start();
  d.hear(d.order(1, order_status::open, side::buy, 1, order_type::limit, 0, es));
  d.hear(d.order(1, order_status::cancelled, side::buy, 1, order_type::limit, 0, es));
  auto again = d.restarted();
  again.now = day_end + 1h;
  again.take(again.mind.on_start());
  again.next_day();
  const auto asked = only<watch_contract>(again.all);
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().contract == es);
  const auto& kept = again.disk.memory.rules.at(rule_name{"contracts"});
  CHECK(kept.at("CON.F.US.EP.Z25") == 4);
  again.hear(again.order(2, order_status::open, side::buy, 1, order_type::limit, 0, es));
  CHECK(again.disk.memory.rules.at(rule_name{"contracts"}).at("CON.F.US.EP.Z25") == 5);
}

TEST_CASE("memory that cannot be read locks the account until somebody who may unlock it does: its locks are not known") {
  stored_account spoiled;
  spoiled.unreadable = "'garbage' is no lock mode";
  spoiled.memory.version = 41;
  desk d{spoiled};
  d.start(d.reading({d.position(2, "20000")}));
  REQUIRE(d.mind.locks().all().size() == 1);
  const auto lock = d.mind.locks().all()[0];
  CHECK(lock.rule == rule_name{"lost_memory"});
  CHECK(lock.mode == lock_mode::flat);
  CHECK(lock.until == week_end);
  CHECK(lock.reason.find("garbage") != std::string::npos);
  CHECK_FALSE(only<enforce>(d.all).empty()); // what is held is closed
  CHECK(d.disk.memory.version > 41);         // an older version would not replace what stands there
  const auto alarms = only<journal_entry>(d.all);
  CHECK(std::any_of(alarms.begin(), alarms.end(), [](auto& line) { return line.kind == "alarm" && line.text.find("cannot be read") != std::string::npos; }));
  auto again = d.restarted();
  CHECK(again.mind.locks().all().size() == 1); // now it is memory like any other
}

TEST_CASE("I6 an attempt whose count went down with the process is counted from the venue's list of ended orders") {
  desk d;
  d.start();
  const auto before = d.order(1, order_status::cancelled, side::buy, 1, order_type::limit);
  d.pass(1s);
  SUBCASE("flat") { d.tell(d.loss_breach()); }
  SUBCASE("reduce_only") { d.tell(d.frequency_breach(2h)); }
  const auto rule = d.mind.locks().all().front().rule.str();
  d.now += 1s;
  d.disk_works = false; // from here on nothing is written
  auto order = d.order(2, order_status::open, side::buy, 1, order_type::limit);
  d.hear(order);
  order.status = order_status::cancelled;
  REQUIRE(d.attempts(rule.c_str()) == 1);
  auto rejected = d.order(3, order_status::rejected, side::buy, 1, order_type::limit);
  auto our_close = d.order(4, order_status::cancelled, side::sell, 1);
  our_close.tagged = false;
  for (auto* o : {&order, &rejected, &our_close})
    o->seen = {};
  const auto list = [&](desk& who) { return who.reading({}, {before, order, rejected, our_close}); };
  auto again = d.restarted();
  again.disk_works = true;
  again.start(list(again));
  CHECK(again.attempts(rule.c_str()) == 1);
  CHECK(only<watch_contract>(again.all).size() <= 1); // nobody need know a contract of the past
  auto third = again.restarted();
  third.start(list(third));
  CHECK(third.attempts(rule.c_str()) == 1);
}

TEST_CASE("fills of an admitted order that came while the service was down may stay") {
  desk d;
  d.start();
  d.hear(d.order(1, order_status::open, side::buy, 2, order_type::limit));
  d.tell(d.frequency_breach(2h));
  auto again = d.restarted();
  again.now += 5min;
  again.start(again.reading({again.position(2, "20000")}, {}, {again.trade(1, side::buy, 2, "20000")}));
  for (auto& e : only<enforce>(again.all))
    CHECK(e.goal.targets.empty());
  CHECK(again.find("trade_frequency")->held.at(mnq) == 2);
  CHECK(again.attempts("trade_frequency") == 0);
}

TEST_SUITE_END();
