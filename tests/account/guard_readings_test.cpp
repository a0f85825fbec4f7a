// When the venue is read, and what a reading is worth.
#include "trading.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

// -- readings -------------------------------------------------------------------------------

TEST_CASE_FIXTURE(trading, "without a stream all of it is read every ten seconds: only the trades tell what was lost meanwhile") {
  link(link_status::blind);
  for (int i = 0; i < 40; ++i) {
    pass(1s);
    if (!only<read_venue>(last).empty()) {
      CHECK(only<read_venue>(last)[0].what.trades);
      CHECK(only<read_venue>(last)[0].what.info);
      hear(reading({position(2, "20000")}));
    }
  }
  CHECK(only<read_venue>(all).size() >= 4);
  CHECK(only<read_venue>(all).size() <= 5);
}

TEST_CASE_FIXTURE(trading, "where not all can be read, positions and orders alone are, a second later, and all of it after that") {
  link(link_status::blind);
  pass(1s);
  REQUIRE(only<read_venue>(last).size() == 1);
  CHECK(only<read_venue>(last)[0].what.trades);
  take(mind.on_read_failed("trades could not be read: no answer in time"));
  pass(1s);
  REQUIRE(only<read_venue>(last).size() == 1);
  CHECK_FALSE(only<read_venue>(last)[0].what.trades);
  auto less = reading({position(3, "20000")});
  less.has_trades = false;
  hear(less);
  CHECK(alarm("read")); // until all of it was read
  pass(500ms);
  REQUIRE(only<read_venue>(last).size() == 1); // two equal readings are believed
  CHECK(only<read_venue>(last)[0].what.trades);
  take(mind.on_read_failed("trades could not be read: no answer in time"));
  pass(1s);
  REQUIRE(only<read_venue>(last).size() == 1);
  less.sent_steady_ns = steady += 1000;
  hear(less);
  CHECK(mind.held().size_of(mnq) == 3);
  CHECK(alarm("read"));
  hear(reading({position(3, "20000")}));
  CHECK_FALSE(alarm("read"));
}

TEST_CASE_FIXTURE(trading, "a loss taken elsewhere during an outage is in the day's P&L at the next reading") {
  link(link_status::blind);
  pass(1s);
  REQUIRE(only<read_venue>(last).size() == 1);
  const money before = mind.books().realized_day();
  hear(reading({}, {}, {trade(9, side::sell, 2, "19000", "-4000")}));
  CHECK(mind.books().realized_day() == before - dollars("4000") - dollars("1.22"));
  CHECK(mind.status().view->evaluable);
}

TEST_CASE_FIXTURE(trading, "trades of the week before, read once more after the reset, are not taken for new (N12)") {
  const auto old = trade(9, side::sell, 2, "19000", "-4000");
  hear(old);
  hear(position(0, "20000"));
  now = week_end + 50ms;
  reset(reset_kind::daily, "2025-12-09", week_end, at("2025-12-09T22:00:00Z"));
  reset(reset_kind::weekly, "2025-12-09", week_end, at("2025-12-15T22:00:00Z"));
  REQUIRE(mind.books().trades().empty());
  hear(reading({}, {}, {old}));
  CHECK(mind.books().trades().empty());
  CHECK(mind.books().size_by_trades(mnq) == 0);
  CHECK(only<save_trades>(last).empty());
}

TEST_CASE_FIXTURE(trading, "how long it was blind, and whether a position was open then, is journalled") {
  const auto told = [&](std::string_view words) {
    for (auto& e : only<journal_entry>(all))
      if (e.kind == "link" && e.text.find(words) != std::string::npos)
        return true;
    return false;
  };
  link(link_status::blind);
  pass(12s);
  hear(reading({position(0, "20000")})); // it was closed meanwhile
  SUBCASE("it was open at the beginning") {
    link(link_status::live);
    CHECK(told("live: it was blind for 12 s, a position was open"));
  }
  SUBCASE("the next time it was not") {
    pass(1s);
    hear(reading());
    pass(1s);
    hear(reading());
    REQUIRE(mind.held().flat());
    link(link_status::live);
    pass(60s);
    link(link_status::blind);
    link(link_status::conflict);
    pass(3s);
    link(link_status::live);
    CHECK(told("live: it was blind for 3 s, no position was open"));
  }
}

TEST_CASE_FIXTURE(trading, "a position that the stream did not tell of is an alarm until a whole reading finds nothing more") {
  hear(reading({position(3, "20000")}));
  CHECK_FALSE(alarm("reconcile")); // a list that is behind or ahead: read again
  pass(500ms);
  hear(reading({position(3, "20000")}));
  CHECK(mind.held().size_of(mnq) == 3);
  CHECK(alarm("reconcile"));
  pass(1s);
  hear(reading({position(3, "20000")}));
  CHECK_FALSE(alarm("reconcile"));
}

TEST_CASE_FIXTURE(trading, "F11 where a list took away what an event had told, it is read on closely: lists may lag") {
  hear(reading());
  pass(500ms);
  hear(reading());
  REQUIRE(mind.held().flat()); // the list has won, and may be wrong
  std::size_t reads = 0, whole = 0;
  for (int i = 0; i < 10; ++i) {
    pass(1s);
    for (auto& r : only<read_venue>(last)) {
      ++reads;
      whole += r.what.trades;
      hear(reading());
    }
  }
  CHECK(reads >= 4);
  CHECK(reads <= 6);
  CHECK(whole == 1);
  pass(1s);
  hear(reading({position(2, "20000")}));
  pass(500ms);
  hear(reading({position(2, "20000")}));
  CHECK(mind.held().size_of(mnq) == 2);
}

TEST_CASE_FIXTURE(trading, "I8 a position that a list tells of is valued by its own price, whatever was filled in another contract meanwhile") {
  auto in = trade(20, side::buy, 1, "6000", nullptr, es), out = trade(21, side::sell, 1, "6000", "0", es);
  hear(position(1, "6000", es));
  hear(in);
  hear(out);
  hear(position(0, "6000", es));
  link(link_status::blind);
  ++generation;
  auto list = reading({position(2, "20000"), position(-3, "6000", es)});
  fill(22, side::buy, 1, "20000", 3);
  hear(list);
  link(link_status::live);
  all_fine();
  REQUIRE(mind.held().size_of(es) == -3);
  CHECK(state() == account_state_name::not_evaluable); // it has no price
  quote_at("6000", es);
  CHECK(state() == account_state_name::active);
}

TEST_CASE_FIXTURE(trading, "what the first reading of a new connection finds is no alarm: nobody was there to tell") {
  link(link_status::blind);
  ++generation;
  hear(reading({position(3, "20000")}));
  link(link_status::live);
  CHECK(mind.held().size_of(mnq) == 3);
  CHECK_FALSE(alarm("reconcile"));
}

TEST_CASE_FIXTURE(trading, "while exposed it is read every ten seconds, and all of it every two minutes") {
  quiet(241s);
  const auto reads = only<read_venue>(all);
  CHECK(reads.size() >= 23);
  CHECK(reads.size() <= 26);
  std::size_t full = 0;
  for (auto& r : reads)
    full += r.what.trades;
  CHECK(full >= 2);
  CHECK(full <= 4);
}

TEST_CASE("while flat and idle only the two-minute reading is left") {
  desk d;
  d.start();
  d.all_fine();
  for (int i = 0; i < 240; ++i) {
    d.pass(1s);
    if (!only<read_venue>(d.last).empty())
      d.hear(d.reading());
  }
  CHECK(only<read_venue>(d.all).size() <= 3);
}

TEST_CASE_FIXTURE(trading, "one reading at a time; one that fails is an alarm until one succeeds") {
  pass(11s);
  CHECK(only<read_venue>(all).size() == 1);
  pass(11s);
  CHECK(only<read_venue>(all).size() == 1);
  take(mind.on_read_failed("HTTP 503"));
  CHECK(alarm("read"));
  pass(11s);
  CHECK(only<read_venue>(all).size() == 2);
  hear(reading({position(2, "20000")}));
  CHECK_FALSE(alarm("read"));
}

TEST_CASE_FIXTURE(trading, "trades that cannot be read are an alarm until they are, whatever else is read meanwhile, and are asked for again within half a minute") {
  bool works = false;
  int failed = 0;
  const auto run = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) {
      quote_at("20000");
      pass(1s);
      for (auto& wanted : only<read_venue>(last)) {
        if (wanted.what.trades && !works) {
          ++failed;
          take(mind.on_read_failed("trades could not be read: HTTP 500"));
          continue;
        }
        auto answer = reading({position(2, "20000")});
        answer.has_trades = wanted.what.trades;
        hear(answer);
      }
      if (!works)
        CHECK(alarm("read") == (failed > 0));
    }
  };
  run(125);
  REQUIRE(failed == 1);
  run(60);
  CHECK(failed == 3);
  works = true;
  run(31);
  CHECK_FALSE(alarm("read"));
}

TEST_CASE_FIXTURE(trading, "lists that disagree with events are read again after half a second") {
  hear(reading());
  CHECK(mind.held().size_of(mnq) == 2);
  pass(400ms);
  CHECK(only<read_venue>(last).empty());
  pass(100ms);
  CHECK(only<read_venue>(last).size() == 1);
  hear(reading());
  CHECK(mind.held().flat());
}

TEST_CASE_FIXTURE(trading, "a fill told by halves is read within a second, trades too") {
  hear(trade(9, side::sell, 2, "20000", "0")); // its position never comes
  pass(600ms);
  REQUIRE(only<read_venue>(last).size() == 1);
  CHECK(only<read_venue>(last)[0].what.trades);
}

TEST_CASE_FIXTURE(trading, "a close told by halves never makes the day better or worse than it is") {
  SUBCASE("the trade first") {
    quote_at("20100"); // +400
    hear(trade(9, side::sell, 2, "20100", "400"));
    CHECK(mind.status().view->day_pnl() < dollars("400"));
    CHECK(disk.memory.peak_day < dollars("400"));
  }
  SUBCASE("the position first") {
    quote_at("20100");
    hear(position(0, "20000"));
    CHECK(mind.status().view->day_pnl() > dollars("390"));
  }
  SUBCASE("the position alone is believed once a list says the same; until then it is not known") {
    quote_at("20100");
    hear(position(0, "20000"));
    pass(2s);
    CHECK_FALSE(mind.status().view->evaluable);
    hear(reading());
    CHECK(mind.status().view->evaluable);
    CHECK(mind.status().view->day_pnl() < dollars("0"));
  }
}

TEST_CASE_FIXTURE(trading, "a stale price has its bar read; the bar is the mark, and only when none comes the account cannot be judged") {
  quote_at("20010");
  pass(9s);
  CHECK(only<read_mark>(last).empty());
  pass(2s);
  REQUIRE(only<read_mark>(last).size() == 1);
  CHECK(only<read_mark>(last)[0].contract == mnq);
  CHECK(mind.status().view->priced);
  SUBCASE("the bar comes") {
    quote_at("19990");
    CHECK(mind.status().view->unrealized == dollars("-40"));
    pass(15s);
    CHECK(mind.status().view->priced);
  }
  SUBCASE("it does not come: asked again every three seconds") {
    pass(2s);
    CHECK(only<read_mark>(last).empty());
    pass(2s);
    CHECK(only<read_mark>(last).size() == 1);
    pass(6s);
    CHECK(!mind.status().view->priced);
  }
}

TEST_CASE("while the market is closed a price may be old; once it is open for long enough it may not") {
  auto s = desk::two_rules();
  const timestamp opens = noon + 60s;
  s.market_open = [&](const symbol_name& symbol, timestamp t) {
    CHECK(symbol == symbol_name{"MNQ"});
    return t >= opens;
  };
  desk d{{}, s};
  d.start();
  d.fill(1, side::buy, 2, "20000", 2);
  d.quote_at("20000");
  d.pass(50s);
  CHECK(d.mind.status().view->priced);
  CHECK(only<read_mark>(d.last).empty());
  d.pass(25s); // open for 15 s
  CHECK(d.mind.status().view->priced);
  CHECK(only<read_mark>(d.last).size() == 1);
  d.pass(6s);
  CHECK(!d.mind.status().view->priced);
}

TEST_SUITE_END();
