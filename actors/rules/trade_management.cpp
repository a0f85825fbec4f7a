#include "actors/rules/trade_management.hpp"

#include "actors/rules/breach.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

constexpr int64_t farthest = price::one * 1'000'000'000; // no price is beyond
constexpr int64_t most_ticks = 100'000;

int64_t clamped(wide x) { return static_cast<int64_t>(std::clamp<wide>(x, -farthest, farthest)); }

/// The grid point at or above `units` (up), or at or below it.
int64_t on_grid(int64_t units, int64_t tick, bool up) {
  const int64_t rest = ((units % tick) + tick) % tick;
  return rest == 0 ? units : up ? units - rest + tick : units - rest;
}

bool is_stop(order_type type) { return type == order_type::stop || type == order_type::stop_limit || type == order_type::trailing_stop; }

} // namespace

void trade_management::recall(const rule_memory& kept) {
  best_.clear();
  for (auto& [key, best] : kept) // "long CON.F.US.MNQ.Z25", "short …"
    if (const auto space = key.find(' '); space != std::string::npos)
      best_.push_back({contract_id{std::string_view{key}.substr(space + 1)}, key.starts_with("long"), best});
}

bool trade_management::manage(const valued_position& held, const account_view& view, verdict& out) {
  const auto* facts = view.facts_of(held.contract);
  if (!facts || !facts->tick_size.is_positive() || !held.mark || !held.mark->is_positive() || !held.average_price.is_positive())
    return false;
  const int64_t tick = facts->tick_size.units(), mark = held.mark->units(), average = held.average_price.units();
  if (tick > farthest / most_ticks / 4 || mark > farthest / 4 || average > farthest / 4)
    return false; // no such price
  const int way = held.size > 0 ? 1 : -1;
  const auto ahead = [&](int64_t a, int64_t b) { return (a - b) * way; }; // how much better a is than b
  const auto known = std::find_if(best_.begin(), best_.end(), [&](auto& b) { return b.contract == held.contract && b.is_long == (way > 0); });
  const int64_t best = known == best_.end() || ahead(mark, known->best) > 0 ? mark : known->best;

  std::optional<int64_t> wanted;
  int64_t next = way * farthest; // the nearest mark at which more becomes active
  const auto want = [&](int64_t stop) {
    if (!wanted || ahead(stop, *wanted) > 0)
      wanted = stop;
  };
  const auto active = [&](int64_t ticks) {
    const int64_t at = average + way * ticks * tick;
    if (ahead(best, at) >= 0)
      return true;
    if (ahead(next, at) > 0)
      next = at;
    return false;
  };
  if (terms_.break_even && active(terms_.break_even->at_ticks))
    want(on_grid(average + way * terms_.break_even->offset_ticks * tick, tick, way > 0));
  const bool trails = terms_.trail && active(terms_.trail->activate_ticks);
  if (trails) {
    want(on_grid(best - way * terms_.trail->ticks * tick, tick, way < 0));
    next = best + way; // every better mark moves it
  }
  int64_t far = clamped(wide{mark} - wide{way} * farthest); // what the mark may fall back to
  if (wanted) {
    // Where nothing trails yet, it only matters that break even was reached: not how far beyond.
    now_.push_back({held.contract, way > 0, trails ? best : average + way * terms_.break_even->at_ticks * tick});
    const bool possible = ahead(mark, *wanted) > 0; // at or beyond the mark it would be filled at once
    int64_t cover = 0;
    const auto before = out.stops.size();
    for (const auto& order : view.orders) {
      if (order.contract != held.contract || (order.side == side::sell) != (way > 0) || !is_stop(order.type) || order.status != order_status::open)
        continue;
      cover += order.remaining;
      if (possible && order.type == order_type::stop && order.stop_price && ahead(*wanted, order.stop_price->units()) > 0)
        out.stops.push_back({order.id, held.contract, order.side, 0, price::from_units(*wanted)});
    }
    const int64_t missing = (held.size < 0 ? -held.size : held.size) - cover;
    if (possible && terms_.place_missing && missing > 0)
      out.stops.push_back({order_id{}, held.contract, way > 0 ? side::sell : side::buy, missing, price::from_units(*wanted)});
    if (!possible && ahead(next, *wanted + way) > 0)
      next = *wanted + way; // possible again
    if (out.stops.size() != before)
      far = *wanted;
  }
  const auto a = price::from_units(std::min(next, far)), b = price::from_units(std::max(next, far));
  return *held.mark > a && *held.mark < b && out.band.watch(held.contract, a, b);
}

verdict trade_management::evaluate(const account_view& view) {
  verdict out;
  const bool valued = std::all_of(view.positions.begin(), view.positions.end(), [](auto& p) { return p.unrealized.has_value(); });
  if (!view.evaluable || !valued) {
    make_blind(out, view.why);
    return out;
  }
  set_endless_band(out);
  now_.clear();
  for (const auto& held : view.positions)
    if (held.size != 0 && !manage(held, view, out))
      out.has_band = false;
  if (!out.stops.empty())
    out.reason = std::to_string(out.stops.size()) + (out.stops.size() == 1 ? " stop is" : " stops are") + " to be moved to " + to_string(out.stops.front().stop_price);
  if (now_ != best_) {
    std::swap(now_, best_);
    auto& kept = out.memory.emplace();
    for (auto& b : best_)
      kept[(b.is_long ? "long " : "short ") + b.contract.str()] = b.best;
  }
  return out;
}

rule_entry trade_management::entry() {
  return {"trade_management", "", {wake::mark, wake::position, wake::order, wake::fill},
          {action::none, {lock_mode::none, lock_end::daily_reset}},
          {action::none},
          [](parameter_reader& reader, const common_parameters&) -> std::unique_ptr<rule> {
            terms agreed;
            const bool neither = !reader.has("break_even") && !reader.has("trail");
            if (const parameter* block = reader.get("break_even"); block || neither) {
              static const parameter nothing;
              parameter_reader inner{block ? *block : nothing, reader.where() + ".break_even", reader.found()};
              break_even_terms read;
              read.at_ticks = inner.count("at_ticks", 1, most_ticks, 4).value_or(4);
              read.offset_ticks = inner.count("offset_ticks", -most_ticks, most_ticks, 1).value_or(1);
              if (read.offset_ticks >= read.at_ticks)
                inner.complain(inner.map(), "offset_ticks", "must be less than at_ticks: a stop cannot be put beyond the market");
              inner.finish();
              agreed.break_even = read;
            }
            if (const parameter* block = reader.get("trail"); block || neither) {
              static const parameter nothing;
              parameter_reader inner{block ? *block : nothing, reader.where() + ".trail", reader.found()};
              trail_terms read;
              read.activate_ticks = inner.count("activate_ticks", 1, most_ticks, 8).value_or(8);
              read.ticks = inner.count("ticks", 1, most_ticks, 4).value_or(4);
              inner.finish();
              agreed.trail = read;
            }
            agreed.place_missing = reader.flag("place_missing", false);
            if (const parameter* block = reader.get("on_breach"))
              reader.complain(*block, "on_breach", "makes no sense here: this rule moves stops and has no breach");
            return std::make_unique<trade_management>(agreed);
          },
          true};
}

} // namespace rm
