// The shell that hosts one rule of one account, whatever rule it is.
#pragma once

#include "actors/rules/catalogue.hpp"
#include "messages/protocols.hpp"

#include <string>

namespace rm {

/// Starts the rule of that name. `block` is its (merged) part of the configuration; one that is wrong or switched off ends the actor
/// at once with the reason. Verdicts go to the desk of `account` in the newest wiring; until there is one, the newest view waits.
rule_actor start_rule(caf::actor_system& system, account_id account, std::string rule_name, parameter block, rule_context context = {});

} // namespace rm
