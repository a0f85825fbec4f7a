// Asks somebody at the terminal for a line. One implementation per platform.
#pragma once

#include <string>

namespace rm {

/// Reads a line from standard input with a question before it; "" at its end.
std::string ask_on_terminal(const std::string& question);

/// Reads a secret: from the terminal without showing it, elsewhere the first line of standard input.
std::string ask_hidden(const std::string& question);

} // namespace rm
