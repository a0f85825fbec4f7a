#include "tools/risk-manager/service_states.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("host");

using namespace rm;

namespace {

using state = service_state;

} // namespace

TEST_CASE("while a start goes on its check-points rise, with a time until the next; running has neither") {
  service_states s;
  for (uint32_t n = 1; n < 5; ++n) {
    const auto told = n == 1 ? s.enter(state::start_pending) : s.going_on();
    REQUIRE(told);
    CHECK(told->state == state::start_pending);
    CHECK(told->check_point == n);
    CHECK(told->wait_hint_ms == 30'000);
    CHECK(told->takes_orders);
  }
  CHECK(s.enter(state::running) == service_report{state::running, true, run_result::done, 0, 0});
  CHECK_FALSE(s.going_on());
}

TEST_CASE("while a stop goes on its check-points rise from the beginning, and no order is taken") {
  service_states s;
  s.enter(state::start_pending);
  s.going_on();
  s.enter(state::running);
  CHECK(s.enter(state::stop_pending) == service_report{state::stop_pending, false, run_result::done, 1, 12'000});
  CHECK(s.enter(state::stop_pending) == service_report{state::stop_pending, false, run_result::done, 2, 12'000});
  CHECK(s.going_on() == service_report{state::stop_pending, false, run_result::done, 3, 12'000});
  CHECK(s.enter(state::stopped) == service_report{state::stopped, false, run_result::done, 0, 0});
}

TEST_CASE("a service that was asked to stop before it was ready never runs") {
  service_states s;
  s.enter(state::start_pending);
  s.going_on();
  REQUIRE(s.enter(state::stop_pending));
  CHECK_FALSE(s.enter(state::running));
  CHECK(s.going_on()->check_point == 2);
}

TEST_CASE("a service that stopped says nothing more, and says how it stopped") {
  service_states s;
  s.enter(state::start_pending);
  CHECK(s.enter(state::stopped, run_result::database)->result == run_result::database);
  CHECK_FALSE(s.going_on());
  CHECK_FALSE(s.enter(state::stop_pending));
  CHECK_FALSE(s.enter(state::start_pending));
  CHECK_FALSE(s.enter(state::stopped));
}

TEST_CASE("before its first report nothing goes on, and one that runs does not start") {
  service_states s;
  CHECK_FALSE(s.going_on());
  s.enter(state::start_pending);
  s.enter(state::running);
  CHECK_FALSE(s.enter(state::start_pending));
}

TEST_SUITE_END();
