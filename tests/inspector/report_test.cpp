#include "actors/inspector/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace std::chrono_literals;

namespace {

constexpr account_id ours{126244};

hearing sample() {
  hearing h;
  h.children[account_id{}] = {{{"persistence", true, 0, "", timestamp{1s}},
                               {"timers", true, 2, "negative qty", timestamp{2s}},
                               {"broker topstepx", true, 0, "", {}},
                               {"account 126244", true, 0, "", {}},
                               {"resets", true, 0, "", {}},
                               {"inspector", true, 0, "", {}},
                               {"admin", true, 0, "", {}}}};
  h.children[ours] = {{{"enforcement", true, 0, "", {}}, {"rule daily_loss_limit", true, 0, "", {}}, {"desk", false, 1, "a drill, ordered by root", {}}}};
  h.descriptions["timers"] = {"timer", "timer", "running", 3, 1000, {"timers 2"}};
  h.descriptions["enforcement/126244"] = {"enforcement", "enforcement 126244", "no case", 0, 7, {}};
  h.silent["broker/topstepx"] = "timeout";
  return h;
}

const actor_line& line_of(const actor_list& list, std::string_view name) {
  const auto found = std::find_if(list.actors.begin(), list.actors.end(), [&](const actor_line& l) { return l.name == name; });
  REQUIRE(found != list.actors.end());
  return *found;
}

} // namespace

TEST_SUITE("inspector: report") {
  TEST_CASE("an actor's name is one word that says whose it is") {
    CHECK(actor_name({}, "persistence") == "persistence");
    CHECK(actor_name({}, "broker topstepx") == "broker/topstepx");
    CHECK(actor_name({}, "account 126244") == "supervisor/126244");
    CHECK(actor_name(ours, "desk") == "account/126244");
    CHECK(actor_name(ours, "enforcement") == "enforcement/126244");
    CHECK(actor_name(ours, "rule daily_loss_limit") == "rule/126244/daily_loss_limit");
  }

  TEST_CASE("a supervisor stands before its children, in start order") {
    std::vector<std::string> names;
    for (const auto& line : put_together(sample()).actors)
      names.push_back(line.name);
    CHECK(names == std::vector<std::string>{"root", "persistence", "timers", "broker/topstepx", "supervisor/126244", "enforcement/126244", "rule/126244/daily_loss_limit", "account/126244", "resets",
                                            "inspector", "admin"});
  }

  TEST_CASE("what an actor and its supervisor say comes together") {
    const auto all = put_together(sample());
    const auto& timers = line_of(all, "timers");
    CHECK(timers.kind == "timer");
    CHECK(timers.parent == "root");
    CHECK(timers.state == "running");
    CHECK(timers.mailbox == 3);
    CHECK(timers.handled == 1000);
    CHECK(timers.restarts == 2);
    CHECK(timers.last_error == "negative qty");
    CHECK(timers.since == timestamp{2s});
    CHECK(line_of(all, "rule/126244/daily_loss_limit").rule == rule_name{"daily_loss_limit"});
    CHECK(line_of(all, "rule/126244/daily_loss_limit").account == ours);
    CHECK(line_of(all, "supervisor/126244").account == ours);
  }

  TEST_CASE("who gives no answer or does not run is there and says so, without figures") {
    const auto all = put_together(sample());
    const auto& broker = line_of(all, "broker/topstepx");
    CHECK(broker.running);
    CHECK(broker.state == "gives no answer: timeout");
    CHECK_FALSE(broker.mailbox);
    const auto& desk = line_of(all, "account/126244");
    CHECK_FALSE(desk.running);
    CHECK(desk.state.find("started again") != std::string::npos);
    CHECK(desk.last_error == "a drill, ordered by root");
  }

  TEST_CASE("collaborators are whom it talks to") {
    const auto all = put_together(sample());
    CHECK(line_of(all, "rule/126244/daily_loss_limit").collaborators == std::vector<std::string>{"account/126244"});
    const auto& desk = line_of(all, "account/126244").collaborators;
    for (const auto* name : {"persistence", "timers", "broker/topstepx", "enforcement/126244", "rule/126244/daily_loss_limit", "resets"})
      CHECK(std::find(desk.begin(), desk.end(), name) != desk.end());
    CHECK(std::find(desk.begin(), desk.end(), "admin") == desk.end());
    CHECK(line_of(all, "supervisor/126244").collaborators.size() == 3);
  }

  TEST_CASE("nobody heard: the root alone") { CHECK(put_together({}).actors.size() == 1); }

  TEST_CASE("an actor is found by its name or by as much of it as is certain") {
    const std::vector<std::string> names{"root", "timers", "broker/topstepx", "supervisor/126244", "enforcement/126244", "rule/126244/daily_loss_limit", "rule/126244/max_contracts", "account/126244"};
    CHECK(find_actor("timers", names).name == "timers");
    CHECK(find_actor("account/126244", names).name == "account/126244");
    CHECK(find_actor("account 126244", names).name == "account/126244");
    CHECK(find_actor("account", names).name == "account/126244");
    CHECK(find_actor("max_contracts", names).name == "rule/126244/max_contracts");
    CHECK(find_actor("rule", names).name.empty());
    CHECK(find_actor("rule", names).why.find("could be any of rule/126244/daily_loss_limit, rule/126244/max_contracts") != std::string::npos);
    CHECK(find_actor("acount", names).why.find("there is no actor 'acount'") != std::string::npos);
    CHECK(find_actor("", names).name.empty());
    CHECK(find_actor("x", {}).why == "there is no actor 'x'");
  }

  TEST_CASE("no drill for supervisors and the socket") {
    CHECK_FALSE(no_drill("root").empty());
    CHECK_FALSE(no_drill("supervisor/126244").empty());
    CHECK_FALSE(no_drill("admin").empty());
    for (const auto* name : {"account/126244", "rule/126244/daily_loss_limit", "enforcement/126244", "broker/topstepx", "timers", "resets", "persistence", "inspector"})
      CHECK(no_drill(name).empty());
  }
}
