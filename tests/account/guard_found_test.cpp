// What random days (tests/scenarios/random_test.cpp) have found, each alone.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

bool asked(const account_effects& effects, const char* rule) {
  const auto questions = only<ask_rules>(effects);
  return std::any_of(questions.begin(), questions.end(), [&](auto& q) { return std::find(q.rules.begin(), q.rules.end(), rule_name{rule}) != q.rules.end(); });
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("N16 a trade that only the venue's list tells wakes the rules that count trades") {
  desk d;
  d.start();
  d.quote_at("20000");
  auto calm = d.says("trade_frequency", level::ok);
  calm.has_band = true; // nothing to say about prices and time: only a fill wakes it
  calm.band.low = dollars("-1000000");
  calm.band.high = dollars("1000000");
  calm.band.until = timestamp::max();
  d.all_fine();
  d.tell(calm);
  auto unseen = d.trade(1, side::buy, 1, "20000");
  unseen.seen = {};
  const auto effects = d.hear(d.reading({d.position(1, "20000")}, {}, {unseen}));
  CHECK(asked(effects, "trade_frequency"));
  d.tell(calm);
  CHECK_FALSE(asked(d.hear(d.reading({d.position(1, "20000")}, {}, {unseen})), "trade_frequency")); // the same once more is no news
}

TEST_CASE("B10 prices do not become younger when the clock is set back") {
  desk d;
  d.start();
  d.quote_at("20000");
  d.fill(1, side::buy, 1, "20000", 1);
  d.now -= 1h;
  d.take(d.mind.on_tick(d.now));
  d.all_fine();
  d.pass(15s);
  CHECK(d.mind.status().state == account_state_name::active);
  d.pass(6s);
  CHECK(d.mind.status().state == account_state_name::not_evaluable); // stale for 20 s, no bar came
}

TEST_CASE("B10 no rule rests on a time that has come back") {
  desk d;
  d.start();
  auto calm = d.says("trade_frequency", level::ok);
  calm.has_band = true;
  calm.band.low = dollars("-1000000");
  calm.band.high = dollars("1000000");
  calm.band.until = timestamp::max();
  d.all_fine();
  d.tell(calm);
  CHECK_FALSE(asked(d.pass(100ms), "trade_frequency"));
  d.now -= 10min;
  CHECK(asked(d.take(d.mind.on_tick(d.now)), "trade_frequency"));
}

TEST_CASE("B10 a clock that is set back over a reset and a restart leave the account judgeable") {
  desk d;
  d.start();
  d.next_day(); // the clock was ahead
  desk again = d.restarted();
  again.now = day_end - 1h; // it is right again, and the calendar says the day before
  again.start();
  again.all_fine();
  CHECK(again.mind.status().why == "");
  CHECK(again.mind.status().view->next_daily_reset == at("2025-12-04T22:00:00Z"));
  CHECK(again.disk.memory.day == std::chrono::year{2025} / 12 / 4); // and there is no second reset
}

TEST_SUITE_END();
