// Every rule, with and without its bands: one is asked about everything that happens, its twin only as the account asks.
#include "tests/rules/views.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <random>
#include <utility>

using namespace rm;
using namespace rm::test;

namespace rm {
inline std::ostream& operator<<(std::ostream& out, const std::vector<order_id>& ids) {
  for (auto id : ids)
    out << id << ' ';
  return out;
}
} // namespace rm

TEST_SUITE_BEGIN("rules");

namespace {

struct market {
  contract_facts facts;
  int64_t mark_ticks = 0;
};

/// An account whose positions, orders, prices and time move at random, but always fit together.
struct world {
  std::mt19937_64& random;
  account_view view = calm_view();
  std::vector<market> markets;
  money realized;
  int64_t last_order = 0;
  bool position_next = false; // a fill is told as a trade, then as a position

  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); }

  explicit world(std::mt19937_64& r) : random{r} {
    const std::tuple<const char*, int64_t, int64_t> all[] = {{"CON.F.US.MNQ.Z25", 250'000'000, 500'000}, {"CON.F.US.EP.Z25", 250'000'000, 12'500'000}, {"CON.F.US.CLE.F26", 10'000'000, 10'000'000}};
    for (auto& [id, tick, value] : all)
      markets.push_back({{id, symbol_of(contract_id{id}), price::from_units(tick), money::from_units(value), {}}, pick(5000, 30000)});
    settle();
  }
  price at(const market& m) const { return price::from_units(m.facts.tick_size.units() * m.mark_ticks); }
  void settle() {
    view.unrealized = {};
    view.contracts.clear();
    for (auto& m : markets) {
      m.facts.mark = at(m);
      bool needed = false;
      for (auto& p : view.positions)
        if (p.contract == m.facts.contract) {
          needed = true;
          p.mark = at(m);
          p.unrealized = value_of_move(p.average_price, *p.mark, p.size, m.facts.tick_size, m.facts.tick_value);
          view.unrealized += *p.unrealized;
        }
      for (auto& o : view.orders)
        needed |= o.contract == m.facts.contract;
      if (needed)
        view.contracts.push_back(m.facts);
    }
    view.realized_day = view.realized_week = realized;
    view.peak_day = std::max(view.peak_day, view.day_pnl());
  }
  void prices() {
    for (auto& m : markets)
      if (pick(0, 1))
        m.mark_ticks = std::max<int64_t>(1000, m.mark_ticks + (pick(0, 9) == 0 ? pick(-400, 400) : pick(-12, 12)));
    view.cause = wake::mark;
  }
  void position() {
    auto& m = markets[static_cast<std::size_t>(pick(0, 2))];
    std::erase_if(view.positions, [&](auto& p) { return p.contract == m.facts.contract; });
    if (const int64_t size = pick(-4, 4); size != 0) {
      valued_position p = held(m.facts.contract.str().c_str(), size);
      p.average_price = price::from_units(at(m).units() + pick(-40, 40) * 100'000'003); // off the grid
      view.positions.push_back(p);
    }
    realized += money::from_units(pick(-60'000'000, 60'000'000));
    if (pick(0, 3) == 0)
      view.round_trips.push_back({m.facts.contract, view.now - 60s, view.now, money::from_units(pick(-400'000'000, 100'000'000))});
    if (pick(0, 2) == 0) {
      view.trades_today.push_back(view.now);
      view.recent_trades.push_back(view.now);
      view.last_trade = view.now;
    }
    view.cause = wake::fill;
    position_next = true;
  }
  void order() {
    if (!view.orders.empty() && pick(0, 1)) {
      view.orders.erase(view.orders.begin() + pick(0, static_cast<int64_t>(view.orders.size()) - 1));
    } else {
      auto& m = markets[static_cast<std::size_t>(pick(0, 2))];
      auto o = working(++last_order, m.facts.contract.str().c_str(), pick(0, 1) ? side::buy : side::sell, pick(1, 3), pick(0, 1) != 0);
      o.type = pick(0, 1) ? order_type::stop : order_type::limit;
      (o.type == order_type::stop ? o.stop_price : o.limit_price) = price::from_units(m.facts.tick_size.units() * (m.mark_ticks + pick(-50, 50)));
      view.orders.push_back(o);
    }
    view.cause = wake::order;
  }
  void time() {
    view.now += pick(0, 9) == 0 ? std::chrono::minutes{pick(1, 400)} : std::chrono::milliseconds{pick(1, 90'000)};
    view.cause = wake::clock;
  }
  void day() {
    view.day_started = view.now;
    view.trades_today.clear();
    realized = view.peak_day = {};
    view.cause = wake::reset;
  }
  void step() {
    ++view.sequence;
    if (std::exchange(position_next, false)) {
      view.cause = wake::position;
      return;
    }
    const auto what = pick(0, 19);
    what < 13 ? prices() : what < 15 ? position() : what < 17 ? order() : what < 19 ? time() : pick(0, 5) == 0 ? day() : prices();
    settle();
  }
};

parameter random_block(const std::string& rule, world& w) {
  const auto number = [&](int64_t low, int64_t high) { return text(std::to_string(w.pick(low, high))); };
  if (rule == "max_exposure")
    return map({{"limit", number(50'000, 3'000'000)}});
  if (rule == "max_contracts" || rule == "max_trades_per_day")
    return map({{"limit", number(1, 8)}});
  if (rule == "max_contracts_per_instrument")
    return map({{"default_limit", number(1, 4)}, {"limits", map({{"es", number(0, 3)}})}});
  if (rule == "trailing_stop")
    return w.pick(0, 1) ? map({{"activate_at", number(20, 400)}, {"trail", number(10, 300)}}) : map({{"activate_at", number(20, 400)}, {"trail_percent", number(1, 90)}});
  if (rule == "trade_management")
    return map({{"place_missing", text(w.pick(0, 1) ? "true" : "false")},
                {"break_even", map({{"at_ticks", number(4, 20)}, {"offset_ticks", number(-2, 3)}})},
                {"trail", map({{"activate_ticks", number(1, 30)}, {"ticks", number(1, 20)}})}});
  if (rule == "trade_frequency")
    return map({{"min_interval", text("2m")}, {"per_minute", map({{"limit", text("2")}})}, {"per_hour", map({{"limit", text("6")}})}});
  if (rule == "trading_hours" || rule == "session_block" || rule == "symbol_block" || rule == "require_stop_loss" || rule == "auth_guard")
    return sample_block(rule);
  return sample_block(rule, std::to_string(w.pick(20, 800)));
}

/// As the account decides it: guard::rests.
bool rests(const verdict& last, const account_view& view, const rule_entry& entry) {
  if ((view.evaluable && view.priced) != (last.level != level::not_evaluable))
    return false;
  const bool wakes = view.cause == wake::clock || view.cause == wake::reset || std::find(entry.wakes.begin(), entry.wakes.end(), view.cause) != entry.wakes.end();
  if (!wakes)
    return true;
  if ((view.cause != wake::mark && view.cause != wake::clock) || !last.has_band)
    return false;
  for (std::size_t i = 0; i < last.band.marks.size(); ++i) {
    const auto* facts = view.facts_of(last.band.marks[i].contract);
    if (!facts || *facts->mark <= last.band.marks[i].low || *facts->mark >= last.band.marks[i].high)
      return false;
  }
  return view.day_pnl() > last.band.low && view.day_pnl() < last.band.high && view.now < last.band.until;
}

} // namespace

TEST_CASE("results are the same with and without the bands, for every rule") {
  const uint64_t seed = seed_of_this_run();
  int64_t asked = 0, all = 0;
  for (const auto& entry : rule_catalogue()) {
    for (int round = 0; round < 150; ++round) {
      std::mt19937_64 random{seed + static_cast<uint64_t>(round)};
      world w{random};
      const auto block = random_block(entry.name, w);
      const auto eager = made(entry.name.c_str(), block), lazy = made(entry.name.c_str(), block);
      verdict told;
      rule_memory kept_eager, kept_lazy;
      for (int step = 0; step < 120; ++step) {
        w.step();
        const verdict truth = eager->evaluate(w.view);
        if (truth.memory)
          kept_eager = *truth.memory;
        ++all;
        if (step == 0 || !rests(told, w.view, entry)) {
          ++asked;
          told = lazy->evaluate(w.view);
          if (told.memory)
            kept_lazy = *told.memory;
        }
        INFO("RM_SEED=" << seed << " round " << round << " step " << step << " " << entry.name << ": " << truth.reason << " / " << told.reason);
        REQUIRE(told.level == truth.level);
        REQUIRE(told.rung == truth.rung);
        REQUIRE(told.action == truth.action);
        REQUIRE(told.lock.mode == truth.lock.mode);
        REQUIRE(told.lock.until == truth.lock.until);
        REQUIRE(told.cancel == truth.cancel);
        REQUIRE(told.stops == truth.stops);
        REQUIRE(told.targets.size() == truth.targets.size());
        for (std::size_t i = 0; i < truth.targets.size(); ++i) {
          REQUIRE(told.targets[i].contract == truth.targets[i].contract);
          REQUIRE(told.targets[i].keep == truth.targets[i].keep);
        }
        REQUIRE(kept_lazy == kept_eager);
      }
    }
  }
  CHECK(asked < all / 2); // the bands are worth something
}

TEST_CASE("I6: a rule that is started again with what it had kept goes on as if it had never stopped") {
  const uint64_t seed = seed_of_this_run();
  for (const auto& entry : rule_catalogue()) {
    for (int round = 0; round < 100; ++round) {
      std::mt19937_64 random{seed + static_cast<uint64_t>(round)};
      world w{random};
      auto block = random_block(entry.name, w);
      if (block.type == parameter::kind::map)
        block.entries.emplace_back("warn_at", list({})); // rungs have their hysteresis, which a restart may forget: the account knows what it warned of
      const auto steady = made(entry.name.c_str(), block);
      auto restarted = made(entry.name.c_str(), block);
      rule_memory kept;
      for (int step = 0; step < 60; ++step) {
        w.step();
        const verdict truth = steady->evaluate(w.view);
        if (w.pick(0, 4) == 0) {
          restarted = made(entry.name.c_str(), block);
          restarted->recall(kept);
        }
        const verdict told = restarted->evaluate(w.view);
        if (told.memory)
          kept = *told.memory;
        INFO("RM_SEED=" << seed << " round " << round << " step " << step << " " << entry.name << ": " << truth.reason << " / " << told.reason);
        REQUIRE(told.level == truth.level);
        REQUIRE(told.stops == truth.stops);
        REQUIRE(told.cancel.size() == truth.cancel.size());
        REQUIRE(told.targets.size() == truth.targets.size());
      }
    }
  }
}

TEST_SUITE_END();
