#include "actors/timers/pulse.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

TEST_SUITE("timers") {
  TEST_CASE("accounts get a tick at the first look and then once a second") {
    pulse heart;
    int ticks = 0;
    for (int i = 0; i < 100; ++i)
      ticks += heart.look(timestamp{1000s} + i * 100ms, i * 100ms).tick_accounts ? 1 : 0;
    CHECK(ticks == 10);
  }

  TEST_CASE("the database hears of the service every half minute, and at once after a jump") {
    pulse heart;
    int signs = 0;
    for (int i = 0; i < 1000; ++i)
      signs += heart.look(timestamp{1000s} + i * 100ms, i * 100ms).sign_of_life ? 1 : 0;
    CHECK(signs == 4);
    CHECK(heart.look(timestamp{1000s} + 1h, 1000 * 100ms).sign_of_life);
  }

  TEST_CASE("a jump of the wall clock is told with its size and ticks at once") {
    struct row {
      const char* what;
      duration wall, steady;
      bool tick;
      const char* news;
    };
    const row rows[] = {
      {"an even step", 100ms, 100ms, false, ""},
      {"a small correction", 2s, 100ms, false, ""},
      {"a small correction back", -1800ms, 100ms, false, ""},
      {"set ahead, or a suspend during which the steady clock stood", 1h, 100ms, true, "the wall clock jumped ahead by 3599.9 s (set, or the machine slept)"},
      {"set back", -1h, 100ms, true, "the wall clock was set back by 3600.1 s"},
      {"a suspend during which the steady clock ran", 1h, 1h, true, "no timer ran for 3600.0 s (the machine slept or was overloaded)"},
    };
    for (const auto& r : rows) {
      pulse heart;
      heart.look(timestamp{100000s}, 5s);
      const auto beat = heart.look(timestamp{100000s} + r.wall, 5s + r.steady);
      INFO(r.what);
      CHECK(beat.tick_accounts == r.tick);
      CHECK(beat.news == r.news);
    }
  }
}
