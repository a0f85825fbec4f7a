// Random days against a slow, exact reference that knows nothing of the ledger: fractions over the whole list of trades.
#include "actors/account/ledger.hpp"

#include "desk.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <random>

using namespace rm;
using namespace rm::test;

namespace {

__extension__ using wide = __int128;

/// A venue that realizes first in, first out, and tells the average of what is left.
struct fifo_venue {
  struct lot {
    int64_t size; // signed
    int64_t ticks;
  };
  std::deque<lot> lots;

  int64_t size() const {
    int64_t out = 0;
    for (auto& l : lots)
      out += l.size;
    return out;
  }
  /// Ticks times contracts won; nothing when it only opened.
  std::optional<int64_t> fill(int64_t by, int64_t ticks) {
    std::optional<int64_t> won;
    while (by != 0 && !lots.empty() && (lots.front().size > 0) != (by > 0)) {
      auto& l = lots.front();
      const int64_t closed = std::min(std::abs(by), std::abs(l.size));
      const int64_t sign = l.size > 0 ? 1 : -1;
      won = won.value_or(0) + (ticks - l.ticks) * closed * sign;
      l.size -= closed * sign;
      by += closed * sign;
      if (l.size == 0)
        lots.pop_front();
    }
    if (by != 0)
      lots.push_back({by, ticks});
    return won;
  }
  /// In units of a price, rounded.
  price average(int64_t tick_units) const {
    wide sum = 0;
    for (auto& l : lots)
      sum += wide{l.size} * l.ticks * tick_units;
    return size() == 0 ? price{} : price::from_units(static_cast<int64_t>(sum / size()));
  }
};

struct market {
  contract_id id;
  int64_t tick_units;  // of a price
  int64_t value_units; // of money, per tick
  fifo_venue venue;
  int64_t mark = 0;
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("I5 N6 N10 N11 N12: day P&L equals an exact reference on 100 000 random days") {
  const auto seed = seed_of_this_run();
  const char* fewer = std::getenv("RM_DAYS");
  const int days = fewer ? std::atoi(fewer) : 100'000;
  std::mt19937 dice{seed};
  const auto roll = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); };

  for (int day = 0; day < days; ++day) {
    ledger books;
    holdings held;
    books.begin_week(week_start);
    books.begin_day(day_start);
    // MNQ, ES, and one whose tick is no round number of cents
    market all[] = {{mnq, 250'000'000, 500'000, {}, 0}, {es, 250'000'000, 12'500'000, {}, 0}, {contract_id{"CON.F.US.ZB.H26"}, 31'250'000, 31'250'000, {}, 0}};
    for (auto& m : all) {
      contract_spec spec;
      spec.id = m.id;
      spec.tick_size = price::from_units(m.tick_units);
      spec.tick_value = money::from_units(m.value_units);
      books.apply(spec);
    }
    std::vector<trade_update> list;
    std::vector<int64_t> signed_ticks; // of each trade: by x ticks
    std::vector<std::size_t> market_of;
    const int64_t trades = roll(0, 14);
    for (int64_t i = 0; i < trades; ++i) {
      const auto which = static_cast<std::size_t>(roll(0, 2));
      auto& m = all[which];
      const int64_t by = roll(0, 1) ? roll(1, 5) : -roll(1, 5), ticks = roll(9'000, 9'400);
      trade_update t;
      t.account = our_account;
      t.id = trade_id{i + 1};
      t.order = order_id{roll(1, 10)}; // several fills of one order
      t.contract = m.id;
      t.side = by > 0 ? side::buy : side::sell;
      t.size = std::abs(by);
      t.price = price::from_units(ticks * m.tick_units);
      if (const auto won = m.venue.fill(by, ticks))
        t.profit_and_loss = money::from_units(*won * m.value_units);
      t.fees = money::from_units(roll(0, 300) * 10'000);
      t.commissions = money::from_units(roll(0, 100) * 10'000);
      t.executed = noon + i * 1s;
      list.push_back(t);
      signed_ticks.push_back(by * ticks);
      market_of.push_back(which);
    }
    // told out of order, some twice
    std::vector<trade_update> told = list;
    const bool orderly = roll(0, 3) != 0;
    if (!orderly)
      std::shuffle(told.begin(), told.end(), dice);
    for (auto& t : told) {
      books.apply(t);
      if (roll(0, 4) == 0)
        books.apply(t);
    }
    for (auto& m : all) {
      m.mark = roll(9'000, 9'400);
      quote q;
      q.contract = m.id;
      q.last = price::from_units(m.mark * m.tick_units);
      q.seen.utc = noon + 60s;
      books.apply(q);
      position_update p{our_account, m.id, m.venue.size(), m.venue.average(m.tick_units), {}, {}};
      held.apply(p);
      books.anchor(m.id, p.size, p.average_price);
    }
    // The reference: cash in, cash out, what is left at its mark, less fees. In millionths, exact.
    wide cash = 0, costs = 0, realized = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      cash -= wide{signed_ticks[i]} * all[market_of[i]].value_units;
      costs += list[i].fees.units() + list[i].commissions->units();
      realized += list[i].profit_and_loss.value_or(money{}).units();
    }
    for (auto& m : all)
      cash += wide{m.venue.size()} * m.mark * m.value_units;

    const auto worth = books.value(held, noon + 61s);
    INFO("RM_SEED=" << seed << " day " << day);
    REQUIRE(worth.priced);
    REQUIRE(books.realized_day().units() == static_cast<int64_t>(realized - costs));
    const auto off = static_cast<int64_t>(books.realized_day().units() + worth.unrealized.units() - (cash - costs));
    REQUIRE(std::abs(off) <= 100); // an average of thirds is no fixed point number: a ten-thousandth of a dollar at most

    // Voids: exactly what is left counts.
    for (auto& t : list)
      if (roll(0, 5) == 0) {
        t.voided = true;
        books.apply(t);
        realized -= t.profit_and_loss.value_or(money{}).units();
        costs -= t.fees.units() + t.commissions->units();
        t.voided = roll(0, 1) != 0; // and does not come back
        books.apply(t);
      }
    REQUIRE(books.realized_day().units() == static_cast<int64_t>(realized - costs));
    REQUIRE(books.realized_week() == books.realized_day());
  }
}

TEST_SUITE_END();
