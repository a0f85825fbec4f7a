// A rule tried on a day that was: when it would have acted, and how much of its limit was used at most. Pure.
#pragma once

#include "actors/rules/catalogue.hpp"

namespace rm {

/// What came of a rule's trial.
struct day_trial {
  std::optional<verdict> acted; // the first breach; what the day would have been after it nobody knows
  std::optional<verdict> most;  // that used most of its limit
  bool breaches_now = false;    // on the newest view
  bool can_tell = true;         // false: the rule judges what is not in such a day
};

/// Asks the rule about each view, ascending; the last one is the present.
day_trial try_on(rule& tried, const rule_entry& entry, const std::vector<std::shared_ptr<const account_view>>& day);

/// One sentence without its subject: "would have locked the account at 14:32 UTC (412.50 of 400.00 used)".
std::string words_of(const day_trial& trial);

} // namespace rm
