// Which accounts' handles have changed since those who need all accounts were last told: with ten thousand accounts each change alone is told.
#pragma once

#include "messages/protocols.hpp"

#include <set>
#include <utility>

namespace rm {

/// `known.take(news)` for who speaks with accounts and with none of their rules: twenty handles an account are not kept for nothing.
inline void take_without_rules(wiring& known, const wiring& news) {
  known.take(news);
  for (const auto& [account, room] : news.accounts)
    if (const auto i = known.accounts.find(account); i != known.accounts.end())
      i->second.rules.clear();
}

class account_news {
public:
  void note(account_id account) { untold_.insert(account); }
  void clear() { untold_.clear(); }

  /// The wiring without any account: all that the actors of one account need of the house.
  static wiring without_accounts(wiring& all) { return with({}, all, true); }

  /// The wiring with the accounts that have changed, which are told by that; one that is gone has nobody in it.
  wiring take(wiring& all) {
    std::map<account_id, account_wired> changed;
    for (const auto account : std::exchange(untold_, {})) {
      const auto known = all.accounts.find(account);
      changed[account] = known == all.accounts.end() ? account_wired{account, {}, {}, {}, {}} : known->second;
    }
    return with(std::move(changed), all, false);
  }

private:
  static wiring with(std::map<account_id, account_wired> accounts, wiring& all, bool complete) {
    accounts.swap(all.accounts); // not copied: there may be ten thousand of them
    wiring out = all;
    accounts.swap(all.accounts);
    out.all_accounts = complete;
    return out;
  }

  std::set<account_id> untold_;
};

} // namespace rm
