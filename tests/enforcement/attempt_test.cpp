#include "actors/enforcement/attempt.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace rm;
using namespace std::chrono_literals;

namespace {

const timestamp start{std::chrono::sys_days{std::chrono::year{2025} / 12 / 1}};

attempt answered(request_outcome outcome, refusal why = refusal::none) {
  attempt a;
  venue_request r;
  r.id = request_id{1};
  a.ask(r, start);
  venue_answer answer;
  answer.outcome = outcome;
  answer.refusal = why;
  a.take(answer, start, 3);
  return a;
}

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("retries are spaced out, doubling up to a cap") {
  const std::vector<duration> expected{250ms, 250ms, 500ms, 1s, 2s, 4s, 5s, 5s};
  for (int tries = 0; tries < static_cast<int>(expected.size()); ++tries)
    CHECK(retry_delay(tries, 5s) == expected[static_cast<std::size_t>(tries)]);
  CHECK(retry_delay(1'000'000, 15s) == 15s);
}

TEST_CASE("nothing is asked again on the strength of an answer alone, except what never left") {
  struct row {
    request_outcome outcome;
    refusal why;
    int proofs;     // readings until it may be asked again
    duration after; // and not before
  };
  const std::vector<row> rows{
    {request_outcome::accepted, refusal::none, 2, 2s},
    {request_outcome::unclear, refusal::none, 2, 250ms},
    {request_outcome::refused, refusal::not_found, 2, 250ms},
    {request_outcome::refused, refusal::pending, 1, 250ms},
    {request_outcome::refused, refusal::outside_hours, 1, 250ms},
    {request_outcome::refused, refusal::rejected, 1, 250ms},
    {request_outcome::not_sent, refusal::none, 0, 250ms},
  };
  for (auto& r : rows) {
    CAPTURE(name_of(r.outcome));
    CAPTURE(name_of(r.why));
    auto a = answered(r.outcome, r.why);
    CHECK_FALSE(a.may_ask(start, 2));
    CHECK(a.may_ask(start + 1h, 2) == (r.proofs == 0));
    a.prove(true, 3, start + 1h, start + 1h); // sent before the answer
    CHECK(a.may_ask(start + 2h, 2) == (r.proofs == 0));
    a = answered(r.outcome, r.why);
    for (int i = 0; i < r.proofs; ++i)
      a.prove(true, 4 + static_cast<uint64_t>(i), start + 250ms + i * 500ms, start + 250ms + i * 500ms);
    CHECK(a.may_ask(start + std::max(r.after, duration{r.proofs == 2 ? 750ms : 250ms}), 2));
    CHECK_FALSE(a.may_ask(start + r.after - 1ms, 2));
  }
}

TEST_CASE("two readings right after each other prove no more than one") {
  auto a = answered(request_outcome::unclear);
  a.prove(true, 4, start, start + 20ms);
  a.prove(true, 5, start + 100ms, start + 120ms);
  CHECK_FALSE(a.may_ask(start + 10s, 2));
  a.prove(true, 6, start + 600ms, start + 620ms);
  CHECK(a.may_ask(start + 10s, 2));
}

TEST_CASE("a reading that is not clear starts the count again") {
  auto a = answered(request_outcome::unclear);
  a.prove(true, 4, start, start);
  a.prove(false, 5, start + 1s, start + 1s);
  a.prove(true, 6, start + 2s, start + 2s);
  CHECK_FALSE(a.may_ask(start + 10s, 2));
}

TEST_CASE("after a clear no, a venue that cannot be read does not stop the next try") {
  auto a = answered(request_outcome::refused, refusal::rejected);
  a.failed_reads = 2;
  CHECK(a.may_ask(start + 250ms, 2));
  auto b = answered(request_outcome::unclear);
  b.failed_reads = 1000;
  CHECK_FALSE(b.may_ask(start + 1h, 2));
}

} // TEST_SUITE
