#include "actors/resets/reset_actor.hpp"

#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

constexpr account_id desk_id{126244};

/// An account that hears resets and, when it likes to, says that it has them behind it.
account_actor::behavior_type hearing_desk(account_actor::pointer self, std::vector<session_reset>* heard, reset_actor resets, bool answer) {
  return {
    [](const venue_event&) {}, [](const verdict&) {}, [](const enforcement_report&) {}, [](const closes_asked&) {}, [](const timer_fired&) {}, [](const clock_tick&) {},
    [=](const session_reset& r) {
      heard->push_back(r);
      if (answer)
        tell(self, resets, reset_applied{r.account, r.kind, r.day});
    },
    [](const reset_order&) -> order_done { return {}; }, [](const unlock_order&) -> order_done { return {}; }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; }, [](get_account_day) -> caf::result<account_day> { return account_day{}; },
      [](get_account_status) -> account_status { return {}; },
    [](const wiring&) {},
    [](describe) -> description { return {}; },
  };
}

timestamp utc(std::string_view text) {
  timestamp t{};
  REQUIRE(parse_time(text, t));
  return t;
}

struct reset_fixture : actor_fixture {
  std::vector<session_reset> heard;
  reset_actor resets = keep(start_resets(system, {}));

  void wire_new_desk(bool answer = true) {
    wiring w;
    w.accounts[desk_id].account = desk_id;
    w.accounts[desk_id].desk = keep(system.spawn(hearing_desk, &heard, resets, answer));
    last = w;
    give(resets, w);
  }
  wiring last;
};

} // namespace

TEST_SUITE("resets") {
  TEST_CASE_FIXTURE(reset_fixture, "an account is told what is in force at the first tick, and each reset at its time, once") {
    wire_new_desk();
    CHECK(heard.empty());
    auto t = utc("2025-06-18T20:59:59Z");
    for (int i = 0; i < 30; ++i, t += 100ms)
      give(resets, clock_tick{t});
    REQUIRE(heard.size() == 3);
    CHECK(heard[2].day == std::chrono::year{2025} / 6 / 19);
    CHECK(heard[2].boundary == utc("2025-06-18T21:00:00Z"));
    CHECK(heard[2].now == utc("2025-06-18T21:00:00Z"));
    CHECK(ask_now<description>(resets, describe{})->state == "trading day 2025-06-19");
  }

  TEST_CASE_FIXTURE(reset_fixture, "an account that does not answer is told again, not flooded") {
    wire_new_desk(false);
    auto t = utc("2025-06-18T12:00:00Z");
    for (int i = 0; i < 100; ++i, t += 100ms)
      give(resets, clock_tick{t});
    CHECK(heard.size() == 4); // daily and weekly, twice in ten seconds
  }

  TEST_CASE_FIXTURE(reset_fixture, "an account that was restarted is told again; the same wiring once more changes nothing") {
    wire_new_desk();
    give(resets, clock_tick{utc("2025-06-18T12:00:00Z")});
    CHECK(heard.size() == 2);
    give(resets, last);
    give(resets, clock_tick{utc("2025-06-18T12:00:01Z")});
    CHECK(heard.size() == 2);
    wire_new_desk();
    give(resets, clock_tick{utc("2025-06-18T12:00:02Z")});
    CHECK(heard.size() == 4);
    give(resets, wiring{});
    give(resets, clock_tick{utc("2025-06-18T21:00:02Z")});
    CHECK(heard.size() == 4);
  }

  TEST_CASE_FIXTURE(reset_fixture, "it ends with the reason when no calendar can be made of its settings") {
    calendar_settings bad;
    bad.timezone = "Nowhere/AtAll";
    auto it = start_resets(system, bad);
    std::string reason;
    self->monitor(it);
    settle();
    self->receive([&](const caf::down_msg& down) { reason = text_of(down.reason); });
    CHECK(reason.find("Nowhere/AtAll") != std::string::npos);
  }
}
