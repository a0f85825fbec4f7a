#include "messages/timing.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace rm;
using namespace std::chrono;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("messages");

namespace {

timestamp at(const char* text) {
  timestamp out{};
  REQUIRE(parse_time(text, out));
  return out;
}

} // namespace

TEST_CASE("the venue's spellings of one instant are one instant") {
  const timestamp expected = sys_days{2025y / 12 / 24} + 14h + 30min + 5s;
  for (const char* text : {"2025-12-24T14:30:05Z", "2025-12-24T14:30:05.0000000+00:00", "2025-12-24T14:30:05+00:00", "2025-12-24T08:30:05-06:00",
                           "2025-12-24T20:00:05.000+05:30", "2025-12-24T14:30:05", "2025-12-24 14:30:05z"}) {
    CAPTURE(text);
    CHECK(at(text) == expected);
  }
  CHECK(at("2026-08-19T20:49:25.3938333+00:00") - at("2026-08-19T20:49:25Z") == 393'833'300ns);
  CHECK(at("2026-08-19T20:49:25.123456789Z") - at("2026-08-19T20:49:25Z") == 123'456'789ns);
  CHECK(at("2024-02-29T00:00:00Z") == sys_days{2024y / 2 / 29});
}

TEST_CASE("what is no time is refused and leaves the target alone") {
  for (const char* text : {"", "2025-12-24", "2025-12-24T14:30", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-12-24T24:00:00Z",
                           "2025-12-24T14:60:00Z", "2025-12-24T14:30:05.Z", "2025-12-24T14:30:05.1234567890Z", "2025-12-24T14:30:05+15:00",
                           "2025-12-24T14:30:05Zx", "2025-12-24T14:30:05 +00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now"}) {
    CAPTURE(text);
    timestamp out = sys_days{2000y / 1 / 1};
    CHECK_FALSE(parse_time(text, out));
    CHECK(out == sys_days{2000y / 1 / 1});
  }
}

TEST_CASE("a time that was written to the millisecond is read back") {
  const auto seed = rm::test::seed_of_this_run();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  for (int i = 0; i < 2000; ++i) {
    const timestamp t{milliseconds{1 + static_cast<int64_t>(random() % 7'000'000'000'000u)}};
    timestamp back{};
    REQUIRE(parse_time(format_time(t), back));
    REQUIRE(back == t);
  }
  CHECK(format_time(at("2025-12-24T14:30:00Z")) == "2025-12-24T14:30:00.000Z");
  CHECK(format_time(timestamp{}).empty());
}

TEST_CASE("dates are real days") {
  trading_date day{};
  CHECK(parse_date("2025-12-25", day));
  CHECK(day == 2025y / 12 / 25);
  CHECK(format_date(day) == "2025-12-25");
  for (const char* text : {"", "2025-02-30", "25-12-25", "2025-12-25T", "2025/12/25", "2025-1-1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text, day));
  }
  CHECK(format_date(trading_date{}).empty());
}

TEST_SUITE_END();
