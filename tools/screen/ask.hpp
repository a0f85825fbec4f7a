// Asks somebody at the terminal for a line. What is hidden has one implementation per platform.
#pragma once

#include <istream>
#include <string>

namespace rm {

/// Reads a line from standard input with a question before it; "" at its end.
std::string ask_on_terminal(const std::string& question);

/// Reads a secret: from the terminal without showing it, elsewhere the first line of standard input.
std::string ask_hidden(const std::string& question);

/// A line, or where none ends the first bytes: more than any key has, and nobody waits for the rest.
std::string first_line(std::istream& in);

} // namespace rm
