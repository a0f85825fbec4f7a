// Completion of the command line in shells.
#pragma once

#include <string_view>

namespace rm {

/// For bash: to be sourced.
std::string_view bash_completion();

} // namespace rm
