#include "tools/screen/ask.hpp"

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <windows.h>

#include <iostream>

namespace rm {

std::string ask_hidden(const std::string& question) {
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD before = 0;
  const bool terminal = ::GetConsoleMode(input, &before) != 0;
  if (terminal) {
    ::SetConsoleMode(input, before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
    std::cerr << question << std::flush;
  }
  const auto line = first_line(std::cin);
  if (terminal) {
    ::SetConsoleMode(input, before);
    std::cerr << "\n";
  }
  return line;
}

} // namespace rm
