#include "actors/rules/limit_measure.hpp"

#include "tests/rules/views.hpp"
#include "tests/support/seed.hpp"

#include <random>

using namespace rm;

TEST_SUITE_BEGIN("rules");

TEST_CASE("a measure is ok below its rungs, warns on them, and a limit exactly reached is a breach") {
  limit_measure m{500, 500, {500'000, 800'000}};
  const std::pair<int64_t, level> climb[] = {{-1000, level::ok}, {0, level::ok}, {249, level::ok}, {250, level::warn}, {399, level::warn},
                                             {400, level::warn}, {499, level::warn}, {500, level::breach}, {501, level::breach}};
  for (const auto& [measure, expected] : climb) {
    CAPTURE(measure);
    CHECK(m.read(measure) == expected);
  }
}

TEST_CASE("a rung stands until the measure is 10 % of the limit below it") {
  limit_measure m{500, 500, {500'000, 800'000}};
  const std::pair<int64_t, int64_t> path[] = {{399, 500'000}, {400, 800'000}, {351, 800'000}, {350, 500'000}, {399, 500'000},
                                              {400, 800'000}, {201, 500'000}, {200, 0},       {249, 0},       {250, 500'000}};
  for (const auto& [measure, rung] : path) {
    CAPTURE(measure);
    m.read(measure);
    CHECK(m.rung() == rung);
  }
}

TEST_CASE("a fall through all rungs clears them all, and a low rung is left at 0 at the latest") {
  limit_measure m{500, 500, {50'000, 500'000, 800'000}};
  CHECK(m.read(499) == level::warn);
  CHECK(m.rung() == 800'000);
  CHECK(m.read(1) == level::warn);
  CHECK(m.rung() == 50'000);
  CHECK(m.read(0) == level::ok);
}

TEST_CASE("after a breach the rungs below it still stand") {
  limit_measure m{500, 500, {800'000}};
  CHECK(m.read(500) == level::breach);
  CHECK(m.read(499) == level::warn);
  CHECK(m.read(350) == level::ok);
}

TEST_CASE("inside the steady range nothing changes, just outside something does, for random limits, rungs and measures") {
  const auto seed = rm::test::seed_of_this_run();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); };
  for (int round = 0; round < 3000; ++round) {
    const int64_t limit = pick(1, round % 3 == 0 ? 12 : 1'000'000'000);
    std::vector<int64_t> rungs;
    for (int64_t r = pick(1, 400'000); r < 1'000'000; r += pick(1, 500'000))
      rungs.push_back(r);
    limit_measure m{limit, limit + pick(0, 1), rungs};
    for (int step = 0; step < 20; ++step) {
      const level before = m.read(pick(-limit, 2 * limit));
      const int64_t rung = m.rung();
      const open_range steady = m.steady();
      REQUIRE(steady.low < steady.high - 1);
      const int64_t low = std::max(steady.low, -3 * limit), high = std::min(steady.high, 4 * limit);
      const auto differs = [&](int64_t measure) {
        limit_measure copy = m;
        return copy.read(measure) != before || copy.rung() != rung;
      };
      CAPTURE(limit);
      CAPTURE(steady.low);
      CAPTURE(steady.high);
      REQUIRE_FALSE(differs(low + 1));
      REQUIRE_FALSE(differs(high - 1));
      REQUIRE_FALSE(differs(pick(low + 1, high - 1)));
      if (steady.high != open_range::unbounded)
        REQUIRE(differs(steady.high));
      if (steady.low != -open_range::unbounded)
        REQUIRE(differs(steady.low));
    }
  }
}

TEST_CASE("the share of a limit is 0 on the good side and bounded on the bad one") {
  CHECK(share_used(-5, 10) == 0);
  CHECK(share_used(5, 10) == 500'000);
  CHECK(share_used(std::numeric_limits<int64_t>::max(), 1) == 1'000'000'000);
}

TEST_SUITE_END();
