// What another configuration would have meant for the day so far: its rules are tried on the day as it was.
#pragma once

#include "messages/admin.hpp"
#include "tools/risk-manager/settings.hpp"

namespace rm {

/// One line for each rule of each account that `next` has otherwise than `now`; one that is switched off or gone begins with "! ".
/// An account without its day in `days` is said to be unknown. After some 200 lines the rest is not tried, and that is said.
std::vector<std::string> meaning_for_today(const settings& now, const settings& next, const std::vector<account_day>& days);

} // namespace rm
