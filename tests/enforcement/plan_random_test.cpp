// Random venues. Every case says its seed; a failing one can be run alone with RM_SEED=… in the environment.
#include "tests/enforcement/mini_venue.hpp"

#include <cstdlib>
#include <random>

using namespace rm;
using namespace rm::test;

namespace {

struct dice {
  std::mt19937_64 bits;
  explicit dice(uint64_t seed) : bits{seed} {}
  int64_t from_to(int64_t a, int64_t b) { return a + static_cast<int64_t>(bits() % static_cast<uint64_t>(b - a + 1)); }
  bool one_in(int64_t n) { return from_to(1, n) == 1; }
  duration ms(int64_t a, int64_t b) { return milliseconds{from_to(a, b)}; }
};

void give_character(mini_venue& v, dice& d) {
  v.request_takes = d.ms(1, 80);
  v.answer_takes = d.ms(1, 300);
  v.lost_after = d.one_in(2) ? duration{seconds{15}} : d.ms(100, 2000);
  v.read_takes = d.ms(2, 400);
  v.fill_takes = d.ms(1, 300);
  v.order_news = d.ms(1, 150);
  v.position_news = d.one_in(4) ? d.ms(500, 3000) : d.ms(1, 150);
  v.trade_news = d.ms(1, 150);
  v.position_list_lag = d.one_in(3) ? d.ms(100, 2500) : duration{};
  v.piece = d.from_to(1, 4);
  v.children_outlive_parents = d.one_in(2);
  // Streams that are lost altogether: then the lists are all there is, and must not lag.
  v.tells_orders = !d.one_in(8);
  v.tells_positions = !d.one_in(8);
  v.tells_trades = !d.one_in(4);
  if (!v.tells_orders)
    v.position_list_lag = {};
}

/// Positions and orders in up to two contracts.
void let_trade(mini_venue& v, dice& d) {
  for (auto& contract : {mnq, mes}) {
    const int64_t held = d.from_to(-6, 6);
    if (held != 0) {
      v.hold(contract, held);
      const auto exit = held > 0 ? side::sell : side::buy;
      if (d.one_in(2))
        v.place(contract, exit, order_type::stop, std::abs(held));
      if (d.one_in(2))
        v.place(contract, exit, order_type::limit, std::abs(held));
    }
    if (d.one_in(2)) {
      const auto parent = v.place(contract, d.one_in(2) ? side::buy : side::sell, order_type::limit, d.from_to(1, 3));
      if (d.one_in(2))
        v.place(contract, opposite(v.orders.at(parent).side), order_type::stop, v.orders.at(parent).size, parent);
    }
  }
}

/// Up to `well`, requests and readings fail in all ways, some of them executed all the same.
void let_fail(mini_venue& v, dice& d, timestamp well) {
  v.rule = [&v, &d, well](const venue_request&) -> ruling {
    if (v.now >= well || d.one_in(2))
      return {};
    switch (d.from_to(0, 8)) {
      case 0: return {fate::idle};
      case 1: return {fate::done_lost};
      case 2: return {fate::lost};
      case 3: return {fate::not_sent};
      case 4: return {fate::refused, refusal::pending};
      case 5: return {fate::refused, refusal::outside_hours};
      case 6: return {fate::refused, refusal::rejected};
      case 7: return {fate::refused, refusal::not_found};
      default: return {fate::refused, refusal::unknown};
    }
  };
  v.read_works = [&v, &d, well] { return v.now >= well || !d.one_in(3); };
}

std::vector<uint64_t> seeds(uint64_t count) {
  if (const char* one = std::getenv("RM_SEED"))
    return {std::strtoull(one, nullptr, 10)};
  std::vector<uint64_t> out;
  for (uint64_t i = 1; i <= count; ++i)
    out.push_back(i);
  return out;
}

/// For one seed: what was done, when.
void tell_story(const mini_venue& v) {
  if (!std::getenv("RM_SEED"))
    return;
  for (auto& entry : v.journal)
    MESSAGE(format_time(entry.at), " ", entry.kind, " ", entry.text);
  MESSAGE(v.mind.state_in_words());
}

/// A venue with a character and a past, which fails until a time that is given back.
timestamp begin_day(mini_venue& v, dice& d, int64_t fails_for_ms) {
  give_character(v, d);
  let_trade(v, d);
  v.run(seconds{5});
  v.connect();
  const auto well = v.now + d.ms(0, fails_for_ms);
  let_fail(v, d, well);
  return well;
}

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE("I1, I4: whatever the venue does, the case ends flat, nothing is closed twice, turned or increased, and requests stay few") {
  for (auto seed : seeds(2000)) {
    CAPTURE(seed);
    dice d{seed};
    mini_venue v;
    const auto well = begin_day(v, d, 40'000);
    v.flatten();
    const bool ended = v.run_to_end(seconds{150});
    CHECK(ended);
    CHECK(v.flat());
    CHECK(v.confirmed());
    CHECK(v.now - well < seconds{60});
    CHECK(v.requests.size() < 150);
    CHECK(v.reads < 120);
    CHECK_NO_FAULT(v);
    tell_story(v);
  }
}

TEST_CASE("I2: with a trader who keeps trading and orders that fill by themselves, the case still ends flat") {
  for (auto seed : seeds(2000)) {
    CAPTURE(seed);
    dice d{seed};
    mini_venue v;
    begin_day(v, d, 20'000);
    v.at_goal = [] { return true; }; // he may trade between the reading and its arrival
    v.flatten();
    for (int i = 0; i < 20; ++i)
      v.after(d.ms(1, 20'000), [&v, &d] {
        if (d.one_in(2) && !v.orders.empty()) {
          auto i = v.orders.begin();
          std::advance(i, d.from_to(0, static_cast<int64_t>(v.orders.size()) - 1));
          if (i->second.type != order_type::market && i->second.status != order_status::suspended)
            v.fill(i->first, d.from_to(1, 3));
          return;
        }
        const auto contract = d.one_in(2) ? mnq : mes;
        v.place(contract, d.one_in(2) ? side::buy : side::sell, d.one_in(2) ? order_type::market : order_type::limit, d.from_to(1, 3));
      });
    v.run(seconds{21});
    // What the account would do: open a case again while something stands.
    for (int i = 0; i < 5 && !v.flat(); ++i) {
      v.flatten();
      v.run_to_end(seconds{120});
    }
    CHECK(v.flat());
    CHECK(v.requests.size() < 300);
    tell_story(v);
  }
}

TEST_CASE("a reduction never goes below its target, whatever the venue does") {
  for (auto seed : seeds(2000)) {
    CAPTURE(seed);
    dice d{seed};
    mini_venue v;
    give_character(v, d);
    const int64_t held = d.from_to(3, 9), keep = d.from_to(1, held - 1);
    v.hold(mnq, d.one_in(2) ? held : -held);
    v.place(mnq, v.size(mnq) > 0 ? side::sell : side::buy, order_type::stop, held);
    v.run(seconds{5});
    v.connect();
    const auto well = v.now + d.ms(0, 30'000);
    let_fail(v, d, well);
    enforcement_goal goal;
    goal.targets.push_back({mnq, keep});
    v.at_goal = [&] { return std::abs(v.size(mnq)) <= keep; };
    v.begin(goal, "max_contracts", action::reduce_to_limit);
    const bool ended = v.run_to_end(seconds{150});
    CHECK(ended);
    CHECK(std::abs(v.size(mnq)) == keep);
    for (auto& [id, o] : v.orders)
      CHECK(o.remaining() <= keep);
    CHECK_NO_FAULT(v);
    tell_story(v);
  }
}

} // TEST_SUITE
