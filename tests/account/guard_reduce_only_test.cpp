// The reduce_only lock: what was admitted may stay, whatever comes after is taken back, in every order that news can come in.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

struct idle : desk {
  idle() { start(), all_fine(); }
};

/// What is asked to be reduced to, now: −1 where nothing is.
int64_t kept(const desk& d, std::size_t from = 0) {
  int64_t out = -1;
  const auto all = only<enforce>(d.all);
  for (std::size_t i = from; i < all.size(); ++i)
    for (auto& t : all[i].goal.targets)
      out = t.keep;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("the allowed trade stays, wherever between its news the lock begins") {
  // 0 the order pending, 1 the order filled, 2 the trade, 3 the position
  std::vector<int> news{0, 1, 2, 3};
  do {
    if (std::find(news.begin(), news.end(), 0) > std::find(news.begin(), news.end(), 1))
      continue;
    for (bool pending_seen : {true, false})
      for (std::size_t begins = 1; begins <= 4; ++begins)
        for (int64_t sign : {1, -1}) {
          std::string order_of_news;
          for (int n : news)
            order_of_news += std::to_string(n);
          CAPTURE(order_of_news);
          CAPTURE(pending_seen);
          CAPTURE(begins);
          CAPTURE(sign);
          idle d;
          const side s = sign > 0 ? side::buy : side::sell;
          bool anything = false;
          for (std::size_t i = 0; i < 4; ++i) {
            if (i == begins && anything)
              d.tell(d.frequency_breach());
            if (news[i] == 0 && !pending_seen)
              continue;
            anything = true;
            if (news[i] == 0)
              d.hear(d.order(1, order_status::pending, s, 2));
            else if (news[i] == 1)
              d.hear(d.order(1, order_status::filled, s, 2));
            else if (news[i] == 2)
              d.hear(d.trade(1, s, 2, "20000"));
            else
              d.hear(d.position(2 * sign, "20000"));
          }
          if (begins == 4)
            d.tell(d.frequency_breach());
          if (!d.find("trade_frequency"))
            continue;
          CHECK(d.attempts("trade_frequency") == 0);
          d.pass(10s);
          d.pass(10s);
          CHECK(kept(d) == -1);
          CHECK(d.enforced() == 0);

          // its bracket stays, a second entry does not
          auto stop = d.order(2, order_status::open, opposite(s), 2, order_type::stop);
          auto target = d.order(3, order_status::open, opposite(s), 2, order_type::limit);
          stop.parent = target.parent = order_id{1};
          d.hear(stop);
          d.hear(target);
          CHECK(d.enforced() == 0);
          CHECK(d.attempts("trade_frequency") == 0);
          d.hear(d.order(4, order_status::open, s, 1, order_type::limit));
          CHECK(d.enforced() == 1);
          CHECK(d.newest_enforce().goal.cancel_increasing);
          CHECK_FALSE(d.newest_enforce().goal.flat);
          CHECK(d.newest_enforce().goal.targets.empty());
          CHECK(d.attempts("trade_frequency") == 1);
          d.hear(d.order(4, order_status::filled, s, 1, order_type::limit)); // too late
          d.hear(d.trade(4, s, 1, "20000"));
          d.hear(d.position(3 * sign, "20000"));
          CHECK(kept(d) == 2);
          CHECK(d.attempts("trade_frequency") == 1);
        }
  } while (std::next_permutation(news.begin(), news.end()));
}

TEST_CASE("an entry after the lock is taken back and counted once, in whatever order its news come") {
  std::vector<int> news{0, 1, 2};
  for (bool pending_seen : {true, false})
    for (int64_t before : {0, 2, -2}) {
      std::sort(news.begin(), news.end());
      do {
        CAPTURE(pending_seen);
        CAPTURE(before);
        CAPTURE(news[0]);
        CAPTURE(news[1]);
        idle d;
        const side s = before < 0 ? side::sell : side::buy;
        if (before != 0)
          d.fill(1, s, 2, "20000", before);
        d.pass(1s);
        d.tell(d.frequency_breach());
        if (pending_seen)
          d.hear(d.order(5, order_status::pending, s, 3));
        for (int n : news) {
          if (n == 0)
            d.hear(d.order(5, order_status::filled, s, 3));
          else if (n == 1)
            d.hear(d.trade(5, s, 3, "20000"));
          else
            d.hear(d.position(before + 3 * sign_of(s), "20000"));
        }
        CHECK(kept(d) == std::abs(before));
        CHECK(d.attempts("trade_frequency") == 1);
      } while (std::next_permutation(news.begin(), news.end()));
    }
}

TEST_CASE("all partial fills of the allowed order stay, in whatever order trades and positions come") {
  std::vector<int> news{0, 1, 2, 3}; // trades 2 and 3, positions 2 and 3
  do {
    if (std::find(news.begin(), news.end(), 2) > std::find(news.begin(), news.end(), 3))
      continue; // positions of one contract come in their order
    CAPTURE(news[0]);
    CAPTURE(news[1]);
    CAPTURE(news[2]);
    idle d;
    d.hear(d.order(1, order_status::pending, side::buy, 3));
    d.hear(d.trade(1, side::buy, 1, "20000"));
    d.tell(d.frequency_breach()); // it was the last one allowed
    d.hear(d.position(1, "20000"));
    const auto t2 = d.trade(1, side::buy, 1, "20000"), t3 = d.trade(1, side::buy, 1, "20001");
    for (int n : news) {
      if (n < 2)
        d.hear(n == 0 ? t2 : t3);
      else
        d.hear(d.position(n, "20000"));
      d.pass(100ms);
    }
    d.hear(d.order(1, order_status::filled, side::buy, 3));
    d.pass(5s);
    CHECK(kept(d) == -1);
    CHECK(d.find("trade_frequency")->held.at(mnq) == 3);
    CHECK(d.attempts("trade_frequency") == 0);
  } while (std::next_permutation(news.begin(), news.end()));
}

TEST_CASE_FIXTURE(idle, "fills of admitted and of forbidden orders, mixed: only the admitted ones stay") {
  fill(1, side::buy, 2, "20000", 2);
  hear(order(2, order_status::open, side::buy, 1, order_type::limit));
  tell(frequency_breach());
  hear(order(3, order_status::pending, side::buy, 3));
  hear(trade(3, side::buy, 3, "20000"));
  hear(trade(2, side::buy, 1, "20000"));
  hear(position(6, "20000"));
  CHECK(kept(*this) == 3);
  CHECK(find("trade_frequency")->held.at(mnq) == 3);
}

TEST_CASE_FIXTURE(idle, "what shrank does not grow again") {
  fill(1, side::buy, 3, "20000", 3);
  tell(frequency_breach());
  fill(2, side::sell, 2, "20010", 1, "40");
  CHECK(attempts("trade_frequency") == 0);
  CHECK(enforced() == 0);
  fill(3, side::buy, 1, "20000", 2);
  CHECK(kept(*this) == 1);
  CHECK(attempts("trade_frequency") == 1);
}

TEST_CASE_FIXTURE(idle, "a position that was closed and opened again, or turned, may not stay at all") {
  fill(1, side::buy, 2, "20000", 2);
  tell(frequency_breach());
  SUBCASE("opened again") {
    fill(2, side::sell, 2, "20010", 0, "40");
    fill(3, side::buy, 1, "20000", 1);
    CHECK(kept(*this) == 0);
  }
  SUBCASE("turned by one order") {
    fill(2, side::sell, 3, "20010", -1, "40");
    CHECK(kept(*this) == 0);
    CHECK(find("trade_frequency")->held.at(mnq) == 0);
    hear(order(3, order_status::pending, side::buy, 3)); // and back
    fill(3, side::buy, 3, "20000", 2, "0");
    CHECK(kept(*this) == 0);
  }
  SUBCASE("in another contract") {
    hear(position(1, "6000", es));
    hear(trade(4, side::buy, 1, "6000", nullptr, es));
    const auto goal = newest_enforce().goal;
    REQUIRE(goal.targets.size() == 1);
    CHECK(goal.targets[0].contract == es);
    CHECK(goal.targets[0].keep == 0);
  }
}

TEST_CASE_FIXTURE(idle, "exits, stops and targets stay, and are no attempts") {
  fill(1, side::sell, 2, "20000", -2);
  tell(frequency_breach());
  hear(order(2, order_status::open, side::buy, 2, order_type::stop));
  hear(order(3, order_status::open, side::buy, 2, order_type::limit));
  hear(order(4, order_status::pending, side::buy, 2));
  CHECK(enforced() == 0);
  CHECK(attempts("trade_frequency") == 0);
  hear(order(5, order_status::open, side::buy, 2, order_type::limit)); // with the other target it would turn the position
  CHECK(enforced() == 1);
}

TEST_CASE("a stop that fills in parts is never an order too large, in whatever order its news come") {
  std::vector<int> news{0, 1, 2};
  do {
    idle d;
    d.fill(1, side::buy, 2, "20000", 2);
    d.hear(d.order(2, order_status::open, side::sell, 2, order_type::stop));
    d.tell(d.frequency_breach());
    CAPTURE(news[0]);
    CAPTURE(news[1]);
    for (int n : news) {
      if (n == 0)
        d.hear(d.order(2, order_status::open, side::sell, 2, order_type::stop, 1));
      else if (n == 1)
        d.hear(d.trade(2, side::sell, 1, "19990", "-20"));
      else
        d.hear(d.position(1, "20000"));
    }
    CHECK(d.enforced() == 0);
    CHECK(d.find("trade_frequency")->held.at(mnq) == 1);
  } while (std::next_permutation(news.begin(), news.end()));
}

TEST_CASE_FIXTURE(idle, "a stop that is larger than what is left after a partial exit is enforcement's to cut") {
  fill(1, side::buy, 2, "20000", 2);
  hear(order(2, order_status::open, side::sell, 2, order_type::stop));
  tell(frequency_breach());
  fill(3, side::sell, 1, "20010", 1, "20");
  CHECK(enforced() == 1);
  CHECK(newest_enforce().goal.cancel_increasing);
  CHECK(newest_enforce().goal.cancel.empty());
}

TEST_CASE_FIXTURE(idle, "a position that grows with no fill to explain it is read first, and reduced after two seconds") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(position(3, "20000"));
  CHECK(kept(*this) == -1);
  SUBCASE("nothing comes") {
    pass(1s);
    REQUIRE(only<read_venue>(all).size() == 1);
    CHECK(only<read_venue>(all)[0].what.trades);
    CHECK(kept(*this) == -1);
    pass(1s);
    CHECK(kept(*this) == 1);
  }
  SUBCASE("the list has the trade of a forbidden order") {
    pass(600ms);
    hear(reading({position(3, "20000")}, {}, {trade(8, side::buy, 2, "20000")}));
    CHECK(kept(*this) == 1);
    CHECK(attempts("trade_frequency") == 1);
  }
  SUBCASE("the list confirms the position and knows no trade") {
    pass(600ms);
    hear(reading({position(3, "20000")}));
    CHECK(kept(*this) == 1);
  }
}

TEST_CASE_FIXTURE(idle, "an admitted order explains growth for as long as its trades are late") {
  hear(order(1, order_status::open, side::buy, 2, order_type::limit));
  tell(frequency_breach());
  hear(order(1, order_status::filled, side::buy, 2, order_type::limit));
  hear(position(2, "20000"));
  pass(600ms);
  hear(reading({position(2, "20000")})); // the venue's trade list lags, too
  for (int i = 0; i < 10; ++i)
    pass(1s);
  CHECK(kept(*this) == -1);
  hear(trade(1, side::buy, 2, "20000"));
  pass(600ms);
  hear(reading({position(2, "20000")}));
  pass(3s);
  CHECK(kept(*this) == -1);
}

TEST_CASE_FIXTURE(idle, "a live admitted order explains growth that only the position has told") {
  hear(order(1, order_status::open, side::buy, 2, order_type::limit));
  tell(frequency_breach());
  hear(position(2, "20000"));
  for (int i = 0; i < 8; ++i)
    pass(1s); // readings fail, events are late
  CHECK(kept(*this) == -1);
  hear(position(3, "20000")); // that is more than it can have made
  for (int i = 0; i < 3; ++i)
    pass(1s);
  CHECK(kept(*this) == 2);
}

TEST_CASE_FIXTURE(idle, "a position that shrank with no trade to tell it does not grow again") {
  fill(1, side::buy, 2, "20000", 2);
  tell(frequency_breach());
  hear(position(1, "20000"));
  pass(1s);
  hear(reading({position(1, "20000")}));
  CHECK(find("trade_frequency")->held.at(mnq) == 1);
  fill(3, side::buy, 1, "20000", 2);
  CHECK(kept(*this) == 1);
}

TEST_CASE_FIXTURE(idle, "an exit that turned the position because another one came before it is taken back and no attempt") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(order(2, order_status::pending, side::sell, 1));
  hear(order(3, order_status::pending, side::sell, 1));
  hear(order(2, order_status::filled, side::sell, 1));
  hear(trade(2, side::sell, 1, "20000", "0"));
  hear(position(0, "20000"));
  hear(order(3, order_status::filled, side::sell, 1));
  hear(trade(3, side::sell, 1, "20000"));
  hear(position(-1, "20000"));
  CHECK(kept(*this) == 0);
  CHECK(attempts("trade_frequency") == 0);
}

TEST_CASE("I2 an admitted order that is made larger during the lock is a new one: what it fills is taken back, whichever of its news come first") {
  for (bool change_told : {true, false})
    for (bool trade_first : {true, false})
      for (bool entry : {true, false}) {
        CAPTURE(change_told);
        CAPTURE(trade_first);
        CAPTURE(entry);
        idle d;
        d.fill(1, side::buy, 2, "20000", 2);
        const side s = entry ? side::buy : side::sell;
        d.hear(d.order(2, order_status::open, s, 2, order_type::limit));
        d.tell(d.frequency_breach());
        d.now += 1s;
        if (change_told) {
          d.hear(d.order(2, order_status::open, s, 12, order_type::limit));
          CHECK(d.enforced() == 1); // too late
          CHECK(d.attempts("trade_frequency") == 1);
        }
        const auto fill = entry ? d.trade(2, s, 12, "20000") : d.trade(2, s, 12, "20010", "40");
        if (trade_first)
          d.hear(fill);
        d.hear(d.order(2, order_status::filled, s, 12, order_type::limit));
        if (!trade_first)
          d.hear(fill);
        d.hear(d.position(entry ? 14 : -10, "20005"));
        CHECK(kept(d) == (entry ? 2 : 0));
      }
}

TEST_CASE_FIXTURE(idle, "an admitted order that is made smaller, or whose price is moved, stays admitted") {
  fill(1, side::buy, 2, "20000", 2);
  hear(order(2, order_status::pending, side::buy, 3));
  tell(frequency_breach());
  now += 1s;
  hear(order(2, order_status::pending, side::buy, 2));
  hear(order(2, order_status::filled, side::buy, 2));
  hear(trade(2, side::buy, 2, "20000"));
  hear(position(4, "20000"));
  pass(5s);
  CHECK(kept(*this) == -1);
  CHECK(attempts("trade_frequency") == 0);
}

TEST_CASE_FIXTURE(idle, "an order that one lock has forbidden is not admitted by the next") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(order(5, order_status::open, side::buy, 2, order_type::limit));
  auto other = loss_breach();
  other.action = action::cancel_order;
  other.lock = {lock_mode::reduce_only, lock_end::daily_reset, day_end};
  tell(other);
  now += 30min;
  pass(0ms); // the first one is over
  REQUIRE_FALSE(find("trade_frequency"));
  hear(trade(5, side::buy, 2, "20000"));
  hear(position(3, "20000"));
  CHECK(kept(*this) == 1);
}

TEST_CASE_FIXTURE(idle, "two reduce_only locks: the stricter one counts") {
  fill(1, side::buy, 3, "20000", 3);
  tell(frequency_breach());
  fill(2, side::sell, 2, "20000", 1, "0");
  auto other = loss_breach();
  other.action = action::cancel_order;
  other.lock = {lock_mode::reduce_only, lock_end::daily_reset, day_end};
  tell(other);
  fill(3, side::buy, 2, "20000", 3);
  CHECK(kept(*this) == 1);
  CHECK(attempts("trade_frequency") == 1);
  CHECK(attempts("daily_loss_limit") == 1);
}

TEST_CASE_FIXTURE(idle, "a reduce_only lock under a flat one goes on counting what may stay") {
  fill(1, side::buy, 2, "20000", 2);
  tell(frequency_breach());
  auto brief = loss_breach();
  brief.lock = {lock_mode::flat, lock_end::at_time, now + 5min};
  tell(brief);
  fill(9, side::sell, 2, "19990", 0, "-40");
  done();
  now += 6min;
  pass(0ms);
  REQUIRE_FALSE(find("daily_loss_limit"));
  REQUIRE(find("trade_frequency"));
  fill(10, side::buy, 1, "20000", 1);
  CHECK(kept(*this) == 0);
}

TEST_CASE_FIXTURE(idle, "when the lock is over everything is allowed again") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  now += 30min;
  pass(0ms);
  fill(2, side::buy, 3, "20000", 4);
  CHECK(enforced() == 0);
}

TEST_CASE_FIXTURE(idle, "what another rule wants cancelled beside the lock tightens the one case") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(order(5, order_status::open, side::buy, 2, order_type::limit));
  CHECK(enforced() == 1);
  auto v = says("daily_loss_limit", level::breach);
  v.action = action::cancel_order;
  v.cancel = {order_id{5}};
  tell(v);
  CHECK(enforced() == 2);
  tell(v);
  CHECK(enforced() == 2);
  hear(order(6, order_status::open, side::buy, 2, order_type::limit));
  CHECK(enforced() == 2); // covered
  tell(loss_breach());
  CHECK(enforced() == 3);
  CHECK(newest_enforce().goal.flat);
}

TEST_SUITE_END();
