// What news of every kind must wake, forget or leave alone: each held by a test that a break of its line makes fail.
#include "trading.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

bool asks(const account_effects& effects, const char* rule) {
  const auto questions = only<ask_rules>(effects);
  return std::any_of(questions.begin(), questions.end(), [&](auto& q) { return std::find(q.rules.begin(), q.rules.end(), rule_name{rule}) != q.rules.end(); });
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(trading, "I9 a fill that only a list has told wakes the rules that wait for fills") {
  pass(1s);
  all_fine();
  hear(reading({position(2, "20000")}));
  REQUIRE_FALSE(asks(last, "trade_frequency"));
  hear(reading({position(3, "20000")}, {}, {trade(8, side::buy, 1, "20000")}));
  REQUIRE(mind.status().view->priced);
  CHECK(asks(last, "trade_frequency"));
}

TEST_CASE_FIXTURE(idle, "a price is looked at as soon as the trades alone say that something is held, and not where nothing is") {
  quote_at("20000");
  CHECK(only<ask_rules>(last).empty());
  hear(trade(1, side::buy, 2, "20000"));
  all_fine();
  quote_at("19000");
  CHECK(asks(last, "daily_loss_limit"));
}

TEST_CASE_FIXTURE(idle, "a row that nobody could read says nothing of what was held before a trade") {
  pass(1s);
  auto list = reading({}, {}, {trade(8, side::buy, 2, "20000")});
  list.positions_unread = {mnq};
  hear(list);
  CHECK(mind.books().size_by_trades(mnq) == 2);
}

TEST_CASE_FIXTURE(idle, "I2 an order that came and expired while nobody looked is an attempt like one that was cancelled") {
  tell(loss_breach());
  pass(1s);
  hear(reading({}, {order(70, order_status::expired, side::buy, 1, order_type::limit), order(71, order_status::cancelled, side::buy, 1, order_type::limit)}));
  CHECK(attempts("daily_loss_limit") == 2);
}

TEST_CASE_FIXTURE(idle, "what an earlier connection's lists said is not what this one's have") {
  REQUIRE(mind.status().view->lists_read != timestamp{});
  link(link_status::connecting);
  ++generation;
  link(link_status::live);
  CHECK(mind.status().view->lists_read == timestamp{});
}

TEST_CASE_FIXTURE(idle, "I8 after every interruption of the link nothing is judged before the lists were read again") {
  REQUIRE(mind.status().view->evaluable);
  SUBCASE("told as another connection at once") {
    ++generation;
    link(link_status::live);
  }
  SUBCASE("told as the same connection") {
    link(link_status::connecting);
    link(link_status::live);
  }
  CHECK_FALSE(mind.status().view->evaluable);
  hear(reading());
  CHECK(mind.status().view->evaluable);
}

TEST_CASE_FIXTURE(idle, "a trade at the very begin of the week is the week's, also where only a list tells of it") {
  pass(1s);
  auto first = trade(8, side::sell, 1, "20000", "-20");
  first.executed = week_start;
  auto before = trade(9, side::sell, 1, "20000", "-30");
  before.executed = week_start - 1ns;
  hear(reading({}, {}, {first, before}));
  CHECK(mind.books().realized_week() == dollars("-20.61"));
}

TEST_CASE_FIXTURE(idle, "a broker that is started again counts its connections from one, and its first list counts") {
  link(link_status::connecting);
  generation = 5;
  link(link_status::live);
  hear(reading());
  take(mind.on_start());
  generation = 1;
  hear(reading({position(1, "20000")}));
  CHECK(mind.held().size_of(mnq) == 1);
}

TEST_CASE_FIXTURE(trading, "a clock that is set back by seconds makes no price younger") {
  quote_at("20000");
  REQUIRE(mind.books().marked_at(mnq) == now);
  take(mind.on_tick(now - 5s));
  CHECK(mind.books().marked_at(mnq) == now - 5s);
}

TEST_CASE_FIXTURE(idle, "a timer actor that is started again is told once more when rules want to be asked") {
  auto v = says("daily_loss_limit", level::ok);
  v.has_band = true;
  v.band = {money::whole(-500), money::whole(500), now + 1h, {}};
  REQUIRE(only<arm_timer>(tell(v)).size() == 1);
  CHECK(only<arm_timer>(tell(v)).empty());
  const auto again = only<arm_timer>(take(mind.on_timers_started()));
  REQUIRE(again.size() == 1);
  CHECK(again[0].due == now + 1h);
}

TEST_CASE_FIXTURE(trading, "a reset by hand begins the day anew though the calendar's goes on") {
  hear(trade(9, side::sell, 1, "19900", "-200"));
  REQUIRE(mind.books().realized_day() < dollars("-200"));
  tell(loss_breach());
  pass(1min);
  std::string refused;
  take(mind.on_reset_order({our_account, reset_kind::daily, "admin", "", now}, refused));
  CHECK(refused.find("reason") != std::string::npos);
  CHECK(find("daily_loss_limit"));
  refused.clear();
  take(mind.on_reset_order({our_account, reset_kind::daily, "admin", "a drill", now}, refused));
  CHECK(refused == "");
  CHECK(mind.books().realized_day() == money{});
  CHECK_FALSE(find("daily_loss_limit"));
  REQUIRE(only<save_account>(last).size() == 1);
  CHECK(only<save_account>(last)[0].resets.size() == 1);
}

TEST_CASE_FIXTURE(idle, "a warning is given again on the next day") {
  auto v = says("daily_loss_limit", level::warn);
  v.rung = 800'000;
  REQUIRE(notes(tell(v), "verdict") == 1);
  REQUIRE(notes(tell(v), "verdict") == 0);
  next_day();
  CHECK(notes(tell(v), "verdict") == 1);
}

TEST_CASE_FIXTURE(idle, "trouble that goes on stands since it began") {
  const auto began = now;
  hear(venue_nonsense{our_account, mnq, "a trade cannot be read", seen()});
  pass(1s);
  hear(venue_nonsense{our_account, mnq, "another trade cannot be read", seen()});
  const auto alarms = mind.status().alarms;
  const auto it = std::find_if(alarms.begin(), alarms.end(), [](auto& a) { return a.key.starts_with("nonsense"); });
  REQUIRE(it != alarms.end());
  CHECK(it->since == began);
  CHECK(it->what == "another trade cannot be read");
}

TEST_CASE_FIXTURE(trading, "a case that two restarts interrupted says so once") {
  tell(loss_breach());
  auto again = restarted();
  again.start(again.reading({position(2, "20000")}));
  auto third = again.restarted();
  third.start(third.reading({third.position(2, "20000")}));
  const auto reason = third.newest_enforce().reason;
  CHECK(reason.starts_with("taken up after a restart: "));
  CHECK(reason.rfind("taken up") == 0);
}

TEST_CASE_FIXTURE(trading, "a view that somebody still looks at is not written over") {
  quote_at("20001");
  const auto looked_at = only<ask_rules>(last).at(0).view;
  const auto sequence = looked_at->sequence;
  const auto worth = looked_at->unrealized;
  for (const char* next : {"20100", "20200", "20300", "20400", "20500", "20600"})
    quote_at(next);
  CHECK(looked_at->sequence == sequence);
  CHECK(looked_at->unrealized == worth);
}

TEST_CASE_FIXTURE(idle, "I8 after a restart nothing is judged before both the day's and the week's end are known") {
  for (const auto kind : {reset_kind::daily, reset_kind::weekly}) {
    auto again = restarted();
    again.take(again.mind.on_start());
    if (kind == reset_kind::daily)
      again.reset(kind, "2025-12-03", day_start, day_end);
    else
      again.reset(kind, "2025-12-02", week_start, week_end);
    again.link(link_status::live);
    again.hear(again.reading());
    REQUIRE(again.mind.status().view);
    CHECK_FALSE(again.mind.status().view->evaluable);
  }
}

TEST_CASE("I8 a flat account is judged though its readings fail; one that holds something is not for long") {
  for (const bool holds : {false, true}) {
    CAPTURE(holds);
    desk d;
    d.start();
    if (holds)
      d.fill(1, side::buy, 1, "20000", 1);
    else
      d.hear(d.order(2, order_status::open, side::buy, 1, order_type::limit)); // it is read all the same
    d.pass(1s);
    for (int i = 0; i < 40; ++i) {
      d.take(d.mind.on_read_failed("HTTP 503"));
      d.pass(1s);
      d.quote_at("20000");
    }
    CHECK(d.mind.status().view->evaluable == !holds);
  }
}

TEST_CASE_FIXTURE(trading, "after the clock was set back every rule is asked: none rests on a time that comes again") {
  for (const char* rule : {"daily_loss_limit", "trade_frequency"}) {
    auto v = says(rule, level::ok);
    v.has_band = true;
    v.band = {money::whole(-500), money::whole(500), now + 1h, {}};
    tell(v);
  }
  quote_at("20000");
  pass(1s);
  REQUIRE_FALSE(asks(last, "daily_loss_limit"));
  now -= 10min;
  pass(1s);
  REQUIRE(mind.status().view->priced);
  CHECK(asks(last, "daily_loss_limit"));
}

TEST_CASE_FIXTURE(trading, "I9 a position that one rule alone cannot judge is closed like one that nobody can") {
  for (int i = 0; i < 65 && !flattened(); ++i) {
    quote_at("20000");
    pass(1s);
    const auto asked = only<read_venue>(last);
    if (!asked.empty()) {
      auto answer = reading({position(2, "20000")});
      answer.has_trades = asked[0].what.trades;
      hear(answer);
    }
    tell(says("daily_loss_limit", level::ok));
    tell(says("trade_frequency", level::not_evaluable));
  }
  REQUIRE(mind.status().view->priced);
  CHECK(flattened());
  CHECK(newest_enforce().rule == rule_name{"fail_safe"});
}

// -- who rests, and how far ------------------------------------------------------------

namespace {

/// Position 2 from 20000, fees of 1.22; the loss limit's rule has the band, the other one rests whatever comes.
struct resting : trading {
  void rest_in(quiet_band band) {
    auto v = says("daily_loss_limit", level::ok);
    v.has_band = true;
    v.band = band;
    tell(v);
    auto other = says("trade_frequency", level::ok);
    other.has_band = true;
    other.band = {money::whole(-1'000'000), money::whole(1'000'000), timestamp::max(), {}};
    tell(other);
  }
  bool asked() const { return asks(last, "daily_loss_limit"); }
};

} // namespace

TEST_CASE_FIXTURE(resting, "I1 a rule rests inside its band of P&L and not on its edges") {
  rest_in({dollars("-41.22"), dollars("38.78"), timestamp::max(), {}});
  for (auto [mark, wanted] : {std::pair{"19990.25", false}, {"19990", true}, {"20009.75", false}, {"20010", true}}) {
    CAPTURE(mark);
    quote_at(mark);
    CHECK(asked() == wanted);
  }
}

TEST_CASE_FIXTURE(resting, "I1 a rule rests inside its band of a contract's mark and not on its edges, whatever the P&L") {
  quiet_band band{money::whole(-1'000'000), money::whole(1'000'000), timestamp::max(), {}};
  REQUIRE(band.watch(mnq, points("19990"), points("20010")));
  rest_in(band);
  for (auto [mark, wanted] : {std::pair{"19990.25", false}, {"19990", true}, {"20009.75", false}, {"20010", true}}) {
    CAPTURE(mark);
    quote_at(mark);
    CHECK(asked() == wanted);
  }
}

TEST_CASE_FIXTURE(resting, "I1 a rule rests until the time that it has named, and not at it") {
  rest_in({money::whole(-1'000'000), money::whole(1'000'000), now + 2s, {}});
  pass(1s);
  CHECK_FALSE(asked());
  now += 1s;
  quote_at("20000");
  CHECK(asked());
}

TEST_CASE_FIXTURE(resting, "I8 no band lets a rule rest on an account that cannot be judged, nor one that could not judge when it last spoke") {
  rest_in({money::whole(-1'000'000), money::whole(1'000'000), timestamp::max(), {}});
  quote_at("20000.25");
  REQUIRE_FALSE(asked());
  SUBCASE("a price that makes no sense") {
    quote_at("1");
    CHECK(asked());
  }
  SUBCASE("a rule that could not judge") {
    tell(says("trade_frequency", level::not_evaluable)); // it wakes on fills alone
    quote_at("20000.50");
    CHECK(asks(last, "trade_frequency"));
  }
}

TEST_CASE_FIXTURE(resting, "a rule whose breach no lock guards hears of orders, though it waits for fills alone") {
  auto breach = says("trade_frequency", level::breach);
  breach.action = action::cancel_order;
  tell(breach);
  hear(order(9, order_status::open, side::buy, 1, order_type::limit));
  CHECK(asks(last, "trade_frequency"));
}

TEST_CASE_FIXTURE(idle, "I1 an open case is told of what only the trades show") {
  tell(loss_breach());
  hear(trade(1, side::buy, 2, "20000")); // its position never comes
  for (int i = 0; i < 4; ++i)
    pass(1s);
  CHECK(newest_enforce().unseen == std::vector{mnq});
}

// -- what the disk has -----------------------------------------------------------------

TEST_CASE_FIXTURE(idle, "I6 trades that could not be kept are an alarm until they are, whatever else was kept meanwhile") {
  disk_works = false;
  hear(trade(1, side::buy, 1, "20000"));
  const auto version = only<save_account>(last).at(0).memory.version;
  take(mind.on_save_failed(0, "disk full"));
  take(mind.on_saved(version));
  CHECK(alarm("storage"));
  for (int i = 0; i < 6 && only<save_trades>(last).empty(); ++i)
    pass(1s);
  REQUIRE(only<save_trades>(last).size() == 1);
  CHECK(only<save_trades>(last)[0].trades.size() == 1);
  take(mind.on_saved(only<save_account>(last).at(0).memory.version));
  CHECK_FALSE(alarm("storage"));
}

TEST_CASE_FIXTURE(idle, "I7 a reset whose save failed goes with the next one, though the word of an older save comes late") {
  const auto older = disk.memory.version;
  disk_works = false;
  next_day();
  const auto save = only<save_account>(last).at(0);
  REQUIRE(save.resets.size() == 1);
  take(mind.on_save_failed(save.memory.version, "disk full"));
  take(mind.on_saved(older));
  for (int i = 0; i < 6 && only<save_account>(last).empty(); ++i)
    pass(1s);
  CHECK(only<save_account>(last).at(0).resets.size() == 1);
}

TEST_SUITE_END();
