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
  CHECK(again.mind.status().view->next_daily_reset == day_end);
  CHECK(again.disk.memory.day == std::chrono::year{2025} / 12 / 3); // the day in force, not the one that has not begun
}

TEST_CASE("F2 the stop of an entry that was just filled is no risk, in whatever order the fill's news come; half a second later it is judged as told") {
  for (int first = 0; first < 3; ++first) {
    CAPTURE(first);
    desk d;
    d.settings.rules = {{"max_exposure", "RULE-013", {wake::fill, wake::position, wake::order, wake::mark}}};
    d.mind = guard{d.settings, {}};
    d.start();
    d.quote_at("20000");
    const auto seen = [&](const account_effects& effects) { // by the rule: does the stop increase?
      for (auto& q : only<ask_rules>(effects))
        for (auto& o : q.view->orders)
          if (o.id == order_id{2})
            return o.increases ? 1 : 0;
      return -1;
    };
    d.hear(d.order(1, order_status::pending, side::buy, 3));
    auto child = d.order(2, order_status::suspended, side::sell, 3, order_type::stop);
    child.parent = order_id{1};
    d.hear(child);
    if (first == 0)
      CHECK(seen(d.hear(d.order(1, order_status::filled, side::buy, 3))) == 0);
    else if (first == 1) {
      d.hear(d.trade(1, side::buy, 3, "20000"));
      CHECK(seen(d.hear(d.order(1, order_status::filled, side::buy, 3))) == 0);
    } else {
      d.hear(d.position(3, "20000"));
      CHECK(seen(d.hear(d.order(1, order_status::filled, side::buy, 3))) == 0);
      continue;
    }
    CHECK(seen(d.pass(400ms)) == 0);
    CHECK(seen(d.pass(200ms)) == 1); // no position has come
  }
}

TEST_CASE("I6 after a restart the contracts of the day are asked for before they are traded again") {
  desk d;
  d.start();
  d.quote_at("20000");
  d.fill(1, side::buy, 1, "20000", 1);
  d.fill(2, side::sell, 1, "20000", 0, "0");
  desk again = d.restarted();
  again.start();
  const auto watched = only<watch_contract>(again.all);
  REQUIRE(watched.size() == 1);
  CHECK(watched.front().contract == mnq);
}

TEST_CASE("our own close is no attempt, however the news of the forbidden entry and of the close overtake each other") {
  for (int traded_before = 0; traded_before < 2; ++traded_before)
    for (int pieces = 1; pieces < 3; ++pieces) {
      // Each stream keeps its own order: orders 'o', trades 't', positions 'p'.
      std::string streams = pieces == 1 ? "oooopptt" : "ooooopppttt";
      do {
        desk d;
        d.start();
        d.quote_at("20000");
        if (traded_before) {
          d.fill(1, side::buy, 1, "20000", 1);
          d.fill(2, side::sell, 1, "20000", 0, "0");
        }
        d.tell(d.loss_breach());
        int orders = 0, trades = 0, positions = 0;
        for (char stream : streams) {
          if (stream == 'o') {
            const int n = orders++;
            if (n < 2)
              d.hear(d.order(50, n == 0 ? order_status::pending : order_status::filled, side::buy, 2));
            else {
              auto close = d.order(51, n == 2 ? order_status::pending : n == 2 + pieces ? order_status::filled : order_status::open, side::sell, 2,
                                   order_type::market, n == 2 ? 0 : 1);
              close.tagged = false;
              d.hear(close);
            }
          } else if (stream == 't') {
            const int n = trades++;
            d.hear(n == 0 ? d.trade(50, side::buy, 2, "20000") : d.trade(51, side::sell, 2 / pieces, "20000", "0"));
          } else {
            const int n = positions++;
            d.hear(d.position(n == 0 ? 2 : pieces == 2 && n == 1 ? 1 : 0, "20000"));
          }
        }
        INFO("traded before " << traded_before << ", pieces " << pieces << ", " << streams);
        REQUIRE(d.attempts("daily_loss_limit") == 1);
      } while (std::next_permutation(streams.begin(), streams.end()));
    }
}

TEST_SUITE_END();
