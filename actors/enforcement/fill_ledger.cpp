#include "actors/enforcement/fill_ledger.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t ids_kept = 2048;

/// Takes from `stock` what it has of `amount`'s sign; gives what is left of `amount`.
int64_t consume(int64_t& stock, int64_t amount) {
  if ((stock > 0) != (amount > 0) || stock == 0)
    return amount;
  const int64_t taken = amount > 0 ? std::min(stock, amount) : std::max(stock, amount);
  stock -= taken;
  return amount - taken;
}

} // namespace

fill_ledger::counted& fill_ledger::fills_of(order_id id) {
  auto [slot, fresh] = fills_.try_emplace(id);
  if (fresh) {
    fills_in_order_.push_back(id);
    if (fills_in_order_.size() > ids_kept) {
      fills_.erase(fills_in_order_.front());
      fills_in_order_.pop_front();
    }
  }
  return slot->second;
}

fill_ledger::balance& fill_ledger::fresh(const contract_id& contract, timestamp now) {
  auto& out = balances_[contract];
  if (now - out.newest >= patience)
    out.pending = out.early = 0;
  return out;
}

bool fill_ledger::count(counted& fills, const contract_id& contract, side side, timestamp now) {
  const int64_t total = std::max(fills.by_orders, fills.by_trades);
  if (total <= fills.taken)
    return false;
  auto& b = fresh(contract, now);
  b.pending += consume(b.early, sign_of(side) * (total - fills.taken));
  b.newest = std::max(b.newest, now);
  b.trend = static_cast<int>(sign_of(side));
  fills.taken = total;
  return true;
}

bool fill_ledger::take_order(const order_update& update, timestamp now) {
  if (update.filled <= 0)
    return false;
  auto& fills = fills_of(update.id);
  fills.by_orders = std::max(fills.by_orders, update.filled);
  return count(fills, update.contract, update.side, now);
}

bool fill_ledger::take_trade(const trade_update& trade, timestamp now) {
  if (trade.voided || trade.size <= 0 || !trades_.insert(trade.id).second)
    return false;
  trades_in_order_.push_back(trade.id);
  if (trades_in_order_.size() > ids_kept) {
    trades_.erase(trades_in_order_.front());
    trades_in_order_.pop_front();
  }
  auto& fills = fills_of(trade.order);
  fills.by_trades += trade.size;
  return count(fills, trade.contract, trade.side, now);
}

void fill_ledger::take_listed(const order_update& order) {
  if (order.filled <= 0)
    return;
  auto& fills = fills_of(order.id);
  fills.by_orders = std::max(fills.by_orders, order.filled);
  fills.taken = std::max(fills.taken, order.filled);
}

void fill_ledger::take_position(const contract_id& contract, int64_t size, timestamp now) {
  const auto known = balances_.find(contract);
  if ((known == balances_.end() ? 0 : known->second.told) == size)
    return;
  auto& b = fresh(contract, now);
  const int64_t left = consume(b.pending, size - b.told);
  if (now < b.events_lag_until) {
    b.pending -= left; // an old size, or a fill that will be told presently
  } else {
    b.early += left;
    b.trend = size > b.told ? 1 : -1;
  }
  b.told = size;
  b.newest = std::max(b.newest, now);
}

void fill_ledger::take_adopted(const contract_id& contract, int64_t size, timestamp now) {
  if (auto known = balances_.find(contract); known != balances_.end() && known->second.told == size)
    return;
  auto& b = fresh(contract, now);
  const int64_t left = consume(b.pending, size - b.told);
  if (now - b.newest < patience) {
    // Further the way that things went: the list is ahead. Back: it lags, and the events are believed for now.
    if (left * b.trend > 0)
      b.early += left;
    else
      b.pending -= left;
  }
  if (b.newest != timestamp{})
    b.events_lag_until = now + patience;
  b.told = size;
}

int64_t fill_ledger::pending(const contract_id& contract, timestamp now) const {
  auto i = balances_.find(contract);
  return i == balances_.end() || now - i->second.newest >= patience ? 0 : i->second.pending;
}

bool fill_ledger::balanced(const contract_id& contract) const {
  auto i = balances_.find(contract);
  return i == balances_.end() || i->second.pending == 0;
}

timestamp fill_ledger::newest(const contract_id& contract) const {
  auto i = balances_.find(contract);
  return i == balances_.end() ? timestamp{} : i->second.newest;
}

std::set<contract_id> fill_ledger::unsettled(timestamp now) const {
  std::set<contract_id> out;
  for (auto& [contract, unused] : balances_)
    if (pending(contract, now) != 0)
      out.insert(contract);
  return out;
}

void fill_ledger::shift(duration by) {
  for (auto& [contract, b] : balances_)
    for (auto* t : {&b.newest, &b.events_lag_until})
      if (*t != timestamp{})
        *t -= by;
}

} // namespace rm
