#include "tools/screen/ansi.hpp"

namespace rm {
namespace {

const char* code_of(tone t) {
  switch (t) {
    case tone::plain: return "";
    case tone::faint: return "\x1b[2m";
    case tone::heading: return "\x1b[1m";
    case tone::good: return "\x1b[32m";
    case tone::caution: return "\x1b[33m";
    case tone::bad: return "\x1b[1;31m";
  }
  return "";
}

} // namespace

std::string ansi_text(const std::vector<frame_line>& lines, bool colour) {
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (const auto& piece : line)
      text += colour && piece.tone != tone::plain ? code_of(piece.tone) + piece.text + "\x1b[0m" : piece.text;
    if (!colour)
      text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

} // namespace rm
