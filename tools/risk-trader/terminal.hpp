// Whether somebody looks.
#pragma once

namespace rm {

/// True when standard input and output are both a terminal.
bool on_terminal();

} // namespace rm
