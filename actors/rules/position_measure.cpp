#include "actors/rules/position_measure.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

constexpr int64_t farthest = price::one * 1'000'000'000; // no price is beyond

/// How far a price must go (in its units, rounded down) until `size` contracts are worth `amount` more.
int64_t distance(int64_t amount, int64_t size, const contract_facts& facts) {
  const wide per_unit = wide{facts.tick_value.units()} * (size < 0 ? -size : size);
  const wide product = wide{amount} * facts.tick_size.units();
  const bool small = product == static_cast<int64_t>(product) && per_unit == static_cast<int64_t>(per_unit); // and then much cheaper
  const wide out = small ? wide{static_cast<int64_t>(product) / static_cast<int64_t>(per_unit)} : product / per_unit;
  return static_cast<int64_t>(std::clamp<wide>(out, -farthest, farthest));
}

} // namespace

position_measure::position_measure(int sign, const char* verb, const char* limit_word, const common_parameters& common)
  : sign_{sign}, verb_{verb}, limit_word_{limit_word}, rungs_{common.warn_at}, responder_{common.on_breach} {}

/// Says between which marks this position changes nothing. A little too early is harmless, too late is not: one millionth of slack
/// covers the rounding of valuations.
bool position_measure::watch(verdict& out, const account_view& view, const valued_position& held, bool is_worst) const {
  const auto* facts = view.facts_of(held.contract);
  if (!facts || !facts->tick_size.is_positive() || !facts->tick_value.is_positive() || !held.mark || held.size == 0)
    return false;
  const auto steady = measure_->steady();
  const int way = (held.size > 0 ? 1 : -1) * sign_; // the measure grows with the mark, or falls
  const auto mark_at = [&](int64_t amount) { return held.average_price.units() + way * distance(amount, held.size, *facts); };
  price low = price::from_units(-farthest), high = price::from_units(farthest);
  const auto bound = [&](int64_t units, bool upper) {
    if (upper)
      high = std::min(high, price::from_units(units));
    else
      low = std::max(low, price::from_units(units));
  };
  if (steady.high != open_range::unbounded)
    bound(mark_at(steady.high - 1), way > 0);
  if (is_worst && steady.low != -open_range::unbounded)
    bound(mark_at(steady.low + 1) + way, way < 0);
  return *held.mark > low && *held.mark < high && out.band.watch(held.contract, low, high);
}

verdict position_measure::judge(const account_view& view, money limit) {
  verdict out;
  if (!measure_ || limit != limit_) {
    measure_.emplace(limit.units(), limit.units(), rungs_);
    limit_ = limit;
  }
  const valued_position* worst = nullptr;
  int64_t most = 0;
  bool all_known = true;
  for (const auto& held : view.positions) {
    if (!held.unrealized) {
      all_known = false;
      continue;
    }
    const int64_t amount = held.unrealized->units() * sign_;
    if (!worst || amount > most) {
      worst = &held;
      most = amount;
    }
    if (amount >= limit.units())
      out.targets.push_back({held.contract, 0});
  }
  out.level = measure_->read(worst ? most : 0);
  out.rung = measure_->rung();
  out.used = used_text_.of(money::from_units(std::max<int64_t>(most, 0)));
  out.limit = limit_text_.of(limit);
  out.fraction = share_used(most, limit.units());
  if (out.level != level::ok && worst) {
    const auto* facts = view.facts_of(worst->contract);
    out.reason = (facts ? facts->symbol : symbol_of(worst->contract)).str() + verb_ + to_string(to_cents(money::from_units(most))) + ", the " + limit_word_ +
                 " is " + to_string(to_cents(limit));
  }
  if (out.level == level::breach) {
    responder_.answer(out, view);
    return out; // no band: every mark may add a position
  }
  responder_.rest();
  if (!view.evaluable || !all_known || !view.priced) {
    make_blind(out, view.why);
    return out;
  }
  set_endless_band(out);
  for (const auto& held : view.positions)
    if (!watch(out, view, held, &held == worst))
      out.has_band = false;
  return out;
}

} // namespace rm
