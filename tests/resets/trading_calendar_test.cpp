#include "actors/resets/trading_calendar.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

using namespace rm;
using namespace std::chrono_literals;

namespace {

trading_calendar calendar(const std::string& zone = "America/New_York", std::chrono::seconds daily = 17h) {
  calendar_settings s;
  s.timezone = zone;
  s.daily_reset = daily;
  return trading_calendar{s};
}

timestamp utc(std::string_view text) {
  timestamp t{};
  REQUIRE(parse_time(text, t));
  return t;
}

trading_date date(std::string_view text) {
  trading_date d{};
  REQUIRE(parse_date(text, d));
  return d;
}

std::string shown(timestamp t) { return format_time(t).substr(0, 16); }

} // namespace

TEST_SUITE("resets") {
  TEST_CASE("a trading day has the date of its end") {
    const auto c = calendar();
    struct row { const char *at, *day, *begin, *end; };
    const row rows[] = {
      {"2025-06-16T20:59:59.999Z", "2025-06-16", "2025-06-15T21:00", "2025-06-16T21:00"}, // Sunday 17:00 to Monday 17:00 is Monday
      {"2025-06-16T21:00:00.000Z", "2025-06-17", "2025-06-16T21:00", "2025-06-17T21:00"}, // the boundary belongs to the new day
      {"2025-06-20T22:00:00.000Z", "2025-06-21", "2025-06-20T21:00", "2025-06-21T21:00"}, // Friday evening: Saturday, market or not
      {"2025-12-25T12:00:00.000Z", "2025-12-25", "2025-12-24T22:00", "2025-12-25T22:00"}, // a holiday has its reset, winter time
    };
    for (const auto& r : rows) {
      const auto t = utc(r.at);
      INFO(r.at);
      CHECK(format_date(c.day_of(t)) == r.day);
      CHECK(shown(c.last_daily(t)) == r.begin);
      CHECK(shown(c.next_daily(t)) == r.end);
      CHECK(shown(c.day_start(date(r.day))) == r.begin);
    }
  }

  TEST_CASE("with a reset at midnight the trading day is the calendar day") {
    const auto c = calendar("America/Chicago", 0s);
    CHECK(format_date(c.day_of(utc("2025-06-16T05:00:00Z"))) == "2025-06-16");
    CHECK(format_date(c.day_of(utc("2025-06-16T04:59:59Z"))) == "2025-06-15");
    CHECK(shown(c.day_start(date("2025-06-16"))) == "2025-06-16T05:00");
  }

  TEST_CASE("T1 the days of the clock changes have 23 and 25 hours") {
    const auto c = calendar();
    struct row { const char* day; int hours; };
    for (const auto& r : {row{"2025-03-08", 24}, row{"2025-03-09", 23}, row{"2025-03-10", 24}, row{"2025-11-01", 24}, row{"2025-11-02", 25}, row{"2025-11-03", 24}}) {
      const auto begin = c.day_start(date(r.day));
      CHECK_MESSAGE(c.next_daily(begin) - begin == std::chrono::hours{r.hours}, r.day);
    }
    CHECK(shown(c.day_start(date("2025-03-09"))) == "2025-03-08T22:00"); // 17:00 winter time
    CHECK(shown(c.day_start(date("2025-03-10"))) == "2025-03-09T21:00"); // 17:00 summer time
  }

  TEST_CASE("a reset time that the clock skips comes right after the gap; one that it shows twice comes the first time") {
    const auto c = calendar("America/New_York", 2h + 30min);
    CHECK(shown(c.next_daily(utc("2025-03-09T00:00:00Z"))) == "2025-03-09T07:00"); // 03:00 EDT
    CHECK(shown(c.next_daily(utc("2025-03-09T07:00:00Z"))) == "2025-03-10T06:30");
    const auto twice = calendar("America/New_York", 1h + 30min);
    CHECK(shown(twice.next_daily(utc("2025-11-02T00:00:00Z"))) == "2025-11-02T05:30"); // EDT
    CHECK(shown(twice.next_daily(utc("2025-11-02T05:30:00Z"))) == "2025-11-03T06:30"); // not again at 06:30
  }

  TEST_CASE("weeks begin at the weekly reset and are named after their first trading day") {
    const auto c = calendar();
    struct row { const char *at, *week, *begin, *end; };
    const row rows[] = {
      {"2025-06-16T20:59:59Z", "2025-06-10", "2025-06-09T21:00", "2025-06-16T21:00"},
      {"2025-06-16T21:00:00Z", "2025-06-17", "2025-06-16T21:00", "2025-06-23T21:00"},
      {"2025-06-22T12:00:00Z", "2025-06-17", "2025-06-16T21:00", "2025-06-23T21:00"},
      {"2025-03-05T12:00:00Z", "2025-03-04", "2025-03-03T22:00", "2025-03-10T21:00"}, // the clock change is inside
      {"2024-12-31T23:00:00Z", "2024-12-31", "2024-12-30T22:00", "2025-01-06T22:00"},
    };
    for (const auto& r : rows) {
      const auto t = utc(r.at);
      INFO(r.at);
      CHECK(format_date(c.week_of(t)) == r.week);
      CHECK(shown(c.last_weekly(t)) == r.begin);
      CHECK(shown(c.next_weekly(t)) == r.end);
    }
  }

  TEST_CASE("a weekly reset can fall on any day and at another time than the daily one") {
    for (unsigned d = 0; d < 7; ++d) {
      calendar_settings s;
      s.weekly_day = std::chrono::weekday{d};
      s.weekly_reset = 18h + 15s;
      const trading_calendar c{s};
      for (auto t = utc("2025-06-01T00:00:00Z"); t < utc("2025-06-20T00:00:00Z"); t += 1h) {
        const auto last = c.last_weekly(t), next = c.next_weekly(t);
        REQUIRE(last <= t);
        REQUIRE(t < next);
        REQUIRE(next - last == 7 * 24h);
        const auto local = last - 4h; // EDT
        const auto day = std::chrono::floor<std::chrono::days>(local);
        REQUIRE(std::chrono::weekday{day} == s.weekly_day);
        REQUIRE(local - day == 18h + 15s);
        REQUIRE(c.week_of(t) == c.day_of(last));
      }
    }
  }

  TEST_CASE("I7 T1 T2 from 2024 to 2030 every date has one reset, at the instant that another program computes") {
    const char* path = std::getenv("RM_CALENDAR_REFERENCE");
    REQUIRE_MESSAGE(path, "RM_CALENDAR_REFERENCE is not set: make the file with tests/resets/calendar_reference.py (meson test does)");
    std::ifstream file{path};
    REQUIRE_MESSAGE(file.is_open(), path);
    std::map<std::pair<std::string, std::string>, std::vector<std::pair<std::string, timestamp>>> table;
    std::string zone, time, day;
    for (int64_t seconds = 0; file >> zone >> time >> day >> seconds;)
      table[{zone, time}].emplace_back(day, timestamp{std::chrono::seconds{seconds}});
    REQUIRE(table.size() == 8);
    for (const auto& [key, ends] : table) {
      REQUIRE(ends.size() == 2557); // each date of seven years
      std::chrono::seconds daily{};
      REQUIRE(parse_time_of_day(key.second, daily));
      const auto c = calendar(key.first, daily);
      auto t = ends.front().second - 1ns;
      for (const auto& [name, end] : ends) {
        INFO(key.first << ' ' << key.second << ' ' << name);
        REQUIRE(c.next_daily(t) == end); // walking from reset to reset meets each date once
        REQUIRE(c.last_daily(end) == end);
        REQUIRE(c.day_start(c.day_of(end)) == end);
        const auto last_instant = format_date(c.day_of(end - 1ns));
        if (daily != 0s)
          REQUIRE(last_instant == name);
        else
          REQUIRE(format_date(c.day_of(end)) == name);
        t = end;
      }
    }
  }

  TEST_CASE("asking for other times in any order gives the same answers") {
    const auto c = calendar();
    std::vector<timestamp> times;
    for (auto t = utc("2025-02-25T03:00:00Z"); t < utc("2025-03-25T00:00:00Z"); t += 7h)
      times.push_back(t);
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto t = times[(i * 37) % times.size()];
      REQUIRE(c.day_of(t) == calendar().day_of(t));
      REQUIRE(c.next_weekly(t) == calendar().next_weekly(t));
    }
  }

  TEST_CASE("what is wrong with settings is said, with the nearest name of a zone") {
    calendar_settings good;
    CHECK(problems_of(good).empty());
    struct row { const char *zone, *expected; };
    for (const auto& r : {row{"America/NewYork", "America/New_York"}, row{"america/chicago", "America/Chicago"}, row{"Chicago", "America/Chicago"},
                          row{"Europe/Londn", "Europe/London"}}) {
      calendar_settings s;
      s.timezone = r.zone;
      const auto problems = problems_of(s);
      REQUIRE(problems.size() == 1);
      CHECK(problems[0] == std::string{"unknown time zone \""} + r.zone + "\", did you mean \"" + r.expected + "\"?");
    }
    calendar_settings bad;
    bad.timezone = "";
    bad.daily_reset = 24h;
    bad.weekly_reset = -1s;
    bad.weekly_day = std::chrono::weekday{9};
    bad.holidays = {std::chrono::year{2025} / 2 / 30};
    bad.early_closes = {{std::chrono::year{2025} / 12 / 24, 25h}};
    CHECK(problems_of(bad).size() == 6);
    CHECK_THROWS_AS(trading_calendar{bad}, std::invalid_argument);
  }

  TEST_CASE("times of day are read and written") {
    struct row { const char* text; int seconds; };
    for (const auto& r : {row{"17:00", 61200}, row{"00:00", 0}, row{"23:59:59", 86399}, row{"09:30:05", 34205}}) {
      std::chrono::seconds got{};
      REQUIRE(parse_time_of_day(r.text, got));
      CHECK(got.count() == r.seconds);
      CHECK(format_time_of_day(got) == r.text);
    }
    for (const char* text : {"", "24:00", "17", "17:0", "7:00", "17:60", "17:00:60", "17:00:", "17-00", "17:00:0a", " 17:00", "17:00:000"}) {
      std::chrono::seconds got{};
      CHECK_FALSE_MESSAGE(parse_time_of_day(text, got), text);
    }
  }
}
