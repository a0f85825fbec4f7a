// JSON written piece by piece, in the order of the calls; numbers appear exactly as they are given.
#pragma once

#include "messages/timing.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rm {

/// The text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD: a reader must never stumble over a name.
std::string quoted_json(std::string_view text);

/// Millionths as a decimal JSON number without needless zeros: 141'000 → "0.141".
std::string millionths_json(int64_t millionths);

/// Writes one JSON value without white space. The caller keeps objects and arrays balanced; commas are put by the writer.
class json_writer {
public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& text(std::string_view value) { return raw(quoted_json(value)); }
  json_writer& number(int64_t value) { return raw(std::to_string(value)); }
  json_writer& flag(bool value) { return raw(value ? "true" : "false"); }
  json_writer& null() { return raw("null"); }
  /// ISO 8601 UTC; null for the empty time.
  json_writer& time(timestamp value);
  /// A value that is JSON already.
  json_writer& raw(std::string_view json);

  std::string take() { return std::move(out_); }

private:
  json_writer& open(char c);
  json_writer& close(char c);
  void separate();

  std::string out_;
  bool first_ = true; // nothing stands before the next value on this level
};

} // namespace rm
