#include "actors/broker/rate_budget.hpp"
#include "actors/broker/request_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rm;

namespace {

constexpr int64_t second = 1'000'000'000;

/// How many requests of a kind go through at one instant.
int64_t drain(rate_budget& budget, lane what, int64_t now) {
  int64_t count = 0;
  while (!budget.take(what, now) && count < 10'000)
    ++count;
  return count;
}

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE("the last twenty requests of the window are kept for cancel and close, the last ten for closes alone; no read of any kind gets at them (I11)") {
  rate_budget budget;
  CHECK(budget.left(0) == 200);
  CHECK(drain(budget, lane::read, 0) == 170);
  CHECK(drain(budget, lane::urgent_read, 0) == 10);
  CHECK(budget.left(0) == 20);
  CHECK(drain(budget, lane::cancel, 0) == 10);
  CHECK(budget.take(lane::cancel, 0));
  CHECK(drain(budget, lane::close, 0) == 10);
  CHECK(budget.take(lane::close, 0));
  CHECK(budget.left(0) == 0);
}

TEST_CASE("cancels leave ten for closes however many there are") {
  rate_budget budget;
  CHECK(drain(budget, lane::cancel, 0) == 190);
  CHECK(drain(budget, lane::close, 0) == 10);
}

TEST_CASE("the window slides: the answer is the moment from which one more may go, and not a nanosecond earlier") {
  rate_budget budget;
  for (int64_t i = 0; i < 170; ++i)
    REQUIRE_FALSE(budget.take(lane::read, i * second / 10));
  const int64_t now = 17 * second;
  const auto later = budget.take(lane::read, now);
  REQUIRE(later);
  CHECK(*later == 60 * second); // the first one leaves
  CHECK(budget.take(lane::read, *later - 1));
  CHECK_FALSE(budget.take(lane::read, *later));
  CHECK(budget.take(lane::read, *later) == 60 * second + second / 10);
}

TEST_CASE("a read waits until protection has its twenty back, and enforcement's reads their ten") {
  rate_budget budget;
  for (int64_t i = 0; i < 200; ++i)
    REQUIRE_FALSE(budget.take(lane::close, i));
  CHECK(budget.take(lane::close, 1000) == 60 * second);
  CHECK(budget.take(lane::cancel, 1000) == 60 * second + 10);
  CHECK(budget.take(lane::urgent_read, 1000) == 60 * second + 20);
  CHECK(budget.take(lane::read, 1000) == 60 * second + 30);
}

TEST_CASE("bars have their own window") {
  rate_budget budget;
  CHECK(drain(budget, lane::bars, 0) == 50);
  CHECK(budget.take(lane::bars, 29 * second) == 30 * second);
  CHECK_FALSE(budget.take(lane::bars, 30 * second));
  CHECK(budget.left(0) == 200);
}

TEST_CASE("audits of all accounts together have 30 % of the window, and other reads have the rest") {
  rate_budget budget;
  CHECK(drain(budget, lane::audit, 0) == 60);
  CHECK(budget.take(lane::audit, 0) == 60 * second);
  CHECK(drain(budget, lane::read, 0) == 110);
  CHECK(drain(budget, lane::audit, 60 * second) == 60);
}

TEST_CASE("audits wait for what is kept like any other read") {
  rate_budget budget;
  CHECK(drain(budget, lane::read, 0) == 170);
  CHECK(budget.take(lane::audit, second) == 60 * second);
  CHECK(budget.left(second) == 30);
}

TEST_CASE("one audit at a time goes through, however small the venue's limit") {
  rate_budget budget{{.requests = 3, .kept_for_protection = 1, .kept_for_closes = 1, .kept_for_urgent_reads = 0}};
  CHECK(drain(budget, lane::audit, 0) == 1);
}

TEST_CASE("in any minute never more than 200 go out, whatever is asked when") {
  rate_budget budget;
  std::deque<int64_t> sent;
  uint64_t chance = 7;
  for (int64_t now = 0; now < 600 * second; now += second / 50) {
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    if (!budget.take(static_cast<lane>((chance >> 33) % 5), now))
      sent.push_back(now);
    while (!sent.empty() && sent.front() <= now - 60 * second)
      sent.pop_front();
    REQUIRE(sent.size() <= 200);
  }
}

TEST_CASE("after a 429 with Retry-After nobody asks before it is over") {
  rate_budget budget;
  budget.on_refused(lane::read, 0, 7 * second);
  CHECK(budget.take(lane::close, 0) == 7 * second);
  CHECK(budget.take(lane::read, 6 * second) == 7 * second);
  CHECK(budget.left(6 * second) == 0);
  CHECK_FALSE(budget.take(lane::close, 7 * second));
  budget.on_refused(lane::read, 10 * second, 3600 * second);
  CHECK(budget.take(lane::close, 11 * second) == 70 * second); // no longer than one window
  budget.on_refused(lane::read, 12 * second, second);          // nor is the first word taken back by a second, shorter one
  CHECK(budget.take(lane::close, 14 * second) == 70 * second);
}

TEST_CASE("after a 429 without Retry-After protection comes back first, and later each time it goes on") {
  rate_budget budget;
  int64_t now = 0;
  for (int64_t pause : {1, 2, 4, 8, 8}) {
    budget.on_refused(lane::read, now, std::nullopt);
    CHECK(budget.take(lane::close, now) == now + pause * second);
    CHECK_FALSE(budget.take(lane::cancel, now + pause * second)); // as soon as a close
    CHECK(budget.take(lane::urgent_read, now + pause * second) == now + 3 * pause * second);
    CHECK(budget.take(lane::read, now + pause * second) == now + 30 * second);
    now += pause * second;
  }
  CHECK_FALSE(budget.take(lane::close, now));
  budget.on_served(lane::read);
  budget.on_refused(lane::read, now, std::nullopt);
  CHECK(budget.take(lane::close, now) == now + second);
}

TEST_CASE("L4 a 429 on bars is about their own window: no close, cancel or reading waits for it") {
  rate_budget budget;
  SUBCASE("with Retry-After") {
    budget.on_refused(lane::bars, 0, 25 * second);
    CHECK(budget.take(lane::bars, second) == 25 * second);
  }
  SUBCASE("without") {
    for (int i = 0; i < 5; ++i)
      budget.on_refused(lane::bars, 0, std::nullopt);
    CHECK(budget.take(lane::bars, second) == 15 * second); // half of their window
  }
  CHECK_FALSE(budget.take(lane::close, 0));
  CHECK_FALSE(budget.take(lane::cancel, 0));
  CHECK_FALSE(budget.take(lane::urgent_read, 0));
  CHECK_FALSE(budget.take(lane::read, 0));
  CHECK(budget.left(0) == 196);
  CHECK_FALSE(budget.take(lane::bars, 25 * second));
}

TEST_CASE("L4 bars that are served say nothing of a limit that others have met") {
  rate_budget budget;
  budget.on_refused(lane::read, 0, std::nullopt);
  budget.on_served(lane::bars);
  budget.on_refused(lane::read, second, std::nullopt);
  CHECK(budget.take(lane::close, second) == 3 * second);
}

TEST_CASE("waiting requests go closes first, then cancels, then reads, each in order") {
  rate_budget budget{{.requests = 4, .kept_for_protection = 2, .kept_for_closes = 1, .kept_for_urgent_reads = 0}};
  request_queue<std::string> queue;
  queue.put(lane::read, "read 1", second);
  queue.put(lane::cancel, "cancel 1", second);
  queue.put(lane::close, "close 1", second);
  queue.put(lane::read, "read 2", second);
  queue.put(lane::close, "close 2", 2 * second);
  CHECK(queue.is_behind(lane::close));
  int64_t later = 0;
  CHECK(queue.take_ready(budget, 0, later) == std::vector<std::string>{"close 1", "close 2", "cancel 1"});
  CHECK(later == 60 * second);
  CHECK_FALSE(queue.is_behind(lane::cancel));
  CHECK(queue.is_behind(lane::read));
  CHECK(queue.take_expired(second - 1).empty());
  CHECK(queue.take_expired(second) == std::vector<std::string>{"read 1", "read 2"});
  CHECK(queue.empty());
}

TEST_CASE("audits that wait hold up no other read, and keep their order") {
  rate_budget budget{{.requests = 10, .kept_for_protection = 2, .kept_for_closes = 1, .kept_for_urgent_reads = 0}};
  request_queue<std::string> queue;
  for (const char* name : {"audit 1", "audit 2", "audit 3", "audit 4", "audit 5"})
    queue.put(lane::audit, name, 100 * second);
  queue.put(lane::read, "read", 100 * second);
  int64_t later = 0;
  CHECK(queue.take_ready(budget, 0, later) == std::vector<std::string>{"read", "audit 1", "audit 2", "audit 3"});
  CHECK(later == 60 * second);
  CHECK(queue.take_ready(budget, later, later) == std::vector<std::string>{"audit 4", "audit 5"});
}

TEST_CASE("a lane that must wait does not hold up a more protected one behind it") {
  rate_budget budget{{.requests = 2, .kept_for_protection = 2, .kept_for_closes = 2, .kept_for_urgent_reads = 0}};
  request_queue<std::string> queue;
  queue.put(lane::cancel, "cancel", second);
  queue.put(lane::close, "close", second);
  int64_t later = 0;
  CHECK(queue.take_ready(budget, 0, later) == std::vector<std::string>{"close"});
  CHECK(queue.size() == 1);
}

TEST_SUITE_END();
