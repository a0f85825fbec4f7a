#include "tools/risk-manager/patience.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("host");

using namespace rm;

namespace {

/// How many looks it takes until patience ends, and with what.
std::pair<int, std::optional<run_result>> looks_until_the_end(patience& p, int most = 1000) {
  for (int n = 1; n <= most; ++n)
    if (const auto why = p.look())
      return {n, why};
  return {most, std::nullopt};
}

constexpr run_limits small{4, 3, 2};

} // namespace

TEST_CASE("a start that is never ready ends the run, however often the supervisor answers") {
  patience p{small};
  CHECK(p.pending());
  p.alive();
  CHECK(looks_until_the_end(p) == std::pair{5, std::optional{run_result::start_took_too_long}});
}

TEST_CASE("a supervisor that falls silent ends the run; each sign of life begins the wait anew") {
  patience p{small};
  p.ready();
  CHECK_FALSE(p.pending());
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(p.look());
    CHECK_FALSE(p.look());
    CHECK_FALSE(p.look());
    p.alive();
  }
  CHECK(looks_until_the_end(p) == std::pair{4, std::optional{run_result::hung}});
}

TEST_CASE("a stop that does not end ends the run: from its first order, and no sign of life helps") {
  patience p{small};
  p.ready();
  p.stopping();
  CHECK(p.pending());
  CHECK_FALSE(p.look());
  p.stopping();
  p.alive();
  p.ready();
  CHECK_FALSE(p.look());
  CHECK(p.look() == run_result::stop_took_too_long);
}

TEST_CASE("a stop that is ordered during the start has a stop's time") {
  patience p{small};
  CHECK_FALSE(p.look());
  p.stopping();
  CHECK(looks_until_the_end(p) == std::pair{3, std::optional{run_result::stop_took_too_long}});
}

TEST_CASE("ready is heard once: later it is no sign of life") {
  patience p{small};
  p.ready();
  CHECK_FALSE(p.look());
  p.ready();
  CHECK(looks_until_the_end(p) == std::pair{3, std::optional{run_result::hung}});
}

TEST_CASE("the limits are those that the design and systemd's unit name") {
  const run_limits limits;
  CHECK(limits.start == 90);
  CHECK(limits.silent == 60);
  CHECK(limits.stop == 10);
}

TEST_SUITE_END();
