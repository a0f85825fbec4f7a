#include "actors/rules/max_exposure.hpp"

#include "actors/rules/order_headroom.hpp"

#include <algorithm>
#include <limits>

namespace rm {
namespace {

__extension__ using wide = __int128;

constexpr int64_t absurd = 1'000'000'000'000'000'000; // 1e12 dollars; sums of a few such still fit

int64_t narrowed(wide x) { return static_cast<int64_t>(std::clamp<wide>(x, -absurd, absurd)); }

/// The same as `n / d`; cheaper where both are small.
wide quotient(wide n, int64_t d) { return n == static_cast<int64_t>(n) ? wide{static_cast<int64_t>(n) / d} : n / d; }

/// What one contract is worth, in units, rounded up. Prices are nearly always whole ticks, and then it is a product.
int64_t each_at(int64_t price, const contract_facts& facts) {
  const int64_t tick = facts.tick_size.units();
  if (price % tick == 0)
    return narrowed(wide{price / tick} * facts.tick_value.units());
  return narrowed(quotient(wide{price} * facts.tick_value.units() + tick - 1, tick));
}

int64_t narrowed_sum(wide x) { return static_cast<int64_t>(std::min<wide>(x, std::numeric_limits<int64_t>::max())); }

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

} // namespace

max_exposure::max_exposure(money limit, const common_parameters& common)
  : limit_{limit.units()}, measure_{limit.units(), limit.units() + 1, common.warn_at}, responder_{common.on_breach}, limit_text_{to_string(limit)} {}

bool max_exposure::value(const account_view& view) {
  bool all_known = true;
  worth_.clear();
  for (const auto& facts : view.contracts) {
    worth next{facts.contract, 0, false};
    std::optional<price> at = facts.mark;
    next.marked = at && at->is_positive();
    if (!next.marked)
      for (const auto& p : view.positions)
        if (p.contract == facts.contract)
          at = p.average_price;
    if (!at || !at->is_positive())
      for (const auto& o : view.orders)
        if (o.contract == facts.contract && (o.limit_price || o.stop_price))
          at = o.limit_price ? o.limit_price : o.stop_price;
    if (at && at->is_positive() && facts.tick_size.is_positive() && facts.tick_value.is_positive())
      next.each = each_at(at->units(), facts);
    else
      all_known = false;
    worth_.push_back(next);
  }
  wide total = 0, rising = 0;
  for (const auto& p : view.positions)
    total += magnitude(narrowed(wide{p.size} * each_of(p.contract)));
  for (const auto& o : view.orders)
    if (o.increases)
      rising += narrowed(wide{o.remaining} * each_of(o.contract));
  total_ = narrowed_sum(total);
  worst_ = narrowed_sum(total + rising);
  return all_known;
}

void max_exposure::list(const account_view& view) {
  held_.assign(view.positions.begin(), view.positions.end());
  for (auto& p : held_)
    p.size = narrowed(wide{p.size} * each_of(p.contract));
  orders_.assign(view.orders.begin(), view.orders.end());
  for (auto& o : orders_)
    o.remaining = narrowed(wide{o.remaining} * each_of(o.contract));
}

int64_t max_exposure::each_of(const contract_id& contract) const {
  for (const auto& w : worth_)
    if (w.contract == contract)
      return w.each;
  return 0;
}

void max_exposure::reduce(int64_t excess, verdict& out) {
  while (excess > 0) {
    const auto largest = std::max_element(held_.begin(), held_.end(), [](auto& a, auto& b) { return magnitude(a.size) < magnitude(b.size); });
    const int64_t each = largest == held_.end() ? 0 : each_of(largest->contract);
    if (each == 0 || largest->size == 0)
      return;
    const int64_t contracts = magnitude(largest->size) / each;
    const int64_t given_up = std::min(contracts, (excess + each - 1) / each);
    out.targets.push_back({largest->contract, contracts - given_up});
    largest->size -= (largest->size > 0 ? 1 : -1) * given_up * each;
    excess -= given_up * each;
    if (given_up < contracts)
      return; // that was enough
  }
}

/// Each contract gets an equal share of what the sum may still move, in both directions.
void max_exposure::set_bands(const account_view& view, int64_t total, verdict& out) const {
  set_endless_band(out);
  const auto steady = measure_.steady();
  // What is left is all within the range of int64: `total` is not negative, `steady` and `limit_` lie within it.
  const int64_t rise = std::min(steady.high - total, std::max<int64_t>(0, limit_ + 1 - worst_)) - 1;
  const int64_t fall = steady.low == -open_range::unbounded ? absurd : total - steady.low - 1;
  int64_t share = 0;
  for (const auto& w : worth_)
    share += w.each > 0 ? 1 : 0;
  for (const auto& facts : view.contracts) {
    wide count = 0; // contracts that the mark moves
    for (const auto& p : view.positions)
      count += p.contract == facts.contract ? magnitude(p.size) : 0;
    for (const auto& o : view.orders)
      count += o.increases && o.contract == facts.contract ? o.remaining : 0;
    if (count == 0)
      continue;
    if (!facts.mark || !facts.mark->is_positive()) {
      out.has_band = false; // as soon as it has one the value is another
      return;
    }
    const int64_t each_moves = narrowed(count);
    // Valuations are rounded up, by less than a unit per contract.
    const auto way = [&](int64_t room) { return quotient((wide{room / share / each_moves} - 1) * facts.tick_size.units(), facts.tick_value.units()) - 1; };
    const wide up = way(rise), down = way(fall);
    const wide high = wide{facts.mark->units()} + up, low = wide{facts.mark->units()} - down;
    if (up <= 0 || down <= 0 || !out.band.watch(facts.contract, price::from_units(narrowed(low)), price::from_units(narrowed(high)))) {
      out.has_band = false;
      return;
    }
  }
}

verdict max_exposure::evaluate(const account_view& view) {
  verdict out;
  const bool all_known = value(view);
  const int64_t total = total_;
  out.level = measure_.read(total);
  out.rung = measure_.rung();
  out.used = to_string(to_cents(money::from_units(total)));
  out.limit = limit_text_;
  out.fraction = share_used(total, limit_);
  const bool too_much = out.level == level::breach;
  const bool fits = !too_much && worst_ <= limit_; // nearly always; then nothing need be listed
  if (!fits)
    list(view);
  if (too_much) {
    responder_.answer(out, view);
    out.reason = "an exposure of " + out.used + " is more than the limit of " + limit_text_;
    reduce(total - limit_, out);
  } else {
    responder_.rest();
  }
  int64_t reached = 0;
  if (!fits)
    out.cancel = orders_beyond(limit_, size_count::gross, held_, orders_, reached);
  if (!out.cancel.empty() && !too_much) {
    out.level = level::breach;
    out.action = action::cancel_order; // the limit was kept
    out.reason = "working orders would make it an exposure of " + to_string(to_cents(money::from_units(reached))) + ", more than the limit of " + limit_text_;
  }
  if (out.level == level::breach)
    return out; // no band: every mark may change what is too much
  if (!view.evaluable || !all_known) {
    make_blind(out, view.evaluable ? "a contract has no price or no tick value yet" : view.why);
    return out;
  }
  if (out.level == level::warn)
    out.reason = "an exposure of " + out.used + " is near the limit of " + limit_text_;
  set_bands(view, total, out);
  return out;
}

rule_entry max_exposure::entry() {
  return {"max_exposure", "RULE-013", {wake::fill, wake::position, wake::order, wake::mark},
          {action::reduce_to_limit, {lock_mode::none, lock_end::daily_reset}},
          {action::reduce_to_limit, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.amount("limit");
            return limit ? std::make_unique<max_exposure>(*limit, common) : nullptr;
          }};
}

} // namespace rm
