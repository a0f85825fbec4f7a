// What an enforcement case must come to, and how several goals become one.
#pragma once

#include "messages/enforcement.hpp"

#include <optional>

namespace rm {

/// Merges `more` into `goal`: the stricter part of each wins. True when `goal` became stricter.
bool tighten(enforcement_goal& goal, const enforcement_goal& more);

/// How many contracts (≥ 0) of `contract` may stay; nothing where the goal does not speak of its position.
std::optional<int64_t> keep_of(const enforcement_goal& goal, const contract_id& contract);

/// The goal in a few words, for the journal.
std::string words_of(const enforcement_goal& goal);

} // namespace rm
