// What CAF's CMake would have written; the same choices as in Debian's package.
#pragma once

#include "caf/detail/log_level.hpp"

#define CAF_LOG_LEVEL CAF_LOG_LEVEL_QUIET
