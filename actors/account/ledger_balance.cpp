// The account's balance beside the trades: it shows what the venue's lists may lack.
#include "actors/account/ledger.hpp"

#include <algorithm>

namespace rm {

void ledger::restore_balance(const balance_reference& reference, std::vector<adjustment> adjustments) {
  adjustments_ = std::move(adjustments);
  sum_up();
  reference_ = reference; // it is about exactly these trades and adjustments
}

void ledger::refer_to(money balance, timestamp since) {
  reference_ = {true, balance - kept_total_, since};
  for (auto& a : adjustments_)
    reference_.carry -= a.amount;
}

std::optional<money> ledger::expected_balance() const {
  if (!reference_.known)
    return std::nullopt;
  money out = reference_.carry + kept_total_;
  for (auto& a : adjustments_)
    out += a.amount;
  return out;
}

ledger::unknown_commissions ledger::unknown() const {
  unknown_commissions out;
  for (auto& [id, trade] : trades_) {
    if (!trade.estimated || trade.voided || trade.executed <= reference_.since || trade.executed < kept_since())
      continue;
    out.contracts += trade.size;
    out.estimated += trade.commissions.value_or(money{});
    out.newest = std::max(out.newest, trade.executed);
  }
  for (auto& a : adjustments_)
    if (a.at > reference_.since) {
      out.adjusted += a.amount;
      out.newest = std::max(out.newest, a.at);
    }
  return out;
}

void ledger::adjust(const adjustment& by) {
  const money week = by.at >= week_started_ ? realized_week_ + by.amount : realized_week_;
  const money day = by.at >= day_started_ ? realized_day_ + by.amount : realized_day_;
  realized_week_ = week;
  realized_day_ = day;
  adjustments_.push_back(by);
}

} // namespace rm
