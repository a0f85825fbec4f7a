#include "tools/screen/terminal.hpp"

#include <cstdlib>
#include <string_view>

namespace rm {

bool wants_colour() {
  const char* none = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return (none == nullptr || *none == '\0') && (kind == nullptr || std::string_view{kind} != "dumb");
}

bool light_background() {
  const char* said = std::getenv("COLORFGBG"); // "foreground;background" of the sixteen colours
  if (said == nullptr)
    return false;
  const std::string_view text{said};
  const auto at = text.rfind(';');
  const auto background = at == std::string_view::npos ? text : text.substr(at + 1);
  return background == "7" || background == "15";
}

void terminal::show(const std::string& frame) {
  std::string out = "\x1b[H";
  for (const char c : frame) {
    if (c == '\r')
      continue;
    if (c == '\n')
      out += "\x1b[0m\x1b[K\r\n";
    else
      out += c;
  }
  write(out + "\x1b[0m\x1b[K\x1b[J");
}

} // namespace rm
