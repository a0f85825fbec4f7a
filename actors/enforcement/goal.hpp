// What an enforcement case must come to, and how several goals become one.
#pragma once

#include "messages/enforcement.hpp"

#include <optional>

namespace rm {

/// Merges `more` into `goal`: the stricter part of each wins. True when `goal` became stricter. The orders of `goal` are sorted, and stay so.
bool tighten(enforcement_goal& goal, const enforcement_goal& more);

/// Whether the goal asks for this order by number. Its orders are sorted: who breaches again and again while a case is open makes it long.
bool names(const enforcement_goal& goal, order_id order);

/// How many contracts (≥ 0) of `contract` may stay; nothing where the goal does not speak of its position.
std::optional<int64_t> keep_of(const enforcement_goal& goal, const contract_id& contract);

/// The goal in a few words, for the journal.
std::string words_of(const enforcement_goal& goal);

} // namespace rm
