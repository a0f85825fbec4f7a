// canTrade by events and by lists that may be old: alone, and in the guard.
#include "tests/account/desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {

constexpr int64_t second = 1'000'000'000;

account_settings with_auth_guard() {
  auto out = desk::two_rules();
  out.rules.push_back({"auth_guard", "", {wake::account}});
  return out;
}

account_update account_of(desk& d, bool can_trade, bool streamed) {
  account_update a;
  a.account = our_account;
  a.name = "PRAC";
  a.can_trade = can_trade;
  a.seen = streamed ? d.seen() : wire_time{d.now, 0};
  return a;
}

/// A reading with the account in it.
venue_snapshot listed(desk& d, bool can_trade) {
  auto s = d.reading();
  s.has_account = true;
  s.info = account_of(d, can_trade, false);
  return s;
}

void lock_by_venue(desk& d) {
  d.hear(account_of(d, false, true));
  auto v = d.says("auth_guard", level::breach);
  v.action = action::flatten;
  v.lock = {lock_mode::flat, lock_end::can_trade, {}};
  d.tell(v);
  d.done();
  REQUIRE(d.find("auth_guard"));
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("canTrade: a list that was asked for before the newest event says nothing; what it gives back takes two, 10 s apart") {
  can_trade_word word;
  word.hear_event(false, 100 * second);
  CHECK(word.hear_list(true, 99 * second));
  CHECK(word.hear_list(true, 100 * second));
  CHECK_FALSE(word.can());
  CHECK(word.hear_list(true, 101 * second));
  CHECK(word.hear_list(true, 110 * second));
  CHECK_FALSE(word.can());
  CHECK_FALSE(word.hear_list(false, 110 * second)); // the first one was old
  CHECK(word.hear_list(true, 112 * second));
  CHECK_FALSE(word.can());
  CHECK_FALSE(word.hear_list(true, 122 * second));
  CHECK(word.can());
}

TEST_CASE("canTrade: what a list takes away counts at once, unless an event has just given it") {
  can_trade_word word;
  CHECK_FALSE(word.hear_list(false, 5 * second));
  CHECK_FALSE(word.can());
  word.hear_event(true, 20 * second);
  CHECK(word.can());
  CHECK(word.hear_list(false, 21 * second)); // it lags
  CHECK(word.can());
  CHECK_FALSE(word.hear_list(false, 31 * second));
  CHECK_FALSE(word.can());
}

TEST_CASE("canTrade: an event that gives back what another one has just taken is only a first word") {
  can_trade_word word;
  CHECK_FALSE(word.hear_event(false, 100 * second));
  CHECK(word.hear_event(true, 104 * second));
  CHECK_FALSE(word.can());
  CHECK(word.hear_list(true, 113 * second));
  CHECK_FALSE(word.can());
  CHECK_FALSE(word.hear_list(true, 114 * second));
  CHECK(word.can());
  CHECK_FALSE(word.hear_event(false, 200 * second));
  CHECK_FALSE(word.hear_event(true, 205 * second));
  CHECK(word.can());
}

TEST_CASE("I3 an older account list does not end the lock until canTrade") {
  desk d{{}, with_auth_guard()};
  d.start();
  auto before = listed(d, true); // asked for now
  d.pass(1s);
  lock_by_venue(d);
  d.hear(before);
  CHECK(d.find("auth_guard"));
  CHECK_FALSE(d.mind.status().view->can_trade);
  SUBCASE("nor one that lags") {
    d.pass(500ms);
    d.hear(listed(d, true));
    d.pass(2s);
    d.hear(listed(d, true));
    CHECK(d.find("auth_guard"));
    d.pass(8s);
    d.hear(listed(d, false)); // it has caught up
    d.pass(1s);
    d.hear(listed(d, true));
    CHECK(d.find("auth_guard"));
  }
  SUBCASE("nor one of a connection that is gone") {
    auto old = listed(d, true);
    ++d.generation;
    d.link(link_status::live);
    d.hear(listed(d, false));
    old.sent_steady_ns += (20s).count();
    d.hear(old);
    CHECK(d.find("auth_guard"));
  }
  SUBCASE("two that agree do, when the event was lost; the second one is asked for") {
    d.pass(20s);
    d.hear(listed(d, true));
    CHECK(d.find("auth_guard"));
    bool asked = false;
    for (int i = 0; i < 12; ++i)
      for (auto& read : only<read_venue>(d.pass(1s))) {
        asked |= read.what.info;
        auto answer = d.reading(); // what was asked for, and no more
        answer.has_trades = read.what.trades;
        if (!read.what.info)
          d.hear(answer);
      }
    CHECK(asked);
    d.hear(listed(d, true));
    CHECK_FALSE(d.find("auth_guard"));
  }
  SUBCASE("an event does, at once") {
    d.pass(5s);
    d.hear(account_of(d, true, true));
    CHECK_FALSE(d.find("auth_guard"));
  }
  SUBCASE("one within 5 s of the other may have come late: it takes a list of 10 s later, which is asked for") {
    d.pass(1s);
    d.hear(account_of(d, true, true));
    CHECK(d.find("auth_guard"));
    CHECK_FALSE(d.mind.status().view->can_trade);
    bool asked = false;
    for (int i = 0; i < 12; ++i)
      for (auto& read : only<read_venue>(d.pass(1s)))
        asked |= read.what.info;
    CHECK(asked);
    SUBCASE("that says the same") {
      d.hear(listed(d, true));
      CHECK_FALSE(d.find("auth_guard"));
    }
    SUBCASE("that says otherwise") {
      d.hear(listed(d, false));
      CHECK(d.find("auth_guard"));
    }
  }
  SUBCASE("after a restart one list is not enough either") {
    desk again = d.restarted();
    again.start(listed(again, true));
    CHECK(again.find("auth_guard"));
    CHECK_FALSE(again.mind.status().view->can_trade);
  }
}

TEST_SUITE_END();
