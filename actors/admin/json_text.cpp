#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

/// The length of the UTF-8 sequence that `text` begins with, 0 when it is none (overlong forms and surrogates included).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80)
    return 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF)
    return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4)
    return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto value = static_cast<unsigned char>(c);
  if (value >= 0x20 && value != 0x7F) {
    out += c;
    return;
  }
  out += "\\u00";
  out += hex[value >> 4];
  out += hex[value & 0xF];
}

} // namespace

std::string quoted_json(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 1)
      append_escaped(out, text.front());
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
  return out;
}

std::string millionths_json(int64_t millionths) {
  const bool negative = millionths < 0;
  const uint64_t size = negative ? uint64_t{0} - static_cast<uint64_t>(millionths) : static_cast<uint64_t>(millionths);
  std::string digits = std::to_string(size % 1'000'000 + 1'000'000).substr(1);
  while (!digits.empty() && digits.back() == '0')
    digits.pop_back();
  std::string out = negative ? "-" : "";
  out += std::to_string(size / 1'000'000);
  if (!digits.empty())
    out += "." + digits;
  return out;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  out_ += quoted_json(name);
  out_ += ':';
  first_ = true; // no comma between a key and its value
  return *this;
}

json_writer& json_writer::time(timestamp value) { return value == timestamp{} ? null() : text(format_time(value)); }

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

json_writer& json_writer::open(char c) {
  separate();
  out_ += c;
  first_ = true;
  return *this;
}

json_writer& json_writer::close(char c) {
  out_ += c;
  first_ = false;
  return *this;
}

void json_writer::separate() {
  if (!first_)
    out_ += ',';
  first_ = false;
}

} // namespace rm
