#include "tools/risk-trader/terminal.hpp"

#include <io.h>

#include <cstdio>

namespace rm {

bool on_terminal() { return ::_isatty(::_fileno(stdin)) != 0 && ::_isatty(::_fileno(stdout)) != 0; }

} // namespace rm
