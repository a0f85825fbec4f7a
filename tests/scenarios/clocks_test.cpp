// The PC's clock is wrong, is set, or stands while the machine sleeps: the whole service, in virtual time.
#include "tests/support/restartable.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

/// A login that can tell the venue's time, and a rule of the day, one of the week and one on single trades.
struct wrong_clock : folder_of_its_own, scenario {
  wrong_clock() : scenario{{{"daily_realized_loss", block({{"limit", "100"}})}, {"weekly_loss_limit", block({{"limit", "5000"}})}, {"max_trades_per_day", block({{"limit", "1"}})}}, folder / "risk.db"} {}

  /// The process is killed, and comes back with the PC's clock wrong by this; nobody has told the time yet.
  void start_again(duration wrong_by) {
    stop();
    parts.storage.mirror = make_store_mirror();
    parts.venue_time = venue_time = std::make_shared<venue_clock>();
    venue_time->expect();
    pc_error = wrong_by;
    start();
    go(2s);
  }
  void tell_time() { venue_time->hear({now, now + pc_error, now + pc_error, steady(), steady()}); }
  void lose_200() {
    venue.place(side::buy, 2);
    go(1s);
    venue.set_price(venue.last - price::whole(50));
    venue.place(side::sell, 2);
    go(1s);
  }
};

std::string locks_of(scenario& s) {
  std::string out;
  for (auto& l : s.status().locks)
    out += l.rule.str() + " until " + format_time(l.until) + "; ";
  return out;
}

} // namespace

TEST_SUITE_BEGIN("scenarios");

TEST_CASE_FIXTURE(wrong_clock, "B10 I3 a service that starts with the clock hours ahead waits for the venue's time: no lock ends and no day begins by it") {
  lose_200();
  const auto before = locks_of(*this);
  REQUIRE(before.find("daily_realized_loss") != std::string::npos);
  const auto lost = status().view->realized_day;
  start_again(9h);
  CHECK(locks_of(*this) == before);
  CHECK(status().state == account_state_name::locked);
  tell_time();
  go(1s);
  CHECK(locks_of(*this) == before);
  tell_time(); // twice the same
  go(2s);
  CHECK(locks_of(*this) == before);
  CHECK(status().view->realized_day == lost);
  CHECK(status().view->now < now + 2s);
}

TEST_CASE_FIXTURE(wrong_clock, "B10 a clock that was hours ahead and is put right where no venue tells the time: the day is taken back, and its limits hold") {
  pc_error = 9h;
  go(2s);
  REQUIRE(status().view->day_started > now); // nothing would be counted for seven hours
  pc_error = {};
  go(2s);
  CHECK(status().view->day_started < now);
  lose_200();
  go(2s);
  CHECK(status().view->realized_day < money::whole(-200));
  CHECK(locked_by("daily_realized_loss"));
  CHECK(locked_by("max_trades_per_day"));
}

TEST_CASE_FIXTURE(wrong_clock, "B10 a clock that is set during a lock and put right changes nothing where the venue's time is known") {
  lose_200();
  const auto before = locks_of(*this);
  const auto lost = status().view->realized_week;
  for (const duration wrong_by : {duration{9h}, duration{-9h}, duration{24h * 8}, duration{}}) {
    set_pc_clock(wrong_by);
    go(2s);
    CHECK(locks_of(*this) == before);
    CHECK(status().view->realized_week == lost);
  }
}

TEST_CASE_FIXTURE(wrong_clock, "L1 after a sleep every login looks at its link at once, and hears for how long nothing ran") {
  go(5s);
  CHECK(venue.port->checks.empty());
  now += 3h; // nothing runs, and the steady clock stands
  go(100ms);
  REQUIRE(venue.port->checks.size() == 1);
  CHECK(venue.port->checks[0] > 3h);
  go(5s);
  CHECK(venue.port->checks.size() == 1);
}

TEST_SUITE_END();
