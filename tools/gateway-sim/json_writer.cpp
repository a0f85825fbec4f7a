#include "json_writer.hpp"

#include <cstdio>

namespace gateway_sim {

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
          out += escape;
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

void json_writer::separate() {
  if (!fresh_)
    text_ += ',';
  fresh_ = false;
}

json_writer& json_writer::open(char c) {
  separate();
  text_ += c;
  fresh_ = true;
  return *this;
}

json_writer& json_writer::close(char c) {
  text_ += c;
  fresh_ = false;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  text_ += json_quoted(name);
  text_ += ':';
  fresh_ = true;
  return *this;
}

json_writer& json_writer::raw(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

} // namespace gateway_sim
