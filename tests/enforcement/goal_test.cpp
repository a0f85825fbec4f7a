#include "actors/enforcement/goal.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace rm;

namespace {

enforcement_goal goal(bool flat, bool increasing, std::vector<order_id> cancel, std::vector<position_target> targets, bool of_targets = false) {
  enforcement_goal out;
  out.flat = flat;
  out.cancel_increasing = increasing;
  out.cancel = std::move(cancel);
  out.targets = std::move(targets);
  out.cancel_orders_of_targets = of_targets;
  return out;
}

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("merged goals keep the stricter part of each") {
  const order_id one{1}, two{2};
  struct row {
    const char* what;
    enforcement_goal first, second;
    bool stricter;
    const char* words;
  };
  const std::vector<row> rows{
    {"nothing new", goal(true, false, {}, {}), goal(false, false, {}, {}), false, "flat, no order"},
    {"flat wins", goal(false, true, {}, {{"A", 2}}), goal(true, false, {}, {}), true, "flat, no order"},
    {"flat again", goal(true, false, {}, {}), goal(true, false, {}, {}), false, "flat, no order"},
    {"orders add up", goal(false, false, {one}, {}), goal(false, false, {one, two}, {}), true, "cancel 2 orders"},
    {"the smaller target", goal(false, false, {}, {{"A", 3}}), goal(false, false, {}, {{"A", 1}}), true, "A to at most 1"},
    {"a larger target changes nothing", goal(false, false, {}, {{"A", 1}}), goal(false, false, {}, {{"A", 3}}), false, "A to at most 1"},
    {"targets of two contracts", goal(false, false, {}, {{"A", 1}}), goal(false, false, {}, {{"B", 0}}), true, "A to at most 1, B to at most 0"},
    {"increasing ones go", goal(false, false, {one}, {}), goal(false, true, {}, {}), true, "no order that increases, cancel 1 order"},
    {"orders of targets", goal(false, false, {}, {{"A", 0}}), goal(false, false, {}, {}, true), true, "A to at most 0, no order there that increases"},
  };
  for (auto& r : rows) {
    CAPTURE(r.what);
    auto merged = r.first;
    CHECK(tighten(merged, r.second) == r.stricter);
    CHECK(words_of(merged) == r.words);
    CHECK_FALSE(tighten(merged, r.second)); // merging again changes nothing
    CHECK_FALSE(tighten(merged, r.first));
  }
}

TEST_CASE("orders asked for by number are found, in whatever order they came") {
  enforcement_goal merged;
  for (int64_t id : {5, 1, 9, 3, 5, 7})
    tighten(merged, goal(false, false, {order_id{id}}, {}));
  tighten(merged, goal(false, false, {order_id{8}, order_id{2}}, {}));
  CHECK(merged.cancel.size() == 7);
  for (int64_t id = 0; id <= 10; ++id)
    CHECK(names(merged, order_id{id}) == (id != 0 && id != 4 && id != 6 && id != 10));
}

TEST_CASE("what may stay of a position follows from the goal, and is never negative") {
  CHECK(keep_of(goal(true, false, {}, {{"A", 3}}), "A") == 0);
  CHECK(keep_of(goal(false, false, {}, {{"A", 3}}), "A") == 3);
  CHECK(keep_of(goal(false, false, {}, {{"A", 3}, {"A", 2}}), "A") == 2);
  CHECK(keep_of(goal(false, false, {}, {{"A", -4}}), "A") == 0);
  CHECK_FALSE(keep_of(goal(false, true, {}, {{"A", 3}}), "B").has_value());
}

} // TEST_SUITE
