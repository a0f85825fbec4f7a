#include "actors/timers/timer_actor.hpp"

#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

/// What the actors beneath a test heard, in order.
struct ear {
  std::vector<std::string> fired;
  int ticks = 0, sure_ticks = 0;
  timestamp last_tick{};
  std::vector<std::string> lines;
};

account_actor::behavior_type listening_desk(account_actor::pointer, ear* heard) {
  return {
    [](const venue_event&) {}, [](const verdict&) {}, [](const enforcement_report&) {}, [](const closes_asked&) {},
    [heard](const timer_fired& t) { heard->fired.push_back(t.name + "/" + std::to_string(t.generation)); },
    [heard](const clock_tick& t) {
      ++heard->ticks;
      heard->sure_ticks += t.sure;
      heard->last_tick = t.now;
    },
    [](const session_reset&) {},
    [](const reset_order&) -> order_done { return {}; }, [](const unlock_order&) -> order_done { return {}; }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; }, [](get_account_day) -> caf::result<account_day> { return account_day{}; },
      [](get_account_status) -> account_status { return {}; },
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

enforcement_actor::behavior_type listening_enforcement(enforcement_actor::pointer, ear* heard) {
  return {
    [](const enforce&) {}, [](const adjust_stops&) {}, [](const venue_event&) {},
    [heard](const timer_fired& t) { heard->fired.push_back(t.name); },
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

reset_actor::behavior_type listening_resets(reset_actor::pointer, ear* heard) {
  return {
    [heard](const clock_tick& t) {
      ++heard->ticks;
      heard->sure_ticks += t.sure;
    },
    [](const reset_applied&) {},
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

broker_actor::behavior_type listening_broker(broker_actor::pointer, std::vector<duration>* checks) {
  return {
    [](const watch_account&) {}, [](const watch_contract&) {}, [](const rest_marks&) {}, [](const read_mark&) {},
    [checks](const check_link& c) { checks->push_back(c.gone); },
    [](const venue_request&) -> venue_answer { return {}; },
    [](const read_account&) -> venue_snapshot { return {}; },
    [](get_broker_status) -> broker_status { return {}; },
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

persistence_actor::behavior_type listening_persistence(persistence_actor::pointer, ear* heard) {
  return {
    [](const save_account&) -> saved { return {}; },
    [](const save_trades&) -> saved { return {}; },
    [](const save_day&) {},
    [heard](const journal_entry& line) { heard->lines.push_back(line.text); },
    [](const load_account&) -> stored_account { return {}; },
    [](const get_journal&) -> journal_page { return {}; },
    [](prove_journal) -> journal_proof { return {}; },
    [](const config_in_force&) {},
    [](const clock_tick&) {},
    [](get_storage_health) -> storage_health { return {}; },
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

constexpr account_id desk_id{126244};

struct timer_fixture : actor_fixture {
  timestamp now{1'760'000'000s};
  ear desk, enforcement, resets, storage;
  timer_actor timers = keep(start_timers(system, [this] { return now; }));
  wiring others;

  timer_fixture() {
    account_wired wired;
    wired.account = desk_id;
    wired.desk = keep(system.spawn(listening_desk, &desk));
    wired.enforcement = keep(system.spawn(listening_enforcement, &enforcement));
    others.accounts[desk_id] = wired;
    others.resets = keep(system.spawn(listening_resets, &resets));
    others.persistence = keep(system.spawn(listening_persistence, &storage));
  }

  /// Both clocks run.
  void pass(duration t) {
    for (; t > 0ns; t -= 100ms) {
      now += 100ms;
      advance(100ms);
    }
  }
};

} // namespace

TEST_SUITE("timers") {
  TEST_CASE_FIXTURE(timer_fixture, "a deadline is said to the account alone, an enforcement's to its enforcement alone") {
    give(timers, others);
    give(timers, arm_timer{desk_id, "lock max_contracts", 3, now + 1s});
    give(timers, arm_timer{desk_id, "enforcement retry", 1, now + 500ms});
    pass(400ms);
    CHECK(enforcement.fired.empty());
    pass(100ms);
    CHECK(enforcement.fired == std::vector<std::string>{"enforcement retry"});
    CHECK(desk.fired.empty());
    pass(500ms);
    CHECK(desk.fired == std::vector<std::string>{"lock max_contracts/3"});
    pass(5s);
    CHECK(desk.fired.size() + enforcement.fired.size() == 2);
  }

  TEST_CASE_FIXTURE(timer_fixture, "a disarmed deadline is not said") {
    give(timers, others);
    give(timers, arm_timer{desk_id, "a", 1, now + 1s});
    give(timers, disarm_timer{desk_id, "a"});
    pass(2s);
    CHECK(desk.fired.empty());
  }

  TEST_CASE_FIXTURE(timer_fixture, "a deadline of an account that is not there yet is kept for it") {
    give(timers, arm_timer{desk_id, "a", 1, now + 1s});
    pass(3s);
    CHECK(ask_now<description>(timers, describe{})->detail.at(0) == "timers 1, of accounts not there 1");
    give(timers, others);
    pass(100ms);
    CHECK(desk.fired == std::vector<std::string>{"a/1"});
  }

  TEST_CASE_FIXTURE(timer_fixture, "the reset actor hears the time at each look, accounts once a second") {
    give(timers, others);
    const int before = desk.ticks;
    resets.ticks = 0;
    pass(10s);
    CHECK(resets.ticks == 100);
    CHECK(desk.ticks - before == 10);
    CHECK(now - desk.last_tick < 1s);
    CHECK(storage.lines.empty());
  }

  TEST_CASE_FIXTURE(timer_fixture, "after a jump ahead accounts hear the time at once, what fell due fires once, and the jump is journalled") {
    give(timers, others);
    pass(1s);
    give(timers, arm_timer{desk_id, "a", 1, now + 1h});
    const int before = desk.ticks;
    now += 2h;
    advance(100ms);
    CHECK(desk.ticks == before + 1);
    CHECK(desk.fired.size() == 1);
    REQUIRE(storage.lines.size() == 1);
    CHECK(storage.lines[0].find("jumped ahead by 7199.9 s") != std::string::npos);
    pass(2s);
    CHECK(desk.fired.size() == 1);
    CHECK(storage.lines.size() == 1);
  }

  TEST_CASE_FIXTURE(timer_fixture, "after a jump back nothing fires early and nothing is lost") {
    give(timers, others);
    pass(1s);
    give(timers, arm_timer{desk_id, "a", 1, now + 2s});
    now -= 1h;
    advance(100ms);
    REQUIRE(storage.lines.size() == 1);
    CHECK(storage.lines[0].find("set back by") != std::string::npos);
    pass(5s);
    CHECK(desk.fired.empty());
    now += 1h;
    advance(100ms);
    CHECK(desk.fired.size() == 1);
  }

  TEST_CASE_FIXTURE(timer_fixture, "B10 after a jump back enforcement is woken at once: it waits for lengths of time, and would wait for the jump too") {
    give(timers, others);
    pass(1s);
    give(timers, arm_timer{desk_id, "enforcement", 1, now + 2s});
    give(timers, arm_timer{desk_id, "lock a", 1, now + 2s});
    now -= 30s;
    advance(100ms);
    CHECK(enforcement.fired == std::vector<std::string>{"enforcement"});
    CHECK(desk.fired.empty());
    give(timers, arm_timer{desk_id, "enforcement", 2, now + 2s}); // it asks anew, by the new time
    pass(2s);
    CHECK(enforcement.fired.size() == 2);
    pass(30s);
    CHECK(enforcement.fired.size() == 2);
    CHECK(desk.fired.size() == 1);
  }

  TEST_CASE_FIXTURE(timer_fixture, "after a sleep or a jump every broker is told at once to look at its link, with the time that is missing") {
    std::vector<duration> checks;
    others.brokers[broker_id{"topstepx"}] = keep(system.spawn(listening_broker, &checks));
    give(timers, others);
    pass(2s);
    CHECK(checks.empty());
    now += 8h; // slept
    advance(100ms);
    REQUIRE(checks.size() == 1);
    CHECK(checks[0] == 8h);
    now -= 1h; // set back
    advance(100ms);
    REQUIRE(checks.size() == 2);
    CHECK(checks[1] < 1s);
    pass(5s);
    CHECK(checks.size() == 2);
  }

  TEST_CASE_FIXTURE(actor_fixture, "B10 before the time is known no timer fires, and every tick says so; a wrong clock is journalled, and when it is right again") {
    timestamp now{1'760'000'000s};
    bool known = false;
    std::string trouble;
    ear desk, resets, storage;
    const auto timers = keep(start_timers(system, clock_source{[&] { return now; }, {}, [&] { return known; }, [&] { return trouble; }}));
    wiring others;
    others.accounts[desk_id].account = desk_id;
    others.accounts[desk_id].desk = keep(system.spawn(listening_desk, &desk));
    others.resets = keep(system.spawn(listening_resets, &resets));
    others.persistence = keep(system.spawn(listening_persistence, &storage));
    give(timers, others);
    give(timers, arm_timer{desk_id, "lock max_contracts", 1, now - 1h});
    const auto pass = [&](duration d) {
      now += d;
      advance(d);
    };
    pass(100ms);
    pass(1100ms);
    CHECK(desk.fired.empty());
    CHECK(desk.ticks > 0); // what protects goes on
    CHECK(desk.sure_ticks == 0);
    CHECK(resets.sure_ticks == 0);
    known = true;
    trouble = "the PC's clock is wrong";
    pass(100ms);
    pass(1100ms);
    CHECK(desk.fired.size() == 1);
    CHECK(desk.sure_ticks > 0);
    CHECK(resets.sure_ticks > 0);
    REQUIRE(storage.lines.size() == 1);
    CHECK(storage.lines[0] == "the PC's clock is wrong");
    trouble.clear();
    pass(100ms);
    REQUIRE(storage.lines.size() == 2);
    CHECK(storage.lines[1] == "over: the PC's clock is wrong");
  }
}
