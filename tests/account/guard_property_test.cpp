// Random days against a trivial venue, with news told twice and out of order: what must hold after every single one of them.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace rm;
using namespace rm::test;

namespace {

/// A venue that fills what it is asked to, and tells each fill as order, trade and position.
struct venue {
  desk& d;
  std::mt19937& dice;
  std::map<contract_id, int64_t> positions;
  std::map<int64_t, order_update> live;
  std::map<int64_t, trade_update> trades;
  std::set<int64_t> entries; // orders that opened, added or turned
  std::vector<venue_event> waiting;
  std::vector<venue_event> told;
  int64_t last_order = 0;

  int64_t roll(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); }

  void fill(order_update& o, int64_t size) {
    const int64_t by = sign_of(o.side) * size, before = positions[o.contract], after = before + by;
    const bool closes = before != 0 && (before > 0) != (by > 0);
    const bool opens = !closes || (after != 0 && (after > 0) != (before > 0));
    positions[o.contract] = after;
    o.filled += size;
    o.status = o.filled == o.size ? order_status::filled : order_status::open;
    auto t = d.trade(o.id.value, o.side, size, "20000", closes ? (roll(0, 1) ? "-25" : "25") : nullptr, o.contract);
    trades[t.id.value] = t;
    if (opens)
      entries.insert(o.id.value);
    tell_order(o);
    waiting.push_back({t});
    waiting.push_back({d.position(after, "20000", o.contract)});
    if (!is_live(o.status))
      live.erase(o.id.value);
  }
  void tell_order(order_update& o) {
    o.updated = d.now;
    o.seen = d.seen();
    waiting.push_back({o});
  }
  void place() {
    const auto type = roll(0, 2) ? order_type::market : roll(0, 1) ? order_type::limit : order_type::stop;
    auto o = d.order(++last_order, order_status::pending, roll(0, 1) ? side::buy : side::sell, roll(1, 4), type, 0, roll(0, 3) ? mnq : es);
    tell_order(o);
    live[o.id.value] = o;
    if (type == order_type::market)
      while (live.contains(o.id.value)) {
        auto now = live[o.id.value];
        auto& kept = live[o.id.value];
        fill(kept, roll(1, now.remaining()));
      }
  }
  void fill_one() {
    if (live.empty())
      return;
    auto i = std::next(live.begin(), roll(0, static_cast<int64_t>(live.size()) - 1));
    fill(i->second, roll(1, i->second.remaining()));
  }
  void cancel_one() {
    if (live.empty())
      return;
    auto i = std::next(live.begin(), roll(0, static_cast<int64_t>(live.size()) - 1));
    i->second.status = order_status::cancelled;
    tell_order(i->second);
    live.erase(i);
  }
  void void_one() {
    if (trades.empty())
      return;
    auto& t = std::next(trades.begin(), roll(0, static_cast<int64_t>(trades.size()) - 1))->second;
    t.voided = true;
    waiting.push_back({t});
  }
  /// Tells all that waits: streams of one kind and contract in their order, across them in any; some twice.
  void tell_all() {
    std::vector<std::size_t> order(waiting.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i] = i;
    const auto stream = [&](std::size_t i) { return waiting[i].what.index(); };
    for (std::size_t n = 0; n < order.size() * 3 && order.size() > 1; ++n) {
      const auto i = static_cast<std::size_t>(roll(0, static_cast<int64_t>(order.size()) - 2));
      if (stream(order[i]) != stream(order[i + 1]))
        std::swap(order[i], order[i + 1]);
    }
    for (auto i : order) {
      d.hear_event(waiting[i]);
      told.push_back(waiting[i]);
      if (roll(0, 9) == 0 && !std::holds_alternative<position_update>(waiting[i].what))
        d.hear_event(waiting[i]);
    }
    waiting.clear();
  }
  venue_snapshot list() {
    std::vector<position_update> p;
    for (auto& [contract, size] : positions)
      if (size != 0)
        p.push_back(d.position(size, "20000", contract));
    std::vector<order_update> o;
    for (auto& [id, order] : live)
      o.push_back(order);
    std::vector<trade_update> t;
    for (auto& [id, trade] : trades)
      t.push_back(trade);
    std::reverse(t.begin(), t.end());
    for (auto& x : p)
      x.seen = {};
    for (auto& x : o)
      x.seen = {};
    for (auto& x : t)
      x.seen = {};
    return d.reading(p, o, t);
  }
};

/// Checked after every call.
struct watcher {
  desk& d;
  std::vector<lock> before;
  uint64_t sequence = 0;
  std::map<contract_id, int64_t> told; // by the open case: what may stay

  explicit watcher(desk& watched) : d{watched} {
    d.watch_effects = [this](const account_effects& effects) { look(effects); };
  }
  void look(const account_effects& effects) {
    for (auto& l : d.mind.locks().all())
      for (auto& old : before)
        if (old.rule == l.rule) {
          CHECK(l.mode >= old.mode);
          CHECK(l.until >= old.until);
          CHECK(l.since == old.since);
          CHECK(l.attempts >= old.attempts);
        }
    for (auto& old : before)
      if (!d.find(old.rule.str().c_str()))
        CHECK(old.until <= d.now); // it ended with its own time
    before = d.mind.locks().all();
    bool others = false;
    for (auto& effect : effects) {
      const auto* order = std::get_if<enforce>(&effect);
      others |= order == nullptr;
      if (!order)
        continue;
      CHECK_FALSE(others); // enforcement is always first
      CHECK(order->sequence > sequence);
      sequence = order->sequence;
      // I4: never more than is held; what no position shows is closed wholly, or not at all. An open case's goal may be told again.
      for (auto& t : order->goal.targets) {
        const bool unseen = std::find(order->unseen.begin(), order->unseen.end(), t.contract) != order->unseen.end();
        const auto known = told.find(t.contract);
        CHECK(((unseen && t.keep == 0) || t.keep < std::abs(d.mind.held().size_of(t.contract)) || (known != told.end() && known->second == t.keep)));
        told[t.contract] = t.keep;
      }
    }
  }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("random days: locks never shrink, attempts never fall, every trade counts once, nothing throws, and all ends where the venue is") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  for (int day = 0; day < 400; ++day) {
    CAPTURE(day);
    desk d;
    venue v{d, dice, {}, {}, {}, {}, {}, {}, 0};
    watcher w{d};
    d.start();
    d.quote_at("20000");
    d.quote_at("20000", es);
    for (int i = 0; i < 60; ++i) {
      switch (v.roll(0, 11)) {
        case 0: case 1: case 2: v.place(); break;
        case 3: case 4: v.fill_one(); break;
        case 5: v.cancel_one(); break;
        case 6:
          if (v.roll(0, 5) == 0)
            v.void_one();
          break;
        case 7: d.tell(v.roll(0, 2) ? d.frequency_breach(std::chrono::seconds{v.roll(1, 20)}) : d.loss_breach()); break;
        case 8:
          d.pass(std::chrono::seconds{v.roll(1, 9)});
          if (!only<read_venue>(d.last).empty() && v.waiting.empty())
            d.hear(v.list());
          break;
        case 9: d.quote_at(v.roll(0, 1) ? "20005" : "19995"); break;
        case 10:
          if (d.enforced() > 0) {
            w.told.clear();
            d.done();
          }
          break;
        default: v.tell_all(); break;
      }
    }
    v.tell_all();
    for (int i = 0; i < 3; ++i) {
      d.pass(3s);
      d.hear(v.list());
    }
    money realized;
    for (auto& [id, t] : v.trades)
      if (!t.voided)
        realized = realized + t.profit_and_loss.value_or(money{}) - t.fees - *t.commissions;
    CHECK(d.mind.books().realized_day() == realized);
    for (auto& [contract, size] : v.positions)
      CHECK(d.mind.held().size_of(contract) == size);
    CHECK(d.mind.held().orders().size() == v.live.size());

    const auto realized_before = d.mind.books().realized_day();
    const auto counted = d.mind.books().counted().size();
    for (auto& old : v.told) // all of it once more
      if (std::holds_alternative<trade_update>(old.what))
        d.hear_event(old);
    CHECK(d.mind.books().realized_day() == realized_before);
    CHECK(d.mind.books().counted().size() == counted);
  }
}

TEST_CASE("random reduce_only locks: what was admitted is never reduced, what was not never stays") {
  const auto seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937 dice{seed};
  int reductions = 0;
  for (int day = 0; day < 1500; ++day) {
    CAPTURE(day);
    desk d;
    venue v{d, dice, {}, {}, {}, {}, {}, {}, 0};
    d.start();
    d.all_fine();
    for (int64_t i = v.roll(0, 3); i > 0; --i)
      v.place();
    v.tell_all();
    d.tell(d.frequency_breach(2h));
    // What may stay: what is held now, and what the orders make of it that live now.
    std::map<contract_id, int64_t> allowed = v.positions;
    std::set<int64_t> admitted;
    for (auto& [id, o] : v.live)
      admitted.insert(id);
    std::set<int64_t> followed;
    for (auto& [id, t] : v.trades)
      followed.insert(id);
    auto positions = v.positions;
    std::map<contract_id, int64_t> kept;
    d.watch_effects = [&](const account_effects& effects) {
      for (auto& e : only<enforce>(effects))
        for (auto& t : e.goal.targets)
          kept[t.contract] = t.keep;
    };
    for (int64_t i = v.roll(1, 6); i > 0; --i) {
      if (v.roll(0, 1))
        v.fill_one();
      else
        v.place();
      for (auto& [id, t] : v.trades) {
        if (!followed.insert(id).second)
          continue;
        const int64_t by = sign_of(t.side) * t.size, was = positions[t.contract], after = positions[t.contract] += by;
        const bool ok = admitted.contains(t.order.value);
        auto& may = allowed[t.contract];
        if (was == 0 || (was > 0) == (by > 0))
          may += ok ? by : 0;
        else if (after != 0 && (after > 0) != (was > 0))
          may = ok ? after : 0;
        else if (std::abs(after) < std::abs(may))
          may = after;
      }
      kept.clear();
      v.tell_all();
      d.pass(100ms);
      for (auto& [contract, size] : v.positions) {
        const int64_t may = allowed[contract];
        CAPTURE(size);
        CAPTURE(may);
        CHECK((may == 0 || (may > 0) == (size > 0)));
        if (std::abs(size) > std::abs(may)) {
          REQUIRE(kept.contains(contract));
          CHECK(kept[contract] == std::abs(may));
        }
      }
      // Enforcement does what it was asked, and goes on.
      for (auto& [contract, size] : v.positions) {
        const int64_t excess = std::abs(size) - std::abs(allowed[contract]);
        if (excess <= 0)
          continue;
        ++reductions;
        auto o = d.order(++v.last_order, order_status::pending, size > 0 ? side::sell : side::buy, excess, order_type::market, 0, contract);
        o.tagged = false;
        v.tell_order(o);
        v.live[o.id.value] = o;
        v.fill(v.live[o.id.value], excess);
        positions[contract] = size;
        followed.insert(v.trades.rbegin()->first);
      }
      const auto attempts = d.attempts("trade_frequency");
      kept.clear();
      v.tell_all();
      CHECK(d.attempts("trade_frequency") == attempts); // our own closes are none
      if (d.enforced() > 0)
        d.done();
    }
    kept.clear();
    for (int n = 0; n < 5; ++n)
      d.pass(1s);
    CHECK(kept.empty());
    for (auto& [contract, size] : allowed)
      CHECK((d.find("trade_frequency")->held.contains(contract) ? d.find("trade_frequency")->held.at(contract) : 0) == size);
  }
  CHECK(reductions > 100);
}

TEST_SUITE_END();
