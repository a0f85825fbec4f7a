#include "tools/screen/keys.hpp"

namespace rm {
namespace {

std::size_t length_of_character(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

key key_of_sequence(std::string_view parameters, char last) {
  switch (last) {
    case 'A': return key::up;
    case 'B': return key::down;
    case 'C': return key::right;
    case 'D': return key::left;
    case 'H': return key::home;
    case 'F': return key::end;
    case '~':
      if (parameters == "1" || parameters == "7")
        return key::home;
      if (parameters == "4" || parameters == "8")
        return key::end;
      if (parameters == "3")
        return key::erase;
      if (parameters == "5")
        return key::page_up;
      if (parameters == "6")
        return key::page_down;
      break;
    default: break;
  }
  return key::other;
}

key key_of_control(char c) {
  switch (c) {
    case '\r':
    case '\n': return key::enter;
    case '\t': return key::tab;
    case '\b':
    case 0x7F: return key::backspace;
    case 0x01: return key::home; // as in a shell
    case 0x05: return key::end;
    case 0x03: return key::interrupt;
    case 0x04: return key::end_of_input;
    default: return key::other;
  }
}

} // namespace

std::vector<key_press> take_keys(std::string& bytes) {
  std::vector<key_press> out;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const char c = bytes[at];
    if (c == 0x1B) {
      const bool sequence = at + 1 < bytes.size() && (bytes[at + 1] == '[' || bytes[at + 1] == 'O');
      if (!sequence) {
        out.push_back({key::escape, ""});
        ++at;
        continue;
      }
      std::size_t last = at + 2;
      while (last < bytes.size() && (bytes[last] < 0x40 || bytes[last] > 0x7E))
        ++last;
      if (last >= bytes.size())
        break; // the rest is still to come
      out.push_back({key_of_sequence(std::string_view{bytes}.substr(at + 2, last - at - 2), bytes[last]), ""});
      at = last + 1;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out.push_back({key_of_control(c), ""});
      ++at;
    } else {
      const auto length = length_of_character(static_cast<unsigned char>(c));
      if (at + length > bytes.size())
        break;
      out.push_back({key::character, bytes.substr(at, length)});
      at += length;
    }
  }
  bytes.erase(0, at);
  return out;
}

} // namespace rm
