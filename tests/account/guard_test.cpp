// From a verdict to a lock and its enforcement, and from there to the lock's end.
#include "trading.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

// -- breach to lock -------------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "I1 a breach locks in memory, enforces first, then saves, journals and reports nothing durable") {
  disk_works = false;
  const auto& out = tell(loss_breach());
  REQUIRE_FALSE(out.empty());
  REQUIRE(std::holds_alternative<enforce>(out[0]));
  const auto& order = std::get<enforce>(out[0]);
  CHECK(order.goal.flat);
  CHECK(order.rule == rule_name{"daily_loss_limit"});
  CHECK(order.event.steady_ns != 0);
  REQUIRE(order.view);
  CHECK(order.view->positions.size() == 1);
  REQUIRE(find("daily_loss_limit"));
  CHECK(find("daily_loss_limit")->mode == lock_mode::flat);
  CHECK(find("daily_loss_limit")->until == day_end);
  CHECK_FALSE(find("daily_loss_limit")->durable);
  const auto saves = only<save_account>(out);
  REQUIRE(saves.size() == 1);
  CHECK(saves[0].memory.locks.size() == 1);
  CHECK(saves[0].memory.cases.size() == 1);
  CHECK(notes(out, "lock") == 1);
  CHECK(notes(out, "case") == 1);
  CHECK(notes(out, "verdict") == 1);
  CHECK(mind.status().state == account_state_name::locked);
  take(mind.on_saved(saves[0].memory.version));
  CHECK(find("daily_loss_limit")->durable);
}

TEST_CASE_FIXTURE(trading, "the same breach again changes nothing") {
  const auto breach = loss_breach();
  tell(breach);
  const auto version = disk.memory.version;
  CHECK(only<enforce>(tell(breach)).empty());
  CHECK(last.empty());
  CHECK(disk.memory.version == version);
  CHECK(enforced() == 1);
}

TEST_CASE_FIXTURE(trading, "two rules on one event: one case with the stronger action, two locks") {
  tell(frequency_breach());
  CHECK(enforced() == 0); // a reduce_only lock has nothing against what is held
  tell(loss_breach());
  CHECK(enforced() == 1);
  auto cooldown = says("trade_frequency", level::breach);
  CHECK(mind.locks().all().size() == 2);
  CHECK(mind.locks().mode() == lock_mode::flat);
  CHECK(newest_enforce().goal.flat);
  now += 30min; // the cooldown ends inside the daily lock
  pass(0ms);
  CHECK(mind.locks().all().size() == 1);
  CHECK(mind.locks().mode() == lock_mode::flat);
}

TEST_CASE_FIXTURE(trading, "a breach during another rule's lock adds its own lock (N14)") {
  tell(loss_breach());
  fill(9, side::sell, 2, "19700", 0, "-600");
  done();
  auto worse = frequency_breach();
  worse.lock = {lock_mode::flat, lock_end::weekly_reset, week_end};
  tell(worse);
  CHECK(mind.locks().all().size() == 2);
  CHECK(find("trade_frequency")->until == week_end);
  CHECK(mind.books().realized_day() < dollars("-600")); // the flatten's own loss was counted
}

TEST_CASE_FIXTURE(idle, "I1 a breach of a flat account has the venue read back all the same") {
  tell(loss_breach());
  CHECK(enforced() == 1);
  done();
  CHECK(enforced() == 1);
  tell(loss_breach());
  CHECK(enforced() == 1);
}

TEST_CASE_FIXTURE(trading, "B4 P&L that recovers after the breach leaves the lock") {
  tell(loss_breach());
  quote_at("20500");
  tell(says("daily_loss_limit", level::ok));
  CHECK(find("daily_loss_limit"));
  pass(1s);
  CHECK(find("daily_loss_limit"));
}

TEST_CASE_FIXTURE(trading, "F8 a flat lock closes what is open, it does not only stop entries") {
  tell(loss_breach());
  CHECK(newest_enforce().goal.flat);
  CHECK(newest_enforce().action == action::flatten);
}

TEST_CASE_FIXTURE(trading, "a breach without a lock asks each time that it stands, once per case") {
  auto v = says("trade_frequency", level::breach);
  v.action = action::reduce_to_limit;
  v.targets = {{mnq, 1}};
  v.cancel = {order_id{77}};
  tell(v);
  REQUIRE(enforced() == 1);
  CHECK(newest_enforce().goal.targets[0].keep == 1);
  CHECK(newest_enforce().goal.cancel == std::vector{order_id{77}});
  tell(v);
  CHECK(enforced() == 1);
  v.targets[0].keep = 0;
  tell(v);
  CHECK(enforced() == 2); // tighter
  v.targets[0].keep = 2;
  v.cancel.clear();
  tell(v);
  CHECK(enforced() == 2); // nothing to reduce
  CHECK(mind.locks().empty());
}

TEST_CASE_FIXTURE(trading, "a breach without a lock: its rule hears of orders and positions that it does not measure by") {
  auto breach = says("trade_frequency", level::breach); // wakes on fills alone
  breach.action = action::flatten;
  breach.has_band = true;
  breach.band = {money::whole(-1'000'000), money::whole(1'000'000), timestamp::max(), {}};
  tell(breach);
  done();
  hear(position(0, "20000"));
  tell(breach);
  const auto before = enforced();
  hear(order(9, order_status::pending, side::buy, 1));
  hear(order(9, order_status::filled, side::buy, 1));
  const auto asked = [&] {
    const auto questions = only<ask_rules>(last);
    return std::any_of(questions.begin(), questions.end(), [](auto& q) { return std::find(q.rules.begin(), q.rules.end(), rule_name{"trade_frequency"}) != q.rules.end(); });
  };
  hear(trade(9, side::buy, 1, "20000"));
  tell(breach); // nothing is known to be held yet
  CHECK(enforced() == before);
  hear(position(1, "20000"));
  REQUIRE(asked());
  tell(breach);
  CHECK(enforced() == before + 1);
  CHECK(newest_enforce().goal.flat);
}

TEST_CASE_FIXTURE(trading, "N17 words about another account are not counted") {
  auto foreign = loss_breach();
  foreign.account = account_id{8};
  tell(foreign);
  auto t = trade(5, side::sell, 1, "19000", "-2000");
  t.account = account_id{8};
  hear(t);
  auto p = position(9, "20000");
  p.account = account_id{8};
  hear(p);
  auto o = order(5, order_status::open, side::buy, 1);
  o.account = account_id{8};
  hear(o);
  auto s = reading();
  s.account = account_id{8};
  hear(s);
  CHECK(mind.locks().empty());
  CHECK(mind.held().size_of(mnq) == 2);
  CHECK(mind.held().orders().empty());
  CHECK(mind.books().realized_day() > dollars("-10"));
  CHECK(alarm("stray"));
}

TEST_CASE_FIXTURE(trading, "a lock whose time is over before it comes is none") {
  auto v = frequency_breach();
  v.lock.until = now;
  tell(v);
  CHECK(mind.locks().empty());
}

TEST_CASE_FIXTURE(trading, "a warning is journalled once per rung, also over a restart") {
  auto v = says("daily_loss_limit", level::warn);
  v.rung = 800'000;
  CHECK(notes(tell(v), "verdict") == 1);
  v.reason = "other words";
  CHECK(notes(tell(v), "verdict") == 0);
  auto again = restarted();
  again.start(again.reading({position(2, "20000")}));
  CHECK(notes(again.tell(v), "verdict") == 0);
  auto fine = says("daily_loss_limit", level::ok);
  CHECK(notes(tell(fine), "verdict") == 0);
  CHECK(notes(tell(v), "verdict") == 1);
}

// -- enforcement's word -----------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "a case is open until the end of the newest order is reported") {
  tell(loss_breach());
  const auto first = newest_enforce();
  hear(order(50, order_status::open, side::buy, 1, order_type::limit));
  CHECK(enforced() == 1); // a flat case covers it
  enforcement_report r;
  r.account = our_account;
  r.sequence = first.sequence - 1;
  r.phase = enforcement_phase::done;
  take(mind.on_report(r));
  CHECK(disk.memory.cases.size() == 1);
  hear(order(50, order_status::cancelled, side::buy, 1, order_type::limit));
  fill(60, side::sell, 2, "19700", 0, "-600");
  done();
  CHECK(disk.memory.cases.empty());
  CHECK(enforced() == 1);
  hear(order(51, order_status::pending, side::buy, 1));
  CHECK(enforced() == 2);
}

TEST_CASE_FIXTURE(trading, "done where our books still hold something: read first, and only then ask again") {
  tell(loss_breach());
  done(); // the position event was lost
  CHECK(enforced() == 1);
  pass(100ms);
  CHECK(enforced() == 1);
  CHECK(only<read_venue>(all).size() == 1);
  SUBCASE("nothing changes: asked again after a second") {
    pass(1s);
    CHECK(enforced() == 2);
  }
  SUBCASE("the reading says flat") {
    for (int i = 0; i < 2; ++i)
      hear(reading());
    pass(1s);
    CHECK(enforced() == 1);
    CHECK(mind.held().flat());
  }
  SUBCASE("something happens: asked at once") {
    hear(order(51, order_status::pending, side::buy, 1));
    CHECK(enforced() == 2);
  }
}

TEST_CASE_FIXTURE(trading, "the same without a lock: neither case after case, nor forgotten") {
  auto breach = says("daily_loss_limit", level::breach);
  breach.action = action::close_position;
  breach.targets = {{mnq, 0}};
  breach.has_band = true;
  breach.band = {money::whole(-1'000'000), money::whole(1'000'000), timestamp::max(), {}};
  tell(breach);
  REQUIRE(enforced() == 1);
  done(); // the position event was lost
  tell(breach);
  CHECK(enforced() == 1);
  pass(100ms);
  CHECK(only<read_venue>(all).size() == 1);
  SUBCASE("no reading comes: its rule is asked again after a second") {
    pass(1s);
    const auto asked = only<ask_rules>(last);
    REQUIRE(std::any_of(asked.begin(), asked.end(), [](auto& q) { return std::find(q.rules.begin(), q.rules.end(), rule_name{"daily_loss_limit"}) != q.rules.end(); }));
    tell(breach);
    CHECK(enforced() == 2);
  }
  SUBCASE("something happens: not waited for") {
    hear(position(3, "20000"));
    tell(breach);
    CHECK(enforced() == 2);
  }
}

TEST_CASE_FIXTURE(trading, "an unprotected account is an alarm until the case is done") {
  tell(loss_breach());
  enforcement_report r;
  r.account = our_account;
  r.sequence = newest_enforce().sequence;
  r.unprotected_s = 5;
  r.detail = "position stands";
  take(mind.on_report(r));
  CHECK(alarm("unprotected"));
  r.unprotected_s = 15; // the alarm grows, and each step is in the journal
  take(mind.on_report(r));
  const auto lines = only<journal_entry>(last);
  CHECK(std::any_of(lines.begin(), lines.end(), [](auto& l) { return l.kind == "alarm" && l.text == "not at its goal for 15 s: position stands"; }));
  fill(60, side::sell, 2, "19700", 0, "-600");
  done();
  CHECK_FALSE(alarm("unprotected"));
}

TEST_CASE_FIXTURE(trading, "a restarted enforcement gets its open case again, with a newer number") {
  CHECK(take(mind.on_enforcement_started()).empty());
  tell(loss_breach());
  const auto before = newest_enforce();
  take(mind.on_enforcement_started());
  CHECK(enforced() == 2);
  CHECK(newest_enforce().goal.flat);
  CHECK(newest_enforce().sequence > before.sequence);
  CHECK(only<read_venue>(pass(100ms)).size() == 1);
}

// -- attempts -----------------------------------------------------------------------------

TEST_CASE_FIXTURE(idle, "I2 each forbidden order counts once, with its fills") {
  tell(loss_breach());
  hear(order(10, order_status::pending, side::buy, 1));
  hear(order(10, order_status::open, side::buy, 1));
  hear(order(10, order_status::filled, side::buy, 1));
  hear(trade(10, side::buy, 1, "20000"));
  hear(position(1, "20000"));
  CHECK(attempts("daily_loss_limit") == 1);
  hear(order(11, order_status::open, side::buy, 1, order_type::limit));
  CHECK(attempts("daily_loss_limit") == 2);
  hear(order(11, order_status::cancelled, side::buy, 1, order_type::limit));
  CHECK(attempts("daily_loss_limit") == 2);
  CHECK(disk.memory.attempts.size() == 2);
  CHECK(notes(all, "attempt") == 2);
}

TEST_CASE_FIXTURE(idle, "I2 a fill whose order was never seen counts once per order") {
  tell(loss_breach());
  hear(trade(20, side::buy, 1, "20000"));
  hear(trade(20, side::buy, 1, "20000"));
  CHECK(attempts("daily_loss_limit") == 1);
  hear(order(20, order_status::filled, side::buy, 2)); // its order comes late
  CHECK(attempts("daily_loss_limit") == 1);
}

TEST_CASE_FIXTURE(idle, "an order that is only ever seen filled counts, one that is only seen rejected does not") {
  tell(loss_breach());
  hear(order(20, order_status::rejected, side::buy, 1));
  CHECK(attempts("daily_loss_limit") == 0);
  hear(order(21, order_status::filled, side::buy, 1));
  CHECK(attempts("daily_loss_limit") == 1);
}

TEST_CASE_FIXTURE(idle, "an entry with its bracket is one attempt, whichever of the three is told first") {
  tell(loss_breach());
  auto stop = order(31, order_status::suspended, side::sell, 1, order_type::stop);
  auto target = order(32, order_status::suspended, side::sell, 1, order_type::limit);
  stop.parent = target.parent = order_id{30};
  hear(stop);
  hear(order(30, order_status::pending, side::buy, 1));
  hear(target);
  CHECK(attempts("daily_loss_limit") == 1);
}

TEST_CASE_FIXTURE(trading, "orders from before the lock are no attempts, nor are their later fills") {
  hear(order(40, order_status::open, side::buy, 2, order_type::limit));
  hear(order(41, order_status::open, side::sell, 2, order_type::stop));
  tell(loss_breach());
  hear(order(40, order_status::open, side::buy, 2, order_type::limit, 1));
  hear(trade(40, side::buy, 1, "20000"));
  hear(order(41, order_status::pending, side::sell, 2, order_type::stop));
  CHECK(attempts("daily_loss_limit") == 0);
}

TEST_CASE_FIXTURE(trading, "a trade told after the lock, of an order that was over before it, is no attempt") {
  hear(order(45, order_status::filled, side::buy, 1));
  tell(loss_breach());
  hear(trade(45, side::buy, 1, "20000"));
  CHECK(attempts("daily_loss_limit") == 0);
}

TEST_CASE("our own close is no attempt, in whatever order its news come") {
  std::vector<int> news{0, 1, 2};
  for (bool pending_seen : {true, false}) {
    std::sort(news.begin(), news.end());
    do {
      trading d;
      d.tell(d.loss_breach());
      CAPTURE(pending_seen);
      CAPTURE(news[0]);
      CAPTURE(news[1]);
      if (pending_seen) {
        auto o = d.order(50, order_status::pending, side::sell, 2);
        o.tagged = false;
        d.hear(o);
      }
      for (int n : news) {
        if (n == 0)
          d.hear(d.order(50, order_status::filled, side::sell, 2));
        else if (n == 1)
          d.hear(d.trade(50, side::sell, 2, "19700", "-600"));
        else
          d.hear(d.position(0, "20000"));
      }
      CHECK(d.attempts("daily_loss_limit") == 0);
      CHECK(d.enforced() == 1);
      d.done();
      CHECK(d.enforced() == 1);
    } while (std::next_permutation(news.begin(), news.end()));
  }
}

TEST_CASE("a close in parts is no attempt, in whatever order its news come") {
  std::vector<int> news{0, 1, 2};
  do {
    trading d;
    d.tell(d.loss_breach());
    d.hear(d.order(50, order_status::pending, side::sell, 2));
    for (int n : news) {
      if (n == 0)
        d.hear(d.order(50, order_status::open, side::sell, 2, order_type::market, 1));
      else if (n == 1)
        d.hear(d.trade(50, side::sell, 1, "19700", "-300"));
      else
        d.hear(d.position(1, "20000"));
    }
    CHECK(d.attempts("daily_loss_limit") == 0);
    CHECK(d.enforced() == 1);
  } while (std::next_permutation(news.begin(), news.end()));
}

TEST_CASE_FIXTURE(trading, "an exit that is too large, or that waits, is forbidden by a flat lock") {
  tell(loss_breach());
  hear(order(50, order_status::pending, side::sell, 3)); // would flip
  hear(order(51, order_status::open, side::sell, 2, order_type::limit));
  CHECK(attempts("daily_loss_limit") == 2);
}

TEST_CASE_FIXTURE(idle, "orders and fills that only a list told are attempts, too; those from before the lock are not") {
  tell(loss_breach());
  pass(1s);
  auto resting = order(60, order_status::open, side::buy, 1, order_type::limit);
  auto fill = trade(61, side::buy, 1, "20000");
  auto old = trade(59, side::buy, 1, "20000");
  old.executed = now - 10min;
  auto closed = trade(59, side::sell, 1, "20000", "0");
  closed.executed = now - 9min;
  hear(reading({position(1, "20000")}, {resting}, {fill, closed, old}));
  CHECK(attempts("daily_loss_limit") == 2);
  hear(reading({position(1, "20000")}, {resting}, {fill, closed, old}));
  CHECK(attempts("daily_loss_limit") == 2);
}

TEST_CASE_FIXTURE(idle, "a thousand attempts later the list of them is still bounded") {
  tell(loss_breach());
  for (int i = 0; i < 1500; ++i)
    hear(order(100 + i, order_status::open, side::buy, 1, order_type::limit));
  CHECK(attempts("daily_loss_limit") == 1500);
  CHECK(disk.memory.attempts.size() == 1000);
}

TEST_SUITE_END();
