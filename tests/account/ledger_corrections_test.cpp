// What later words, a reset and a restart make of trades that are in the books already.
#include "actors/account/ledger.hpp"

#include "books.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(books, "a fill that is voided is no fill of its order any more") {
  auto fill = make(1, side::buy, 2, nullptr);
  money_of.apply(fill);
  money_of.apply(make(1, side::buy, 1, nullptr));
  REQUIRE(money_of.filled_of(order_id{1}) == 3);
  fill.voided = true;
  money_of.apply(fill);
  CHECK(money_of.filled_of(order_id{1}) == 1);
}

TEST_CASE_FIXTURE(books, "a trade whose profit comes later was an exit: it counts as money, and not as a trade") {
  auto exit = make(1, side::sell, 1, nullptr);
  money_of.apply(exit);
  REQUIRE(money_of.trades_today().size() == 1);
  exit.profit_and_loss = dollars("-49");
  CHECK(money_of.apply(exit));
  CHECK(money_of.realized_day() == dollars("-49.61"));
  CHECK(money_of.trades_today().empty());
  exit.profit_and_loss = dollars("-59"); // and the venue may set it right once more
  CHECK(money_of.apply(exit));
  CHECK(money_of.realized_day() == dollars("-59.61"));
}

TEST_CASE_FIXTURE(books, "a trade that turned the position was an entry, too, whenever its profit is told") {
  money_of.apply(make(1, side::buy, 1, nullptr));
  auto turn = make(2, side::sell, 2, nullptr, noon + 1s);
  money_of.apply(turn);
  REQUIRE(money_of.trades_today().size() == 2);
  turn.profit_and_loss = dollars("-49");
  CHECK(money_of.apply(turn));
  CHECK(money_of.trades_today().size() == 2);
  turn.voided = true;
  CHECK(money_of.apply(turn));
  CHECK(money_of.trades_today().size() == 1);
}

TEST_CASE_FIXTURE(books, "a trade at the very begin of a day and a week is in them, also when they are summed up anew") {
  money_of.apply(make(1, side::sell, 1, "-10", week_start));
  money_of.apply(make(2, side::sell, 1, "-20", day_start));
  money_of.adjust({day_start, dollars("-1")});
  for (int again = 0; again < 2; ++again) {
    CHECK(money_of.realized_day() == dollars("-21.61"));
    CHECK(money_of.realized_week() == dollars("-32.22"));
    money_of.begin_week(week_start);
    money_of.begin_day(day_start);
  }
}

TEST_CASE_FIXTURE(books, "a week that begins while the day goes on keeps the day's trades") {
  money_of.apply(make(1, side::sell, 1, "-20", noon));
  money_of.begin_week(noon + 1h);
  CHECK(money_of.realized_week() == money{});
  CHECK(money_of.realized_day() == dollars("-20.61"));
}

TEST_CASE_FIXTURE(books, "a week that is taken back begins with no trip that its trades, which come again, have in them") {
  const auto entry = make(1, side::buy, 2, nullptr, noon);
  const auto half = make(2, side::sell, 1, "-60", noon + 1s);
  money_of.apply(entry);
  money_of.apply(half);
  money_of.begin_day(week_end); // by a clock that was ahead
  money_of.begin_week(week_end);
  REQUIRE(money_of.carried_trips().size() == 1);
  money_of.begin_week(week_start);
  money_of.begin_day(day_start);
  CHECK(money_of.carried_trips().empty());
  for (auto& t : {entry, half, make(3, side::sell, 1, "-50", noon + 2s)})
    money_of.apply(t);
  CHECK(closed(money_of) == "-111.83");
}

TEST_CASE_FIXTURE(books, "an exit leaves the average of what is left, a fill that adds moves it, one that turns begins anew") {
  const auto fill = [&](int64_t order, side s, int64_t size, const char* at_price, const char* profit) {
    auto t = make(order, s, size, profit);
    t.price = points(at_price);
    money_of.apply(t);
    return money_of.running().at(mnq).average;
  };
  CHECK(fill(1, side::buy, 2, "20000", nullptr) == points("20000"));
  CHECK(fill(2, side::sell, 1, "20100", "200") == points("20000"));
  CHECK(fill(3, side::buy, 1, "20010", nullptr) == points("20005"));
  CHECK(fill(4, side::sell, 3, "19990", "-30") == points("19990"));
}

TEST_CASE_FIXTURE(books, "a position that its trades no longer vouch for is worth what the position says") {
  hold(2, "20000");
  mark("19850");
  money_of.apply(make(1, side::sell, 1, "-300"));
  CHECK(money_of.value(held, noon).unrealized == dollars("-300"));
  CHECK(money_of.value(held, noon, {mnq}).unrealized == dollars("-600"));
}

TEST_CASE_FIXTURE(books, "a clock that is set back makes no price younger: it goes stale when it would have") {
  hold(1, "20000");
  mark("20010", noon);
  REQUIRE_FALSE(worth(noon + 11s).priced);
  money_of.age_marks(1h); // it is an hour earlier now
  CHECK(worth(noon - 1h + 10s).priced);
  CHECK_FALSE(worth(noon - 1h + 11s).priced);
}

TEST_CASE("I6 of the trades of earlier days it is known after a restart which were entries") {
  books before;
  const auto entry = before.make(1, side::buy, 1, nullptr, day_start - 2h), exit = before.make(2, side::sell, 1, "5", day_start - 1h);
  ledger again;
  again.begin_day(day_start);
  again.begin_week(week_start);
  again.restore({entry, exit}, {}, std::nullopt);
  CHECK(again.is_entry(entry.id));
  CHECK_FALSE(again.is_entry(exit.id));
  CHECK(again.trades_today().empty());
}

// -- commissions that are learnt late -----------------------------------------------

TEST_CASE_FIXTURE(books, "commissions that become known later are in the round trips too") {
  auto entry = make(1, side::buy, 1, nullptr, noon), exit = make(2, side::sell, 1, "-50", noon + 1s);
  entry.commissions.reset();
  exit.commissions.reset();
  money_of.apply(entry);
  money_of.apply(exit);
  REQUIRE(closed(money_of) == "-50.72");
  auto told = make(3, side::buy, 1, nullptr, noon + 2s);
  SUBCASE("beside the fees") {
    money_of.apply(told);
    CHECK(closed(money_of) == "-51.22");
  }
  SUBCASE("among the fees, where they had been guessed beside them") {
    told.fees = dollars("0.11"); // with its commission what a list calls fees
    money_of.apply(told);
    CHECK(closed(money_of) == "-50.72");
  }
}

TEST_CASE_FIXTURE(books, "commissions guessed beside a list's fees leave the round trips when the list turns out to have them in its fees") {
  auto told = make(1, side::buy, 1, nullptr, noon - 1s);
  told.contract = es;
  money_of.apply(told); // ES: 0.36 and 0.25
  auto entry = make(2, side::buy, 1, nullptr, noon), exit = make(3, side::sell, 1, "-50", noon + 1s),
       last = make(4, side::sell, 1, "5", noon + 2s);
  for (auto* t : {&entry, &exit, &last}) {
    t->contract = es;
    t->commissions.reset();
    t->fees = dollars("0.50");
    money_of.apply(*t);
  }
  told.commissions.reset();
  told.fees = dollars("0.61");
  REQUIRE(closed(money_of) == "-47.86");
  money_of.apply(told); // the list's word on the first one: its fees are the whole cost
  CHECK(closed(money_of) == "-47.11");
}

TEST_CASE_FIXTURE(books, "a rebate that does not divide evenly is exact for the same size, and a trade of no size teaches nothing") {
  auto nothing = make(1, side::buy, 0, nullptr);
  money_of.apply(nothing);
  auto other = make(2, side::buy, 3, nullptr);
  other.commissions.reset();
  money_of.apply(other);
  auto told = make(3, side::buy, 3, nullptr);
  told.commissions = dollars("-1");
  money_of.apply(told);
  CHECK(money_of.realized_day() == dollars("-1.08") - dollars("0.25") + dollars("2"));
}

// -- the balance ----------------------------------------------------------------------

TEST_CASE_FIXTURE(books, "I5 a trade that was in the balance already moves it no more, but taking it back does") {
  money_of.refer_to(dollars("50000"), noon);
  auto old = make(1, side::sell, 1, "-20", noon);
  money_of.apply(old); // told late: the balance knew of it
  CHECK(money_of.expected_balance() == dollars("50000"));
  money_of.apply(make(2, side::sell, 1, "-10", noon + 1ns));
  CHECK(money_of.expected_balance() == dollars("49989.39"));
  old.voided = true;
  money_of.apply(old);
  CHECK(money_of.expected_balance() == dollars("50010.00"));
}

TEST_CASE_FIXTURE(books, "I5 only trades since the balance was known, and not voided, leave anything to explain") {
  auto before = make(1, side::buy, 1, nullptr, noon), after = make(2, side::buy, 2, nullptr, noon + 1s);
  before.commissions.reset();
  after.commissions.reset();
  money_of.apply(before);
  money_of.adjust({noon, dollars("-0.25")});
  money_of.refer_to(dollars("50000"), noon);
  CHECK(money_of.unknown().contracts == 0);
  CHECK(money_of.unknown().adjusted == money{});
  money_of.apply(after);
  money_of.adjust({noon + 1s, dollars("-0.50")});
  CHECK(money_of.unknown().contracts == 2);
  CHECK(money_of.unknown().adjusted == dollars("-0.50"));
  after.voided = true;
  money_of.apply(after);
  CHECK(money_of.unknown().contracts == 0);
}

TEST_CASE_FIXTURE(books, "the newest round trips are kept, and no more than those") {
  for (int i = 0; i < 70; ++i) {
    money_of.apply(make(2 * i + 1, side::buy, 1, nullptr, noon + std::chrono::seconds{2 * i}));
    money_of.apply(make(2 * i + 2, side::sell, 1, "5", noon + std::chrono::seconds{2 * i + 1}));
  }
  REQUIRE(money_of.closed_trips().size() == round_trips::most_kept);
  CHECK(money_of.closed_trips().back().closed == noon + 139s);
}

TEST_SUITE_END();
