#include "actors/supervisor/restart_policy.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("supervisor");

TEST_CASE("the back-off doubles with each crash that still counts, and then it is given up") {
  restart_policy policy{3, 30s, 100ms};
  crash_history history;
  const crash_history::time_point start{};
  CHECK(history.after_crash(policy, start) == 100ms);
  CHECK(history.after_crash(policy, start + 1s) == 200ms);
  CHECK(history.after_crash(policy, start + 2s) == 400ms);
  CHECK_FALSE(history.after_crash(policy, start + 3s));
}

TEST_CASE("crashes that are long enough ago no longer count") {
  restart_policy policy{3, 30s, 100ms};
  crash_history history;
  const crash_history::time_point start{};
  for (int i = 0; i < 100; ++i)
    CHECK(history.after_crash(policy, start + i * 31s) == 100ms);
  CHECK(history.after_crash(policy, start + 99 * 31s + 30s) == 200ms); // exactly at the edge it still counts
}

TEST_CASE("a patient policy never waits absurdly long") {
  restart_policy policy{1000, 24h, 1ms};
  crash_history history;
  std::chrono::nanoseconds last{};
  for (int i = 0; i < 1000; ++i)
    last = history.after_crash(policy, {}).value();
  CHECK(last == 1024ms);
}

TEST_CASE("a policy without patience gives up at once") {
  restart_policy policy{0, 30s, 100ms};
  crash_history history;
  CHECK_FALSE(history.after_crash(policy, {}));
}

TEST_SUITE_END();
