// Who asked for what at a broker: which accounts, and which accounts per contract. Pure.
#pragma once

#include "messages/enforcement.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace rm {

class watches {
public:
  void add(const watch_account& what) { accounts_[what.account] = what; }
  void add(const watch_contract& what) {
    auto& interested = contracts_[what.contract];
    const auto place = std::lower_bound(interested.begin(), interested.end(), what.account);
    if (place == interested.end() || *place != what.account)
      interested.insert(place, what.account);
  }

  /// The newest wish of an account, or nothing.
  const watch_account* find(account_id account) const {
    const auto i = accounts_.find(account);
    return i == accounts_.end() ? nullptr : &i->second;
  }
  /// The accounts that want the contract's quotes, ascending.
  const std::vector<account_id>& interested_in(const contract_id& contract) const {
    static const std::vector<account_id> nobody;
    const auto i = contracts_.find(contract);
    return i == contracts_.end() ? nobody : i->second;
  }

  /// An event of this account had nobody to go to, or its wish came from an incarnation that is not wired yet.
  void owe(account_id account) { owed_.insert(account); }
  bool is_owed(account_id account) const { return owed_.contains(account); }
  void settle(account_id account) { owed_.erase(account); }

  std::size_t account_count() const { return accounts_.size(); }
  std::size_t contract_count() const { return contracts_.size(); }

private:
  std::map<account_id, watch_account> accounts_;
  std::map<contract_id, std::vector<account_id>> contracts_;
  std::set<account_id> owed_;
};

} // namespace rm
