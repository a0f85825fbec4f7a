#include "actors/rules/rule_actor.hpp"

#include "tests/rules/views.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace rm;
using namespace rm::test;

namespace {

/// Stands in for the account: keeps the verdicts that it is told.
struct desk_state {
  using handle = account_actor;
  static inline const char* name = "desk";
  desk_state(handle::pointer, std::shared_ptr<std::vector<verdict>> told) : told{std::move(told)} {}
  handle::behavior_type make_behavior() {
    return {
      [](const venue_event&) {},
      [this](const verdict& v) { told->push_back(v); },
      [](const enforcement_report&) {}, [](const closes_asked&) {},
      [](const timer_fired&) {},
      [](const clock_tick&) {},
      [](const session_reset&) {},
      [](const reset_order&) { return order_done{}; }, [](const unlock_order&) -> order_done { return {}; }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; },
      [](get_account_day) -> caf::result<account_day> { return account_day{}; },
      [](const get_account_status&) { return account_status{}; },
      [](const wiring&) {},
      [](const describe&) { return description{}; },
    };
  }
  std::shared_ptr<std::vector<verdict>> told;
};

struct rule_room : actor_fixture {
  const account_id account{126244};
  std::shared_ptr<std::vector<verdict>> told = std::make_shared<std::vector<verdict>>();

  rule_actor start(const char* name, parameter block) { return keep(start_rule(system, account, name, std::move(block))); }

  account_actor wire(const rule_actor& to, account_id whose) {
    const auto desk = keep(spawn_state<desk_state>(system, told));
    wiring w;
    w.accounts[whose] = account_wired{whose, "sim", desk, {}, {}};
    give(to, w);
    return desk;
  }

  void ask(const rule_actor& to, const char* pnl, uint64_t sequence, wake cause = wake::mark) {
    auto view = std::make_shared<account_view>(money_view(pnl, "0"));
    view->sequence = sequence;
    view->cause = cause;
    view->event = {noon, static_cast<int64_t>(sequence) * 10};
    give(to, evaluate{view, nullptr});
  }
};

} // namespace

TEST_SUITE_BEGIN("rules");

TEST_CASE_FIXTURE(rule_room, "a verdict goes to the account's desk, with all that it is about") {
  const auto rule = start("daily_loss_limit", map({{"limit", text("500")}}));
  wire(rule, account);
  ask(rule, "-500", 7, wake::fill);
  REQUIRE(told->size() == 1);
  const verdict& out = told->front();
  CHECK(out.level == level::breach);
  CHECK(out.account == account);
  CHECK(out.rule == "daily_loss_limit");
  CHECK(out.sequence == 7);
  CHECK(out.cause == wake::fill);
  CHECK(out.event.steady_ns == 70);
  CHECK(out.evaluated == noon);
}

TEST_CASE_FIXTURE(rule_room, "what is asked before the wiring is answered with it: the newest view, once") {
  const auto rule = start("daily_loss_limit", map({{"limit", text("500")}}));
  ask(rule, "-10", 1);
  ask(rule, "-600", 2);
  wire(rule, account_id{999}); // somebody else's account alone is no desk
  CHECK(told->empty());
  wire(rule, account);
  REQUIRE(told->size() == 1);
  CHECK(told->front().sequence == 2);
  CHECK(told->front().level == level::breach);
  wire(rule, account);
  CHECK(told->size() == 1);
}

TEST_CASE_FIXTURE(rule_room, "a restarted account hears the verdicts from its wiring on") {
  const auto rule = start("max_contracts", parameter{});
  wire(rule, account);
  const auto first = told;
  told = std::make_shared<std::vector<verdict>>();
  wire(rule, account);
  ask(rule, "0", 1);
  CHECK(first->empty());
  CHECK(told->size() == 1);
}

TEST_CASE_FIXTURE(rule_room, "I6 a lock of a given length does not grow because its rule was started again in the middle of it") {
  using namespace std::chrono_literals;
  const auto block = map({{"limit", text("500")}, {"on_breach", map({{"lock", map({{"until", text("30m")}})}})}});
  const auto rule = start("daily_loss_limit", block);
  wire(rule, account);
  const auto lock_at = [&](const rule_actor& to, duration later, const char* pnl, std::shared_ptr<const rule_memory> kept = nullptr) {
    auto view = std::make_shared<account_view>(money_view(pnl, "0"));
    view->now += later;
    give(to, evaluate{view, kept});
    return told->back().lock.until;
  };
  CHECK(lock_at(rule, 0s, "-600") == noon + 30min);
  const auto kept = std::make_shared<const rule_memory>(rule_memory{{locked_until_key, (noon + 30min).time_since_epoch().count()}});
  const auto again = start("daily_loss_limit", block);
  wire(again, account);
  SUBCASE("the breach stands: as if it had never been away, and the next lock begins when this one ends") {
    CHECK(lock_at(again, 10min, "-600", kept) == noon + 30min);
    CHECK(lock_at(again, 20min, "-600") == noon + 30min);
    CHECK(lock_at(again, 30min, "-600") == noon + 60min);
  }
  SUBCASE("the breach was over: another one is another lock") {
    lock_at(again, 10min, "-100", kept);
    CHECK(lock_at(again, 20min, "-600") == noon + 50min);
  }
}

TEST_CASE_FIXTURE(rule_room, "it says what it judged last, and when it got each kind of event") {
  const auto rule = start("daily_loss_limit", map({{"limit", text("500")}}));
  CHECK(ask_now<description>(rule, describe{})->state == "not_evaluable");
  wire(rule, account);
  ask(rule, "-600", 1, wake::mark);
  const auto said = ask_now<description>(rule, describe{});
  REQUIRE(said);
  CHECK(said->kind == "rule");
  CHECK(said->name == "rule daily_loss_limit of 126244");
  CHECK(said->state == "breach: day P&L -600.00 reached the loss limit 500.00");
  CHECK(said->handled == 4);
  CHECK(said->detail == std::vector<std::string>{"evaluated 2025-12-22T15:00:00.000Z", "newest mark 2025-12-22T15:00:00.000Z"});
}

TEST_CASE_FIXTURE(rule_room, "a block that is wrong or switched off ends the actor with the reason") {
  const auto why_of = [&](parameter block) {
    const auto rule = keep(start_rule(system, account, "daily_loss_limit", std::move(block)));
    self->monitor(rule);
    std::string why;
    self->receive([&](const caf::down_msg& down) { why = text_of(down.reason); });
    return why;
  };
  CHECK(why_of(map({{"limti", text("500")}})) == "daily_loss_limit.limti: unknown key; did you mean limit?");
  CHECK(why_of(map({{"enabled", text("false")}})) == "daily_loss_limit is switched off");
}

TEST_SUITE_END();
