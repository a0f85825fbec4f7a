#include "actors/resets/market_hours.hpp"
#include "actors/resets/session_schedule.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <random>
#include <stdexcept>

using namespace rm;
using namespace std::chrono_literals;
using namespace std::chrono;

TEST_SUITE_BEGIN("resets");

namespace {

timestamp at(const char* text) {
  timestamp out;
  if (!parse_time(text, out))
    throw std::invalid_argument{text};
  return out;
}

constexpr unsigned long workdays = 0b0111110, all_days = 0b1111111;

session_span span(unsigned long days, seconds from, seconds to, const char* zone = "America/New_York") { return {days, from, to, zone}; }

calendar_settings with(std::vector<trading_date> holidays, std::vector<early_close> closes = {}) {
  calendar_settings out;
  out.holidays = std::move(holidays);
  out.early_closes = std::move(closes);
  return out;
}

} // namespace

TEST_CASE("a session's start is inside, its end is not, to the nanosecond; weekends have none") {
  const session_schedule day{{span(workdays, 9h + 30min, 16h)}, {}, true};
  const auto opens = at("2025-12-03T14:30:00Z"), closes = at("2025-12-03T21:00:00Z");
  CHECK_FALSE(day.inside(opens - 1ns));
  CHECK(day.inside(opens));
  CHECK(day.inside(closes - 1ns));
  CHECK_FALSE(day.inside(closes));
  CHECK(day.next_change(opens - 1ns) == opens);
  CHECK(day.next_change(opens) == closes);
  CHECK(day.next_change(at("2025-12-05T21:00:00Z")) == at("2025-12-08T14:30:00Z")); // Friday's end to Monday
}

TEST_CASE("T1: sessions follow daylight saving, each zone its own; Tokyo has none") {
  struct row { const char* zone; seconds from, to; const char* begins; const char* ends; };
  for (auto& r : std::vector<row>{
         {"America/New_York", 9h + 30min, 16h, "2025-03-07T14:30:00Z", "2025-03-07T21:00:00Z"}, // winter
         {"America/New_York", 9h + 30min, 16h, "2025-03-10T13:30:00Z", "2025-03-10T20:00:00Z"}, // summer there, winter in London
         {"Europe/London", 8h, 16h + 30min, "2025-03-28T08:00:00Z", "2025-03-28T16:30:00Z"},
         {"Europe/London", 8h, 16h + 30min, "2025-03-31T07:00:00Z", "2025-03-31T15:30:00Z"},
         {"Asia/Tokyo", 9h, 15h, "2025-03-11T00:00:00Z", "2025-03-11T06:00:00Z"},
         {"Asia/Tokyo", 9h, 15h, "2025-07-11T00:00:00Z", "2025-07-11T06:00:00Z"}}) {
    CAPTURE(r.zone);
    CAPTURE(r.begins);
    const session_schedule s{{span(all_days, r.from, r.to, r.zone)}, {}, true};
    CHECK_FALSE(s.inside(at(r.begins) - 1ns));
    CHECK(s.inside(at(r.begins)));
    CHECK(s.next_change(at(r.begins)) == at(r.ends));
  }
}

TEST_CASE("a span over midnight, on Sunday evening, into a holiday, out of one, and over the hour that comes twice") {
  const session_schedule night{{span(0b0011111, 18h, 17h)}, with({year{2025} / 12 / 25}), true}; // Sunday to Thursday evening
  CHECK_FALSE(night.inside(at("2025-12-07T22:59:59Z")));
  CHECK(night.inside(at("2025-12-07T23:00:00Z"))); // Sunday 18:00
  CHECK(night.inside(at("2025-12-08T05:00:00Z"))); // after midnight it is still the same one
  CHECK(night.next_change(at("2025-12-08T05:00:00Z")) == at("2025-12-08T22:00:00Z"));
  CHECK_FALSE(night.inside(at("2025-12-25T00:00:00Z"))); // Wednesday evening: it would belong to the holiday
  CHECK_FALSE(night.inside(at("2025-12-25T20:00:00Z")));
  CHECK(night.inside(at("2025-12-26T00:00:00Z"))); // the holiday's evening belongs to the next day
  const session_schedule autumn{{span(all_days, 1h + 30min, 3h)}, {}, true};
  CHECK(autumn.inside(at("2025-11-02T05:30:00Z")));                                         // 1:30 for the first time
  CHECK(autumn.next_change(at("2025-11-02T05:30:00Z")) == at("2025-11-02T08:00:00Z"));      // 3:00 standard time
  const session_schedule spring{{span(all_days, 2h + 30min, 3h + 30min)}, {}, true};        // 2:30 does not exist on that day
  CHECK_FALSE(spring.inside(at("2025-03-09T06:59:59Z")));
  CHECK(spring.inside(at("2025-03-09T07:00:00Z")));
  CHECK(spring.next_change(at("2025-03-09T07:00:00Z")) == at("2025-03-09T07:30:00Z"));
}

TEST_CASE("T5: an early close cuts the session that runs, drops one that would start after it, and spares the evening's") {
  const auto calendar = with({year{2025} / 12 / 25}, {{year{2025} / 12 / 24, 12h + 15min, "America/Chicago"}});
  const session_schedule day{{span(workdays, 9h + 30min, 16h)}, calendar, true};
  CHECK(day.next_change(at("2025-12-24T15:00:00Z")) == at("2025-12-24T18:15:00Z"));
  CHECK(day.next_change(at("2025-12-24T18:15:00Z")) == at("2025-12-26T14:30:00Z")); // the 25th has none
  const session_schedule afternoon{{span(workdays, 14h, 16h)}, calendar, true};
  CHECK_FALSE(afternoon.inside(at("2025-12-24T20:00:00Z")));
  const session_schedule evening{{span(all_days, 20h, 22h)}, calendar, false};
  CHECK(evening.inside(at("2025-12-26T01:30:00Z"))); // holidays are not respected
  const market_hours cme{{{}, {}, calendar}};
  CHECK(cme.open("MNQ", at("2025-12-24T18:14:59Z")));
  CHECK_FALSE(cme.open("MNQ", at("2025-12-24T18:15:00Z")));
  CHECK_FALSE(cme.open("MNQ", at("2025-12-25T15:00:00Z")));
  CHECK(cme.open("MNQ", at("2025-12-25T23:00:00Z"))); // 17:00 Chicago: the 26th has begun
}

TEST_CASE("touching and overlapping spans are one session; one that never ends says so by a far end") {
  const session_schedule both{{span(workdays, 9h, 12h), span(workdays, 12h, 14h), span(workdays, 13h, 15h)}, {}, true};
  CHECK(both.next_change(at("2025-12-03T14:30:00Z")) == at("2025-12-03T20:00:00Z"));
  const session_schedule always{{span(all_days, 0h, 0h, "UTC")}, {}, true};
  CHECK(always.inside(at("2025-12-06T12:00:00Z")));
  CHECK(always.next_change(at("2025-12-06T12:00:00Z")) > at("2026-12-01T00:00:00Z"));
  const session_schedule never{{}, {}, true};
  CHECK_FALSE(never.inside(at("2025-12-06T12:00:00Z")));
  CHECK(never.next_change(at("2025-12-06T12:00:00Z")) > at("2026-12-01T00:00:00Z"));
}

TEST_CASE("CME hours: the daily break, the weekend, and a symbol with hours of its own") {
  market_hours_settings settings;
  settings.by_symbol["BTC"] = {span(all_days, 0h, 0h, "UTC")};
  const market_hours hours{settings};
  CHECK(hours.open("MNQ", at("2025-12-03T21:59:59Z")));
  CHECK_FALSE(hours.open("MNQ", at("2025-12-03T22:00:00Z"))); // 16:00 Chicago
  CHECK(hours.open("MNQ", at("2025-12-03T23:00:00Z")));
  CHECK_FALSE(hours.open("MNQ", at("2025-12-05T22:00:00Z"))); // Friday
  CHECK_FALSE(hours.open("MNQ", at("2025-12-07T22:59:59Z")));
  CHECK(hours.open("MNQ", at("2025-12-07T23:00:00Z"))); // Sunday 17:00
  CHECK(hours.open("BTC", at("2025-12-06T12:00:00Z")));
}

TEST_CASE("T6: inside and next_change are what a minute by minute look says, over the weeks of both clock changes") {
  const auto seed = rm::test::seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  const auto roll = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); };
  const char* zones[] = {"America/New_York", "Europe/London", "Asia/Tokyo", "America/Chicago", "UTC"};
  for (int round = 0; round < 40; ++round) {
    std::vector<session_span> spans;
    for (int64_t i = 0, n = roll(1, 3); i < n; ++i)
      spans.push_back({static_cast<unsigned long>(roll(1, 127)), minutes{roll(0, 1439)}, minutes{roll(0, 1439)}, zones[roll(0, 4)]});
    const session_schedule schedule{spans, {}, true};
    // Slow, and by another way: the local clock of each minute, read from the date of the zone and its midnight.
    const auto on = [&](timestamp t) {
      for (auto& s : spans) {
        const zone_clock clock{s.timezone};
        const auto today = clock.date_of(t);
        for (auto begins : {today, today - days{1}}) {
          if (!s.days.test(weekday{begins}.c_encoding()))
            continue;
          const auto from = clock.instant(begins, s.from), to = clock.instant(s.to <= s.from ? begins + days{1} : begins, s.to);
          if (from <= t && t < to)
            return true;
        }
      }
      return false;
    };
    const timestamp begin = sys_days{year{2025} / (roll(0, 1) ? March : October) / 28} - days{roll(0, 25)};
    timestamp change = schedule.next_change(begin);
    bool now = on(begin);
    for (timestamp t = begin; t < begin + days{4}; t += minutes{1}) {
      if (t >= change) {
        REQUIRE(t == change);
        now = on(t);
        change = schedule.next_change(t);
      }
      REQUIRE(on(t) == now);
      REQUIRE(schedule.inside(t) == now);
    }
  }
}

TEST_SUITE_END();
