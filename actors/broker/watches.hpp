// Which accounts a broker watches, and which of them are still owed a reading. Pure.
#pragma once

#include "messages/enforcement.hpp"

#include <map>
#include <set>

namespace rm {

class watches {
public:
  void add(const watch_account& what) { accounts_[what.account] = what; }

  /// The newest wish of an account, or nothing.
  const watch_account* find(account_id account) const {
    const auto i = accounts_.find(account);
    return i == accounts_.end() ? nullptr : &i->second;
  }

  /// An event of this account had nobody to go to, or its wish came from an incarnation that is not wired yet.
  void owe(account_id account) { owed_.insert(account); }
  bool is_owed(account_id account) const { return owed_.contains(account); }
  void settle(account_id account) { owed_.erase(account); }

  std::size_t account_count() const { return accounts_.size(); }

private:
  std::map<account_id, watch_account> accounts_;
  std::set<account_id> owed_;
};

} // namespace rm
