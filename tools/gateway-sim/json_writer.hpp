// Writes JSON text piece by piece, so that every number keeps its exact decimal digits.
#pragma once
#include "decimal.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway_sim {

/// `text` as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

/// An append-only JSON document. Commas are its own business; balance of brackets is the caller's.
class json_writer {
public:
  json_writer& object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name);
  json_writer& value(std::string_view text) { return raw(json_quoted(text)); }
  json_writer& value(const char* text) { return raw(json_quoted(text)); }
  json_writer& value(bool flag) { return raw(flag ? "true" : "false"); }
  json_writer& value(int number) { return raw(std::to_string(number)); }
  json_writer& value(int64_t number) { return raw(std::to_string(number)); }
  json_writer& value(uint64_t number) { return raw(std::to_string(number)); }
  json_writer& value(decimal number) { return raw(number.text()); }
  json_writer& null() { return raw("null"); }

  /// A value that is JSON text already.
  json_writer& raw(std::string_view text);

  template <class T>
  json_writer& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

private:
  json_writer& open(char c);
  json_writer& close(char c);
  void separate();

  std::string text_;
  bool fresh_ = true; // nothing to separate from: start, after '{', '[' or ':'
};

} // namespace gateway_sim
