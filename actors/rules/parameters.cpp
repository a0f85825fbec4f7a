#include "actors/rules/parameters.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <limits>

namespace rm {
namespace {

constexpr int64_t most_money = 1'000'000'000; // dollars; keeps every later sum far from overflow
const parameter empty_map = [] {
  parameter out;
  out.type = parameter::kind::map;
  return out;
}();

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`, whatever the case.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::optional<int64_t> parse_whole(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative)
    text.remove_prefix(1);
  if (text.empty() || text.size() > 18)
    return std::nullopt;
  int64_t out = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return negative ? -out : out;
}

std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 && text.size() != 8)
    return std::nullopt;
  int parts[3] = {0, 0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2) {
      if (text[i] != ':')
        return std::nullopt;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      parts[i / 3] = parts[i / 3] * 10 + (text[i] - '0');
    }
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59)
    return std::nullopt;
  return std::chrono::hours{parts[0]} + std::chrono::minutes{parts[1]} + std::chrono::seconds{parts[2]};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

} // namespace

parameter::parameter() = default;
parameter::~parameter() = default;
parameter::parameter(const parameter&) = default;
parameter::parameter(parameter&&) noexcept = default;
parameter& parameter::operator=(const parameter&) = default;
parameter& parameter::operator=(parameter&&) noexcept = default;

const parameter* parameter::find(std::string_view key) const {
  for (const auto& [name, value] : entries)
    if (name == key)
      return &value;
  return nullptr;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_edits = std::numeric_limits<std::size_t>::max();
  for (const auto& candidate : known) {
    const std::size_t edits = edits_between(word, candidate);
    const std::size_t allowed = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    if (edits <= allowed && edits < best_edits) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

std::string shown_key(std::string_view key) {
  constexpr std::size_t longest = 40;
  std::size_t end = 0;
  while (end < key.size() && end < longest && (std::isalnum(static_cast<unsigned char>(key[end])) || key[end] == '_' || key[end] == '-'))
    ++end;
  return std::string{key.substr(0, end)} + (end < key.size() ? "…" : "");
}

std::string found_text(const parameter& value) {
  switch (value.type) {
    case parameter::kind::null: return "found nothing";
    case parameter::kind::list: return "found a list";
    case parameter::kind::map: return "found a map";
    case parameter::kind::scalar: break;
  }
  if (value.hidden)
    return "what stands there is not shown";
  std::string text = value.text.substr(0, 40);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ')
      c = ' ';
  return "found \"" + text + (value.text.size() > 40 ? "…\"" : "\"");
}

std::string flow_text(const parameter& value, bool tell_apart) {
  std::string out;
  switch (value.type) {
    case parameter::kind::null: return "~";
    case parameter::kind::scalar:
      if (!value.hidden)
        return value.text;
      return tell_apart ? "(hidden " + std::to_string(std::hash<std::string>{}(value.text)) + ")" : "(hidden)";
    case parameter::kind::list:
      for (const auto& item : value.items)
        out += (out.empty() ? "" : ", ") + flow_text(item, tell_apart);
      return "[" + out + "]";
    case parameter::kind::map:
      for (const auto& [key, item] : value.entries)
        out += (out.empty() ? "" : ", ") + key + ": " + flow_text(item, tell_apart);
      return out.empty() ? "{}" : "{ " + out + " }";
  }
  return out;
}

std::optional<duration> parse_length(std::string_view text) {
  using namespace std::chrono;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
    ++digits;
  const auto number = parse_whole(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  if (!number || digits > 9)
    return std::nullopt;
  duration one{};
  if (unit == "ms")
    one = milliseconds{1};
  else if (unit == "s")
    one = seconds{1};
  else if (unit == "m")
    one = minutes{1};
  else if (unit == "h")
    one = hours{1};
  else if (unit == "d")
    one = days{1};
  else
    return std::nullopt;
  constexpr duration most = days{366};
  if (*number > most / one)
    return std::nullopt;
  return one * *number;
}

std::string format_length(duration length) {
  using namespace std::chrono;
  const auto ms = duration_cast<milliseconds>(length).count();
  constexpr std::pair<int64_t, const char*> units[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
  for (const auto& [size, name] : units)
    if (ms != 0 && ms % size == 0)
      return std::to_string(ms / size) + name;
  return ms == 0 ? "0s" : std::to_string(ms) + "ms";
}

// -- parameter_reader -----------------------------------------------------------

parameter_reader::parameter_reader(const parameter& map, std::string where, problems& out)
  : map_{map.type == parameter::kind::map ? &map : &empty_map}, where_{map.path.empty() ? std::move(where) : map.path}, out_{&out} {
  if (map.type == parameter::kind::null)
    map_ = &map; // has no entries, and knows its line
  else if (map.type != parameter::kind::map)
    complain(map, "", "must be a map of keys and values; " + found_text(map));
}

const parameter* parameter_reader::get(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
    asked_.emplace_back(key);
  return map_->find(key);
}

bool parameter_reader::has(std::string_view key) { return get(key) != nullptr; }

const parameter* parameter_reader::require(std::string_view key) {
  const parameter* value = get(key);
  if (!value)
    miss(key, "");
  return value;
}

void parameter_reader::complain(const parameter& at, std::string_view key, std::string text) {
  std::string path = at.path;
  if (path.empty())
    path = key.empty() ? where_ : where_.empty() ? std::string{key} : where_ + "." + std::string{key};
  out_->push_back({at.line, std::move(path), std::move(text)});
}

void parameter_reader::miss(std::string_view key, std::string what) {
  const std::string path = where_.empty() ? std::string{key} : where_ + "." + std::string{key};
  out_->push_back({map_->line, path, what.empty() ? "is missing; add it" : "is missing; add " + what, true});
}

const parameter* parameter_reader::scalar(std::string_view key, std::string_view what, bool required) {
  const parameter* value = get(key);
  if (!value) {
    if (required)
      miss(key, std::string{key} + ": " + std::string{what});
    return nullptr;
  }
  if (value->type == parameter::kind::scalar)
    return value;
  complain(*value, key, "must be " + std::string{what} + "; " + found_text(*value));
  return nullptr;
}

bool parameter_reader::flag(std::string_view key, bool otherwise) {
  const parameter* value = scalar(key, "true or false", false);
  if (!value)
    return otherwise;
  if (value->text == "true" || value->text == "false")
    return value->text == "true";
  complain(*value, key, "must be true or false; " + found_text(*value));
  return otherwise;
}

std::optional<money> parameter_reader::amount(std::string_view key, std::optional<money> otherwise) {
  constexpr std::string_view what = "a positive amount such as 500";
  const parameter* value = scalar(key, what, !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  const auto sum = money::parse(value->text);
  if (!sum)
    complain(*value, key, "must be " + std::string{what} + "; " + found_text(*value));
  else if (sum->is_negative())
    complain(*value, key, "must be positive: amounts are written without a sign, also losses (500 means a loss of 500); " + found_text(*value));
  else if (sum->is_zero())
    complain(*value, key, "must be more than 0; to switch the rule off write enabled: false");
  else if (*sum > money::whole(most_money))
    complain(*value, key, "must be at most " + std::to_string(most_money) + "; " + found_text(*value));
  else
    return sum;
  return std::nullopt;
}

std::optional<int64_t> parameter_reader::count(std::string_view key, int64_t least, int64_t most, std::optional<int64_t> otherwise) {
  const std::string what = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const parameter* value = scalar(key, what, !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  const auto number = parse_whole(value->text);
  if (number && *number >= least && *number <= most)
    return number;
  complain(*value, key, "must be " + what + "; " + found_text(*value));
  return std::nullopt;
}

std::optional<duration> parameter_reader::length(std::string_view key, std::optional<duration> otherwise) {
  constexpr std::string_view what = "a length of time such as 30s, 15m or 1h";
  const parameter* value = scalar(key, what, !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  const auto span = parse_length(value->text);
  if (!span)
    complain(*value, key, "must be " + std::string{what} + " (at most 366d); " + found_text(*value));
  return span;
}

std::optional<std::chrono::seconds> parameter_reader::time_of_day(std::string_view key, std::optional<std::chrono::seconds> otherwise) {
  constexpr std::string_view what = "a time of day such as \"17:00\" or \"17:00:30\"";
  const parameter* value = scalar(key, what, !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  const auto time = parse_time_of_day(value->text);
  if (!time)
    complain(*value, key, "must be " + std::string{what} + "; " + found_text(*value));
  return time;
}

std::optional<std::string> parameter_reader::word(std::string_view key, std::optional<std::string> otherwise) {
  const parameter* value = scalar(key, "a text", !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  if (!value->text.empty())
    return value->text;
  complain(*value, key, "must not be empty");
  return std::nullopt;
}

std::optional<std::size_t> parameter_reader::choice(std::string_view key, const std::vector<std::string>& words,
                                                    std::optional<std::size_t> otherwise) {
  const std::string what = "one of: " + joined(words);
  const parameter* value = scalar(key, what, !otherwise);
  if (!value)
    return has(key) ? std::nullopt : otherwise;
  const auto found = std::find(words.begin(), words.end(), value->text);
  if (found != words.end())
    return static_cast<std::size_t>(found - words.begin());
  const std::string meant = value->hidden ? "" : nearest(value->text, words);
  complain(*value, key, "must be " + what + "; " + found_text(*value) + (meant.empty() ? "" : ", did you mean " + meant + "?"));
  return std::nullopt;
}

void parameter_reader::finish() {
  for (const auto& [key, value] : map_->entries) {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end())
      continue;
    const std::string meant = nearest(key, asked_);
    const std::string path = (where_.empty() ? "" : where_ + ".") + shown_key(key);
    out_->push_back({value.line, path,
                     "unknown key; " + (meant.empty() ? "known here: " + joined(asked_) : "did you mean " + meant + "?")});
  }
}

} // namespace rm
