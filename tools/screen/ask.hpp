// Asks somebody at the terminal for a line. One implementation per platform.
#pragma once

#include <istream>
#include <string>

namespace rm {

/// Reads a line from standard input with a question before it; "" at its end.
std::string ask_on_terminal(const std::string& question);

/// Reads a secret: from the terminal without showing it, elsewhere the first line of standard input.
std::string ask_hidden(const std::string& question);

/// A line, or where none ends the first bytes: more than any key has, and nobody waits for the rest.
inline std::string first_line(std::istream& in) {
  constexpr std::size_t most = 8192;
  std::string out;
  for (char c = 0; out.size() < most && in.get(c) && c != '\n';)
    out += c;
  return out;
}

} // namespace rm
