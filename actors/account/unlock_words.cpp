#include "actors/account/unlock_words.hpp"

#include <algorithm>

namespace rm {
namespace {

void add(std::string& list, const std::string& each) { list += (list.empty() ? "" : ", ") + each; }

} // namespace

order_done words_after_unlock(account_id account, const unlock_order& order, const lock_set& before, const lock_set& after, bool all_spoke) {
  const std::string whose = "account " + to_string(account);
  const auto was_taken = [&](const rule_name& rule) {
    return (order.rule.empty() || rule == order.rule) && std::any_of(before.all().begin(), before.all().end(), [&](const lock& l) { return l.rule == rule; });
  };
  order_done out;
  std::string again, others;
  for (const auto& l : after.all()) {
    out.locked.push_back(l.rule);
    if (was_taken(l.rule))
      add(again, l.rule.str() + " (" + l.reason + ")");
    else
      add(others, l.rule.str());
  }
  if (!again.empty())
    out.what = whose + " is locked again already, by " + again + (others.empty() ? "" : "; also by " + others) + "; while that is so an unlock does not help";
  else if (!others.empty())
    out.what = order.rule.empty() ? whose + " is locked again already, by " + others
                                  : "the lock of " + order.rule.str() + " is gone; " + whose + " is still locked by: " + others;
  else
    out.what = "unlock of " + whose + ": no lock is left" + (all_spoke ? ", and no rule breaches" : "; not every rule has answered: look again in a moment");
  return out;
}

} // namespace rm
