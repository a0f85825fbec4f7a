// Days and weeks that began by a wrong clock.
#include "tests/account/desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {

const timestamp next_day_end = at("2025-12-04T22:00:00Z");
const timestamp next_week_end = at("2025-12-15T22:00:00Z");

/// The clock is put right, and the calendar says what is in force.
void put_right(desk& d, timestamp right) {
  d.now = right;
  d.take(d.mind.on_tick(d.now));
  d.reset(reset_kind::daily, "2025-12-03", day_start, day_end);
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("B10 I7 a day that began because the clock was ahead is taken back: nothing is summed from an instant in the future") {
  desk d;
  d.start();
  d.quote_at("20000");
  d.fill(1, side::buy, 2, "20000", 2);
  d.fill(2, side::sell, 2, "19900", 0, "-400");
  const auto lost = d.mind.status().view->realized_day;
  REQUIRE(lost < dollars("-400"));
  const auto noon_again = d.now;
  d.now = day_end + 2h;
  d.take(d.mind.on_tick(d.now));
  d.next_day();
  REQUIRE(d.mind.status().view->realized_day == money{});

  put_right(d, noon_again + 10s);
  CHECK(d.mind.status().view->day_started == day_start);
  CHECK(d.mind.status().view->next_daily_reset == day_end);
  CHECK(d.mind.status().view->realized_day == lost);
  CHECK(d.mind.status().view->trades_today.size() == 1);
  d.fill(3, side::buy, 1, "19900", 1);
  CHECK(d.mind.status().view->trades_today.size() == 2);
  auto underway = d.reading({d.position(1, "19900")}); // asked for when the day was thought to have begun
  underway.trades_since = day_end;
  d.hear(underway);
  const auto read = only<read_venue>(d.pass(1s));
  REQUIRE(read.size() == 1); // what was forgotten at the wrong time comes again
  CHECK(read[0].what.trades);
  CHECK(read[0].what.trades_since == week_start);
  SUBCASE("and the next one begins when its time comes") {
    d.now = day_end + 50ms;
    d.reset(reset_kind::daily, "2025-12-04", day_end, next_day_end);
    CHECK(d.mind.status().view->day_started == day_end);
    CHECK(d.mind.status().view->realized_day == money{});
  }
  SUBCASE("a clock that is less than a minute behind the day's begin takes nothing back") {
    d.now = day_end + 50ms;
    d.reset(reset_kind::daily, "2025-12-04", day_end, next_day_end);
    put_right(d, day_end - 59s);
    CHECK(d.mind.status().view->day_started == day_end);
    put_right(d, day_end - 61s);
    CHECK(d.mind.status().view->day_started == day_start);
  }
}

TEST_CASE("B10 a restart heals a day that was kept from a clock that was ahead") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.fill(2, side::sell, 2, "19900", 0, "-400");
  const auto lost = d.mind.status().view->realized_day;
  const auto then = d.now;
  d.now = day_end + 2h;
  d.next_day();
  desk again = d.restarted();
  again.now = then + 1min;
  again.start();
  CHECK(again.mind.status().view->day_started == day_start);
  CHECK(again.mind.status().view->realized_day == lost);
}

TEST_CASE("B10 I3 no lock ends when a day or a week is taken back, and none lasts longer for it") {
  desk d;
  d.start();
  auto week = d.says("trade_frequency", level::breach);
  week.action = action::flatten;
  week.lock = {lock_mode::flat, lock_end::weekly_reset, {}};
  d.now = week_end + 1h; // ahead by days
  d.reset(reset_kind::daily, "2025-12-09", week_end, at("2025-12-09T22:00:00Z"));
  d.reset(reset_kind::weekly, "2025-12-09", week_end, next_week_end);
  d.tell(week);
  d.tell(d.loss_breach());
  REQUIRE(d.find("trade_frequency"));
  CHECK(d.find("trade_frequency")->until == next_week_end);

  d.now = noon + 1h;
  d.take(d.mind.on_tick(d.now));
  d.reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
  d.reset(reset_kind::daily, "2025-12-03", day_start, day_end);
  REQUIRE(d.find("trade_frequency"));
  REQUIRE(d.find("daily_loss_limit"));
  CHECK(d.find("trade_frequency")->until == week_end);
  CHECK(d.find("daily_loss_limit")->until == day_end);
  d.now = day_end + 50ms;
  d.reset(reset_kind::daily, "2025-12-04", day_end, next_day_end);
  CHECK_FALSE(d.find("daily_loss_limit"));
  CHECK(d.find("trade_frequency"));
  d.now = week_end + 50ms;
  d.reset(reset_kind::weekly, "2025-12-09", week_end, next_week_end);
  CHECK_FALSE(d.find("trade_frequency"));
}

TEST_CASE("B10 trades that a week which began too early has forgotten count once when they are read again") {
  desk d;
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  const auto opened = only<save_trades>(d.all).back().trades.front();
  d.fill(2, side::sell, 2, "19900", 0, "-400");
  const auto closed = only<save_trades>(d.all).back().trades.front();
  const auto lost = d.mind.status().view->realized_week;
  d.now = week_end + 1h;
  d.reset(reset_kind::daily, "2025-12-09", week_end, at("2025-12-09T22:00:00Z"));
  d.reset(reset_kind::weekly, "2025-12-09", week_end, next_week_end);
  REQUIRE(d.mind.status().view->realized_week == money{});
  d.now = noon + 1h;
  d.reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
  d.reset(reset_kind::daily, "2025-12-03", day_start, day_end);
  d.hear(d.reading({}, {}, {opened, closed}));
  d.hear(d.reading({}, {}, {opened, closed}));
  CHECK(d.mind.status().view->realized_week == lost);
  CHECK(d.mind.status().view->realized_day == lost);
  CHECK(d.mind.status().view->trades_today.size() == 1);
  CHECK(d.mind.status().view->round_trips.size() == 1);
}

TEST_CASE("I7 a reset by hand at a time that is sure begins the day then, though the account had been told a time ahead of it") {
  desk d;
  d.start();
  const auto right = d.now;
  d.now += 20min;
  d.take(d.mind.on_tick(d.now, false));
  d.now = right + 1s;
  std::string refused;
  d.take(d.mind.on_reset_order({our_account, reset_kind::daily, "tim", "a drill", d.now, true}, refused));
  CHECK(refused.empty());
  CHECK(d.mind.status().view->day_started == d.now);
}

TEST_CASE("no lock ends by a time that is not sure") {
  desk d;
  d.start();
  d.tell(d.frequency_breach(30min));
  d.done();
  d.take(d.mind.on_tick(d.now + 7h, false));
  CHECK(d.find("trade_frequency"));
  d.take(d.mind.on_tick(d.now + 1min, true));
  CHECK(d.find("trade_frequency"));
  d.take(d.mind.on_tick(d.now + 31min, true));
  CHECK_FALSE(d.find("trade_frequency"));
}

TEST_SUITE_END();
