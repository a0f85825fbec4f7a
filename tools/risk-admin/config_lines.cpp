#include "tools/risk-admin/config_lines.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr auto none = std::string_view::npos;

} // namespace

std::size_t indent_of(std::string_view line) {
  const auto at = line.find_first_not_of(' ');
  return at == none ? 0 : at;
}

bool says_something(std::string_view line) {
  const auto at = line.find_first_not_of(" \t\r");
  return at != none && line[at] != '#';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

std::size_t end_of_value(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
      return i;
  }
  return text.size();
}

std::optional<key_line> read_key(std::string_view line, std::size_t from) {
  const auto colon = line.find(':', from);
  if (colon == none || (colon + 1 < line.size() && line[colon + 1] != ' ' && line[colon + 1] != '\r' && line[colon + 1] != '\t'))
    return std::nullopt;
  const auto value = line.find_first_not_of(" \t", colon + 1);
  return key_line{std::string{unquoted(line.substr(from, colon - from))}, value == none ? line.size() : value};
}

span children_of(const document& d, std::size_t at, std::size_t indent, std::size_t limit) {
  std::size_t end = at + 1, last = at + 1;
  for (; end < limit; ++end) {
    if (!says_something(d.lines[end]))
      continue;
    const auto deep = indent_of(d.lines[end]);
    if (deep < indent || (deep == indent && d.lines[end][deep] != '-'))
      break;
    last = end + 1;
  }
  return {at + 1, last};
}

std::size_t depth_in(const document& d, span lines, std::size_t otherwise) {
  for (std::size_t i = lines.begin; i < lines.end; ++i)
    if (says_something(d.lines[i]))
      return indent_of(d.lines[i]);
  return otherwise;
}

std::optional<std::size_t> line_of(const document& d, const place& map, std::string_view key) {
  for (std::size_t i = map.lines.begin; i < map.lines.end; ++i) {
    const bool first = i == map.lines.begin && map.first_column > 0;
    if (!says_something(d.lines[i]) || (!first && indent_of(d.lines[i]) != map.indent))
      continue;
    if (const auto found = read_key(d.lines[i], first ? map.first_column : map.indent); found && found->key == key)
      return i;
  }
  return std::nullopt;
}

std::size_t column_of(const place& map, std::size_t line) { return line == map.lines.begin && map.first_column > 0 ? map.first_column : map.indent; }

std::optional<place> item_of(const document& d, span list, std::string_view id) {
  const auto indent = depth_in(d, list, 0);
  for (std::size_t i = list.begin; i < list.end; ++i) {
    if (!says_something(d.lines[i]) || indent_of(d.lines[i]) != indent || d.lines[i][indent] != '-')
      continue;
    std::size_t end = i + 1;
    while (end < list.end && (!says_something(d.lines[end]) || indent_of(d.lines[end]) > indent))
      ++end;
    const auto column = d.lines[i].find_first_not_of(' ', indent + 1);
    if (column == none)
      continue;
    const place item{{i, end}, column, column};
    if (const auto line = line_of(d, item, "id")) {
      const auto key = read_key(d.lines[*line], column_of(item, *line));
      const std::string_view rest = std::string_view{d.lines[*line]}.substr(key->value);
      if (unquoted(rest.substr(0, end_of_value(rest))) == id)
        return item;
    }
  }
  return std::nullopt;
}

// -- flow maps -------------------------------------------------------------------------

std::optional<flow> flow_from(const document& d, std::size_t line, std::size_t column) {
  flow out;
  out.text = d.lines[line].substr(column);
  for (std::size_t i = line + 1; i < d.lines.size(); ++i)
    out.text += "\n" + d.lines[i];
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < out.text.size(); ++i) {
    const char c = out.text[i];
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && i > 0 && (out.text[i - 1] == ' ' || out.text[i - 1] == '\n')) {
      i = std::min(out.text.find('\n', i), out.text.size());
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      out.end = i + 1;
      return out;
    }
  }
  return std::nullopt;
}

std::optional<span> flow_value(std::string_view text, std::size_t end, std::string_view key) {
  int depth = 0;
  char quote = 0;
  std::size_t entry = 1;
  for (std::size_t i = 0; i < end; ++i) {
    const char c = text[i];
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
      continue;
    }
    if (c == '"' || c == '\'')
      quote = c;
    if (c == '{' || c == '[')
      ++depth;
    const bool closes = c == '}' || c == ']';
    if (depth == 1 && (c == ',' || closes)) {
      const auto colon = text.substr(0, i).find(':', entry);
      if (colon != none && unquoted(text.substr(entry, colon - entry)) == key) {
        auto begin = colon + 1;
        while (begin < i && text[begin] == ' ')
          ++begin;
        auto last = i;
        while (last > begin && (text[last - 1] == ' ' || text[last - 1] == '\n'))
          --last;
        return span{begin, last};
      }
      entry = i + 1;
    }
    if (closes)
      --depth;
  }
  return std::nullopt;
}

std::optional<span> flow_item_of(const document& d, span list, std::string_view id) {
  const auto indent = depth_in(d, list, 0);
  for (std::size_t i = list.begin; i < list.end; ++i) {
    if (!says_something(d.lines[i]) || indent_of(d.lines[i]) != indent || d.lines[i][indent] != '-')
      continue;
    const auto column = d.lines[i].find_first_not_of(' ', indent + 1);
    if (column == none || d.lines[i][column] != '{')
      continue;
    const auto item = flow_from(d, i, column);
    const auto found = item ? flow_value(item->text, item->end, "id") : std::nullopt;
    if (found && unquoted(std::string_view{item->text}.substr(found->begin, found->end - found->begin)) == id)
      return span{i, column};
  }
  return std::nullopt;
}

std::string flow_for(const config_path& where, std::size_t from, std::string_view value) {
  if (from == where.size())
    return std::string{value};
  return "{ " + where[from] + ": " + flow_for(where, from + 1, value) + " }";
}

std::optional<std::string> set_in_flow(std::string text, const config_path& where, std::size_t from, std::string_view value) {
  const document whole{text};
  const auto map = flow_from(whole, 0, 0);
  if (!map || text.front() != '{')
    return std::nullopt;
  if (const auto at = flow_value(text, map->end, where[from])) {
    std::string old = text.substr(at->begin, at->end - at->begin), fresh;
    if (from + 1 == where.size())
      fresh = std::string{value};
    else if (auto inner = set_in_flow(old, where, from + 1, value))
      fresh = *inner;
    else
      return std::nullopt;
    while (!fresh.empty() && fresh.back() == '\n')
      fresh.pop_back();
    return text.replace(at->begin, at->end - at->begin, fresh);
  }
  auto last = map->end - 1;
  while (last > 0 && (text[last - 1] == ' ' || text[last - 1] == '\n'))
    --last;
  const bool empty = text[last - 1] == '{';
  return text.replace(last, map->end - last, (empty ? " " : ", ") + where[from] + ": " + flow_for(where, from + 1, value) + " }");
}

} // namespace rm
