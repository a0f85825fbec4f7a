// The keys that every rule takes: enabled, warn_at, on_breach.
#pragma once

#include "actors/rules/catalogue.hpp"

namespace rm {

/// Reads the common keys of a rule's block; what makes no sense is a problem.
common_parameters read_common(parameter_reader& reader, const rule_entry& entry);

} // namespace rm
