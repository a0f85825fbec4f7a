// The day once more, as rules would have seen it: to try another rule on it. Pure.
#pragma once

#include "messages/admin.hpp"

namespace rm {

/// Views of the day so far, ascending: one for each fill and for each kept point of the day's P&L, and the present one last. Empty when
/// nothing is known of the day.
///
/// They hold what the trades and the P&L's curve tell. Orders are not in them (the last one has them), and a position's mark and value only
/// while it was the only one: then the rest of the day's P&L is its.
std::vector<std::shared_ptr<const account_view>> replay_day(const account_day& day);

} // namespace rm
