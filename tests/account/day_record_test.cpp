#include "actors/account/day_record.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

namespace {

const timestamp morning{std::chrono::seconds{1'760'000'000}};

money dollars(int64_t whole) { return money::whole(whole); }

struct day_record_world {
  day_record record;
  day_record_world() { record.begin(morning); }
  /// When the kept points first show so little, or less.
  std::optional<timestamp> first_below(money limit) const {
    for (const auto& [at, pnl] : record.curve().points)
      if (pnl <= limit)
        return at;
    return std::nullopt;
  }
};

} // namespace

TEST_SUITE("account: the day's record") {
  TEST_CASE_FIXTURE(day_record_world, "amounts come back with their times, the same one only once") {
    CHECK(record.curve().points.empty());
    record.take(morning + 10s, dollars(0));
    record.take(morning + 20s, dollars(0));
    record.take(morning + 30s, dollars(-50));
    record.take(morning + 40s, dollars(20));
    CHECK(record.curve().day_started == morning);
    CHECK(record.curve().points == std::vector<day_point>{{morning + 10s, dollars(0)}, {morning + 30s, dollars(-50)}, {morning + 40s, dollars(20)}});
  }

  TEST_CASE_FIXTURE(day_record_world, "a day of quotes stays within its bound; extremes keep their times, first crossings nearly") {
    // A tremble around a slow fall to -900 at noon and a rise to +300 in the evening, four times a second.
    constexpr int64_t quotes = 23 * 3600 * 4, noon = quotes / 2;
    for (int64_t i = 0; i < quotes; ++i) {
      const int64_t slow = i < noon ? -900 * i / noon : -900 + 1200 * (i - noon) / noon;
      record.take(morning + i * 250ms, dollars(slow + i % 7));
    }
    const auto points = record.curve().points;
    CHECK(points.size() <= day_record::most_points);
    CHECK(points.size() > 100);
    CHECK(std::is_sorted(points.begin(), points.end(), [](auto& a, auto& b) { return a.at < b.at; }));
    const auto lowest = std::min_element(points.begin(), points.end(), [](auto& a, auto& b) { return a.pnl < b.pnl; });
    CHECK(lowest->pnl <= dollars(-898));
    CHECK(std::chrono::abs(lowest->at - (morning + noon * 250ms)) < 10min);
    CHECK(points.back().pnl >= dollars(295)); // the newest amount
    for (const int64_t limit : {-100, -400, -850}) {
      const auto truly = morning + (-limit) * noon / 900 * 250ms;
      REQUIRE(first_below(dollars(limit)));
      CHECK(*first_below(dollars(limit)) >= truly - 1min); // never long before it happened
      CHECK(*first_below(dollars(limit)) <= truly + 15min);
    }
    CHECK_FALSE(first_below(dollars(-901)));
  }

  TEST_CASE_FIXTURE(day_record_world, "a quick dip between two looks is not lost among thousands of amounts") {
    for (int64_t i = 0; i < 40'000; ++i)
      record.take(morning + i * 2s, i == 20'000 ? dollars(-412) : dollars(i % 50));
    REQUIRE(first_below(dollars(-400)));
    CHECK(*first_below(dollars(-400)) == morning + 40'000s);
  }

  TEST_CASE_FIXTURE(day_record_world, "late in a long day a sudden fall keeps the way down, and a smaller dip its place in the curve") {
    for (int64_t i = 0; i < 40'000; ++i)
      record.take(morning + i * 2s, dollars(i % 50));
    const auto noon = morning + 80'000s;
    for (int64_t i = 1; i <= 900; ++i)
      record.take(noon + i * 100ms, dollars(-i)); // 90 s; spans are minutes long by now
    record.take(noon + 1h, dollars(20));
    record.take(noon + 2h, dollars(15));
    record.take(noon + 2h + 1s, dollars(-300));
    record.take(noon + 2h + 2s, dollars(20));
    for (const int64_t limit : {-100, -400, -700}) {
      REQUIRE(first_below(dollars(limit)));
      CHECK(*first_below(dollars(limit)) >= noon + -limit * 100ms);
      CHECK(*first_below(dollars(limit)) <= noon + (-limit + 900 / 16 + 1) * 100ms);
    }
    const auto points = record.curve().points;
    CHECK(std::find(points.begin(), points.end(), day_point{noon + 2h + 1s, dollars(-300)}) != points.end());
  }

  TEST_CASE_FIXTURE(day_record_world, "what was kept is taken up, of the same day only") {
    for (int64_t i = 0; i < 5'000; ++i)
      record.take(morning + i * 7s, dollars((i * 37) % 500 - 250));
    const auto kept = record.curve();
    day_record again;
    again.begin(morning);
    again.restore(kept);
    CHECK_FALSE(again.has_news());
    const auto lowest = [](const day_curve& c) { return std::min_element(c.points.begin(), c.points.end(), [](auto& a, auto& b) { return a.pnl < b.pnl; })->pnl; };
    CHECK(lowest(again.curve()) == lowest(kept));
    CHECK(again.curve().points.back() == kept.points.back());
    CHECK(again.curve().points.size() <= day_record::most_points);
    day_record next;
    next.begin(morning + 24h);
    next.restore(kept);
    CHECK(next.curve().points.empty());
  }

  TEST_CASE_FIXTURE(day_record_world, "a clock that is set back neither turns the order round nor stops the record") {
    record.take(morning + 1h, dollars(10));
    record.take(morning + 30min, dollars(-20));
    record.take(morning - 1h, dollars(-30));
    const auto points = record.curve().points;
    CHECK(std::is_sorted(points.begin(), points.end(), [](auto& a, auto& b) { return a.at < b.at; }));
    CHECK(points.back().pnl == dollars(-30));
  }

  TEST_CASE_FIXTURE(day_record_world, "another day forgets the one before") {
    record.take(morning + 1h, dollars(-10));
    record.told();
    record.begin(morning + 24h);
    CHECK(record.has_news());
    CHECK(record.curve().points.empty());
  }
}
