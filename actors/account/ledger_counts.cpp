// Which orders count as trades: those with a fill that opened, added or turned, at the first such fill's time.
#include "actors/account/ledger.hpp"

#include <algorithm>

namespace rm {

void ledger::count(const trade_update& trade) {
  entries_.insert(trade.id);
  auto& order = orders_[trade.order];
  const auto was = order.at;
  const bool first = order.entries.empty();
  order.at = first ? trade.executed : std::min(order.at, trade.executed);
  order.entries.insert(trade.id);
  if (!first && order.at < was && last_trade_ == was)
    last_trade_ = newest_entry(); // its first fill was told late
  else if (!last_trade_ || order.at > *last_trade_)
    last_trade_ = order.at;
  list_counted();
}

std::optional<timestamp> ledger::newest_entry() const {
  std::optional<timestamp> out;
  for (auto& [id, order] : orders_)
    if (!order.entries.empty() && (!out || order.at > *out))
      out = order.at;
  return out;
}

void ledger::uncount(const trade_update& trade) {
  entries_.erase(trade.id);
  auto order = orders_.find(trade.order);
  if (order == orders_.end() || order->second.entries.erase(trade.id) == 0)
    return;
  const auto was = order->second.at;
  auto first = timestamp::max();
  for (auto id : order->second.entries)
    if (auto* fill = find(id))
      first = std::min(first, fill->executed);
  if (first != timestamp::max())
    order->second.at = first;
  if (last_trade_ == was)
    last_trade_ = newest_entry();
  list_counted();
}

void ledger::list_counted() {
  counted_.clear();
  recent_trades_.clear();
  trades_today_.clear();
  for (auto& [id, order] : orders_)
    if (!order.entries.empty() && order.at >= day_started_)
      counted_.push_back({id, order.at, order.entries});
  std::stable_sort(counted_.begin(), counted_.end(), [](auto& a, auto& b) { return a.at < b.at; });
  for (auto& [id, order] : orders_)
    if (!order.entries.empty() && order.at >= day_started_ - std::chrono::hours{1})
      recent_trades_.push_back(order.at);
  std::sort(recent_trades_.begin(), recent_trades_.end());
  for (auto& c : counted_)
    trades_today_.push_back(c.at);
}

std::vector<counted_trade> ledger::counted_to_keep() const {
  std::vector<counted_trade> out;
  for (auto& [id, order] : orders_)
    if (!order.entries.empty() && order.at >= day_started_ - std::chrono::hours{1})
      out.push_back({id, order.at, order.entries});
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.at < b.at; });
  return out;
}

} // namespace rm
