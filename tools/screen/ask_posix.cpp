#include "tools/screen/ask.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace rm {

std::string ask_hidden(const std::string& question) {
  termios before{};
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << question << std::flush; // only now: what is typed at once is neither shown nor thrown away
  }
  const auto line = first_line(std::cin);
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << "\n";
  }
  return line;
}

} // namespace rm
