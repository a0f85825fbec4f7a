#include "tools/risk-trader/terminal.hpp"

#include <unistd.h>

namespace rm {

bool on_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

} // namespace rm
