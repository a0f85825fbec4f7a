#include "tools/risk-manager/config_desk.hpp"

#include "actors/admin/json_text.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_parts.hpp"

#include <fstream>
#include <iterator>
#include <regex>

namespace rm {
namespace {

/// A key's value, in block and in flow style; what stands before and after it is kept.
const std::regex& key_pattern() {
  static const std::regex pattern{R"re((["']?api_key["']?[ \t]*:[ \t]*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s,}#"'][^\n,}#]*))re"};
  return pattern;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.pop_back();
  return text;
}

bool is_written_out(const std::string& value) { return value.find("${") == std::string::npos; }

/// Replaces each written-out key by what `replace` gives; nothing when it gives nothing.
template <class Replace>
std::optional<std::string> replaced(std::string_view text, Replace replace) {
  const std::string all{text};
  std::string out;
  std::size_t copied = 0;
  for (std::sregex_iterator found{all.begin(), all.end(), key_pattern()}, end; found != end; ++found) {
    const std::string value = trimmed((*found)[2].str());
    if (!is_written_out(value))
      continue;
    const auto at = static_cast<std::size_t>(found->position(2));
    const auto by = replace(value);
    if (!by)
      return std::nullopt;
    out += all.substr(copied, at - copied) + *by;
    copied = at + value.size();
  }
  return out + all.substr(copied);
}

std::vector<std::string> keys_in(std::string_view text) {
  std::vector<std::string> out;
  replaced(text, [&](const std::string& value) { return out.push_back(value), std::optional<std::string>{value}; });
  return out;
}

/// The addresses and names of the logins, in their order: a key belongs to one of them.
std::vector<std::string> owners_in(std::string_view text) {
  static const std::regex pattern{R"re((api_url|user_hub_url|market_hub_url|user_name|kind|ca_file|api_key_file)["']?[ \t]*:[ \t]*([^\s,}#]+))re"};
  const std::string all{text};
  std::vector<std::string> out;
  for (std::sregex_iterator found{all.begin(), all.end(), pattern}, end; found != end; ++found)
    out.push_back(found->str());
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

std::string fingerprint(std::string_view text) {
  uint64_t hash = 14695981039346656037ull; // FNV-1a
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4)
    out += digits[(hash >> shift) & 15];
  return out;
}

config_verdict judge_text(std::string_view text, const std::filesystem::path& file, const settings& in_force) {
  config_verdict out;
  std::error_code failed;
  out.loaded = read_settings(text, std::filesystem::absolute(file, failed).parent_path(), process_environment());
  if (!out.loaded.value)
    return out;
  for (auto& fixed : needs_restart(in_force, *out.loaded.value))
    out.loaded.found.push_back(fixed);
  for (auto& [account, change] : differences(in_force, *out.loaded.value))
    out.changes.push_back(change);
  return out;
}

std::string verdict_json(const config_verdict& verdict, const std::filesystem::path& file) {
  json_writer out;
  const auto list = [&](std::string_view name, const problems& all) {
    out.key(name).begin_array();
    for (const auto& each : all)
      out.text(format_problem(file, each));
    out.end_array();
  };
  out.begin_object().key("ok").flag(verdict.loaded.found.empty());
  list("problems", verdict.loaded.found);
  list("warnings", verdict.loaded.warnings);
  out.key("changes").begin_array();
  for (const auto& change : verdict.changes)
    out.text(change);
  out.end_array().end_object();
  return out.take();
}

std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  if (!in && !in.eof())
    throw std::runtime_error{file.string() + " cannot be read"};
  return text;
}

std::string shown_json(const std::filesystem::path& file, const settings& in_force) {
  const std::string text = text_of_file(file);
  json_writer out;
  out.begin_object().key("file").text(file.string()).key("base").text(fingerprint(text)).key("text").text(without_keys(text)).key("presets").begin_array();
  for (const auto& each : in_force.presets)
    out.text(each.name);
  out.end_array().end_object();
  return out.take();
}

void put_key(const settings& in_force, const broker_id& broker, const std::string& key) {
  for (const auto& each : in_force.brokers) {
    if (each.id != broker)
      continue;
    if (each.api_key_file.empty())
      throw std::runtime_error{"the key of " + broker.str() + " does not come from a file: name one with api_key_file in the configuration, and put the key there"};
    replace_file(each.api_key_file, key + "\n");
    std::error_code ignored;
    std::filesystem::remove(std::filesystem::path{std::filesystem::canonical(each.api_key_file, ignored).string() + ".old"}, ignored); // an old key is a key
    return;
  }
  throw std::runtime_error{"there is no login " + broker.str()};
}

} // namespace rm
