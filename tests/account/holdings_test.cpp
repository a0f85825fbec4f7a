#include "actors/account/holdings.hpp"

#include "desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {

struct book {
  holdings held;
  int64_t steady = 1000;

  order_update order(int64_t id, order_type type, side s, int64_t size, order_status status = order_status::open, int64_t filled = 0) {
    order_update o;
    o.account = our_account;
    o.id = order_id{id};
    o.contract = mnq;
    o.type = type;
    o.side = s;
    o.size = size;
    o.filled = filled;
    o.status = status;
    o.updated = noon + std::chrono::milliseconds{steady};
    o.seen.steady_ns = ++steady;
    return o;
  }
  position_update position(int64_t size, const char* average = "20000") {
    return {our_account, mnq, size, points(average), noon, {noon, ++steady}};
  }
  venue_snapshot list(std::vector<position_update> positions, std::vector<order_update> orders = {}, uint64_t generation = 1) {
    venue_snapshot s;
    s.account = our_account;
    s.generation = generation;
    s.sent_steady_ns = ++steady;
    s.has_positions = s.has_orders = true;
    s.positions = std::move(positions);
    s.orders = std::move(orders);
    return s;
  }
  std::vector<int64_t> increasing() {
    std::vector<int64_t> out;
    for (auto id : held.increasing_orders())
      out.push_back(id.value);
    return out;
  }
};
using ids = std::vector<int64_t>;
constexpr auto buy = side::buy, sell = side::sell;

} // namespace

TEST_SUITE_BEGIN("account");

// -- events ---------------------------------------------------------------------------

TEST_CASE_FIXTURE(book, "a duplicate, an older state and a state after the last one say nothing new") {
  const auto open = order(1, order_type::limit, buy, 2);
  auto partly = order(1, order_type::limit, buy, 2, order_status::open, 1);
  const auto late = open;
  CHECK(held.apply(open));
  CHECK_FALSE(held.apply(open));
  CHECK(held.apply(partly));
  CHECK_FALSE(held.apply(late));
  CHECK(held.orders().at(order_id{1}).filled == 1);
  auto undated = partly;
  undated.updated = {}; // the venue leaves it out now and then
  undated.limit_price = points("19990");
  CHECK(held.apply(undated));
  CHECK(held.apply(order(1, order_type::limit, buy, 2, order_status::cancelled, 1)));
  CHECK_FALSE(held.apply(order(1, order_type::limit, buy, 2, order_status::open, 1)));
  CHECK(held.orders().empty());
  CHECK(held.has_ended(order_id{1}));
}

TEST_CASE_FIXTURE(book, "F2 a list that lacks suspended orders does not end them, only the others that it does not show") {
  auto child = order(2, order_type::stop, sell, 1, order_status::suspended);
  child.parent = order_id{1};
  held.apply(order(1, order_type::limit, buy, 1));
  held.apply(child);
  for (int i = 0; i < 3; ++i) {
    auto shorter = list({}, {order(1, order_type::limit, buy, 1)});
    shorter.lacks_suspended = true;
    CHECK_FALSE(held.apply(shorter).read_again);
  }
  CHECK(held.orders().size() == 2);
  for (int i = 0; i < 2; ++i) {
    auto shorter = list({});
    shorter.lacks_suspended = true;
    held.apply(shorter);
  }
  CHECK(held.orders().size() == 1);
  CHECK(held.orders().contains(order_id{2}));
  auto next = list({}, {}, 2); // another connection
  next.lacks_suspended = true;
  held.apply(next);
  CHECK(held.orders().contains(order_id{2}));
  held.apply(list({}, {}, 2));
  held.apply(list({}, {}, 2));
  CHECK(held.orders().empty());
}

TEST_CASE_FIXTURE(book, "N13 two equal positions with something between them are both taken") {
  CHECK(held.apply(position(2)));
  CHECK_FALSE(held.apply(position(2)));
  CHECK(held.apply(position(0)));
  CHECK(held.apply(position(2)));
  CHECK(held.size_of(mnq) == 2);
}

TEST_CASE_FIXTURE(book, "a trade leaves less of its order, told once, and the order's own word later changes nothing") {
  held.apply(position(2));
  held.apply(order(1, order_type::stop, sell, 2));
  trade_update t;
  t.id = trade_id{1};
  t.order = order_id{1};
  t.contract = mnq;
  t.side = sell;
  t.size = 1;
  t.seen.steady_ns = ++steady;
  held.apply(t);
  held.apply(t);
  CHECK(held.orders().at(order_id{1}).remaining() == 1);
  CHECK(held.apply(order(1, order_type::stop, sell, 2, order_status::open, 1)));
  CHECK(held.orders().at(order_id{1}).remaining() == 1);
  t.id = trade_id{2};
  held.apply(t);
  CHECK(held.orders().at(order_id{1}).remaining() == 0);
  CHECK(increasing().empty());
  auto behind = order(1, order_type::stop, sell, 2, order_status::open, 1);
  behind.stop_price = points("19900");
  CHECK(held.apply(behind)); // news of its price, behind on its fills
  CHECK(held.orders().at(order_id{1}).remaining() == 0);
  CHECK(held.last_fill_ns(mnq) > 0);
}

TEST_CASE_FIXTURE(book, "an order that is told after its trades has that much less left") {
  trade_update t;
  t.id = trade_id{1};
  t.order = order_id{1};
  t.contract = mnq;
  t.side = sell;
  t.size = 2;
  held.apply(t);
  held.apply(order(1, order_type::market, sell, 3, order_status::pending));
  CHECK(held.orders().at(order_id{1}).remaining() == 1);
  for (int i = 0; i < 1000; ++i) { // what never comes is forgotten
    t.order = order_id{100 + i};
    held.apply(t);
  }
  held.apply(order(100, order_type::market, sell, 3));
  CHECK(held.orders().at(order_id{100}).remaining() == 3);
}

TEST_CASE_FIXTURE(book, "an older state does not bring back old terms, though it tells as many fills") {
  auto first = order(1, order_type::limit, buy, 2);
  auto changed = order(1, order_type::limit, buy, 1);
  held.apply(changed);
  first.seen.steady_ns = ++steady; // it comes late
  CHECK_FALSE(held.apply(first));
  CHECK(held.orders().at(order_id{1}).size == 1);
}

TEST_CASE_FIXTURE(book, "a voided trade gives its order back what it had taken, and the order's own word counts where it says more") {
  held.apply(order(1, order_type::limit, buy, 5, order_status::open, 2));
  trade_update t;
  t.id = trade_id{1};
  t.order = order_id{1};
  t.contract = mnq;
  t.side = buy;
  t.size = 1;
  held.apply(t);
  CHECK(held.orders().at(order_id{1}).remaining() == 3); // one of the two that the order has told
  t.id = trade_id{2};
  t.size = 3;
  held.apply(t);
  CHECK(held.orders().at(order_id{1}).remaining() == 1);
  t.voided = true;
  held.apply(t);
  CHECK(held.orders().at(order_id{1}).remaining() == 3);
}

TEST_CASE_FIXTURE(book, "what an event says of an order that a list lacked is for good") {
  held.apply(order(1, order_type::limit, buy, 1));
  held.apply(list({}));
  REQUIRE(held.has_ended(order_id{1}));
  CHECK_FALSE(held.was_told_ended(order_id{1}));
  held.apply(order(1, order_type::limit, buy, 1, order_status::cancelled));
  CHECK(held.was_told_ended(order_id{1}));
  CHECK_FALSE(held.apply(order(1, order_type::limit, buy, 1))); // and nothing revives it
}

TEST_CASE_FIXTURE(book, "what was read over a connection that is gone changes nothing") {
  held.apply(list({position(2)}, {}, 2));
  CHECK_FALSE(held.apply(list({}, {order(1, order_type::limit, buy, 1)}, 1)).changed);
  CHECK(held.size_of(mnq) == 2);
  CHECK(held.orders().empty());
}

TEST_CASE_FIXTURE(book, "orders that are over are remembered, but not for ever") {
  for (int i = 1; i <= 20'000; ++i)
    held.apply(order(i, order_type::limit, buy, 1, order_status::cancelled));
  CHECK(held.has_ended(order_id{20'000}));
  CHECK_FALSE(held.has_ended(order_id{1}));
}

// -- lists against events -------------------------------------------------------------

TEST_CASE_FIXTURE(book, "a list never overrides an event that came after it was sent") {
  held.apply(list({}));
  auto old = list({}, {});
  held.apply(position(2));
  held.apply(order(1, order_type::limit, buy, 1));
  auto merged = held.apply(old);
  CHECK(merged.read_again);
  CHECK_FALSE(merged.changed);
  CHECK(held.size_of(mnq) == 2);
  CHECK(held.orders().size() == 1);
}

TEST_CASE_FIXTURE(book, "a list that disagrees with older events is believed when it says so twice") {
  held.apply(list({}));
  held.apply(position(2));
  held.apply(order(1, order_type::limit, buy, 1));
  auto merged = held.apply(list({}));
  CHECK(merged.read_again);
  CHECK(held.size_of(mnq) == 2);
  SUBCASE("twice the same") {
    merged = held.apply(list({}));
    CHECK(merged.changed);
    CHECK(merged.differences.size() == 2);
    CHECK(held.flat());
    CHECK(held.orders().empty());
  }
  SUBCASE("the same list again is no second reading") {
    auto again = list({});
    again.sent_steady_ns -= 1;
    held.apply(again);
    CHECK(held.size_of(mnq) == 2);
  }
  SUBCASE("twice, but differently") {
    CHECK(held.apply(list({position(1)})).read_again);
    CHECK(held.size_of(mnq) == 2);
  }
  SUBCASE("an event between them begins anew") {
    held.apply(position(3));
    CHECK(held.apply(list({})).read_again);
    CHECK(held.size_of(mnq) == 3);
  }
  SUBCASE("the second agrees with the events") {
    held.apply(list({position(2)}, {order(1, order_type::limit, buy, 1)}));
    CHECK(held.apply(list({})).read_again);
    CHECK(held.size_of(mnq) == 2);
  }
}

TEST_CASE_FIXTURE(book, "N16 what no event ever spoke of is taken from the first list that has it") {
  held.apply(list({}));
  auto merged = held.apply(list({position(-3)}, {order(9, order_type::limit, sell, 1)}));
  CHECK(merged.changed);
  CHECK(held.size_of(mnq) == -3);
  CHECK(held.orders().contains(order_id{9}));
}

TEST_CASE_FIXTURE(book, "the first list of a connection is taken as it is, and events from before it are over") {
  held.apply(position(2));
  held.apply(order(1, order_type::limit, buy, 1));
  const auto late_order = order(3, order_type::limit, buy, 1);
  const auto late_position = position(7);
  auto merged = held.apply(list({position(1)}, {order(2, order_type::stop, sell, 1)}, 5));
  CHECK(held.size_of(mnq) == 1);
  CHECK(held.orders().size() == 1);
  CHECK(held.generation() == 5);
  CHECK_FALSE(held.apply(late_order)); // L8
  CHECK_FALSE(held.apply(late_position));
  CHECK_FALSE(held.apply(list({}, {}, 4)).changed); // read over a connection that is gone
  CHECK(held.size_of(mnq) == 1);
  held.forget_generation(); // a new broker counts from one
  held.apply(list({}, {}, 1));
  CHECK(held.flat());
}

TEST_CASE_FIXTURE(book, "F2 an order that a list lacked and an event revives is live again") {
  held.apply(order(1, order_type::stop, sell, 1, order_status::suspended));
  held.apply(list({}, {}, 1));
  CHECK(held.orders().empty());
  CHECK(held.has_ended(order_id{1}));
  CHECK(held.apply(order(1, order_type::stop, sell, 1, order_status::open)));
  CHECK(held.orders().size() == 1);
  held.apply(order(1, order_type::stop, sell, 1, order_status::filled, 1));
  CHECK_FALSE(held.apply(order(1, order_type::stop, sell, 1, order_status::open)));
}

TEST_CASE_FIXTURE(book, "an order that an event ended and two lists show is live again") {
  held.apply(list({}));
  held.apply(order(1, order_type::limit, buy, 1));
  held.apply(order(1, order_type::limit, buy, 1, order_status::cancelled));
  CHECK(held.apply(list({}, {order(1, order_type::limit, buy, 1)})).read_again);
  CHECK(held.orders().empty());
  held.apply(list({}, {order(1, order_type::limit, buy, 1)}));
  CHECK(held.orders().size() == 1);
}

TEST_CASE_FIXTURE(book, "F11 a list that lags behind a fill does not take it back") {
  held.apply(list({}));
  held.apply(order(1, order_type::limit, buy, 3, order_status::open, 2));
  held.apply(list({}, {order(1, order_type::limit, buy, 3, order_status::open, 0)}));
  CHECK(held.orders().at(order_id{1}).remaining() == 1);
}

TEST_CASE_FIXTURE(book, "half a reading tells nothing of the other half") {
  held.apply(list({}));
  held.apply(position(2));
  auto half = list({}, {});
  half.has_positions = false;
  held.apply(half);
  held.apply(half);
  CHECK(held.size_of(mnq) == 2);
}

// -- judgements -------------------------------------------------------------------------

TEST_CASE("which working orders increase exposure") {
  struct one { order_type type; side s; int64_t size; order_status status = order_status::open; int64_t parent = 0; };
  struct row { const char* what; int64_t position; std::vector<one> orders; ids increasing; };
  using t = order_type;
  for (auto& r : std::vector<row>{
         {"any order while flat", 0, {{t::limit, buy, 1}, {t::stop, sell, 1}}, {1, 2}},
         {"adding to a long", 2, {{t::limit, buy, 1}}, {1}},
         {"adding to a short", -2, {{t::market, sell, 1}}, {1}},
         {"a stop and a target for the same contracts", 2, {{t::stop, sell, 2}, {t::limit, sell, 2}}, {}},
         {"the same for a short", -2, {{t::stop, buy, 2}, {t::limit, buy, 2}}, {}},
         {"two targets of the whole size", 2, {{t::limit, sell, 2}, {t::limit, sell, 2}}, {2}},
         {"two targets of half the size, and a third", 2, {{t::limit, sell, 1}, {t::limit, sell, 1}, {t::limit, sell, 1}}, {3}},
         {"a joined bid is a target, too", -2, {{t::limit, buy, 2}, {t::join_bid, buy, 1}}, {2}},
         {"a stop larger than the position", 2, {{t::stop, sell, 3}}, {1}},
         {"a trailing stop beside a stop", 2, {{t::stop, sell, 1}, {t::trailing_stop, sell, 2}}, {2}},
         {"a stop limit beside a stop, in sum the position", 2, {{t::stop, sell, 1}, {t::stop_limit, sell, 1}}, {}},
         {"an exit at the market", 2, {{t::market, sell, 2}}, {}},
         {"a flip at the market", 2, {{t::market, sell, 3}}, {1}},
         {"two exits at the market are one too many", 2, {{t::market, sell, 2}, {t::market, sell, 2}}, {2}},
         {"an exit at the market beside its stop", 2, {{t::market, sell, 2}, {t::stop, sell, 2}}, {}},
         {"an unknown type on the other side", 1, {{t::unknown, sell, 1}, {t::unknown, sell, 1}}, {2}},
         {"an unknown state counts", 0, {{t::limit, buy, 1, order_status::unknown}}, {1}},
         {"suspended children of a live entry are part of it", 0, {{t::limit, buy, 1}, {t::stop, sell, 1, order_status::suspended, 1}, {t::limit, sell, 1, order_status::suspended, 1}}, {1}},
         {"suspended children whose entry is gone are orders like others", 0, {{t::stop, sell, 1, order_status::suspended, 99}}, {1}},
         {"and protect what they can", 1, {{t::stop, sell, 1, order_status::suspended, 99}}, {}},
       }) {
    CAPTURE(r.what);
    book b;
    if (r.position != 0)
      b.held.apply(b.position(r.position));
    int64_t id = 0;
    for (auto& o : r.orders) {
      auto update = b.order(++id, o.type, o.s, o.size, o.status);
      update.parent = order_id{o.parent};
      b.held.apply(update);
    }
    CHECK(b.increasing() == r.increasing);
  }
}

TEST_CASE_FIXTURE(book, "orders of another contract protect nothing") {
  held.apply(position(2));
  auto o = order(1, order_type::stop, sell, 2);
  o.contract = es;
  held.apply(o);
  CHECK(increasing() == ids{1});
  CHECK_FALSE(held.is_protective(o));
}

TEST_CASE_FIXTURE(book, "protective are stops and targets on the other side") {
  held.apply(position(-2));
  CHECK(held.is_protective(order(1, order_type::stop, buy, 2)));
  CHECK(held.is_protective(order(1, order_type::limit, buy, 2)));
  CHECK_FALSE(held.is_protective(order(1, order_type::stop, sell, 2)));
  CHECK_FALSE(held.is_protective(order(1, order_type::market, buy, 2)));
  auto child = order(2, order_type::stop, buy, 2, order_status::suspended);
  child.parent = order_id{3};
  CHECK(held.is_protective(child));
  held.apply(order(3, order_type::limit, sell, 2));
  CHECK_FALSE(held.is_protective(child));
  held.apply(position(0));
  CHECK_FALSE(held.is_protective(order(1, order_type::stop, buy, 2)));
}

TEST_CASE_FIXTURE(book, "a close under way is what market orders on the other side have left") {
  held.apply(position(5));
  CHECK(held.closing_under_way(mnq) == 0);
  held.apply(order(1, order_type::market, sell, 2));
  held.apply(order(2, order_type::market, sell, 3, order_status::pending, 1));
  held.apply(order(3, order_type::market, buy, 4));
  held.apply(order(4, order_type::stop, sell, 5));
  CHECK(held.closing_under_way(mnq) == 4);
  CHECK(held.closing_under_way(es) == 0);
}

TEST_SUITE_END();
