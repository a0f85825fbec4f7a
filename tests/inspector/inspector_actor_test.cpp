#include "actors/inspector/inspector_actor.hpp"

#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

constexpr account_id ours{7};

/// Stands for any actor of an account: counts, and answers unless it is told not to.
struct rule_double {
  using handle = rule_actor;
  static inline const char* name = "rule";
  rule_double(handle::pointer, bool answers, int* evaluated, int* described) : answers{answers}, evaluated{evaluated}, described{described} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const evaluate&) { ++*evaluated; },
      [](const wiring&) {},
      [this](describe) -> caf::result<description> {
        ++*described;
        if (!answers)
          throw std::runtime_error{"asked at a bad moment"};
        return description{"rule", "rule r of 7", "ok", 0, 5, {"evaluated never"}};
      },
    };
  }
  bool answers;
  int* evaluated;
  int* described;
};

struct house_double {
  using handle = supervisor_actor;
  static inline const char* name = "supervisor";
  house_double(handle::pointer, const child_list& children) : children{children} {}
  handle::behavior_type make_behavior() {
    return {
      [](const restart_child&) {},
      [](const account_wired&) {},
      [](const replace_children&) {},
      [](stop_all) {},
      [this](list_children) -> caf::result<child_list> { return children; },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{"supervisor", "root", "running", 0, 0, {}}; },
    };
  }
  child_list children;
};

struct admin_double {
  using handle = admin_actor;
  static inline const char* name = "admin";
  admin_double(handle::pointer, std::vector<traced>* seen) : seen{seen} {}
  handle::behavior_type make_behavior() {
    return {
      [](const client_line&) {},
      [](const client_gone&) {},
      [](const account_changed&) {},
      [](const host_answer&) {},
      [this](const traced& t) { seen->push_back(t); },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{"admin", "admin", "listening", 0, 0, {}}; },
    };
  }
  std::vector<traced>* seen;
};

struct world : actor_fixture {
  std::vector<traced> seen;
  int evaluated = 0, described = 0;
  rule_actor rule;
  inspector_actor inspector = keep(start_inspector(system));

  explicit world(bool rule_answers = true) {
    wiring w;
    w.root = keep(spawn_state<house_double>(system, child_list{{{"account 7", true, 0, "", {}}, {"inspector", true, 0, "", {}}, {"admin", true, 0, "", {}}}}));
    w.admin = keep(spawn_state<admin_double>(system, &seen));
    auto& room = w.accounts[ours];
    room.account = ours;
    room.supervisor = keep(spawn_state<house_double>(system, child_list{{{"rule r", true, 3, "negative qty", {}}}}));
    rule = room.rules["r"] = keep(spawn_state<rule_double>(system, rule_answers, &evaluated, &described));
    give(inspector, w);
  }

  ~world() {
    give(inspector, wiring{});
    rule = rule_actor{};
  }

  actor_line line_of(std::string_view name) {
    const auto list = ask_now<actor_list>(inspector, get_actors{});
    REQUIRE(list);
    const auto found = std::find_if(list->actors.begin(), list->actors.end(), [&](const actor_line& l) { return l.name == name; });
    REQUIRE(found != list->actors.end());
    return *found;
  }

  bool rule_is_gone() {
    give(rule, evaluate{});
    return evaluated == 0;
  }
};

} // namespace

TEST_SUITE("inspector: actor") {
  TEST_CASE("everybody is asked, and the supervisors for their children") {
    world w;
    const auto rule = w.line_of("rule/7/r");
    CHECK(rule.state == "ok");
    CHECK(rule.handled == 5);
    CHECK(rule.restarts == 3);
    CHECK(rule.last_error == "negative qty");
    CHECK(rule.parent == "supervisor/7");
    CHECK(w.line_of("inspector").state == "listening");
    CHECK(w.line_of("root").state == "running");
  }

  TEST_CASE("however many ask at once, everybody is asked once") {
    world w;
    std::vector<decltype(w.self->request(w.inspector, caf::infinite, get_actors{}))> askers;
    for (int i = 0; i < 100; ++i)
      askers.push_back(w.self->request(w.inspector, caf::infinite, get_actors{}));
    w.settle();
    int answers = 0;
    for (auto& asker : askers)
      asker.receive([&](actor_list& list) { answers += list.actors.size() > 4; }, [](caf::error& e) { FAIL(text_of(e)); });
    CHECK(answers == 100);
    CHECK(w.described == 1);
    CHECK(w.line_of("rule/7/r").state == "ok");
    CHECK(w.described == 2);
  }

  TEST_CASE("who crashes on being asked does not take the answer with it") {
    world w{false};
    CHECK(w.line_of("rule/7/r").state.starts_with("gives no answer"));
    CHECK(w.line_of("admin").state == "listening");
  }

  TEST_CASE("a drill makes that actor crash, and no other") {
    world w;
    const auto done = w.ask_now<order_done>(w.inspector, drill_order{"rule", "root", {}});
    REQUIRE(done);
    CHECK(done->what == "rule/7/r");
    CHECK(w.rule_is_gone());
    CHECK(w.line_of("admin").state == "listening");
  }

  TEST_CASE("a drill's crash says who ordered it") {
    world w;
    std::string why;
    w.self->monitor(w.rule);
    REQUIRE(w.ask_now<order_done>(w.inspector, drill_order{"rule/7/r", "Jane", {}}));
    w.self->receive([&](const caf::down_msg& down) { why = text_of(down.reason); });
    CHECK(why == "a drill, ordered by Jane");
  }

  TEST_CASE("no drill for supervisors, the socket and nobody: refused with a sentence") {
    world w;
    for (const auto* name : {"root", "supervisor/7", "admin", "nobody"}) {
      const auto refused = w.ask_now<order_done>(w.inspector, drill_order{name, "root", {}});
      REQUIRE_FALSE(refused);
      CHECK(text_of(refused.error()).size() > 20);
    }
    CHECK_FALSE(w.rule_is_gone());
  }

  TEST_CASE("a trace shows the messages as they pass, so many and no more") {
    world w;
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "rule", 2, 1h}));
    account_view view;
    view.cause = wake::fill;
    const evaluate question{std::make_shared<const account_view>(view), nullptr};
    for (int i = 0; i < 3; ++i)
      w.give(w.rule, question);
    CHECK(w.evaluated == 3);
    REQUIRE(w.seen.size() == 2);
    CHECK(w.seen[0].connection == 42);
    CHECK(w.seen[0].actor == "rule/7/r");
    CHECK(w.seen[0].number == 1);
    CHECK(w.seen[1].number == 2);
    CHECK(w.seen[0].message == "evaluate after a fill");
    CHECK(w.seen[0].waited);
    CHECK(w.seen[0].took >= 0ns);
    CHECK(w.seen[0].failed.empty());
  }

  TEST_CASE("who carries a trace can be traced, and is not told of telling") {
    world w;
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "inspector", 100, 1h}));
    REQUIRE(w.ask_now<actor_list>(w.inspector, get_actors{}));
    REQUIRE_FALSE(w.seen.empty());
    CHECK(w.seen.front().message == "get_actors");
    CHECK(w.seen.size() < 20);
    for (const auto& each : w.seen)
      CHECK(each.message != "traced");
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "inspector", 0, 1h})); // or it would keep itself: the carrier's handle is in the trace
  }

  TEST_CASE("a trace ends with its time, and with an order for none") {
    world w;
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "rule", 100, 0ns}));
    w.give(w.rule, evaluate{});
    w.give(w.rule, evaluate{});
    CHECK(w.seen.empty());
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "rule", 100, 1h}));
    w.give(w.rule, evaluate{});
    CHECK(w.seen.size() == 1);
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "rule", 0, 1h}));
    w.seen.clear();
    w.give(w.rule, evaluate{});
    CHECK(w.seen.empty());
    CHECK(w.evaluated == 4);
  }

  TEST_CASE("a message that makes the actor crash is in its trace") {
    world w;
    REQUIRE(w.ask_now<order_done>(w.inspector, trace_order{42, "rule", 9, 1h}));
    REQUIRE(w.ask_now<order_done>(w.inspector, drill_order{"rule", "root", {}}));
    REQUIRE(w.seen.size() == 1);
    CHECK(w.seen[0].message == "drill");
    CHECK(w.seen[0].failed == "a drill, ordered by root");
  }

  TEST_CASE("what no actor understands is refused, and nobody ends by it") {
    world w;
    w.give(caf::actor_cast<caf::actor>(w.rule), journal_entry{});
    CHECK_FALSE(w.rule_is_gone());
  }
}
