// Days and weeks that begin, deadlines, and what is saved.
#include "trading.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

// -- resets -------------------------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "I7 a reset is applied once, however often it is said") {
  CHECK(notes(next_day(), "reset") == 1);
  CHECK(only<save_account>(last).at(0).resets.size() == 1);
  CHECK(only<reset_applied>(last).size() == 1);
  next_day();
  CHECK(notes(last, "reset") == 0);
  CHECK(only<reset_applied>(last).size() == 1); // it is answered all the same
}

TEST_CASE_FIXTURE(trading, "the daily reset ends the daily lock, and begins the sums, counts and the peak anew (N7)") {
  quote_at("20100");
  CHECK(mind.status().view->peak_day > dollars("190"));
  tell(loss_breach());
  fill(9, side::sell, 2, "20100", 0, "200");
  done();
  next_day();
  CHECK(mind.locks().empty());
  CHECK(disk.memory.locks.empty());
  CHECK(mind.books().realized_day() == money{});
  CHECK(mind.books().realized_week() != money{});
  CHECK(mind.books().counted().empty());
  CHECK(disk.memory.peak_day == money{});
  CHECK(mind.status().state != account_state_name::locked);
}

TEST_CASE_FIXTURE(trading, "the peak of the new day starts with what is open at the reset") {
  now = day_end - 1s;
  quote_at("20100");
  next_day();
  CHECK(disk.memory.peak_day == dollars("400"));
}

TEST_CASE_FIXTURE(trading, "T4 a lock that begins between the boundary and the reset's word ends with it") {
  now = day_end + 20ms;
  tell(loss_breach());
  REQUIRE(find("daily_loss_limit"));
  next_day();
  CHECK_FALSE(find("daily_loss_limit"));
}

TEST_CASE_FIXTURE(trading, "a verdict on the old day's view after the reset is not heard") {
  const auto sequence = mind.status().view->sequence;
  next_day();
  auto late = loss_breach();
  late.sequence = sequence;
  tell(late);
  CHECK(mind.locks().empty());
  late.sequence = mind.status().view->sequence;
  tell(late);
  CHECK_FALSE(mind.locks().empty());
}

TEST_CASE_FIXTURE(trading, "a reset while flattening: the case goes on, the lock is gone") {
  tell(loss_breach());
  next_day();
  CHECK(mind.locks().empty());
  CHECK(disk.memory.cases.size() == 1);
}

TEST_CASE_FIXTURE(trading, "B10 a clock stepped back over a reset takes the day back, ends no lock and does not stop the readings") {
  next_day();
  tell(loss_breach());
  pass(11s);
  hear(reading({position(2, "20000")}));
  now -= 1h;
  reset(reset_kind::daily, "2025-12-03", day_start, day_end);
  CHECK(notes(last, "reset") == 1);
  REQUIRE(find("daily_loss_limit"));
  CHECK(find("daily_loss_limit")->until == day_end);
  CHECK(notes(reset(reset_kind::daily, "2025-12-03", day_start, day_end), "reset") == 0);
  const auto reads = only<read_venue>(all).size();
  for (int i = 0; i < 25; ++i) {
    pass(1s);
    if (!only<read_venue>(last).empty())
      hear(reading({position(2, "20000")}));
  }
  CHECK(only<read_venue>(all).size() >= reads + 2);
}

TEST_CASE_FIXTURE(trading, "a clock that was days ahead does not leave the account without resets") {
  now += std::chrono::days{40};
  reset(reset_kind::daily, "2026-01-12", at("2026-01-11T22:00:00Z"), at("2026-01-12T22:00:00Z"));
  now -= std::chrono::days{40};
  CHECK(notes(reset(reset_kind::daily, "2025-12-03", day_start, day_end), "reset") == 1);
  CHECK(notes(next_day(), "reset") == 1);
}

TEST_CASE_FIXTURE(trading, "a weekly lock outlasts daily resets") {
  auto v = loss_breach();
  v.lock.end = lock_end::weekly_reset;
  tell(v);
  next_day();
  CHECK(find("daily_loss_limit"));
  now = week_end + 1s;
  reset(reset_kind::weekly, "2025-12-09", week_end, week_end + std::chrono::days{7});
  CHECK_FALSE(find("daily_loss_limit"));
}

TEST_CASE_FIXTURE(trading, "canTrade false is journalled once, and its lock ends when the venue says true") {
  account_update a;
  a.account = our_account;
  a.can_trade = false;
  a.seen = seen();
  CHECK(notes(hear(a), "account") == 1);
  CHECK(notes(hear(a), "account") == 0);
  auto v = loss_breach();
  v.lock = {lock_mode::flat, lock_end::can_trade, {}};
  tell(v);
  next_day();
  CHECK(find("daily_loss_limit"));
  pass(5s);
  a.can_trade = true;
  a.seen = seen();
  CHECK(notes(hear(a), "account") == 1);
  CHECK(mind.locks().empty());
}

// -- timers ---------------------------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "a lock for a time arms a timer and ends with it, to the nanosecond, once") {
  const auto until = now + 30min;
  const auto armed = only<arm_timer>(tell(frequency_breach()));
  REQUIRE(armed.size() == 1);
  CHECK(armed[0].due == until);
  CHECK(armed[0].name == "lock trade_frequency");
  timer_fired early{our_account, armed[0].name, 0, until, until - 1ns};
  take(mind.on_timer(early));
  CHECK(find("trade_frequency"));
  early.now = until;
  now = until;
  take(mind.on_timer(early));
  CHECK_FALSE(find("trade_frequency"));
  CHECK(only<save_account>(last).size() == 1);
  CHECK(disk.memory.locks.empty());
  CHECK(notes(take(mind.on_timer(early)), "unlock") == 0);
}

TEST_CASE_FIXTURE(trading, "a prolonged lock does not end with its old timer") {
  tell(frequency_breach(30min));
  const auto first = now + 30min;
  now += 10min;
  CHECK(only<arm_timer>(tell(frequency_breach(30min))).at(0).due == now + 30min);
  now = first;
  take(mind.on_timer({our_account, "lock trade_frequency", 0, first, first}));
  CHECK(find("trade_frequency"));
}

TEST_CASE_FIXTURE(trading, "a restarted timer actor is told of every lock for a time") {
  tell(frequency_breach());
  CHECK(only<arm_timer>(take(mind.on_timers_started())).size() == 1);
}

// -- saving ---------------------------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "versions grow, and durable is only what the newest save has in it") {
  disk_works = false;
  const auto first = only<save_account>(tell(loss_breach())).at(0).memory.version;
  const auto second = only<save_account>(hear(trade(90, side::buy, 1, "20000"))).at(0).memory.version;
  CHECK(second > first);
  take(mind.on_saved(first));
  CHECK_FALSE(find("daily_loss_limit")->durable);
  take(mind.on_saved(second));
  CHECK(find("daily_loss_limit")->durable);
}

TEST_CASE_FIXTURE(trading, "a save that fails is an alarm, the lock holds, and it is tried again with the reset's record and the trades") {
  disk_works = false;
  now = day_end + 50ms;
  const auto reset_save = only<save_account>(next_day()).at(0);
  REQUIRE(reset_save.resets.size() == 1);
  take(mind.on_save_failed(reset_save.memory.version, "disk full"));
  CHECK(alarm("storage"));
  tell(loss_breach());
  take(mind.on_save_failed(0, "disk full"));
  CHECK(find("daily_loss_limit"));
  CHECK_FALSE(find("daily_loss_limit")->durable);
  pass(6s);
  const auto again = only<save_account>(last);
  REQUIRE(again.size() == 1);
  CHECK(again[0].memory.locks.size() == 1);
  REQUIRE(only<save_trades>(last).size() == 1);
  CHECK(only<save_trades>(last)[0].trades.size() == 1);
  take(mind.on_saved(again[0].memory.version));
  CHECK_FALSE(alarm("storage"));
  CHECK(find("daily_loss_limit")->durable);
  std::size_t records = 0;
  for (auto& s : only<save_account>(all))
    for (auto& r : s.resets)
      records += format_date(r.day) == "2025-12-04";
  CHECK(records == 2);
}

TEST_CASE_FIXTURE(trading, "persistence that comes back is given at once what it could not keep") {
  disk_works = false;
  tell(loss_breach());
  CHECK(take(mind.on_storage_started()).empty());
  take(mind.on_save_failed(disk.memory.version + 1, "gone"));
  CHECK(only<save_account>(take(mind.on_storage_started())).size() == 1);
}

TEST_CASE_FIXTURE(trading, "a rising peak is saved at once when nothing is on its way, and after the answer otherwise") {
  disk_works = false;
  const auto first = only<save_account>(quote_at("20010"));
  REQUIRE(first.size() == 1);
  CHECK(first[0].memory.peak_day == mind.status().view->peak_day);
  CHECK(only<save_account>(quote_at("20020")).empty());
  CHECK(only<save_account>(quote_at("20030")).empty());
  const auto second = only<save_account>(take(mind.on_saved(first[0].memory.version)));
  REQUIRE(second.size() == 1);
  CHECK(second[0].memory.peak_day > first[0].memory.peak_day);
  CHECK(only<save_account>(take(mind.on_saved(second[0].memory.version))).empty());
}

TEST_CASE_FIXTURE(trading, "memory is saved before the trade that changed it") {
  hear(trade(91, side::buy, 1, "20000"));
  std::size_t memory = 0, trades = 0;
  for (std::size_t i = 0; i < last.size(); ++i) {
    if (std::holds_alternative<save_account>(last[i]))
      memory = i;
    if (std::holds_alternative<save_trades>(last[i]))
      trades = i;
  }
  CHECK(memory < trades);
}

TEST_SUITE_END();
