// A configuration's text as lines: where keys, blocks, items of lists and flow maps are. For config_edit.cpp alone.
#pragma once

#include "tools/risk-admin/config_edit.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// A part of the text, as lines: [begin, end).
struct span {
  std::size_t begin = 0, end = 0;
};

/// The text, line by line; every line ends when it is put together again.
class document {
public:
  explicit document(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      lines.emplace_back(text.substr(0, end));
      if (end == std::string_view::npos)
        return;
      text.remove_prefix(end + 1);
    }
  }
  std::string text() const {
    std::string out;
    for (const auto& line : lines)
      out += line + "\n";
    return out;
  }

  std::vector<std::string> lines;
};

/// "key: value  # comment" from `from` on: the key, and where the value begins. Nothing when it is no such line.
struct key_line {
  std::string key;
  std::size_t value = 0; // column
};
std::optional<key_line> read_key(std::string_view line, std::size_t from);

/// A map's place in the text: block lines at one depth, or a flow map on and after one line.
struct place {
  span lines;              // of a block map
  std::size_t indent = 0;  // of its keys; for an empty map: where they would stand
  std::size_t first_column = 0; // of the first line's key, behind a dash
};

/// All lines from `at` on as one text, so that a flow map may go over several.
struct flow {
  std::string text;     // from its brace to the end of the document
  std::size_t end = 0;  // behind its closing brace
};

std::size_t indent_of(std::string_view line);
/// Neither empty nor a comment.
bool says_something(std::string_view line);
std::string_view trimmed(std::string_view text);
std::string_view unquoted(std::string_view text);
/// Where the value's text ends and its comment begins.
std::size_t end_of_value(std::string_view text);
/// The lines below `at` that belong to it: deeper ones, and list items at its own depth.
span children_of(const document& d, std::size_t at, std::size_t indent, std::size_t limit);
std::size_t depth_in(const document& d, span lines, std::size_t otherwise);
/// The line of that key in a block map.
std::optional<std::size_t> line_of(const document& d, const place& map, std::string_view key);
std::size_t column_of(const place& map, std::size_t line);
/// The item of a list whose id it is, as a map.
std::optional<place> item_of(const document& d, span list, std::string_view id);
/// The same for an item in flow style: its line, and the column of its brace.
std::optional<span> flow_item_of(const document& d, span list, std::string_view id);
std::optional<flow> flow_from(const document& d, std::size_t line, std::size_t column);
/// The value of a key in a flow map: [begin, end) in its text.
std::optional<span> flow_value(std::string_view text, std::size_t end, std::string_view key);
std::string flow_for(const config_path& where, std::size_t from, std::string_view value);
std::optional<std::string> set_in_flow(std::string text, const config_path& where, std::size_t from, std::string_view value);

} // namespace rm
