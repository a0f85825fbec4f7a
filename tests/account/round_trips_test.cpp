#include "actors/account/ledger.hpp"

#include "books.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace rm;
using namespace rm::test;

namespace {

struct trips {
  ledger books;
  int64_t next = 0;

  trips() {
    books.begin_week(week_start);
    books.begin_day(day_start);
  }
  trade_update make(side s, int64_t size, const char* profit, timestamp when, const contract_id& contract = mnq) {
    trade_update t;
    t.account = our_account;
    t.id = trade_id{++next};
    t.order = order_id{next};
    t.contract = contract;
    t.side = s;
    t.size = size;
    t.price = points("20000");
    if (profit)
      t.profit_and_loss = dollars(profit);
    t.fees = dollars("1");
    t.commissions = dollars("0");
    t.executed = when;
    return t;
  }
  trade_update fill(side s, int64_t size, const char* profit, duration after, const contract_id& contract = mnq) {
    const auto t = make(s, size, profit, noon + after, contract);
    books.apply(t);
    return t;
  }
  std::string closed() const { return rm::test::closed(books); }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(trips, "a round trip is what was won or lost from flat to flat, fees of the entry included") {
  fill(side::buy, 2, nullptr, 0s);
  CHECK(closed() == "");
  fill(side::buy, 1, nullptr, 1s); // scaled in
  fill(side::sell, 2, "-50", 2s);  // partial exit
  CHECK(closed() == "");
  fill(side::sell, 1, "-30", 3s);
  REQUIRE(closed() == "-84.00");
  CHECK(books.closed_trips()[0].opened == noon);
  CHECK(books.closed_trips()[0].closed == noon + 3s);
}

TEST_CASE_FIXTURE(trips, "shorts and several contracts at once have trips of their own") {
  fill(side::sell, 1, nullptr, 0s);
  fill(side::buy, 1, nullptr, 1s, es);
  fill(side::buy, 1, "-100", 2s);
  CHECK(closed() == "-102.00");
  fill(side::sell, 1, "20", 3s, es);
  CHECK(closed() == "-102.00 18.00");
}

TEST_CASE_FIXTURE(trips, "a flip in one order ends one trip and begins the next") {
  fill(side::buy, 1, nullptr, 0s);
  fill(side::sell, 3, "-40", 1s);
  CHECK(closed() == "-42.00");
  fill(side::buy, 2, "10", 2s);
  CHECK(closed() == "-42.00 9.00");
}

TEST_CASE_FIXTURE(trips, "a voided trade, a later commission and a trade told late correct the trip that they belong to") {
  fill(side::buy, 1, nullptr, 0s);
  auto late = make(side::sell, 1, "-10", noon + 2s);
  auto exit = fill(side::sell, 1, "-20", 5s);
  REQUIRE(closed() == "-22.00");
  SUBCASE("the same trade again changes nothing") {
    books.apply(exit);
    CHECK(closed() == "-22.00");
  }
  SUBCASE("a commission that comes later") {
    exit.commissions = dollars("0.5");
    books.apply(exit);
    CHECK(closed() == "-22.50");
  }
  SUBCASE("two trades that come in the wrong order: as if they had come in the right one") {
    auto second_entry = make(side::buy, 1, nullptr, noon + 1s);
    books.apply(late);
    books.apply(second_entry);
    // bought 1 at 0 s and 1 at 1 s, sold at 2 s and 5 s
    CHECK(closed() == "-34.00");
  }
  SUBCASE("voided: the position of before is back, and its trip open") {
    exit.voided = true;
    books.apply(exit);
    CHECK(closed() == "");
    fill(side::sell, 1, "-5", 9s);
    CHECK(closed() == "-7.00");
  }
}

TEST_CASE_FIXTURE(trips, "where a fill was missed, a trip ends where the next one must have begun") {
  fill(side::buy, 1, nullptr, 0s);
  fill(side::sell, 2, nullptr, 5s); // no profit: it opens, so the long was closed before
  CHECK(closed() == "-1.00");
  fill(side::buy, 2, "-8", 6s);
  CHECK(closed() == "-1.00 -10.00");
  fill(side::buy, 1, "-7", 7s); // closes something that nobody told us of
  CHECK(closed() == "-1.00 -10.00 -8.00");
}

TEST_CASE_FIXTURE(trips, "what a flip has opened is one trip, however many exits close it") {
  fill(side::buy, 1, nullptr, 0s);
  fill(side::sell, 3, "-10", 1s); // turns: 2 short
  fill(side::buy, 1, "-5", 2s);
  CHECK(closed() == "-12.00");
  fill(side::buy, 1, "-6", 3s);
  CHECK(closed() == "-12.00 -13.00");
}

TEST_CASE_FIXTURE(trips, "an exit on the position's own side closes what nobody told of, and with it the trip") {
  fill(side::buy, 1, nullptr, 0s);
  fill(side::buy, 1, "-7", 1s); // of a short that must have been opened meanwhile
  CHECK(closed() == "-9.00");
}

TEST_CASE_FIXTURE(trips, "a trip over the weekly reset keeps what it had lost before, also over a restart") {
  fill(side::buy, 2, nullptr, 0s);
  fill(side::sell, 1, "-60", 1s);
  books.begin_day(week_end);
  books.begin_week(week_end);
  REQUIRE(books.carried_trips().size() == 1);
  CHECK(books.carried_trips()[0].net == dollars("-62"));
  CHECK(books.carried_trips()[0].size == 1);
  const auto last = make(side::sell, 1, "-50", week_end + 1h);
  SUBCASE("as it runs") { books.apply(last); }
  SUBCASE("restarted before its end") {
    ledger again;
    again.begin_day(week_end);
    again.begin_week(week_end);
    again.restore({}, {}, std::nullopt, books.carried_trips());
    again.apply(last);
    books = again;
  }
  SUBCASE("restarted after its end") {
    ledger again;
    again.begin_day(week_end);
    again.begin_week(week_end);
    again.restore({last}, {}, std::nullopt, books.carried_trips());
    books = again;
  }
  CHECK(closed() == "-113.00");
}

TEST_CASE("the order in which trades are told changes no round trip in the end") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  const auto roll = [&](int low, int high) { return std::uniform_int_distribution<int>{low, high}(dice); };
  for (int day = 0; day < 300; ++day) {
    CAPTURE(day);
    trips make;
    std::vector<trade_update> told;
    std::map<contract_id, int64_t> held;
    for (int i = 0, n = roll(2, 25); i < n; ++i) {
      const auto& contract = roll(0, 2) ? mnq : es;
      int64_t& size = held[contract];
      const side s = roll(0, 1) ? side::buy : side::sell;
      const int64_t count = roll(1, 4);
      const bool closes = size != 0 && (size > 0) != (s == side::buy);
      told.push_back(make.make(s, count, closes ? std::to_string(roll(-200, 200)).c_str() : nullptr, noon + i * 1s, contract));
      size += sign_of(s) * count;
    }
    ledger in_order, shuffled;
    for (auto* l : {&in_order, &shuffled}) {
      l->begin_week(week_start);
      l->begin_day(day_start);
    }
    for (auto& t : told)
      in_order.apply(t);
    std::shuffle(told.begin(), told.end(), dice);
    for (auto& t : told) {
      shuffled.apply(t);
      if (roll(0, 3) == 0)
        shuffled.apply(t);
    }
    std::map<contract_id, std::vector<money>> a, b;
    for (auto& t : in_order.closed_trips())
      a[t.contract].push_back(t.net);
    for (auto& t : shuffled.closed_trips())
      b[t.contract].push_back(t.net);
    REQUIRE(a == b);
  }
}

TEST_SUITE_END();
