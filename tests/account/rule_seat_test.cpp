// What an account keeps of its rules' words.
#include "actors/account/rule_directory.hpp"
#include "actors/account/rule_seat.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

const contract_id mnq{"CON.F.US.MNQ.Z26"};

verdict word(level l = level::ok) {
  verdict out;
  out.level = l;
  out.has_band = true;
  out.band.low = money::whole(-5);
  out.band.high = money::whole(5);
  out.band.until = timestamp{duration{100}};
  out.band.watch(mnq, price::whole(90), price::whole(110));
  return out;
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("a word that leaves level and band as they were says so; each of their parts that is another is taken, and told") {
  rule_seats seats;
  seats.add("daily_loss_limit", {wake::mark, wake::fill});
  auto& rule = *seats.find("daily_loss_limit");
  CHECK_FALSE(seats.hear(rule, word())); // the first one
  CHECK(seats.hear(rule, word()));
  CHECK(seats.hear(rule, word(level::warn))); // it could judge, as before: the account rests where it rested
  const auto changes = [&](auto change) {
    auto next = word();
    change(next);
    CHECK_FALSE(seats.hear(rule, next));
    CHECK(rule.has_band == next.has_band);
    CHECK((!next.has_band || rule.band.is(next.band)));
    CHECK(seats.hear(rule, next));
    seats.hear(rule, word());
  };
  changes([](verdict& v) { v.band.low = money::whole(-6); });
  changes([](verdict& v) { v.band.high = money::whole(6); });
  changes([](verdict& v) { v.band.until = timestamp{duration{99}}; });
  changes([](verdict& v) { v.band.mark_count = 0; });
  changes([](verdict& v) { v.band.watch("CON.F.US.EP.Z26", price::whole(1), price::whole(2)); });
  changes([](verdict& v) { v.band.marks[0].low = price::whole(91); });
  changes([](verdict& v) { v.band.marks[0].high = price::whole(109); });
  changes([](verdict& v) { v.band.marks[0].contract = "CON.F.US.EP.Z26"; });
  changes([](verdict& v) { v.has_band = false; });
  changes([](verdict& v) { v.level = level::not_evaluable; });
}

TEST_CASE("all speak when each has spoken and could judge, and has not forgotten") {
  rule_seats seats;
  CHECK(seats.all_speak());
  for (const char* name : {"b", "c", "a"})
    seats.add(name, {wake::order});
  CHECK_FALSE(seats.all_speak());
  for (auto& rule : seats)
    seats.hear(rule, word());
  CHECK(seats.all_speak());
  auto& b = *seats.find("b");
  seats.hear(b, word(level::not_evaluable));
  CHECK_FALSE(seats.all_speak());
  seats.forget(b); // twice silent is silent once
  CHECK_FALSE(seats.all_speak());
  seats.hear(b, word(level::breach));
  CHECK(seats.all_speak());
  seats.forget(b);
  CHECK_FALSE(seats.all_speak());
  CHECK(b.warned_before);
  seats.add("b", {}); // made anew
  seats.hear(*seats.find("b"), word());
  CHECK(seats.all_speak());
  CHECK(seats.find("d") == nullptr);
  std::string order;
  for (auto& rule : seats)
    order += rule.name.str();
  CHECK(order == "abc");
}

TEST_CASE("a rule is woken by what it needs, by the time, by what begins anew and by its settings") {
  const rule_seat rule{"x", {wake::order, wake::mark}};
  for (std::size_t i = 0; i < wake_count; ++i) {
    const auto w = static_cast<wake>(i);
    CHECK(rule.needs(w) == (w == wake::order || w == wake::mark));
    CHECK(rule.wakes_on(w) == (rule.needs(w) || w == wake::clock || w == wake::reset || w == wake::settings));
  }
}

TEST_CASE("the directory names who is new or another, and finds names in any order") {
  rule_directory<int> rules; // 0: nobody
  CHECK(rules.take({{"a", 1}, {"b", 2}, {"c", 3}}).size() == 3);
  CHECK(rules.take({{"a", 1}, {"b", 2}, {"c", 3}}).empty());
  CHECK(rules.take({{"a", 1}, {"b", 5}, {"d", 4}}) == std::vector<rule_name>{"b", "d"});
  const auto found = [&](std::vector<rule_name> names) {
    std::vector<int> out;
    rules.for_each_of(names, [&](auto& e) { out.push_back(e.rule); });
    return out;
  };
  CHECK(found({"a", "b", "c", "d"}) == std::vector<int>{1, 5, 4});
  CHECK(found({"d", "a", "a", "x", "b"}) == std::vector<int>{4, 1, 1, 5});
  rules.take({{"a", 0}, {"b", 5}});
  CHECK(found({"a", "b"}) == std::vector<int>{5});
}

TEST_SUITE_END();
