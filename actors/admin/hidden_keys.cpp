#include "actors/admin/hidden_keys.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace rm {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// How far in the line stands that `at` is in; a list's "- " counts as depth, for its keys stand behind it.
std::size_t depth_at(std::string_view text, std::size_t at) {
  auto begin = at == 0 ? 0 : text.rfind('\n', at - 1);
  begin = begin == std::string_view::npos || at == 0 ? 0 : begin + 1;
  std::size_t depth = 0;
  while (begin + depth < at && (text[begin + depth] == ' ' || text[begin + depth] == '-'))
    ++depth;
  return depth;
}

/// The end of the lines after the one of `at` that are empty or deeper in than it: a value's further lines.
std::size_t end_of_block(std::string_view text, std::size_t at) {
  const auto depth = depth_at(text, at);
  auto end = std::min(text.find('\n', at), text.size());
  for (auto next = end; next < text.size();) {
    const auto line_end = std::min(text.find('\n', next + 1), text.size());
    const auto first = text.find_first_not_of(" \t\r", next + 1);
    if (first != std::string_view::npos && first < line_end) {
      if (first - next - 1 <= depth)
        break;
      end = line_end;
    }
    next = line_end;
  }
  return end;
}

/// What stands after `key:` from `at` on, where a value begins.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const char quote = text[at++];
    for (; at < text.size() && text[at] != '\n'; ++at) {
      if (quote == '"' && text[at] == '\\')
        ++at;
      else if (text[at] == quote && quote == '\'' && at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else if (text[at] == quote)
        return at + 1;
    }
    return std::min(at, text.size()); // never closed: all of the line
  }
  if (at < text.size() && (text[at] == '|' || text[at] == '>')) // a block
    return end_of_block(text, at);
  if (at < text.size() && (text[at] == '\n' || text[at] == '\r')) { // on the next line, or nowhere
    const auto end = end_of_block(text, at);
    return text.find_first_not_of(" \t\r\n", at) < end ? end : at;
  }
  auto end = text.find_first_of("\n,}#", at);
  while (end < text.size() && text[end] == ',' && end + 1 < text.size() && std::string_view{" \t\r\n}"}.find(text[end + 1]) == std::string_view::npos) // a comma in a word ends nothing
    end = text.find_first_of("\n,}#", end + 1);
  end = std::min(end, text.size());
  while (end > at && (is_blank(text[end - 1]) || text[end - 1] == '\r'))
    --end;
  return end;
}

struct found_value {
  std::size_t at = 0, end = 0; // in the text
  std::string_view key;
};

/// The values of these keys, in block and in flow style, in the order of the text. One pass without recursion: a value may be of any length.
std::vector<found_value> values_of(std::string_view text, std::initializer_list<std::string_view> keys) {
  std::vector<found_value> out;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    if (!out.empty() && colon < out.back().end)
      continue;
    auto name_end = colon;
    while (name_end > 0 && is_blank(text[name_end - 1]))
      --name_end;
    if (name_end > 0 && (text[name_end - 1] == '"' || text[name_end - 1] == '\''))
      --name_end;
    const auto key = std::find_if(keys.begin(), keys.end(), [&](std::string_view k) { return text.substr(0, name_end).ends_with(k); });
    if (key == keys.end())
      continue;
    auto at = colon + 1;
    while (at < text.size() && is_blank(text[at]))
      ++at;
    if (const auto end = end_of_value(text, at); end > at)
      out.push_back({at, end, *key});
  }
  return out;
}

bool is_written_out(std::string_view value) { return value.find("${") == std::string_view::npos; }

/// Replaces each written-out key by what `replace` gives; nothing when it gives nothing.
template <class Replace>
std::optional<std::string> replaced(std::string_view text, Replace replace) {
  std::string out;
  std::size_t copied = 0;
  for (const auto& found : values_of(text, {"api_key"})) {
    const std::string value{text.substr(found.at, found.end - found.at)};
    if (!is_written_out(value))
      continue;
    const auto by = replace(value);
    if (!by)
      return std::nullopt;
    out.append(text.substr(copied, found.at - copied)).append(*by);
    copied = found.end;
  }
  return out.append(text.substr(copied));
}

std::vector<std::string> keys_in(std::string_view text) {
  std::vector<std::string> out;
  replaced(text, [&](const std::string& value) { return out.push_back(value), std::optional<std::string>{value}; });
  return out;
}

/// The addresses and names of the logins, in their order: a key belongs to one of them.
std::vector<std::string> owners_in(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& found : values_of(text, {"api_url", "user_hub_url", "market_hub_url", "user_name", "kind", "ca_file", "api_key_file"}))
    out.push_back(std::string{found.key} + ": " + std::string{text.substr(found.at, found.end - found.at)});
  return out;
}

} // namespace

std::string without_keys(std::string_view text) {
  return replaced(text, [](const std::string&) { return std::optional<std::string>{hidden_key}; }).value();
}

std::optional<std::string> with_keys(std::string_view text, std::string_view original) {
  const auto known = keys_in(original);
  std::size_t next = 0, hidden = 0;
  for (const auto& value : keys_in(text))
    hidden += value == hidden_key;
  if (hidden == 0)
    return std::string{text};
  if (hidden != known.size() || keys_in(text).size() != hidden || owners_in(text) != owners_in(original))
    return std::nullopt;
  return replaced(text, [&](const std::string&) { return std::optional<std::string>{known[next++]}; });
}

} // namespace rm
