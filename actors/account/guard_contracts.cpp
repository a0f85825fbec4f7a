// The contracts that an account has met: they are watched, and known again after a restart.
#include "actors/account/guard.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t most_contracts_kept = 100;
constexpr int64_t days_remembered = 5; // trading days that a contract is known after it was met

} // namespace

void guard::need(const contract_id& contract, account_effects& out) {
  if (contract.empty() || !met_today_.insert(contract).second)
    return;
  watch(contract, out);
  // Kept for a trading week: after a restart its next order is then judged like any other, and not a moment later.
  auto& kept = memory_.rules[contracts_met()];
  if (kept.size() >= most_contracts_kept && !kept.contains(contract.str()))
    return;
  if (std::exchange(kept[contract.str()], days_remembered) != days_remembered)
    save_soon(out);
}

void guard::watch(const contract_id& contract, account_effects& out) {
  if (watched_.insert(contract).second)
    out.push_back(watch_contract{settings_.id, contract});
}

/// Something is held there, by whatever account of it, or is ordered.
bool guard::is_concerned(const contract_id& contract) const {
  const auto sizes = sizes_of(contract);
  return std::any_of(sizes.begin(), sizes.end(), [](int64_t size) { return size != 0; }) || apart_.contains(contract) || !held_.unread_orders().empty() ||
         std::any_of(held_.orders().begin(), held_.orders().end(), [&](auto& o) { return o.second.contract == contract; });
}

/// A day has begun: those that have gone out of fashion are not asked for again for ever.
void guard::age_contracts(account_effects& out) {
  met_today_.clear();
  for (auto& [contract, days_left] : memory_.rules[contracts_met()])
    --days_left;
  for (auto& [contract, position] : held_.positions())
    need(contract, out);
  for (auto& [id, order] : held_.orders())
    need(order.contract, out);
  std::erase_if(memory_.rules[contracts_met()], [](auto& known) { return known.second <= 0; });
  watch_known(out);
}

void guard::watch_known(account_effects& out) {
  for (auto& [contract, days_left] : memory_.rules[contracts_met()])
    watch(contract_id{contract}, out);
}

} // namespace rm
