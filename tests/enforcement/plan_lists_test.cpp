// What the plan makes of lists that are old or that cannot show everything.
#include "tests/enforcement/mini_venue.hpp"

using namespace rm;
using namespace rm::test;

namespace {

/// Long 2 with a stop, all known to the plan.
struct long_with_stop : mini_venue {
  long_with_stop() {
    hold(mnq, 2);
    place(mnq, side::sell, order_type::stop, 2);
    run(milliseconds{50});
    connect();
  }
};

} // namespace

TEST_SUITE_BEGIN("enforcement");

TEST_CASE("F2: a list that cannot show suspended orders confirms nothing, where the venue has one that can") {
  long_with_stop v;
  v.lists_suspended = false;
  v.flatten();
  v.run(seconds{20});
  CHECK(v.positions[mnq] == 0);
  CHECK_FALSE(v.confirmed());
  SUBCASE("it can again") {
    v.lists_suspended = true;
    REQUIRE(v.run_to_end());
  }
  SUBCASE("there is none at all") {
    v.has_such_a_list = false;
    REQUIRE(v.run_to_end());
  }
  CHECK(v.confirmed());
  CHECK_NO_FAULT(v);
}

TEST_CASE("F7: an old account list does not say that the venue has done with its liquidation") {
  long_with_stop v;
  auto old = v.list();
  old.has_account = true;
  old.info.account = account_id{7};
  old.info.can_trade = true;
  old.sent_steady_ns = mini_venue::steady(v.now);
  old.read_at = v.now;
  account_update u;
  u.account = account_id{7};
  u.can_trade = false;
  u.seen = {v.now, mini_venue::steady(v.now) + 1000};
  v.event({u});
  v.flatten();
  v.event({old});
  v.run(milliseconds{1900});
  CHECK(v.closes() == 0); // the venue still has its two seconds
  REQUIRE(v.run_to_end());
  CHECK(v.closes() == 1);
  CHECK_NO_FAULT(v);
}

TEST_SUITE_END();
