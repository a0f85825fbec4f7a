// How long a login's token lives. Pure.
#pragma once

#include "messages/timing.hpp"

namespace rm::projectx {

/// The life that is left of a token at `now`, by its own word (its `exp` claim) or, where it does not say, 24 hours; never less than 1 s.
duration token_life(std::string_view token, timestamp now);

} // namespace rm::projectx
