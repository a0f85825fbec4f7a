#include "tools/risk-inspect/actor_view.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

constexpr std::string_view tree =
  R"({"now":"2025-12-24T12:00:00.000Z","actors":[)"
  R"({"name":"root","kind":"supervisor","parent":"","running":true,"state":"running","mailbox":0,"handled":9,"restarts":0,"last_error":"","since":null},)"
  R"({"name":"timers","kind":"timer","parent":"root","running":true,"state":"running","mailbox":3,"handled":1000,"restarts":2,"last_error":"negative qty","since":"2025-12-24T11:58:57.000Z"},)"
  R"({"name":"supervisor/7","kind":"supervisor","parent":"root","running":true,"state":"gives no answer","mailbox":null,"handled":null,"restarts":0,"last_error":"","since":null},)"
  R"({"name":"account/7","kind":"account","parent":"supervisor/7","running":false,"state":"does not run: it is started again soon","mailbox":null,"handled":null,"restarts":1,"last_error":"a drill, ordered by root","since":null}]})";

std::string text_of(const frame_line& line) {
  std::string out;
  for (const auto& piece : line)
    out += piece.text;
  return out;
}

} // namespace

TEST_SUITE("risk-inspect: view") {
  TEST_CASE("the tree is a table, children under their supervisor") {
    const auto view = read_actors(tree);
    REQUIRE(view);
    const auto lines = tree_lines(*view, 160);
    REQUIRE(lines.size() == 5);
    CHECK(text_of(lines[0]).find("RESTARTS") != std::string::npos);
    CHECK(text_of(lines[1]).starts_with("[ok] root"));
    CHECK(text_of(lines[2]).starts_with("[ok]   timers"));
    CHECK(text_of(lines[2]).find("0:01:03  negative qty") != std::string::npos);
    CHECK(text_of(lines[2]).find("1000") != std::string::npos);
    CHECK(text_of(lines[3]).starts_with("[??]   supervisor/7")); // it gives no answer
    CHECK(text_of(lines[4]).starts_with("[!!]     account/7"));
    CHECK(text_of(lines[4]).find("a drill, ordered by root") != std::string::npos);
  }

  TEST_CASE("the columns stand below their heads at any width, and no line is longer") {
    const auto view = read_actors(tree);
    for (const std::size_t width : {60, 80, 120, 200})
      for (const auto& line : tree_lines(*view, width))
        CHECK(columns_of(text_of(line)) <= width);
    const auto narrow = tree_lines(*view, 70);
    CHECK(text_of(narrow[0]).find("RESTARTS  LAST ERROR") != std::string::npos);
    CHECK(text_of(narrow[2]).find("2  negative qty") != std::string::npos);
    CHECK(text_of(narrow[2]).find("1000") == std::string::npos);
    auto calm = *view;
    for (auto& actor : calm.actors)
      actor.last_error.clear();
    const auto roomy = tree_lines(calm, 70); // the errors' column gives way to the states
    CHECK(text_of(roomy[4]).find("does not run: it is started") != std::string::npos);
    CHECK(text_of(roomy[0]).find("LAST ERROR") == std::string::npos);
    const auto lines = tree_lines(*view, 160);
    const auto head = text_of(lines[0]).find("RESTARTS") + 8;
    CHECK(text_of(lines[2]).substr(head - 1, 1) == "2");
  }

  TEST_CASE("one actor closely: state, collaborators, what it says and what was written down of it") {
    const auto view = read_actors(
      R"({"now":"2025-12-24T12:00:00.000Z","actor":{"name":"account/7","kind":"account","parent":"supervisor/7","running":true,"state":"locked: too much","mailbox":0,"handled":12,"restarts":1,)"
      R"("last_error":"a drill","since":"2025-12-24T11:00:00.000Z","detail":["lock daily_loss_limit"],"collaborators":["timers","broker/sim"]},)"
      R"("events":[{"at":"2025-12-24T11:30:00.000Z","kind":"lock","rule":"max_contracts","text":"flat lock\u001b[2J"}]})");
    REQUIRE(view);
    REQUIRE(view->actors.size() == 1);
    std::string all;
    for (const auto& line : actor_lines(view->actors.front(), view->now))
      all += text_of(line) + "\n";
    for (const auto* part : {"account/7", "under supervisor/7", "locked: too much", "for 1:00:00", "last error: a drill", "12 handled", "timers, broker/sim", "lock daily_loss_limit", "11:30:00 lock max_contracts: flat lock?[2J"})
      CHECK_MESSAGE(all.find(part) != std::string::npos, part, " is missing in\n", all);
  }

  TEST_CASE("a traced message is a line with its times") {
    const auto line = trace_line(R"({"actor":"account/7","number":3,"after_ns":2500000,"message":"venue_event fill","from":"broker","answer":false,"waited_ns":12345,"took_ns":2300000,"failed":""})");
    REQUIRE(line);
    const auto text = text_of(*line);
    CHECK(text.find("2 ms") != std::string::npos);
    CHECK(text.find("12 us") != std::string::npos);
    CHECK(text.find("2.3 ms") != std::string::npos);
    CHECK(text.find("broker") != std::string::npos);
    CHECK(text.ends_with("venue_event fill"));
    const auto crash = trace_line(R"({"number":1,"after_ns":0,"message":"drill","from":"","answer":false,"waited_ns":null,"took_ns":0,"failed":"a drill"})");
    REQUIRE(crash);
    CHECK(text_of(*crash).find("[!!] threw: a drill") != std::string::npos);
    CHECK(text_of(*crash).find("(nobody)") != std::string::npos);
  }

  TEST_CASE("anything else is nothing") {
    CHECK_FALSE(read_actors("[]"));
    CHECK_FALSE(read_actors("{}"));
    CHECK_FALSE(read_actors("nonsense"));
    CHECK_FALSE(trace_line("{}"));
    CHECK(trace_number("{\"number\":7}") == 7);
  }
}
