// A configuration's values with the lines they stand on, and readers that collect every problem instead of stopping at the first.
#pragma once

#include "messages/money.hpp"
#include "messages/timing.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rm {

/// One value of a configuration file: a scalar's text, a list or a map, with its line.
struct parameter {
  enum class kind : uint8_t { null, scalar, list, map };
  parameter::kind type = kind::null;
  std::string text;                                      // of a scalar
  std::vector<parameter> items;                          // of a list
  std::vector<std::pair<std::string, parameter>> entries; // of a map, in file order
  int line = 0;                                          // from 1; 0 = not from a file
  std::string path;                                      // where it stands: "profiles.default.rules"; empty = not from a file
  bool hidden = false;                                   // from the environment, or a secret: its text is never shown

  // Not made by the compiler on the way: while `entries` is being understood its pair is not complete yet (clang says so).
  parameter();
  ~parameter();
  parameter(const parameter&);
  parameter(parameter&&) noexcept;
  parameter& operator=(const parameter&);
  parameter& operator=(parameter&&) noexcept;

  const parameter* find(std::string_view key) const;
};

/// One thing that is wrong, and what to do about it.
struct problem {
  int line = 0;
  std::string path; // "profiles.default.rules.daily_loss_limit.limit"
  std::string text; // "must be a positive amount, e.g. 500 (a loss of 500); found -500"
  bool absent = false; // a required value is not there (in a part of a configuration, somebody else may supply it)
  std::string file{};  // where `line` is, when that is another file than the configuration
};
using problems = std::vector<problem>;

/// The entry of `known` that is closest to `word`, or "" where none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// What stands there, for the end of a problem's text: "found \"abc\"", "found a list"; never a hidden text, at most 40 characters.
std::string found_text(const parameter& value);

/// The value on one line, as YAML would have it: "{ limit: 500, warn_at: [0.8] }"; a hidden text is not shown. Equal values give equal texts,
/// except that hidden ones differ by a number that says nothing of them when `tell_apart` is set.
std::string flow_text(const parameter& value, bool tell_apart = false);

/// A key as it may be shown: up to the first character that no key of ours has, since what follows may be a secret gone astray.
std::string shown_key(std::string_view key);

/// Reads "30s", "15m", "1h", "500ms", "2d"; nothing for anything else, and for more than a year.
std::optional<duration> parse_length(std::string_view text);
/// The shortest text that `parse_length` reads back, to the millisecond: "30m", "90s".
std::string format_length(duration length);

/// Reads one map: asks for keys by name, then `finish` reports those that nobody asked for, each with the nearest known one.
class parameter_reader {
public:
  /// `where` names the map in messages. A value that is null is read as an empty map; anything else that is no map is a problem.
  /// The map must outlive the reader.
  parameter_reader(const parameter& map, std::string where, problems& out);
  parameter_reader(parameter&& map, std::string where, problems& out) = delete;

  bool has(std::string_view key);
  /// The value under `key`, or nothing. Counts as asked for.
  const parameter* get(std::string_view key);
  /// The same, and its absence is a problem.
  const parameter* require(std::string_view key);

  bool flag(std::string_view key, bool otherwise);
  /// A positive amount of money. Nothing (and a problem) when missing without a default, negative, zero or no number.
  std::optional<money> amount(std::string_view key, std::optional<money> otherwise = std::nullopt);
  /// A whole number within [least, most].
  std::optional<int64_t> count(std::string_view key, int64_t least, int64_t most, std::optional<int64_t> otherwise = std::nullopt);
  /// "30s", "15m", "1h", "500ms", "2d"; not negative.
  std::optional<duration> length(std::string_view key, std::optional<duration> otherwise = std::nullopt);
  /// "HH:MM" or "HH:MM:SS", as the time since midnight.
  std::optional<std::chrono::seconds> time_of_day(std::string_view key, std::optional<std::chrono::seconds> otherwise = std::nullopt);
  std::optional<std::string> word(std::string_view key, std::optional<std::string> otherwise = std::nullopt);
  /// One of `words`; gives its index.
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& words, std::optional<std::size_t> otherwise = std::nullopt);

  /// Reports unknown keys. Call once, last.
  void finish();

  /// Adds a problem about `at`; `key` names it where it does not know its own path, "" = this map itself.
  void complain(const parameter& at, std::string_view key, std::string text);
  /// Adds the problem that `key` is missing. `what` says what belongs there.
  void miss(std::string_view key, std::string what);
  const parameter& map() const { return *map_; }
  const std::string& where() const { return where_; }
  problems& found() { return *out_; }

private:
  const parameter* scalar(std::string_view key, std::string_view what, bool required);

  const parameter* map_;
  std::string where_;
  problems* out_;
  std::vector<std::string> asked_;
};

} // namespace rm
