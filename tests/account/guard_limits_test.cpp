// The corners of what a lock lets stay, and of what counts as settled: each held by a test that a break of its line makes fail.
#include "trading.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

/// What is asked to be reduced to: −1 where nothing is.
int64_t kept(const desk& d) {
  int64_t out = -1;
  for (auto& e : only<enforce>(d.all))
    for (auto& t : e.goal.targets)
      out = t.keep;
  return out;
}

verdict second_lock(desk& d) {
  auto out = d.loss_breach();
  out.action = action::cancel_order;
  out.lock = {lock_mode::reduce_only, lock_end::daily_reset, day_end};
  return out;
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(idle, "I3 an exit out of more than may stay does not let the rest of it stay") {
  fill(1, side::buy, 2, "20000", 2);
  tell(frequency_breach());
  fill(2, side::buy, 3, "20000", 5); // forbidden, and not yet taken back
  fill(3, side::sell, 1, "20000", 4, "0");
  CHECK(find("trade_frequency")->held.at(mnq) == 2);
  CHECK(kept(*this) == 2);
}

TEST_CASE_FIXTURE(idle, "I3 of two locks the one that lets less stay counts, also where it is the older one") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  fill(2, side::buy, 2, "20000", 3); // forbidden
  CHECK(kept(*this) == 1);
  tell(second_lock(*this)); // found 3
  fill(3, side::buy, 1, "20000", 4);
  done();
  fill(4, side::buy, 1, "20000", 5);
  CHECK(newest_enforce().goal.targets.at(0).keep == 1);
}

TEST_CASE_FIXTURE(idle, "I2 an entry at the market that waits is cancelled in a reduce_only lock") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(order(2, order_status::pending, side::buy, 1));
  REQUIRE(enforced() == 1);
  CHECK(newest_enforce().goal.cancel_increasing);
  CHECK(attempts("trade_frequency") == 1);
}

TEST_CASE_FIXTURE(idle, "a fill that the position had shown before the lock, told again by its order, does not let as much again stay") {
  hear(order(1, order_status::pending, side::buy, 2));
  hear(position(2, "20000"));
  tell(frequency_breach());
  hear(order(1, order_status::filled, side::buy, 2)); // its trade is late
  hear(order(2, order_status::filled, side::buy, 3)); // more than could have been shown
  hear(position(5, "20000"));
  for (int i = 0; i < 3; ++i)
    pass(1s);
  CHECK(kept(*this) == 2);
}

TEST_CASE_FIXTURE(idle, "what a list has settled is not waited for any more: the next fill is an attempt like any other") {
  hear(position(2, "20000")); // its trade never comes
  tell(frequency_breach());
  pass(1s);
  hear(reading({position(2, "20000")}));
  pass(1s);
  hear(trade(9, side::buy, 2, "20000"));
  CHECK(attempts("trade_frequency") == 1);
  hear(position(4, "20000"));
  CHECK(kept(*this) == 2);
}

TEST_CASE_FIXTURE(idle, "growth that nothing explains is waited for anew where it was gone in between") {
  fill(1, side::buy, 1, "20000", 1);
  tell(frequency_breach());
  hear(position(3, "20000"));
  pass(1s);
  hear(position(1, "20000"));
  pass(5s);
  hear(position(3, "20000"));
  CHECK(kept(*this) == -1);
  pass(1s);
  CHECK(kept(*this) == -1);
  pass(1s);
  CHECK(kept(*this) == 1);
}

TEST_CASE_FIXTURE(idle, "while an entry's fill is told by halves its stop and its target are no risk") {
  hear(order(1, order_status::pending, side::buy, 2));
  hear(order(1, order_status::filled, side::buy, 2)); // the trade and the position come later
  hear(order(2, order_status::open, side::sell, 2, order_type::stop));
  const auto risky = [&] {
    const auto status = mind.status();
    const auto& orders = status.view->orders;
    return std::any_of(orders.begin(), orders.end(), [](auto& o) { return o.id == order_id{2} && o.increases; });
  };
  CHECK_FALSE(risky());
  pass(1s); // they do not come: then it is what the position says
  CHECK(risky());
}

TEST_CASE_FIXTURE(idle, "a position whose average cannot be read leaves the average that its trades have") {
  hear(trade(1, side::buy, 2, "20000"));
  hear(position(2, "0"));
  CHECK(mind.books().running().at(mnq).average == points("20000"));
}

TEST_SUITE_END();
