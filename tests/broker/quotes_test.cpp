#include "actors/broker/projectx/quote_book.hpp"
#include "actors/broker/quote_mailbox.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace rm;
using namespace rm::projectx;

namespace {

quote with_last(const contract_id& contract, int64_t points) {
  quote q;
  q.contract = contract;
  q.last = price::whole(points);
  return q;
}

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE("of quotes that nobody has fetched only the newest of each contract is kept") {
  quote_mailbox mailbox;
  CHECK(mailbox.put(with_last("A", 1))); // rings
  CHECK_FALSE(mailbox.put(with_last("A", 2)));
  CHECK(mailbox.put(with_last("B", 7)));
  quote q;
  REQUIRE(mailbox.take("A", q));
  CHECK(q.last == price::whole(2));
  CHECK_FALSE(mailbox.take("A", q));
  REQUIRE(mailbox.take("B", q));
  CHECK(q.last == price::whole(7));
  CHECK_FALSE(mailbox.take("C", q));
  CHECK(mailbox.put(with_last("A", 3))); // rings again
}

TEST_CASE("between two threads every ring finds a quote, and the last one is never lost") {
  quote_mailbox mailbox;
  std::vector<char> rings;
  std::mutex mutex;
  constexpr int64_t count = 20'000;
  int64_t newest = 0, taken = 0;
  std::thread writer{[&] {
    for (int64_t i = 1; i <= count; ++i) {
      if (mailbox.put(with_last("A", i))) {
        std::lock_guard lock{mutex};
        rings.push_back('A');
      }
    }
  }};
  while (newest < count) {
    bool ring = false;
    {
      std::lock_guard lock{mutex};
      ring = !rings.empty();
      if (ring)
        rings.pop_back();
    }
    if (!ring)
      continue;
    quote q;
    if (!mailbox.take("A", q))
      break;
    const int64_t now = q.last->units() / price::one;
    if (now <= newest)
      break;
    newest = now;
    ++taken;
  }
  writer.join();
  CHECK(newest == count);
  CHECK(taken <= count);
}

TEST_CASE("partial quotes are merged: what is not said stays, an empty side goes") {
  quote_book book;
  const wire_time seen{timestamp{std::chrono::seconds{5}}, 5};
  quote_part first;
  first.last = price::whole(100);
  first.bid = price::whole(99);
  first.at = timestamp{std::chrono::seconds{3}};
  quote_part second;
  second.ask = price::whole(101);
  second.at = timestamp{std::chrono::seconds{2}};
  book.merge("A", first, {});
  book.merge("A", second, seen);
  std::vector<quote> out;
  book.flush([&](const quote& q) { out.push_back(q); });
  REQUIRE(out.size() == 1); // once per frame
  CHECK(out[0].contract == contract_id{"A"});
  CHECK(out[0].last == price::whole(100));
  CHECK(out[0].bid == price::whole(99));
  CHECK(out[0].ask == price::whole(101));
  CHECK(out[0].at == first.at); // time does not go back
  CHECK(out[0].seen.steady_ns == 5);
  book.flush([&](const quote& q) { out.push_back(q); });
  CHECK(out.size() == 1);
  quote_part gone;
  gone.no_bid = true;
  book.merge("A", gone, seen);
  CHECK_FALSE(book.find("A")->bid);
  CHECK(book.find("A")->ask);
  book.clear();
  CHECK(book.find("A") == nullptr);
}

TEST_SUITE_END();
