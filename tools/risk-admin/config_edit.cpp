#include "tools/risk-admin/config_edit.hpp"

#include "tools/risk-admin/config_lines.hpp"

#include <algorithm>

namespace rm {
namespace {

/// What a way leads to: the last key's line in a block map, or the flow map that it goes on in.
struct found_value {
  std::optional<place> map; // of the last step, where the way went through block maps
  std::size_t step = 0;     // of the way: the first key that is not a block map's
  std::optional<std::size_t> line; // of that key, where it is there
  std::optional<std::size_t> flow; // an item of a list in flow style: where its brace is on that line
};

std::optional<found_value> go(const document& d, const config_path& where) {
  place map{{0, d.lines.size()}, 0, 0};
  map.indent = depth_in(d, map.lines, 0);
  for (std::size_t step = 0; step < where.size(); ++step) {
    const auto line = line_of(d, map, where[step]);
    if (!line)
      return found_value{map, step, std::nullopt, std::nullopt};
    const auto column = column_of(map, *line);
    const auto key = read_key(d.lines[*line], column);
    const std::string_view rest = std::string_view{d.lines[*line]}.substr(key->value);
    const bool has_value = !trimmed(rest.substr(0, end_of_value(rest))).empty();
    if (step + 1 == where.size() || has_value)
      return found_value{map, step, line, std::nullopt};
    span below = children_of(d, *line, column, map.lines.end);
    if (where[step + 1].starts_with("id=")) {
      const auto id = std::string_view{where[step + 1]}.substr(3);
      if (const auto at = flow_item_of(d, below, id); at && step + 2 < where.size())
        return found_value{map, step + 1, at->begin, at->end};
      const auto item = item_of(d, below, id);
      if (!item)
        return std::nullopt;
      map = *item;
      ++step;
      if (step + 1 == where.size())
        return found_value{map, step, map.lines.begin, std::nullopt};
      continue;
    }
    map = {below, depth_in(d, below, column + 2), 0};
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> set_value(std::string_view text, const config_path& where, std::string_view value) {
  document d{text};
  const auto found = go(d, where);
  if (!found || where.empty() || (where[found->step].starts_with("id=") && !found->flow))
    return std::nullopt;
  const auto& map = *found->map;
  if (!found->line) {
    // Behind the last line that says something, so that comments of what follows stay with it.
    std::size_t at = map.lines.end;
    while (at > map.lines.begin && !says_something(d.lines[at - 1]))
      --at;
    d.lines.insert(d.lines.begin() + static_cast<std::ptrdiff_t>(at), std::string(map.indent, ' ') + where[found->step] + ": " + flow_for(where, found->step + 1, value));
    return d.text();
  }
  std::string& line = d.lines[*found->line];
  const auto key = found->flow ? key_line{"", *found->flow} : read_key(line, column_of(map, *found->line)).value();
  if (found->step + 1 < where.size()) {
    const auto inner = flow_from(d, *found->line, key.value);
    if (!inner || inner->text.front() != '{')
      return std::nullopt;
    const auto fresh = set_in_flow(inner->text, where, found->step + 1, value);
    if (!fresh)
      return std::nullopt;
    document out{""};
    out.lines.assign(d.lines.begin(), d.lines.begin() + static_cast<std::ptrdiff_t>(*found->line));
    return out.text() + line.substr(0, key.value) + *fresh + (fresh->ends_with('\n') ? "" : "\n");
  }
  const auto end = key.value + end_of_value(std::string_view{line}.substr(key.value));
  std::string comment = line.substr(end);
  std::size_t old_end = end;
  while (old_end > key.value && line[old_end - 1] == ' ')
    --old_end;
  const std::string gap = comment.empty() ? "" : line.substr(old_end, end - old_end);
  std::string head = line.substr(0, key.value);
  if (head.back() == ':')
    head += ' ';
  line = head + std::string{value} + (comment.empty() || !gap.empty() ? gap : " ") + comment;
  return d.text();
}

std::optional<std::string> value_at(std::string_view text, const config_path& where) {
  const document d{text};
  const auto found = go(d, where);
  if (!found || !found->line || (where[found->step].starts_with("id=") && !found->flow))
    return std::nullopt;
  const auto key = found->flow ? key_line{"", *found->flow} : read_key(d.lines[*found->line], column_of(*found->map, *found->line)).value();
  const std::string_view rest = std::string_view{d.lines[*found->line]}.substr(key.value);
  if (found->step + 1 == where.size()) {
    const auto value = unquoted(rest.substr(0, end_of_value(rest)));
    return value.empty() ? std::nullopt : std::optional<std::string>{value};
  }
  auto map = flow_from(d, *found->line, key.value);
  for (std::size_t step = found->step + 1; map && map->text.front() == '{'; ++step) {
    const auto at = flow_value(map->text, map->end, where[step]);
    if (!at)
      return std::nullopt;
    const std::string value = map->text.substr(at->begin, at->end - at->begin);
    if (step + 1 == where.size())
      return std::string{unquoted(value)};
    map = flow_from(document{value}, 0, 0);
  }
  return std::nullopt;
}

std::vector<std::string> keys_at(std::string_view text, const config_path& where) {
  const document d{text};
  std::vector<std::string> out;
  config_path inside = where;
  inside.emplace_back("\x01"); // a key that nobody has: the way leads to its map
  const auto found = go(d, inside);
  if (found && found->map && found->step + 1 == inside.size()) {
    const auto& map = *found->map;
    for (std::size_t i = map.lines.begin; i < map.lines.end; ++i) {
      if (!says_something(d.lines[i]))
        continue;
      const bool first = i == map.lines.begin && map.first_column > 0;
      if (!first && indent_of(d.lines[i]) != map.indent)
        continue;
      if (!first && d.lines[i][map.indent] == '-') { // a list
        const auto column = d.lines[i].find_first_not_of(' ', map.indent + 1);
        if (column != std::string_view::npos && d.lines[i][column] == '{') {
          const auto item = flow_from(d, i, column);
          if (const auto id = item ? flow_value(item->text, item->end, "id") : std::nullopt)
            out.emplace_back(unquoted(std::string_view{item->text}.substr(id->begin, id->end - id->begin)));
        } else if (const auto key = column == std::string_view::npos ? std::nullopt : read_key(d.lines[i], column); key && key->key == "id") {
          const std::string_view rest = std::string_view{d.lines[i]}.substr(key->value);
          out.emplace_back(unquoted(rest.substr(0, end_of_value(rest))));
        }
      } else if (const auto key = read_key(d.lines[i], first ? map.first_column : map.indent)) {
        out.push_back(key->key);
      }
    }
    return out;
  }
  // A flow map: its keys one after the other.
  const auto outer = go(d, where);
  if (!outer || !outer->line || outer->step + 1 != where.size())
    return out;
  const auto key = read_key(d.lines[*outer->line], column_of(*outer->map, *outer->line));
  const auto map = flow_from(d, *outer->line, key->value);
  if (!map || map->text.front() != '{')
    return out;
  int depth = 0;
  std::size_t entry = 1;
  for (std::size_t i = 0; i < map->end; ++i) {
    const char c = map->text[i];
    depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    if ((c == ',' && depth == 1) || i + 1 == map->end) {
      const auto colon = map->text.find(':', entry);
      if (colon < i)
        out.emplace_back(unquoted(std::string_view{map->text}.substr(entry, colon - entry)));
      entry = i + 1;
    }
  }
  return out;
}

std::optional<std::string> add_item(std::string_view text, const config_path& list, const std::vector<std::string>& lines) {
  document d{text};
  const auto found = go(d, list);
  if (!found || !found->line || found->step + 1 != list.size() || lines.empty())
    return std::nullopt;
  const auto below = children_of(d, *found->line, column_of(*found->map, *found->line), found->map->lines.end);
  const auto indent = depth_in(d, below, column_of(*found->map, *found->line) + 2);
  std::vector<std::string> fresh;
  for (const auto& line : lines)
    fresh.push_back(std::string(indent, ' ') + (fresh.empty() ? "- " : "  ") + line);
  d.lines.insert(d.lines.begin() + static_cast<std::ptrdiff_t>(below.end), fresh.begin(), fresh.end());
  return d.text();
}

std::optional<std::string> remove_item(std::string_view text, const config_path& list, std::string_view id) {
  document d{text};
  const auto found = go(d, list);
  if (!found || !found->line || found->step + 1 != list.size())
    return std::nullopt;
  const auto below = children_of(d, *found->line, column_of(*found->map, *found->line), found->map->lines.end);
  if (const auto at = flow_item_of(d, below, id)) {
    const auto& line = d.lines[at->begin];
    if (std::count(line.begin(), line.end(), '{') != std::count(line.begin(), line.end(), '}'))
      return std::nullopt; // it goes over several lines: by hand, then
    d.lines.erase(d.lines.begin() + static_cast<std::ptrdiff_t>(at->begin));
    return d.text();
  }
  const auto item = item_of(d, below, id);
  if (!item)
    return std::nullopt;
  auto end = item->lines.end;
  while (end > item->lines.begin && !says_something(d.lines[end - 1]))
    --end;
  d.lines.erase(d.lines.begin() + static_cast<std::ptrdiff_t>(item->lines.begin), d.lines.begin() + static_cast<std::ptrdiff_t>(end));
  return d.text();
}

std::string yaml_word(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/") == std::string_view::npos && text.front() != '-';
  if (plain)
    return std::string{text};
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out + "\"";
}

} // namespace rm
