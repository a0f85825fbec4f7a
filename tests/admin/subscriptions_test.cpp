#include "actors/admin/subscriptions.hpp"

#include "actors/admin/commands/catalogue.hpp"
#include "actors/admin/refusal_book.hpp"
#include "tests/admin/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;

const command& topic(std::string_view name) {
  const auto& all = command_catalogue();
  return *std::find_if(all.begin(), all.end(), [&](const command& c) { return c.name == name; });
}

constexpr int64_t ms = 1'000'000;

std::string last_of(const or_error<std::string>& added) { return std::holds_alternative<std::string>(added) ? std::get<std::string>(added) : "error"; }

} // namespace

TEST_CASE("a group is told at once, then when something has changed but not too soon, and at the latest after its longest silence") {
  subscriptions s;
  CHECK(s.empty());
  CHECK(last_of(s.add(7, topic("status"), {})).empty());
  auto due = s.take_due(1000 * ms);
  REQUIRE(due.size() == 1);
  CHECK(s.take_due(9000 * ms).empty()); // under way
  CHECK(s.told(due[0], 1000 * ms, 1000 * ms, "first") == std::vector<uint64_t>{7});
  CHECK(s.take_due(1500 * ms).empty()); // nothing has changed
  s.note_change();
  CHECK(s.take_due(1249 * ms).empty());
  due = s.take_due(1250 * ms);
  REQUIRE(due.size() == 1);
  s.note_change(); // while it is being gathered: that may have missed it
  s.told(due[0], 1300 * ms, 1300 * ms, "second");
  CHECK(s.take_due(1550 * ms).size() == 1);
  s.told(due[0], 1550 * ms, 1550 * ms, "third");
  CHECK(s.take_due(3549 * ms).empty());
  CHECK(s.take_due(3550 * ms).size() == 1);
}

TEST_CASE("clients that are told the same are one group; who comes later gets the last line at once") {
  subscriptions s;
  s.add(1, topic("status"), {});
  const auto due = s.take_due(5 * ms);
  s.told(due[0], 5 * ms, 5 * ms, "news");
  CHECK(last_of(s.add(2, topic("status"), {})) == "news");
  CHECK(last_of(s.add(2, topic("status"), {})) == "news"); // twice is once
  s.note_change();
  CHECK(s.take_due(900 * ms).size() == 1);
  CHECK(s.told(due[0], 900 * ms, 900 * ms, "more") == std::vector<uint64_t>{1, 2});
}

TEST_CASE("who leaves is forgotten, and so is a group without anybody") {
  subscriptions s;
  s.add(1, topic("status"), {});
  s.add(2, topic("status"), {});
  s.add(2, topic("logs"), {{"lines", int64_t{5}}});
  const auto due = s.take_due(5 * ms);
  REQUIRE(due.size() == 2);
  s.remove(1);
  s.remove(2, "status");
  CHECK(s.find({"status", {}}) == nullptr);
  CHECK(s.told({"status", {}}, 6 * ms, 6 * ms, "late").empty());
  CHECK_FALSE(s.empty());
  s.remove(2);
  CHECK(s.empty());
}

TEST_CASE("a client has so many topics and no more") {
  subscriptions s;
  for (int64_t i = 0; i < 8; ++i)
    CHECK(last_of(s.add(1, topic("logs"), {{"lines", i + 1}})).empty());
  CHECK(last_of(s.add(1, topic("logs"), {{"lines", int64_t{99}}})) == "error");
  CHECK(last_of(s.add(1, topic("logs"), {{"lines", int64_t{1}}})).empty()); // that one it has
  CHECK(last_of(s.add(2, topic("logs"), {{"lines", int64_t{99}}})).empty());
}

TEST_CASE("who takes long to gather is gathered less often") {
  subscriptions s;
  s.add(1, topic("status"), {});
  const auto due = s.take_due(1000 * ms);
  s.told(due[0], 1000 * ms, 1300 * ms, "after 300 ms");
  s.note_change();
  CHECK(s.take_due(3999 * ms).empty());
  CHECK(s.take_due(4000 * ms).size() == 1);
}

TEST_CASE("refusals are journalled one by one up to a point, and then as a number") {
  refusal_book book;
  std::size_t lines = 0;
  const auto start = rm::test::at("14:30:00");
  const auto refuse = [&](duration after) { return book.take({start + after, {}, "admin", {}, "refused: tim", -1}); };
  for (int i = 0; i < 100; ++i)
    lines += refuse(std::chrono::milliseconds{100} * i).size();
  CHECK(lines == 31);
  CHECK(book.count() == 100);
  const auto later = refuse(std::chrono::seconds{61});
  REQUIRE(later.size() == 2);
  CHECK(later[0].text.starts_with("70 more were refused in the minute from"));
  CHECK(later[1].text == "refused: tim");
  CHECK(refuse(std::chrono::minutes{10}).size() == 1);
}

TEST_SUITE_END();
