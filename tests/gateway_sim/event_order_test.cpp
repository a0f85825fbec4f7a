// The order in which a fill's events go out, and the shape of a reversal.
#include "support.hpp"
#include "tools/gateway-sim/event_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gateway_sim;
using namespace gateway_sim::test;

TEST_SUITE("gateway_sim event order") {

TEST_CASE("the events of a fill come in every order that is asked for") {
  struct row {
    const char* order;
    const char* story;
  };
  const row rows[] = {
    {"trade_position_account", "o6 o2 t p2 a"}, {"trade_account_position", "o6 o2 t a p2"},
    {"position_trade_account", "o6 o2 p2 t a"}, {"position_account_trade", "o6 o2 p2 a t"},
    {"account_trade_position", "o6 o2 a t p2"}, {"account_position_trade", "o6 o2 a p2 t"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.order);
    desk d;
    d.book.take_events();
    d.buy(2);
    switches s;
    REQUIRE(set_switch(s, "event_order", r.order).empty());
    event_arranger arranger;
    CHECK(story(arranger.arrange(d.book.take_events(), s)) == r.story);
  }
}

TEST_CASE("random orders repeat with their seed and lose nothing; random_all moves the order event too") {
  auto run = [](const char* how, int64_t seed) {
    desk d;
    switches s;
    REQUIRE(set_switch(s, "event_order", how).empty());
    event_arranger arranger;
    arranger.seed(seed);
    std::vector<std::string> stories;
    for (int i = 0; i < 40; ++i) {
      d.book.take_events();
      d.buy(1);
      auto events = arranger.arrange(d.book.take_events(), s);
      CHECK(events.size() == 5);
      CHECK(story({events[0]}) == "o6"); // the order's arrival is no part of the fill
      stories.push_back(story(events));
    }
    return stories;
  };
  auto first = run("random", 5);
  CHECK(first == run("random", 5));
  CHECK(first != run("random", 6));
  CHECK(std::all_of(first.begin(), first.end(), [](const std::string& s) { return s.starts_with("o6 o2 "); }));
  auto all = run("random_all", 5);
  CHECK(!std::all_of(all.begin(), all.end(), [](const std::string& s) { return s.starts_with("o6 o2 "); }));
}

TEST_CASE("a reversal in one fill has the shape that is asked for") {
  struct row {
    reversal_shape shape;
    const char* story;
    bool same_row;
  };
  const row rows[] = {
    {reversal_shape::one_event, "o6 o2 t p-1 a", true},
    {reversal_shape::flat_then_new, "o6 o2 t p0 p-1 a", false},
    {reversal_shape::flat_same_id, "o6 o2 t p0 p-1 a", true},
    {reversal_shape::new_id, "o6 o2 t p-1 a", false},
  };
  for (const auto& r : rows) {
    CAPTURE(static_cast<int>(r.shape));
    desk d;
    d.book.rules.reversal = r.shape;
    d.buy(2);
    auto id = d.book.find_position(1, mnq)->id;
    d.book.take_events();
    d.sell(3);
    CHECK(story(d.book.take_events()) == r.story);
    CHECK((d.book.find_position(1, mnq)->id == id) == r.same_row);
  }
}

} // TEST_SUITE
