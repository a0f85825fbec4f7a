// How long a login's token lives. Pure.
#pragma once

#include "messages/timing.hpp"

namespace rm::projectx {

/// The life of a token that was issued at `now`, by its own word (its `iat` and `exp` claims) or, where it does not say or only a wrong
/// clock here could make sense of it, 24 hours; never less than 1 s.
duration token_life(std::string_view token, timestamp now);

} // namespace rm::projectx
