// One band for many: it holds exactly as long as each of them does.
#include "actors/account/joint_band.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace rm;

TEST_SUITE_BEGIN("account");

TEST_CASE("the joint band contains what every single band contains, and nothing else") {
  const auto seed = rm::test::seed_of_this_run();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); };
  const contract_id contracts[] = {"CON.F.US.MNQ.Z26", "CON.F.US.EP.Z26", "CON.F.US.CLE.F27"};
  joint_band joint;
  int inside = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<quiet_band> bands(static_cast<std::size_t>(pick(0, 5)));
    for (auto& band : bands) {
      band.low = money::from_units(pick(-9, 3));
      band.high = money::from_units(pick(-1, 9));
      band.until = timestamp{duration{pick(3, 9)}};
      for (int64_t i = pick(0, 3); i > 0; --i)
        band.watch(contracts[pick(0, 2)], price::from_units(pick(0, 4)), price::from_units(pick(3, 9)));
    }
    const money pnl = money::from_units(pick(-4, 4));
    const timestamp now{duration{pick(1, 5)}};
    std::optional<price> marks[3];
    for (auto& mark : marks)
      if (pick(0, 9) != 0)
        mark = price::from_units(pick(2, 6));
    const auto mark_of = [&](const contract_id& contract) { return marks[contract == contracts[0] ? 0 : contract == contracts[1] ? 1 : 2]; };
    bool each = true;
    joint.clear();
    for (auto& band : bands) {
      joint.narrow(band);
      each = each && pnl > band.low && pnl < band.high && now < band.until;
      for (std::size_t i = 0; i < band.marks.size(); ++i) {
        const auto mark = mark_of(band.marks[i].contract);
        each = each && mark && *mark > band.marks[i].low && *mark < band.marks[i].high;
      }
    }
    REQUIRE(joint.contains(pnl, now, mark_of) == each);
    inside += each;
  }
  CHECK(inside > 500);
}

TEST_SUITE_END();
