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

namespace {

/// A market hub and two clocks: the venue's, and a PC's that may be wrong.
struct market {
  quote_book book;
  timestamp venue{std::chrono::hours{500'000}};
  duration pc_ahead{};
  int64_t steady = 1'000'000'000;

  void pass(duration d) {
    venue += d;
    steady += d.count();
  }
  wire_time heard() const { return {venue + pc_ahead, steady}; }
  const quote& tell(std::optional<int64_t> last, std::optional<int64_t> bid = {}, std::optional<int64_t> ask = {}, duration old = {}) {
    quote_part part;
    const auto points = [](std::optional<int64_t> x) { return x ? std::optional{price::whole(*x)} : std::nullopt; };
    part.last = points(last);
    part.bid = points(bid);
    part.ask = points(ask);
    part.at = venue - old;
    book.merge("A", part, heard());
    return *book.find("A");
  }
  std::string bar(int64_t close, duration old) {
    quote_part part;
    part.last = price::whole(close);
    part.at = venue - old;
    return book.merge_bar("A", part, heard());
  }
  /// How old the mark is, as an account sees it.
  duration age() const { return heard().utc - book.find("A")->seen.utc; }
  std::optional<price> mark() const { return book.find("A")->mark(); }
};

} // namespace

TEST_CASE("I8 a last trade that does not change counts for as long as quotes.stale_after says, and no longer, where bid and ask are fresher") {
  for (const duration counts_for : {duration{std::chrono::seconds{3}}, duration{std::chrono::seconds{10}}, duration{std::chrono::seconds{60}}}) {
    CAPTURE(counts_for.count());
    market m;
    m.book = quote_book{counts_for};
    m.tell(100, 90, 104);
    m.pass(counts_for);
    m.tell({}, 91, 104);
    CHECK(m.mark() == price::whole(100)); // it lies between them
    m.pass(std::chrono::seconds{1});
    m.tell({}, 92, 104);
    CHECK(m.mark() == price::whole(98)); // their middle
  }
}

TEST_CASE("I8 L1 a quote that is sent again and again grows old, whatever the PC's clock says") {
  for (const duration wrong : {duration{}, duration{std::chrono::hours{3}}, duration{-std::chrono::minutes{40}}}) {
    market m;
    m.pc_ahead = wrong;
    m.tell(20125, 20124, 20126);
    CHECK(m.age() == duration{});
    duration sent{};
    for (int i = 0; i < 30; ++i) {
      m.pass(std::chrono::seconds{1});
      m.tell(20125, 20124, 20126, sent += std::chrono::seconds{1}); // of the first moment
    }
    CHECK(m.age() == std::chrono::seconds{30});
    for (int i = 0; i < 4500; ++i) { // a wrong time is forgotten after a while, an old quote is not
      m.pass(std::chrono::seconds{1});
      m.tell(20125, 20124, 20126, sent += std::chrono::seconds{1});
    }
    CHECK(m.age() > std::chrono::minutes{4});
    CHECK(m.bar(19000, std::chrono::seconds{30}) == "");
    CHECK(m.mark() == price::whole(19000));
    m.tell(20125, 20124, 20126, sent); // that one again
    CHECK(m.mark() == price::whole(19000));
    m.pass(std::chrono::seconds{1});
    m.tell(19010, 19009, 19011);
    m.pass(std::chrono::seconds{1});
    m.tell(19020, 19019, 19021);
    CHECK(m.mark() == price::whole(19020));
    CHECK(m.age() == duration{});
  }
}

TEST_CASE("a time far ahead of all others makes nothing old before it is told twice") {
  market m;
  m.tell(100, 99, 101);
  m.pass(std::chrono::seconds{1});
  m.tell(101, 100, 102, -std::chrono::hours{24});
  m.pass(std::chrono::seconds{1});
  m.tell(102, 101, 103);
  CHECK(m.mark() == price::whole(102));
  CHECK(m.age() == duration{});
  m.pass(std::chrono::hours{2}); // a suspended PC: its steady clock has slept
  m.steady -= duration{std::chrono::hours{2}}.count();
  m.tell(103, 102, 104);
  m.pass(std::chrono::seconds{1});
  m.tell(104, 103, 105);
  m.pass(std::chrono::seconds{1});
  quote_part old;
  old.last = price::whole(7);
  old.at = m.venue - std::chrono::seconds{12};
  m.book.merge("B", old, m.heard());
  CHECK(m.heard().utc - m.book.find("B")->seen.utc == std::chrono::seconds{12});
}

TEST_CASE("I8 a last trade that bid and ask have left behind is no mark any more") {
  market m;
  m.tell(20125, 20124, 20126);
  m.pass(std::chrono::seconds{1});
  m.tell({}, 19624, 19626);
  CHECK(m.mark() == price::whole(19625));
  m.tell(20125, 19624, 19626); // said again, and no newer for that
  CHECK(m.mark() == price::whole(19625));
  m.pass(std::chrono::seconds{1});
  m.tell(19600);
  CHECK(m.mark() == price::whole(19600)); // a new trade is newer than the book
  m.pass(std::chrono::seconds{1});
  m.tell({}, 19598, 19604);
  CHECK(m.mark() == price::whole(19600)); // which agrees with it
  CHECK(m.age() == duration{});
  m.pass(std::chrono::seconds{11});
  m.tell({}, 19598, 19604);
  CHECK(m.mark() == price::whole(19601)); // too long ago
  m.tell({}, 19604, 19598); // crossed: it says nothing
  CHECK(m.mark() == price::whole(19600));
  CHECK(m.age() == std::chrono::seconds{12});
}

TEST_CASE("a bar of long ago is no price of now, and none overwrites a later trade") {
  market m;
  m.tell(20125);
  CHECK(m.bar(19000, std::chrono::hours{72}).find("it is of") == 0);
  CHECK(m.mark() == price::whole(20125));
  CHECK(m.bar(19000, std::chrono::seconds{61}).find("the last trade came later") != std::string::npos);
  CHECK(m.mark() == price::whole(20125));
  CHECK(m.bar(19000, std::chrono::minutes{4}) != "");
  m.pass(std::chrono::minutes{2});
  CHECK(m.age() == std::chrono::minutes{2});
  CHECK(m.bar(20100, std::chrono::seconds{100}) == "");
  CHECK(m.mark() == price::whole(20100));
  CHECK(m.age() == duration{});
  market unheard; // no word of the venue yet: the PC's own time has to do
  CHECK(unheard.bar(20100, std::chrono::minutes{2}) == "");
  CHECK(unheard.bar(20100, std::chrono::minutes{5}) != "");
}

TEST_SUITE_END();
