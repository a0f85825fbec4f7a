// The prompt: type a command, see what it says, type the next one.
#pragma once

#include "tools/risk-inspect/commands.hpp"

namespace rm {

/// One command as typed; the exit code that it would have as a program of its own.
exit_code obey_line(const inspection& how, const std::string& line);

/// Reads commands until somebody leaves. Needs a terminal.
exit_code run_console(inspection how);

/// `watch` on a terminal: the tree, drawn anew in place, until q.
exit_code watch_on_terminal(inspection how);

} // namespace rm
