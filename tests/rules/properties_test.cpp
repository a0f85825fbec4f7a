// What holds for every rule whatever its numbers: more loss never frees, and neither does a tighter limit.
#include "tests/rules/views.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <random>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

account_view losing_view(money realized, money unrealized, int64_t contracts, int64_t trades) {
  account_view view = calm_view();
  view.realized_day = view.realized_week = realized;
  view.unrealized = unrealized;
  view.peak_day = dollars("800");
  view.contracts.push_back({"CON.F.US.MNQ.Z25", "MNQ", *price::parse("0.25"), dollars("0.5"), price::parse("20000")});
  auto p = held("CON.F.US.MNQ.Z25", contracts);
  p.average_price = *price::parse("20000");
  p.mark = price::parse("20000");
  p.unrealized = unrealized;
  view.positions.push_back(p);
  for (int64_t i = 0; i < trades; ++i)
    view.trades_today.push_back(noon - 1min);
  view.recent_trades = view.trades_today;
  view.round_trips.push_back({"CON.F.US.MNQ.Z25", noon - 2min, noon, realized});
  return view;
}

/// Rules that are about what was lost, with the key of their limit.
const std::vector<std::pair<const char*, const char*>>& rules_on_loss() {
  static const std::vector<std::pair<const char*, const char*>> all{{"daily_realized_loss", "limit"}, {"daily_loss_limit", "limit"}, {"weekly_loss_limit", "limit"},
                                                                   {"max_drawdown", "limit"},       {"position_loss_limit", "limit"}};
  return all;
}

} // namespace

TEST_CASE("more loss never frees") {
  const auto seed = seed_of_this_run();
  std::mt19937_64 random{seed};
  const auto cents = [&](int64_t most) { return money::from_units(std::uniform_int_distribution<int64_t>{0, most}(random) * 10'000); };
  for (auto& [name, key] : rules_on_loss()) {
    int breaches = 0;
    for (int round = 0; round < 2000; ++round) {
      INFO("RM_SEED=" << seed << " " << name << " round " << round);
      const auto limit = to_string(cents(100'000) + money::from_units(10'000));
      const auto a = made(name, map({{key, text(limit)}})), b = made(name, map({{key, text(limit)}}));
      const money realized = -cents(100'000), unrealized = -cents(100'000);
      const verdict before = a->evaluate(losing_view(realized, unrealized, 2, 1));
      const verdict after = b->evaluate(losing_view(realized - cents(50'000), unrealized - cents(50'000), 2, 1));
      breaches += before.level == level::breach;
      if (before.level == level::breach)
        REQUIRE(after.level == level::breach);
      REQUIRE(after.fraction >= before.fraction);
    }
    CHECK(breaches > 100);
  }
}

TEST_CASE("B2: tightening never frees, for every rule that has a limit") {
  const auto seed = seed_of_this_run();
  std::mt19937_64 random{seed};
  const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); };
  for (const auto& entry : rule_catalogue()) {
    const bool target = entry.name.find("profit") != std::string::npos; // smaller is tighter there, too
    const bool has_limit = target || std::string{"max_contracts daily_realized_loss daily_loss_limit weekly_loss_limit max_drawdown max_trades_per_day max_exposure position_loss_limit"}.find(entry.name) != std::string::npos;
    if (!has_limit || entry.name == "max_contracts_per_instrument")
      continue;
    int breaches = 0;
    for (int round = 0; round < 1000; ++round) {
      INFO("RM_SEED=" << seed << " " << entry.name << " round " << round);
      const bool counts = entry.name == "max_contracts" || entry.name == "max_trades_per_day";
      const int64_t tight = counts ? pick(1, 6) : entry.name == "max_exposure" ? pick(1, 300'000) : pick(1, 900);
      const int64_t loose = tight + pick(0, counts ? 3 : 200);
      const auto sum = [&] { return money::whole(target ? pick(0, 900) : -pick(0, 900)); };
      const auto view = losing_view(sum(), sum(), pick(1, 7), pick(0, 8));
      const char* key = target ? "target" : "limit";
      const auto a = made(entry.name.c_str(), map({{key, text(std::to_string(loose))}})), b = made(entry.name.c_str(), map({{key, text(std::to_string(tight))}}));
      const verdict wide = a->evaluate(view), narrow = b->evaluate(view);
      breaches += wide.level == level::breach;
      if (wide.level == level::breach)
        REQUIRE(narrow.level == level::breach);
      REQUIRE(narrow.fraction >= wide.fraction);
      for (auto& t : wide.targets) // and leaves no more
        for (auto& n : narrow.targets)
          if (t.contract == n.contract)
            REQUIRE(n.keep <= t.keep);
    }
    CHECK(breaches > 20);
  }
}

TEST_SUITE_END();
