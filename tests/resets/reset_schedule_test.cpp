#include "actors/resets/reset_schedule.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

namespace {

constexpr account_id desk{126244}, other{5};

timestamp utc(std::string_view text) {
  timestamp t{};
  REQUIRE(parse_time(text, t));
  return t;
}

std::string text_of(const std::vector<session_reset>& resets) {
  std::string out;
  for (const auto& r : resets)
    out += to_string(r.account) + " " + std::string{name_of(r.kind)} + " " + format_date(r.day) + "; ";
  return out;
}

/// A schedule whose account answers at once, as accounts do.
struct answering {
  reset_schedule schedule{trading_calendar{calendar_settings{}}};

  answering() { schedule.enter(desk); }
  std::vector<session_reset> look(timestamp now) {
    auto out = schedule.due(now);
    for (const auto& r : out)
      schedule.applied({r.account, r.kind, r.day});
    return out;
  }
};

} // namespace

TEST_SUITE("resets") {
  TEST_CASE("an account that starts is told the day and the week in force, once") {
    answering a;
    const auto now = utc("2025-06-18T12:00:00Z"); // a Wednesday
    const auto said = a.look(now);
    REQUIRE(text_of(said) == "126244 weekly 2025-06-17; 126244 daily 2025-06-18; "); // in the order of the boundaries
    CHECK(said[1].boundary == utc("2025-06-17T21:00:00Z"));
    CHECK(said[1].next == utc("2025-06-18T21:00:00Z"));
    CHECK(said[0].boundary == utc("2025-06-16T21:00:00Z"));
    CHECK(said[0].next == utc("2025-06-23T21:00:00Z"));
    CHECK(said[1].now == now);
    CHECK(said[1].by == "calendar");
    CHECK(a.look(now + 100ms).empty());
  }

  TEST_CASE("each day has one daily reset and each week one weekly, in force from the very instant") {
    answering a;
    a.look(utc("2025-03-01T12:00:00Z"));
    int daily = 0, weekly = 0;
    for (auto t = utc("2025-03-01T12:00:00Z"); t < utc("2025-04-01T12:00:00Z"); t += 1min)
      for (const auto& r : a.look(t)) {
        (r.kind == reset_kind::daily ? daily : weekly) += 1;
        CHECK(r.boundary == t);
        CHECK(r.reason == "scheduled");
      }
    CHECK(daily == 31);
    CHECK(weekly == 5);
  }

  TEST_CASE("where both fall together the daily one comes first") {
    answering a;
    a.look(utc("2025-06-16T20:59:00Z"));
    CHECK(text_of(a.look(utc("2025-06-16T21:00:00Z"))) == "126244 daily 2025-06-17; 126244 weekly 2025-06-17; ");
  }

  TEST_CASE("after a long downtime there is one of each, the newest, and the reason counts the skipped") {
    answering a;
    a.look(utc("2025-06-02T12:00:00Z"));
    const auto said = a.look(utc("2025-06-26T12:00:00Z"));
    REQUIRE(text_of(said) == "126244 weekly 2025-06-24; 126244 daily 2025-06-26; ");
    CHECK(said[0].reason == "caught up after downtime: 3 skipped since 2025-05-27");
    CHECK(said[1].reason == "caught up after downtime: 23 skipped since 2025-06-02");
    CHECK(a.look(utc("2025-06-26T12:00:01Z")).empty());
  }

  TEST_CASE("B10 a clock stepped back over a reset: the day in force is said again, and the reset when its hour comes") {
    answering a;
    a.look(utc("2025-06-16T20:59:00Z"));
    CHECK(a.look(utc("2025-06-16T21:00:30Z")).size() == 2);
    CHECK(a.look(utc("2025-06-16T20:59:40Z")).empty()); // by less than a minute: it is nearly there
    const auto back = a.look(utc("2025-06-16T20:00:30Z"));
    REQUIRE(text_of(back) == "126244 weekly 2025-06-10; 126244 daily 2025-06-16; ");
    CHECK(back[1].boundary == utc("2025-06-15T21:00:00Z"));
    for (auto t = utc("2025-06-16T20:00:40Z"); t < utc("2025-06-16T21:00:00Z"); t += 10s)
      REQUIRE(a.look(t).empty());
    CHECK(a.look(utc("2025-06-16T21:00:00Z")).size() == 2);
    CHECK(text_of(a.look(utc("2025-06-17T21:00:00Z"))) == "126244 daily 2025-06-18; ");
  }

  TEST_CASE("B10 a week that began too early is taken back by its own boundary, where that is not the daily one") {
    calendar_settings apart;
    apart.weekly_reset = 18h;
    reset_schedule schedule{trading_calendar{apart}};
    schedule.enter(desk);
    schedule.applied({desk, reset_kind::daily, std::chrono::year{2025} / 6 / 17});
    schedule.applied({desk, reset_kind::weekly, std::chrono::year{2025} / 6 / 17}); // begins on Monday the 16th at 18:00 in New York
    CHECK(text_of(schedule.due(utc("2025-06-16T21:30:00Z"))) == "126244 weekly 2025-06-10; ");
    CHECK(schedule.due(utc("2025-06-16T21:59:30Z")).empty());
  }

  TEST_CASE("a clock that was weeks ahead and is set right does not leave the account without resets") {
    answering a;
    a.look(utc("2025-06-16T12:00:00Z"));
    a.look(utc("2025-09-01T12:00:00Z"));
    const auto said = a.look(utc("2025-06-16T12:01:00Z"));
    REQUIRE(text_of(said) == "126244 weekly 2025-06-10; 126244 daily 2025-06-16; ");
    CHECK(said[1].reason == "the clock was set back from 2025-09-01");
    CHECK(a.look(utc("2025-06-16T21:00:00Z")).size() == 2);
  }

  TEST_CASE("a reset is said again after a while until the account has it behind it") {
    reset_schedule schedule{trading_calendar{calendar_settings{}}};
    schedule.enter(desk);
    auto now = utc("2025-06-18T12:00:00Z");
    CHECK(schedule.due(now).size() == 2);
    CHECK(schedule.due(now + 4900ms).empty());
    CHECK(schedule.due(now + 5s).size() == 2);
    schedule.applied({desk, reset_kind::daily, std::chrono::year{2025} / 6 / 18});
    CHECK(text_of(schedule.due(now + 10s)) == "126244 weekly 2025-06-17; ");
    schedule.applied({other, reset_kind::weekly, std::chrono::year{2025} / 6 / 17}); // nobody we know
    schedule.applied({desk, reset_kind::weekly, std::chrono::year{2025} / 6 / 17});
    CHECK(schedule.due(now + 15s).empty());
  }

  TEST_CASE("accounts are apart: one that starts again is told again, one that left is told nothing") {
    answering a;
    a.schedule.enter(other);
    const auto now = utc("2025-06-18T12:00:00Z");
    CHECK(a.look(now).size() == 4);
    a.schedule.enter(other);
    CHECK(text_of(a.look(now + 1s)) == "5 weekly 2025-06-17; 5 daily 2025-06-18; ");
    a.schedule.leave(other);
    CHECK(text_of(a.look(utc("2025-06-18T21:00:00Z"))) == "126244 daily 2025-06-19; ");
  }

  TEST_CASE("a holiday has its reset") {
    calendar_settings s;
    s.holidays = {std::chrono::year{2025} / 12 / 25};
    reset_schedule schedule{trading_calendar{s}};
    schedule.enter(desk);
    schedule.applied({desk, reset_kind::daily, std::chrono::year{2025} / 12 / 24});
    schedule.applied({desk, reset_kind::weekly, std::chrono::year{2025} / 12 / 23});
    CHECK(text_of(schedule.due(utc("2025-12-24T22:00:00Z"))) == "126244 daily 2025-12-25; ");
  }
}
