#include "tools/screen/ask.hpp"

#include <iostream>

namespace rm {

std::string ask_on_terminal(const std::string& question) {
  std::cout << question << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

std::string first_line(std::istream& in) {
  constexpr std::size_t most = 8192;
  std::string out;
  for (char c = 0; out.size() < most && in.get(c) && c != '\n';)
    out += c;
  return out;
}

} // namespace rm
