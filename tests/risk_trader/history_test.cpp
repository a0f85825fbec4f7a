#include "tools/risk-trader/history.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace std::chrono_literals;

namespace {

status_view status_at(int seconds, std::string day) {
  status_view out;
  out.now = timestamp{std::chrono::seconds{1'000'000 + seconds}};
  shown_account a;
  a.id = "7";
  a.day = std::move(day);
  out.accounts.push_back(a);
  return out;
}

} // namespace

TEST_SUITE("risk-trader: history") {
  TEST_CASE("a value stands until the next one") {
    history past;
    past.take(status_at(0, "10.00"));
    past.take(status_at(2, "20.00"));
    const auto values = past.values_of("7", timestamp{1'000'004s}, 100);
    CHECK(values == std::vector<double>{10, 10, 20, 20, 20}); // a second each
  }

  TEST_CASE("the day before the screen was opened comes first") {
    history past;
    past.take(status_at(90, "7"));
    past.begin({{"7", timestamp{1'000'000s}, timestamp{1'080'000s}, {{timestamp{1'000'010s}, "-40.00"}, {timestamp{1'000'050s}, "5"}}}});
    past.take(status_at(100, "20.00"));
    REQUIRE(past.points_of("7").size() == 3);
    CHECK(past.points_of("7").front().amount == -40);
    CHECK(past.values_of("7", timestamp{1'000'100s}, 10).front() == -40);
    CHECK(past.values_of("7", timestamp{1'000'100s}, 10).back() == 20);
  }

  TEST_CASE("as many values as there is room for") {
    history past;
    for (int i = 0; i < 100; ++i)
      past.take(status_at(i, std::to_string(i)));
    const auto values = past.values_of("7", timestamp{1'000'099s}, 10);
    REQUIRE(values.size() == 10);
    CHECK(values.front() == 0);
    CHECK(values.back() == 99);
  }

  TEST_CASE("a dip between two values is not lost, and the newest amount comes last") {
    history past;
    past.begin({{"7", {}, {}, {{timestamp{1'000'000s}, "0"}, {timestamp{1'000'500s}, "-412"}, {timestamp{1'000'501s}, "3"}, {timestamp{1'000'999s}, "50"}, {timestamp{1'001'000s}, "4"}}}});
    const auto values = past.values_of("7", timestamp{1'001'000s}, 11);
    REQUIRE(values.size() == 11);
    CHECK(*std::min_element(values.begin(), values.end()) == -412);
    CHECK(values[3] == 0);
    CHECK(values.back() == 4);
  }

  TEST_CASE("what is unknown or the same adds nothing; another account has nothing") {
    history past;
    past.take(status_at(0, "10"));
    past.take(status_at(1, ""));
    past.take(status_at(2, "10"));
    CHECK(past.points_of("7").size() == 1);
    CHECK(past.values_of("8", timestamp{1'000'009s}, 10).empty());
  }

  TEST_CASE("it never grows beyond its bound, and keeps both ends") {
    history past;
    for (int i = 0; i < 5000; ++i)
      past.take(status_at(i, std::to_string(i)));
    CHECK(past.points_of("7").size() <= history::most);
    CHECK(past.points_of("7").front().amount == 0);
    CHECK(past.points_of("7").back().amount == 4999);
  }
}
