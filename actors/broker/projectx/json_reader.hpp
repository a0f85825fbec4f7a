// JSON text as a flat tree whose numbers keep their text: a price is never a double on its way in.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm::projectx {

class json_reader;

enum class json_kind : uint8_t { missing, null, boolean, number, string, array, object };

/// A place in a json_reader's tree; valid until its reader parses again. Asking a missing place for something gives a missing one.
class json_value {
public:
  json_value() = default;

  json_kind kind() const;
  bool is_missing() const { return kind() == json_kind::missing; }
  /// Absent and null mean the same in this protocol: the hubs leave out what REST writes as null.
  bool is_absent() const { return is_missing() || kind() == json_kind::null; }
  bool is_object() const { return kind() == json_kind::object; }
  bool is_array() const { return kind() == json_kind::array; }
  bool is_string() const { return kind() == json_kind::string; }
  bool is_number() const { return kind() == json_kind::number; }

  /// The unescaped characters of a string, the digits of a number, "true" or "false"; empty for anything else.
  std::string_view text() const;
  /// A member of an object (the last one of that name, as most readers do).
  json_value operator[](std::string_view name) const;
  /// An element of an array.
  json_value at(std::size_t index) const;
  std::size_t size() const;
  /// The number where it is whole and fits.
  std::optional<int64_t> integer() const;
  std::optional<bool> boolean() const;

  /// Walking: the first child, and the one after this one. `end` is the child after the parent's last.
  json_value first() const;
  json_value next() const;
  bool operator==(const json_value&) const = default;
  /// The parent's `end` for walks with first() and next().
  json_value end() const;

private:
  friend class json_reader;
  friend class json_members;
  json_value(const json_reader* tree, uint32_t index) : tree_{tree}, index_{index} {}
  const json_reader* tree_ = nullptr;
  uint32_t index_ = 0;
};

/// The members of one object, walked once: an event has twenty, and each is asked for. Valid as long as the object is.
class json_members {
public:
  explicit json_members(json_value object);
  /// The same as of the object itself.
  json_value operator[](std::string_view name) const;

private:
  static constexpr uint32_t crowded = UINT32_MAX; // several names belong here: the object is asked
  json_value object_;
  std::array<uint32_t, 64> places_{}; // by a few characters of the name; 0: no member has such a name
};

/// Keeps its memory between texts: in steady state parsing allocates nothing.
class json_reader {
public:
  json_reader();
  ~json_reader();
  json_reader(const json_reader&) = delete;
  json_reader& operator=(const json_reader&) = delete;

  /// Reads one complete text. False for anything else than one JSON value; `why` then says where, without quoting the text (it may
  /// hold a token). Bare NaN and Infinity are read as strings, so that whoever wants a number there can say which field is wrong.
  bool parse(std::string_view text, std::string& why);
  json_value root() const { return nodes_.empty() ? json_value{} : json_value{this, 0}; }

private:
  friend class json_value;
  friend class json_members;
  struct node {
    json_kind kind = json_kind::missing;
    uint32_t key_at = 0, key_size = 0;
    uint32_t text_at = 0, text_size = 0;
    uint32_t next = 0; // behind this node and all below it
  };
  struct builder;
  struct parser;

  std::string_view key_of(const node& n) const { return {chars_.data() + n.key_at, n.key_size}; }

  bool parse_strictly(std::string_view text, std::string& why);

  std::vector<node> nodes_; // a parent comes right before its first child
  std::string chars_;
  std::unique_ptr<parser> parser_;
};

} // namespace rm::projectx
