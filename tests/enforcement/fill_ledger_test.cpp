#include "actors/enforcement/fill_ledger.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

namespace {

const contract_id contract{"CON.F.US.MNQ.Z25"};
const timestamp start{std::chrono::sys_days{std::chrono::year{2025} / 12 / 1}};

order_update filled(int64_t id, side s, int64_t filled) {
  order_update o;
  o.id = order_id{id};
  o.contract = contract;
  o.side = s;
  o.size = 10;
  o.filled = filled;
  return o;
}

trade_update trade(int64_t id, int64_t order, side s, int64_t size) {
  trade_update t;
  t.id = trade_id{id};
  t.order = order_id{order};
  t.contract = contract;
  t.side = s;
  t.size = size;
  return t;
}

/// Long 4, known for a while.
struct long_four : fill_ledger {
  long_four() { take_adopted(contract, 4, start - 1h); }
};

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("a fill is pending until the position shows it") {
  long_four ledger;
  CHECK(ledger.take_order(filled(1, side::sell, 3), start));
  CHECK(ledger.pending(contract, start) == -3);
  CHECK_FALSE(ledger.balanced(contract));
  ledger.take_position(contract, 1, start + 10ms);
  CHECK(ledger.pending(contract, start + 10ms) == 0);
  CHECK(ledger.balanced(contract));
}

TEST_CASE("a position that changes before its fill is seen leaves nothing pending") {
  long_four ledger;
  ledger.take_position(contract, 1, start);
  CHECK(ledger.pending(contract, start) == 0);
  CHECK(ledger.take_order(filled(1, side::sell, 3), start + 10ms));
  CHECK(ledger.pending(contract, start + 10ms) == 0);
}

TEST_CASE("what an order and its trades both tell counts once, and no trade counts twice") {
  long_four ledger;
  CHECK(ledger.take_order(filled(1, side::sell, 1), start));
  CHECK_FALSE(ledger.take_trade(trade(1, 1, side::sell, 1), start));
  CHECK(ledger.take_trade(trade(2, 1, side::sell, 1), start));
  CHECK_FALSE(ledger.take_trade(trade(2, 1, side::sell, 1), start));
  CHECK_FALSE(ledger.take_order(filled(1, side::sell, 2), start));
  CHECK(ledger.pending(contract, start) == -2);
  auto voided = trade(3, 1, side::sell, 1);
  voided.voided = true;
  CHECK_FALSE(ledger.take_trade(voided, start));
}

TEST_CASE("fills of an order met in a list are in the list's positions already") {
  long_four ledger;
  ledger.take_listed(filled(1, side::sell, 2));
  CHECK_FALSE(ledger.take_order(filled(1, side::sell, 2), start));
  CHECK(ledger.take_order(filled(1, side::sell, 3), start));
  CHECK(ledger.pending(contract, start) == -1);
}

TEST_CASE("a list that takes back what events have just said leaves the events' word pending") {
  long_four ledger;
  ledger.take_order(filled(1, side::sell, 4), start);
  ledger.take_position(contract, 0, start);
  ledger.take_adopted(contract, 4, start + 2s);
  CHECK(ledger.pending(contract, start + 2s) == -4);
  CHECK(ledger.pending(contract, start + 5s) == 0); // it insists
}

TEST_CASE("a list that shows the fills balances them") {
  long_four ledger;
  ledger.take_order(filled(1, side::sell, 4), start);
  ledger.take_adopted(contract, 0, start + 2s);
  CHECK(ledger.pending(contract, start + 2s) == 0);
}

TEST_CASE("position events that come after a list had shown the fills already are known to be old") {
  long_four ledger;
  ledger.take_order(filled(1, side::sell, 3), start);
  ledger.take_adopted(contract, 1, start + 1s);
  ledger.take_position(contract, 3, start + 2s);
  CHECK(3 + ledger.pending(contract, start + 2s) == 1);
  ledger.take_position(contract, 2, start + 2s);
  CHECK(2 + ledger.pending(contract, start + 2s) == 1);
  ledger.take_position(contract, 1, start + 2s);
  CHECK(ledger.balanced(contract));
}

TEST_CASE("fills that no position ever shows are forgotten after a while, also after the clock was set back") {
  long_four ledger;
  ledger.take_order(filled(1, side::sell, 4), start);
  CHECK(ledger.unsettled(start + 4999ms).size() == 1);
  CHECK(ledger.unsettled(start + 5s).empty());
  ledger.shift(1h);
  CHECK(ledger.unsettled(start - 1h + 4999ms).size() == 1);
  CHECK(ledger.unsettled(start - 1h + 5s).empty());
}

} // TEST_SUITE
