#include "yaml_reader.hpp"

#include "switches.hpp"
#include "wall_time.hpp"

#include <algorithm>
#include <charconv>

namespace gateway_sim {

void fail(const YAML::Node& where, const std::string& what) {
  throw scenario_error{where.Mark().line + 1, what};
}

namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string{text} + "'";
}

[[noreturn]] void fail_value(const YAML::Node& node, std::string_view key, const std::string& wanted) {
  fail(node, quoted(key) + " must be " + wanted + (node.IsScalar() ? ", not " + quoted(node.Scalar()) : ""));
}

} // namespace

void check_keys(const YAML::Node& node, std::string_view what, const std::vector<std::string>& known) {
  if (!node.IsMap())
    fail(node, std::string{what} + " must be a map such as {" + known.front() + ": …}");
  for (const auto& entry : node) {
    auto key = entry.first.Scalar();
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail(entry.first,
           "unknown key " + quoted(key) + " in " + std::string{what} + ", did you mean " + quoted(nearest(key, known))
             + "?");
  }
}

std::string read_text(const YAML::Node& node, std::string_view key) {
  if (!node.IsScalar())
    fail_value(node, key, "a text");
  return node.Scalar();
}

int64_t read_int(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar()) {
    const auto& text = node.Scalar();
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size())
      return value;
  }
  fail_value(node, key, "a whole number");
}

bool read_bool(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar() && (node.Scalar() == "true" || node.Scalar() == "false"))
    return node.Scalar() == "true";
  fail_value(node, key, "true or false");
}

decimal read_decimal(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar())
    if (auto value = decimal::parse(node.Scalar()))
      return *value;
  fail_value(node, key, "a decimal number");
}

std::chrono::nanoseconds read_duration(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar())
    if (auto value = parse_duration(node.Scalar()))
      return *value;
  fail_value(node, key, "a duration such as 250ms, 2s or 24h");
}

std::size_t read_word(const YAML::Node& node, std::string_view key, const std::vector<std::string>& words) {
  if (node.IsScalar()) {
    auto found = std::find(words.begin(), words.end(), node.Scalar());
    if (found != words.end())
      return static_cast<std::size_t>(found - words.begin());
    fail(node, quoted(key) + " must be " + listed(words) + ", not " + quoted(node.Scalar()) + ", did you mean "
                 + quoted(nearest(node.Scalar(), words)) + "?");
  }
  fail_value(node, key, listed(words));
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return out;
}

} // namespace gateway_sim
