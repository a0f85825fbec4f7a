#include "actors/enforcement/stop_keeper.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("enforcement");

namespace {

constexpr contract_id mnq{"CON.F.US.MNQ.Z25"};
constexpr account_id account{7};

struct keeper {
  int64_t last = 0, steady = 1000;
  timestamp now = timestamp{std::chrono::sys_days{std::chrono::year{2025} / 12 / 3}};
  holdings held;
  stop_keeper mind{account, [this] { return request_id{++last}; }};
  stop_steps steps;
  bool busy = false;

  keeper() {
    venue_snapshot first;
    first.generation = 1;
    first.sent_steady_ns = 1;
    first.has_positions = first.has_orders = true;
    held.apply(first);
  }
  void position(int64_t size) {
    position_update p;
    p.account = account;
    p.contract = mnq;
    p.size = size;
    p.seen = {now, steady += 10};
    held.apply(p);
    news();
  }
  void stop(int64_t id, side s, int64_t size, const char* at, bool ours = false, order_status status = order_status::open) {
    order_update o;
    o.account = account;
    o.id = order_id{id};
    o.contract = mnq;
    o.status = status;
    o.type = order_type::stop;
    o.side = s;
    o.size = size;
    o.stop_price = price::parse(at);
    o.ours = ours;
    o.updated = now += 1ms;
    o.seen = {now, steady += 10};
    held.apply(o);
    news();
  }
  void news() { take(mind.on_news(held, busy, now)); }
  void wish(int64_t order, const char* at, side s = side::sell, int64_t size = 0) {
    take(mind.on_wish({account, "trade_management", {{order_id{order}, mnq, s, size, *price::parse(at)}}, now, {}}, held, busy));
  }
  void answer(request_outcome outcome) {
    venue_answer a;
    a.id = request_id{last};
    a.outcome = outcome;
    a.answered = now;
    stop_steps more;
    CHECK(mind.on_answer(a, held, busy, more));
    take(more);
  }
  void take(stop_steps more) { steps = std::move(more); }
  std::vector<venue_request> sent() const {
    std::vector<venue_request> out;
    for (auto& s : steps)
      if (auto* r = std::get_if<venue_request>(&s))
        out.push_back(*r);
    return out;
  }
};

} // namespace

TEST_CASE_FIXTURE(keeper, "a stop is moved closer to the market, never away from it, and one request at a time") {
  position(2);
  stop(1, side::sell, 2, "19990");
  wish(1, "20001");
  REQUIRE(sent().size() == 1);
  CHECK(sent()[0].kind == request_kind::modify_order);
  CHECK(sent()[0].order == order_id{1});
  CHECK(sent()[0].stop_price == price::parse("20001"));
  CHECK(sent()[0].size == 0); // its size stays
  wish(1, "20002");
  CHECK(sent().empty()); // one is under way
  answer(request_outcome::accepted);
  CHECK(sent().empty()); // its news are expected
  stop(1, side::sell, 2, "20001");
  now += 3s;
  news();
  REQUIRE(sent().size() == 1); // the newest wish wins
  CHECK(sent()[0].stop_price == price::parse("20002"));
  answer(request_outcome::accepted);
  stop(1, side::sell, 2, "20002");
  now += 10s;
  wish(1, "19995");
  CHECK(sent().empty());
}

TEST_CASE_FIXTURE(keeper, "for a short the stop above comes down") {
  position(-1);
  stop(1, side::buy, 1, "20010");
  wish(1, "20011", side::buy);
  CHECK(sent().empty());
  wish(1, "20009", side::buy);
  CHECK(sent().size() == 1);
}

TEST_CASE_FIXTURE(keeper, "F6: while a case is open, and for a position or an order that is gone, nothing is moved") {
  position(2);
  stop(1, side::sell, 2, "19990");
  SUBCASE("a case is open") {
    busy = true;
    wish(1, "20001");
    CHECK(sent().empty());
    busy = false;
    news();
    CHECK(sent().size() == 1);
  }
  SUBCASE("the order is gone") {
    stop(1, side::sell, 2, "19990", false, order_status::cancelled);
    wish(1, "20001");
    CHECK(sent().empty());
  }
  SUBCASE("the position has turned") {
    position(-2);
    wish(1, "20001");
    CHECK(sent().empty());
  }
}

TEST_CASE_FIXTURE(keeper, "a refused move is tried again with pauses, a few times, until there is another wish") {
  position(2);
  stop(1, side::sell, 2, "19990");
  wish(1, "20001");
  int tries = 0;
  for (int second = 0; second < 300; ++second) {
    if (!sent().empty()) {
      ++tries;
      answer(request_outcome::refused);
      CHECK(sent().empty());
    }
    now += 1s;
    news();
  }
  CHECK(tries == stop_keeper::most_refusals);
  wish(1, "20003");
  CHECK(sent().size() == 1);
}

TEST_CASE_FIXTURE(keeper, "F12: after an answer that was lost nothing is repeated for a while") {
  position(2);
  stop(1, side::sell, 2, "19990");
  wish(1, "20001");
  answer(request_outcome::unclear);
  now += 9s;
  news();
  CHECK(sent().empty());
  now += 2s;
  news();
  CHECK(sent().size() == 1);
}

TEST_CASE_FIXTURE(keeper, "a missing stop is placed once, for what is not covered, with a tag of ours") {
  position(3);
  stop(1, side::sell, 1, "19990");
  wish(0, "20001", side::sell, 2);
  REQUIRE(sent().size() == 1);
  CHECK(sent()[0].kind == request_kind::place_stop);
  CHECK(sent()[0].size == 2);
  CHECK(sent()[0].side == side::sell);
  CHECK(sent()[0].tag.view().starts_with(own_stop_tag));
  answer(request_outcome::accepted);
  news();
  CHECK(sent().empty()); // not twice
  stop(2, side::sell, 2, "20001", true);
  now += 60s;
  news();
  CHECK(sent().empty());
}

TEST_CASE_FIXTURE(keeper, "F2 I4: a stop of ours does not outlive its position, nor is it ever larger; one of the trader's is left alone") {
  position(3);
  stop(1, side::sell, 3, "19990");
  stop(2, side::sell, 3, "20001", true);
  CHECK(sent().empty());
  SUBCASE("smaller") {
    position(1);
    REQUIRE(sent().size() == 1);
    CHECK(sent()[0].kind == request_kind::modify_order);
    CHECK(sent()[0].order == order_id{2});
    CHECK(sent()[0].size == 1);
  }
  SUBCASE("gone") {
    position(0);
    REQUIRE(sent().size() == 1);
    CHECK(sent()[0].kind == request_kind::cancel_order);
    CHECK(sent()[0].order == order_id{2});
  }
  SUBCASE("turned") {
    position(-1);
    REQUIRE(sent().size() == 1);
    CHECK(sent()[0].kind == request_kind::cancel_order);
  }
}

TEST_CASE_FIXTURE(keeper, "I4 a stop of ours that is filled in part is cut to what is filled and what is left to protect") {
  position(3);
  stop(2, side::sell, 3, "20001", true);
  order_update part = held.orders().at(order_id{2});
  part.filled = 1;
  part.updated = now += 1ms;
  part.seen = {now, steady += 10};
  held.apply(part);
  position(1);
  REQUIRE(sent().size() == 1);
  CHECK(sent()[0].size == 2); // of which one is filled
}

TEST_CASE_FIXTURE(keeper, "I4 a stop is placed for what is missing, never for more than was wished, and never on the side that would open") {
  position(3);
  SUBCASE("less is wished than is missing") {
    wish(0, "20001", side::sell, 2);
    REQUIRE(sent().size() == 1);
    CHECK(sent()[0].size == 2);
  }
  SUBCASE("less is missing than is wished") {
    stop(1, side::sell, 2, "19990");
    wish(0, "20001", side::sell, 3);
    REQUIRE(sent().size() == 1);
    CHECK(sent()[0].size == 1);
  }
  SUBCASE("the position has turned since") {
    wish(0, "20001", side::buy, 3);
    CHECK(sent().empty());
  }
}

TEST_CASE_FIXTURE(keeper, "a stop that was placed and is not told yet is not placed again for 5 s") {
  position(2);
  wish(0, "20001", side::sell, 2);
  answer(request_outcome::accepted);
  now += 4s;
  news();
  CHECK(sent().empty());
  now += 1s;
  news();
  CHECK(sent().size() == 1);
}

TEST_CASE("N16: before the first reading nothing is known, and nothing is cancelled") {
  stop_keeper mind{account, [] { return request_id{1}; }};
  holdings held;
  order_update o;
  o.id = order_id{2};
  o.contract = mnq;
  o.status = order_status::open;
  o.type = order_type::stop;
  o.side = side::sell;
  o.size = 1;
  o.ours = true;
  o.seen.steady_ns = 5;
  held.apply(o);
  CHECK(mind.on_news(held, false, timestamp{1h}).empty());
}

TEST_CASE_FIXTURE(keeper, "B10 a clock that is set back puts off no stop: its pause goes on by the new time") {
  position(2);
  stop(1, side::sell, 2, "19990");
  wish(1, "20001");
  REQUIRE(sent().size() == 1);
  answer(request_outcome::refused);
  now -= 1h;
  news();
  CHECK(sent().empty()); // still its pause
  now += 3s;
  news();
  CHECK(sent().size() == 1);
}

TEST_SUITE_END();
