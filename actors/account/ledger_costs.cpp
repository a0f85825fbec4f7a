// What a trade costs where the venue's lists do not tell all of it: commissions beside the fees, or among them.
#include "actors/account/ledger.hpp"

#include <utility>

namespace rm {
namespace {

__extension__ using wide = __int128;

money scaled(money paid, int64_t paid_for, int64_t size) {
  const wide product = wide{paid.units()} * size;
  const wide half = paid_for / 2;
  return money::from_units(static_cast<int64_t>((product + (product < 0 ? -half : half)) / paid_for));
}

} // namespace

/// The list's fees are the whole cost.
void ledger::take_whole_fees(trade_update& trade) {
  trade.commissions = money{};
  trade.estimated = false;
}

/// A trade that a list told without commissions, beside what the same costs with them, shows whether the list has them in its fees. Where
/// it has, what was guessed beside them was never paid.
void ledger::learn_fees(const trade_update& listed, const rate& full) {
  if (full.paid.is_zero() || full.size <= 0)
    return;
  const auto same = [&](money cost) { return scaled(cost, full.size, listed.size) == listed.fees; };
  if (same(full.fees) && list_fees_ == list_fees::unknown)
    list_fees_ = list_fees::alone;
  if (!same(full.fees + full.paid) || std::exchange(list_fees_, list_fees::whole) == list_fees::whole)
    return;
  std::set<contract_id> contracts;
  for (auto& [id, earlier] : trades_)
    if (earlier.estimated) {
      trade_update paid = earlier;
      take_whole_fees(paid);
      book(earlier, paid);
      earlier = paid;
      contracts.insert(paid.contract);
    }
  for (auto& contract : contracts)
    trips_.rebuild(contract, fills_of(contract));
}

/// The venue's list lacks commissions: the rate last seen, or the one that was configured.
void ledger::estimate(trade_update& trade) const {
  trade.estimated = true;
  if (auto rate = commission_rate_.find(trade.contract); rate != commission_rate_.end())
    trade.commissions = scaled(rate->second.paid, rate->second.size, trade.size);
  else if (auto usual = usual_commissions_.find(symbol_of(trade.contract)); usual != usual_commissions_.end())
    trade.commissions = usual->second * trade.size;
}

void ledger::learn_rate(const trade_update& trade) {
  if (trade.size <= 0)
    return;
  const bool first = !commission_rate_.contains(trade.contract);
  commission_rate_[trade.contract] = rate_of(trade);
  if (!first)
    return;
  for (auto& [id, earlier] : trades_)
    if (earlier.contract == trade.contract && earlier.estimated && list_fees_ == list_fees::unknown)
      learn_fees(trade_update{earlier}, commission_rate_[trade.contract]);
  // Trades that came before any rate was known have paid, too.
  bool corrected = false;
  for (auto& [id, earlier] : trades_)
    if (earlier.contract == trade.contract && earlier.estimated) {
      trade_update paid = earlier;
      paid.commissions = scaled(*trade.commissions, trade.size, earlier.size);
      book(earlier, paid);
      earlier = paid;
      corrected = true;
    }
  if (corrected)
    trips_.rebuild(trade.contract, fills_of(trade.contract));
}

} // namespace rm
