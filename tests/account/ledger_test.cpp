#include "actors/account/ledger.hpp"

#include "books.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(books, "N12 the same trade is counted once, however often it is told") {
  auto t = make(1, side::sell, 1, "-49");
  CHECK(money_of.apply(t));
  CHECK_FALSE(money_of.apply(t));
  CHECK_FALSE(money_of.apply(t));
  CHECK(money_of.realized_day() == dollars("-49.61"));
  CHECK(money_of.realized_week() == dollars("-49.61"));
}

TEST_CASE_FIXTURE(books, "N13 two equal trades with two ids are two trades") {
  money_of.apply(make(1, side::sell, 1, "-49"));
  money_of.apply(make(1, side::sell, 1, "-49"));
  CHECK(money_of.realized_day() == dollars("-99.22"));
}

TEST_CASE_FIXTURE(books, "a voided trade never counts, and one that is voided later is taken back") {
  auto first = make(1, side::buy, 1, nullptr);
  first.voided = true;
  money_of.apply(first);
  CHECK(money_of.realized_day() == money{});
  CHECK(money_of.counted().empty());
  auto second = make(2, side::buy, 1, nullptr);
  money_of.apply(second);
  CHECK(money_of.counted().size() == 1);
  CHECK(money_of.last_trade() == noon);
  second.voided = true;
  CHECK(money_of.apply(second));
  CHECK(money_of.realized_day() == money{});
  CHECK(money_of.counted().empty());
  CHECK_FALSE(money_of.last_trade());
  second.voided = false;
  CHECK_FALSE(money_of.apply(second)); // it does not come back
  CHECK(money_of.size_by_trades(mnq) == 0);
}

TEST_CASE_FIXTURE(books, "N10 fees and commissions of an opening half-turn count") {
  money_of.apply(make(1, side::buy, 1, nullptr));
  CHECK(money_of.realized_day() == dollars("-0.61"));
}

TEST_CASE_FIXTURE(books, "N10 a commission that the list lacks is the last one seen, and the real one replaces it") {
  auto unknown = make(1, side::buy, 2, nullptr);
  unknown.commissions.reset();
  money_of.apply(unknown);
  CHECK(money_of.realized_day() == dollars("-0.36")); // no rate is known yet
  auto told = make(2, side::buy, 3, nullptr);
  told.commissions = dollars("0.75");
  money_of.apply(told); // 0.25 for each: the earlier trade has paid 0.50
  CHECK(money_of.realized_day() == dollars("-1.97"));
  auto later = make(3, side::buy, 4, nullptr);
  later.commissions.reset();
  money_of.apply(later);
  CHECK(money_of.realized_day() == dollars("-3.33"));
  later.commissions = dollars("1.20");
  CHECK(money_of.apply(later));
  CHECK(money_of.realized_day() == dollars("-3.53"));
  later.commissions.reset();
  CHECK_FALSE(money_of.apply(later)); // known stays known
}

TEST_CASE_FIXTURE(books, "I5 N10 commissions that a list has in its fees are not counted twice, whichever word comes first") {
  auto streamed = make(1, side::buy, 2, nullptr);
  auto listed = streamed;
  listed.fees = dollars("0.61");
  listed.commissions.reset();
  auto other = make(2, side::sell, 2, "10");
  auto other_listed = other;
  other_listed.fees = dollars("0.61");
  other_listed.commissions.reset();
  SUBCASE("the stream first") {
    money_of.apply(streamed);
    CHECK_FALSE(money_of.apply(listed));
    CHECK(money_of.realized_day() == dollars("-0.61"));
    money_of.apply(other_listed); // and then one that only the list tells
    CHECK(money_of.realized_day() == dollars("8.78"));
    CHECK_FALSE(money_of.apply(other));
    CHECK_FALSE(money_of.apply(other_listed));
  }
  SUBCASE("the list first, and its own trade explains it") {
    money_of.apply(listed);
    CHECK(money_of.realized_day() == dollars("-0.61"));
    CHECK_FALSE(money_of.apply(other_listed) == false);
    money_of.apply(streamed);
    CHECK(money_of.realized_day() == dollars("8.78"));
    money_of.apply(other);
  }
  SUBCASE("the list first, and another trade of the contract explains it at once") {
    money_of.apply(listed);
    money_of.apply(other);
    CHECK(money_of.realized_day() == dollars("8.78"));
    CHECK_FALSE(money_of.apply(listed));
    CHECK_FALSE(money_of.apply(other_listed));
    money_of.apply(streamed);
  }
  CHECK(money_of.realized_day() == dollars("8.78"));
  auto corrected = listed;
  corrected.fees = dollars("0.71"); // the venue has found ten cents more
  money_of.apply(corrected);
  CHECK(money_of.realized_day() == dollars("8.68"));
}

TEST_CASE_FIXTURE(books, "I5 fees that a list tells without commissions replace the stream's once it is known that they are fees alone") {
  auto streamed = make(1, side::buy, 2, nullptr);
  auto listed = streamed;
  listed.commissions.reset();
  listed.fees = dollars("0.50"); // neither the fees nor the sum: nobody knows what that is
  money_of.apply(streamed);
  CHECK_FALSE(money_of.apply(listed));
  CHECK(money_of.realized_day() == dollars("-0.61"));
  listed.fees = streamed.fees;
  CHECK_FALSE(money_of.apply(listed));
  listed.fees = dollars("0.50");
  CHECK(money_of.apply(listed));
  CHECK(money_of.realized_day() == dollars("-0.75"));
}

TEST_CASE_FIXTURE(books, "a rate that does not divide evenly is still exact for the same size") {
  auto told = make(1, side::buy, 3, nullptr);
  told.commissions = dollars("1");
  money_of.apply(told);
  auto other = make(2, side::buy, 3, nullptr);
  other.commissions.reset();
  money_of.apply(other);
  CHECK(money_of.realized_day() == dollars("-2.72"));
}

TEST_CASE_FIXTURE(books, "partial fills of one order count once, at the first one's time") {
  money_of.apply(make(1, side::buy, 1, nullptr, noon + 2s));
  money_of.apply(make(1, side::buy, 1, nullptr, noon + 1s)); // out of order
  money_of.apply(make(1, side::buy, 1, nullptr, noon + 3s));
  REQUIRE(money_of.counted().size() == 1);
  CHECK(money_of.counted()[0].at == noon + 1s);
  CHECK(money_of.counted()[0].fills.size() == 3);
  CHECK(money_of.filled_of(order_id{1}) == 3);
}

TEST_CASE_FIXTURE(books, "when the first fill is voided the order counts from the next one") {
  auto first = make(1, side::buy, 1, nullptr, noon + 1s);
  money_of.apply(first);
  money_of.apply(make(1, side::buy, 1, nullptr, noon + 5s));
  first.voided = true;
  money_of.apply(first);
  REQUIRE(money_of.counted().size() == 1);
  CHECK(money_of.counted()[0].at == noon + 5s);
  CHECK(money_of.last_trade() == noon + 5s);
}

TEST_CASE_FIXTURE(books, "exits do not count, a flip counts once") {
  money_of.apply(make(1, side::buy, 2, nullptr));
  money_of.apply(make(2, side::sell, 1, "10"));
  CHECK(money_of.counted().size() == 1);
  money_of.apply(make(3, side::sell, 3, "10", noon + 1s)); // closes 1, opens 2 short
  REQUIRE(money_of.counted().size() == 2);
  CHECK(money_of.counted()[1].order == order_id{3});
  CHECK(money_of.size_by_trades(mnq) == -2);
  CHECK(money_of.is_entry(trade_id{3}));
  CHECK_FALSE(money_of.is_entry(trade_id{2}));
}

TEST_CASE_FIXTURE(books, "an exit that is told before its entry leaves the position right") {
  auto entry = make(1, side::buy, 1, nullptr, noon);
  auto exit = make(2, side::sell, 1, "5", noon + 1s);
  money_of.apply(exit);
  money_of.apply(entry);
  CHECK(money_of.size_by_trades(mnq) == 0);
  CHECK(money_of.counted().size() == 1);
  CHECK_FALSE(money_of.is_entry(exit.id));
}

TEST_CASE_FIXTURE(books, "the day begins at its boundary: exactly there counts, before does not") {
  money_of.apply(make(1, side::buy, 1, nullptr, day_start - 1ns));
  CHECK(money_of.realized_day() == money{});
  CHECK(money_of.realized_week() == dollars("-0.61"));
  CHECK(money_of.counted().empty());
  CHECK(money_of.last_trade() == day_start - 1ns); // an interval since the last trade goes on over the reset
  money_of.apply(make(2, side::buy, 1, nullptr, day_start));
  CHECK(money_of.realized_day() == dollars("-0.61"));
  CHECK(money_of.counted().size() == 1);
}

TEST_CASE_FIXTURE(books, "a trade of the old day that is told after the reset belongs to the old day") {
  money_of.apply(make(1, side::buy, 1, nullptr));
  money_of.begin_day(day_end);
  CHECK(money_of.realized_day() == money{});
  CHECK(money_of.counted().empty());
  money_of.apply(make(2, side::sell, 1, "-30", day_end - 1s));
  CHECK(money_of.realized_day() == money{});
  CHECK(money_of.realized_week() == dollars("-31.22"));
}

TEST_CASE_FIXTURE(books, "an order filled on both sides of the reset counts in the day of its first fill only") {
  money_of.apply(make(1, side::buy, 1, nullptr, day_end - 1s));
  money_of.begin_day(day_end);
  money_of.apply(make(1, side::buy, 1, nullptr, day_end + 1s));
  CHECK(money_of.counted().empty());
  CHECK(money_of.realized_day() == dollars("-0.61"));
}

TEST_CASE_FIXTURE(books, "the week begins anew, and forgets what neither day nor week needs") {
  money_of.apply(make(1, side::buy, 1, nullptr, week_start + 1h));
  money_of.apply(make(2, side::sell, 1, "20", noon));
  money_of.begin_day(week_end);
  money_of.begin_week(week_end);
  CHECK(money_of.realized_week() == money{});
  CHECK(money_of.trades().empty());
  money_of.apply(make(3, side::buy, 1, nullptr, week_end));
  CHECK(money_of.realized_week() == dollars("-0.61"));
}

TEST_CASE_FIXTURE(books, "amounts that nobody can have are refused and change nothing") {
  money_of.apply(make(1, side::buy, 1, nullptr));
  auto absurd = make(2, side::sell, 1, "9000000000000");
  CHECK_THROWS_AS(money_of.apply(absurd), amount_overflow);
  absurd = make(3, side::sell, 1, "1");
  absurd.fees = money::from_units(std::numeric_limits<int64_t>::min());
  CHECK_THROWS_AS(money_of.apply(absurd), amount_overflow);
  CHECK(money_of.realized_day() == dollars("-0.61"));
  CHECK(money_of.size_by_trades(mnq) == 1);
  CHECK_FALSE(money_of.knows(trade_id{2}));
}

// -- valuation ----------------------------------------------------------------------

TEST_CASE_FIXTURE(books, "N6 N11 unrealized has the sign of the position") {
  struct row { int64_t size; const char* average; const char* mark; const char* worth; };
  for (auto& r : std::vector<row>{{2, "20000", "20010", "40"}, {2, "20000", "19990", "-40"}, {-2, "20000", "20010", "-40"}, {-2, "20000", "19990", "40"},
                                  {3, "20000.0833", "20000.25", "1.0002"}, {-1, "20000.375", "20000.25", "0.25"}, {1, "20000", "20000", "0"}}) {
    books b;
    b.hold(r.size, r.average);
    b.mark(r.mark);
    CAPTURE(r.size);
    CAPTURE(r.mark);
    CHECK(b.worth().priced);
    CHECK(b.worth().unrealized == dollars(r.worth));
  }
}

TEST_CASE_FIXTURE(books, "contracts with opposite signs are summed up") {
  hold(2, "20000");
  hold(-1, "6000", es);
  mark("20010");
  mark("6001", noon, es);
  CHECK(worth().unrealized == dollars("-10"));
}

TEST_CASE("I8 without a specification, a price, or a fresh price a position has no worth") {
  SUBCASE("no quote") {
    books b;
    b.hold(1, "20000");
    CHECK_FALSE(b.worth().priced);
    CHECK(b.worth().why.find("no price") != std::string::npos);
  }
  SUBCASE("no specification") {
    ledger bare;
    holdings held;
    held.apply(position_update{our_account, mnq, 1, points("20000"), {}, {}});
    quote q;
    q.contract = mnq;
    q.last = points("20000");
    q.seen.utc = noon;
    bare.apply(q);
    CHECK_FALSE(bare.value(held, noon).priced);
    auto worthless = mnq_spec();
    worthless.tick_value = {};
    bare.apply(worthless);
    CHECK_FALSE(bare.value(held, noon).priced);
    bare.apply(mnq_spec());
    CHECK(bare.value(held, noon).priced);
  }
  SUBCASE("stale, to the nanosecond") {
    books b;
    b.hold(1, "20000");
    b.mark("20010");
    CHECK(b.worth(noon + 10s).priced);
    CHECK_FALSE(b.worth(noon + 10s + 1ns).priced);
    CHECK(b.worth(noon - 1h).priced); // the clock was set back
  }
  SUBCASE("N3 a zero, negative or absurd price") {
    for (const char* bad : {"0", "-1", "200001", "1999", "9000000000"}) {
      books b;
      b.hold(1, "20000");
      b.mark(bad);
      CAPTURE(bad);
      CHECK_FALSE(b.worth().priced);
      CHECK(b.worth().unrealized == money{});
    }
    books b;
    b.hold(1, "0");
    b.mark("20000");
    CHECK_FALSE(b.worth().priced);
  }
  SUBCASE("more than anything can be worth") {
    books b;
    b.hold(10'000'000, "20000");
    b.mark("20100");
    CHECK_FALSE(b.worth().priced);
  }
  SUBCASE("flat needs nothing") {
    ledger bare;
    CHECK(bare.value({}, noon).priced);
  }
}

TEST_CASE_FIXTURE(books, "between a fill's trade and its position nothing is counted twice or lost") {
  hold(2, "20000");
  mark("19850");
  REQUIRE(worth().unrealized == dollars("-600"));
  SUBCASE("the trade first") {
    money_of.apply(make(1, side::sell, 2, "-600"));
    CHECK(money_of.realized_day() + worth().unrealized == dollars("-600.61"));
  }
  SUBCASE("the position first") {
    held.apply(position_update{our_account, mnq, 0, {}, {}, {}});
    CHECK(money_of.realized_day() + worth().unrealized == dollars("-600"));
    CHECK(money_of.value(held, noon, {mnq}).unrealized == money{}); // a trade that never comes is waited for only so long
  }
  SUBCASE("half of it, the trade first") {
    money_of.apply(make(1, side::sell, 1, "-300"));
    CHECK(money_of.realized_day() + worth().unrealized == dollars("-600.61"));
  }
  SUBCASE("more of it, the trade first") {
    auto more = make(1, side::buy, 2, nullptr);
    more.price = points("19850");
    money_of.apply(more);
    CHECK(worth().unrealized == dollars("-600"));
  }
}

// -- restart and reference ------------------------------------------------------------

namespace {

/// P&L the slow way: every lot is a contract of its own.
struct reference {
  struct one { contract_id contract; bool voided = false; int64_t net_units = 0; timestamp executed{}; };
  std::map<int64_t, one> trades;
  int64_t since(timestamp boundary) const {
    int64_t sum = 0;
    for (auto& [id, t] : trades)
      if (!t.voided && t.executed >= boundary)
        sum += t.net_units;
    return sum;
  }
};

} // namespace

TEST_CASE("P&L, positions and counts equal an independent slow reference over many random days, restarted or not") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  const auto roll = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); };
  for (int day = 0; day < 10'000; ++day) {
    CAPTURE(day);
    books b;
    reference slow;
    std::map<contract_id, std::vector<int64_t>> lots; // entry prices in ticks, signed by side
    std::set<int64_t> entry_orders;
    std::vector<trade_update> told;
    std::map<contract_id, int64_t> tick_cents{{mnq, 50}, {es, 1250}};
    const int count = static_cast<int>(roll(1, 12));
    for (int i = 0; i < count; ++i) {
      const auto& contract = roll(0, 1) ? mnq : es;
      auto& mine = lots[contract];
      const int64_t order = 1 + i / 2; // two fills each
      const int64_t direction = (roll(0, 1) ? 1 : -1);
      const int64_t size = roll(1, 4);
      const int64_t ticks = roll(80'000, 80'400);
      trade_update t = b.make(order * 10 + (contract == es), direction > 0 ? side::buy : side::sell, size, nullptr, noon + std::chrono::seconds{i});
      t.contract = contract;
      t.price = price::from_units(ticks * 250'000'000);
      const bool before = roll(0, 9) == 0;
      if (before)
        t.executed = day_start - 1h + std::chrono::seconds{i};
      int64_t cents = 0;
      bool closes = false, opens = false;
      for (int64_t n = 0; n < size; ++n) {
        if (!mine.empty() && (mine.front() > 0) != (direction > 0)) {
          cents += direction * ((mine.front() > 0 ? mine.front() : -mine.front()) - ticks) * tick_cents[contract];
          mine.erase(mine.begin());
          closes = true;
        } else {
          mine.push_back(direction * ticks);
          opens = true;
        }
      }
      if (closes)
        t.profit_and_loss = money::from_units(cents * 10'000);
      t.fees = money::from_units(size * 360'000);
      t.commissions = money::from_units(size * 250'000);
      slow.trades[t.id.value] = {contract, false, cents * 10'000 - size * 610'000, t.executed};
      if (opens && !before)
        entry_orders.insert(t.order.value);
      REQUIRE(b.money_of.apply(t));
      if (roll(0, 3) == 0)
        CHECK_FALSE(b.money_of.apply(t)); // told twice
      told.push_back(t);
    }
    // An order whose first entry fill was before the reset does not count today.
    std::set<int64_t> counted;
    for (auto& c : b.money_of.counted())
      counted.insert(c.order.value);
    for (auto& t : told)
      if (b.money_of.is_entry(t.id) && t.executed < day_start)
        entry_orders.erase(t.order.value);
    CHECK(counted == entry_orders);
    for (auto& [contract, mine] : lots)
      CHECK(b.money_of.size_by_trades(contract) == (mine.empty() ? 0 : mine.front() > 0 ? static_cast<int64_t>(mine.size()) : -static_cast<int64_t>(mine.size())));
    CHECK(b.money_of.realized_day().units() == slow.since(day_start));
    CHECK(b.money_of.realized_week().units() == slow.since(week_start));

    ledger again; // the same from the disk, in any order
    again.begin_day(day_start);
    again.begin_week(week_start);
    auto kept = told;
    std::shuffle(kept.begin(), kept.end(), dice);
    again.restore(kept, b.money_of.counted(), b.money_of.last_trade());
    CHECK(again.realized_day() == b.money_of.realized_day());
    CHECK(again.realized_week() == b.money_of.realized_week());
    CHECK(again.last_trade() == b.money_of.last_trade());
    REQUIRE(again.counted().size() == b.money_of.counted().size());
    for (std::size_t i = 0; i < again.counted().size(); ++i) {
      CHECK(again.counted()[i].order == b.money_of.counted()[i].order);
      CHECK(again.counted()[i].at == b.money_of.counted()[i].at);
      CHECK(again.counted()[i].fills == b.money_of.counted()[i].fills);
    }
    for (auto& t : kept)
      CHECK_FALSE(again.apply(t));

    if (roll(0, 1)) { // one is voided
      auto gone = told[static_cast<std::size_t>(roll(0, count - 1))];
      gone.voided = true;
      slow.trades[gone.id.value].voided = true;
      for (auto* books : {&b.money_of, &again}) {
        CHECK(books->apply(gone));
        CHECK(books->realized_day().units() == slow.since(day_start));
        CHECK(books->realized_week().units() == slow.since(week_start));
        CHECK_FALSE(books->is_entry(gone.id));
      }
    }
  }
}

TEST_CASE("edge: trades told twice, and contracts in any order: the same money, counts, positions and round trips in the end") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  const auto roll = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); };
  for (int day = 0; day < 500; ++day) {
    CAPTURE(day);
    books in_order, told;
    std::vector<trade_update> all;
    std::map<contract_id, int64_t> held;
    for (int i = 0; i < 20; ++i) {
      const auto contract = roll(0, 1) ? mnq : es;
      int64_t& size = held[contract];
      const bool adds = size == 0 || roll(0, 1);
      const int64_t by = adds ? (size < 0 || (size == 0 && roll(0, 1)) ? -roll(1, 3) : roll(1, 3)) : (size > 0 ? -roll(1, size) : roll(1, -size));
      auto t = in_order.make(100 + i / 2, by > 0 ? side::buy : side::sell, by > 0 ? by : -by, adds ? nullptr : roll(0, 1) ? "-12.5" : "7.25", noon + std::chrono::seconds{i});
      t.contract = contract;
      t.commissions = dollars("0.25") * t.size;
      size += by;
      all.push_back(t);
      in_order.money_of.apply(t);
    }
    std::map<contract_id, std::vector<trade_update>> waiting; // the venue tells one contract's fills in their order
    for (auto i = all.rbegin(); i != all.rend(); ++i)
      waiting[i->contract].push_back(*i);
    std::vector<trade_update> before;
    while (before.size() < all.size()) {
      auto& next = waiting[roll(0, 1) ? mnq : es];
      if (next.empty())
        continue;
      before.push_back(next.back());
      next.pop_back();
      told.money_of.apply(before.back());
      if (roll(0, 2) == 0)
        CHECK_FALSE(told.money_of.apply(before[static_cast<std::size_t>(roll(0, static_cast<int64_t>(before.size()) - 1))]));
    }
    const auto& a = in_order.money_of;
    const auto& b = told.money_of;
    REQUIRE(a.realized_day() == b.realized_day());
    REQUIRE(a.realized_week() == b.realized_week());
    REQUIRE(a.trades_today() == b.trades_today());
    REQUIRE(a.last_trade() == b.last_trade());
    REQUIRE(a.closed_trips().size() == b.closed_trips().size());
    for (std::size_t i = 0; i < a.closed_trips().size(); ++i)
      REQUIRE(a.closed_trips()[i].net == b.closed_trips()[i].net);
    for (auto& [contract, size] : held)
      REQUIRE(b.size_by_trades(contract) == size);
  }
}

TEST_SUITE_END();
