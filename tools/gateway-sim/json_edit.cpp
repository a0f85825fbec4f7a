#include "json_edit.hpp"

#include <functional>

namespace gateway_sim {

namespace {

/// Past the string that begins at `at`.
std::size_t after_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\')
      ++at;
  return at + 1;
}

/// Past the value that begins at `at`.
std::size_t after_value(std::string_view json, std::size_t at) {
  int depth = 0;
  while (at < json.size()) {
    char c = json[at];
    if (c == '"') {
      at = after_string(json, at);
      if (depth == 0)
        return at;
      continue;
    }
    if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']') {
      if (depth == 0)
        return at;
      if (--depth == 0)
        return at + 1;
    } else if (c == ',' && depth == 0)
      return at;
    ++at;
  }
  return at;
}

using member_edit = std::function<std::string(std::string_view name_with_colon)>;

/// Replaces every member `name` by what `edit` says, and counts them. An empty text takes the comma along.
std::string edited(std::string_view json, std::string_view name, const member_edit& edit, int& hits) {
  std::string out;
  std::size_t at = 0;
  while (at < json.size()) {
    if (json[at] != '"') {
      out += json[at++];
      continue;
    }
    auto end = after_string(json, at);
    auto text = json.substr(at, end - at);
    bool wanted = end < json.size() && json[end] == ':' && text.size() == name.size() + 2 && text.substr(1, name.size()) == name;
    if (!wanted) {
      out += text;
      at = end;
      continue;
    }
    ++hits;
    auto put = edit(json.substr(at, end + 1 - at));
    at = after_value(json, end + 1);
    out += put;
    if (!put.empty())
      continue;
    if (at < json.size() && json[at] == ',')
      ++at;
    else if (!out.empty() && out.back() == ',')
      out.pop_back();
  }
  return out;
}

std::string with_first_members(std::string_view json, const std::string& members) {
  std::string out;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      auto end = after_string(json, at);
      out += json.substr(at, end - at);
      at = end;
      continue;
    }
    out += json[at++];
    if (out.back() != '{')
      continue;
    auto rest = json.substr(at);
    for (std::string_view first : {"\"id\":", "\"symbol\":", "\"symbolId\":", "\"t\":", "\"timestamp\":"})
      if (rest.starts_with(first))
        out += members + ",";
  }
  return out;
}

} // namespace

std::string with_member(std::string_view json, std::string_view name, std::string_view value) {
  int hits = 0;
  auto out = edited(json, name, [&](std::string_view key) { return std::string{key} + std::string{value}; }, hits);
  return hits > 0 ? out : with_first_members(json, "\"" + std::string{name} + "\":" + std::string{value});
}

std::string without_member(std::string_view json, std::string_view name) {
  int hits = 0;
  return edited(json, name, [](std::string_view) { return std::string{}; }, hits);
}

std::string with_unknown_members(std::string_view json) {
  return with_first_members(json, R"("venueRevision":7,"extension":{"kind":["a",null,1.5],"id":-1})");
}

} // namespace gateway_sim
