#include "actors/account/locks.hpp"

#include "desk.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace rm;
using namespace rm::test;

namespace {

lock make(const char* rule, lock_mode mode, lock_end end, timestamp until, timestamp since = noon) {
  lock out;
  out.rule = rule;
  out.mode = mode;
  out.end = end;
  out.until = until;
  out.since = since;
  out.reason = "because";
  return out;
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("the account is free when the last lock is gone, and the strongest mode rules until then") {
  lock_set locks;
  CHECK(locks.mode() == lock_mode::none);
  CHECK(locks.add(make("a", lock_mode::reduce_only, lock_end::at_time, noon + 1h)));
  CHECK(locks.add(make("b", lock_mode::flat, lock_end::daily_reset, day_end)));
  CHECK(locks.mode() == lock_mode::flat);
  CHECK(locks.expire(noon + 1h).size() == 1); // a cooldown that ends inside a daily lock
  CHECK(locks.mode() == lock_mode::flat);
  CHECK(locks.end_by_reset(reset_kind::daily, day_end).size() == 1);
  CHECK(locks.empty());
}

TEST_CASE("I3 a second lock of a rule takes the stronger mode and the later end, and the first one's memory stays") {
  struct row { lock first, second; lock_mode mode; lock_end end; timestamp until; bool changed; };
  const auto flat = lock_mode::flat, soft = lock_mode::reduce_only;
  const auto timed = lock_end::at_time, daily = lock_end::daily_reset, weekly = lock_end::weekly_reset;
  for (auto& r : std::vector<row>{
         {make("r", flat, timed, noon + 2h), make("r", flat, timed, noon + 1h), flat, timed, noon + 2h, false},
         {make("r", flat, timed, noon + 1h), make("r", flat, timed, noon + 2h), flat, timed, noon + 2h, true},
         {make("r", flat, timed, noon + 1h), make("r", soft, timed, noon + 2h), flat, timed, noon + 2h, true},
         {make("r", soft, timed, noon + 2h), make("r", flat, timed, noon + 1h), flat, timed, noon + 2h, true},
         {make("r", flat, daily, day_end), make("r", flat, timed, noon + 1h), flat, daily, day_end, false},
         {make("r", flat, timed, noon + 1h), make("r", flat, daily, day_end), flat, daily, day_end, true},
         {make("r", flat, daily, day_end), make("r", flat, timed, day_end + 1h), flat, timed, day_end + 1h, true},
         {make("r", flat, daily, {}), make("r", flat, weekly, {}), flat, weekly, {}, true},
         {make("r", flat, weekly, week_end), make("r", flat, daily, {}), flat, weekly, week_end, false},
         {make("r", flat, daily, {}), make("r", flat, daily, day_end), flat, daily, day_end, true},
         {make("r", flat, daily, day_end), make("r", flat, daily, day_end), flat, daily, day_end, false},
       }) {
    lock_set locks;
    auto first = r.first;
    first.attempts = 3;
    first.durable = true;
    first.held[mnq] = 2;
    locks.add(first);
    r.second.since = noon + 1min;
    r.second.held[mnq] = 9;
    CHECK(locks.add(r.second) == r.changed);
    REQUIRE(locks.all().size() == 1);
    const auto& l = locks.all()[0];
    CHECK(l.mode == r.mode);
    CHECK(l.end == r.end);
    CHECK(l.until == r.until);
    CHECK(l.since == noon);
    CHECK(l.attempts == 3);
    CHECK(l.held.at(mnq) == 2);
    CHECK(l.durable == !r.changed);
  }
}

TEST_CASE("a lock until canTrade neither shortens nor outlasts one with a time: both stand") {
  lock_set locks;
  locks.add(make("auth_guard", lock_mode::flat, lock_end::daily_reset, day_end));
  CHECK(locks.add(make("auth_guard", lock_mode::flat, lock_end::can_trade, {})));
  CHECK(locks.all().size() == 2);
  locks.end_by_can_trade();
  CHECK(locks.all().size() == 1);
  CHECK(locks.all()[0].end == lock_end::daily_reset);
}

TEST_CASE("a lock ends by its own condition only") {
  lock_set locks;
  locks.add(make("timed", lock_mode::flat, lock_end::at_time, noon + 1h));
  locks.add(make("daily", lock_mode::flat, lock_end::daily_reset, day_end));
  locks.add(make("weekly", lock_mode::flat, lock_end::weekly_reset, week_end));
  locks.add(make("venue", lock_mode::flat, lock_end::can_trade, {}));
  CHECK(locks.expire(noon + 1h - 1ns).empty());
  CHECK(locks.expire(noon + 1h).size() == 1);
  CHECK(locks.expire(week_end + 24h).empty());
  CHECK(locks.end_by_reset(reset_kind::weekly, week_end).size() == 1);
  CHECK(locks.end_by_can_trade().size() == 1);
  CHECK(locks.all()[0].rule == rule_name{"daily"});
}

TEST_CASE("a reset ends the locks of the day that is over, not those of the day that begins") {
  struct row { const char* what; timestamp since, until; bool ends; };
  for (auto& r : std::vector<row>{{"before the boundary", day_end - 1ns, day_end, true},
                                  {"between the boundary and the reset's word, on the old day's figures", day_end + 50ms, day_end, true},
                                  {"on the new day", day_end + 1s, day_end + 24h, false},
                                  {"at the boundary, planned until the next one", day_end, day_end + 24h, false},
                                  {"with an unknown end", day_end - 1h, {}, true}}) {
    CAPTURE(r.what);
    lock_set locks;
    locks.add(make("r", lock_mode::flat, lock_end::daily_reset, r.until, r.since));
    CHECK(locks.end_by_reset(reset_kind::daily, day_end).size() == (r.ends ? 1 : 0));
  }
}

TEST_CASE("I3 locks never shrink, whatever is added in whatever order") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  const auto roll = [&](int low, int high) { return std::uniform_int_distribution<int>{low, high}(dice); };
  const std::vector<lock_end> ends{lock_end::at_time, lock_end::daily_reset, lock_end::weekly_reset, lock_end::can_trade};
  for (int run = 0; run < 2000; ++run) {
    lock_set locks;
    for (int i = 0; i < 12; ++i) {
      const auto before = locks.all();
      const auto end = ends[static_cast<std::size_t>(roll(0, 3))];
      const timestamp until = end == lock_end::can_trade ? timestamp{} : end == lock_end::daily_reset ? day_end : end == lock_end::weekly_reset ? week_end : noon + std::chrono::hours{roll(1, 200)};
      locks.add(make(roll(0, 1) ? "a" : "b", roll(0, 1) ? lock_mode::flat : lock_mode::reduce_only, end, until, noon + std::chrono::seconds{i}));
      for (auto& old : before) {
        bool kept = false;
        for (auto& l : locks.all())
          kept |= l.rule == old.rule && l.mode >= old.mode && l.until >= old.until && (l.end == lock_end::can_trade) == (old.end == lock_end::can_trade) && l.since == old.since;
        CHECK(kept);
      }
    }
  }
}

TEST_SUITE_END();
