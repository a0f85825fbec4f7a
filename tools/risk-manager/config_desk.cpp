#include "tools/risk-manager/config_desk.hpp"

#include "actors/admin/json_text.hpp"
#include "tools/risk-manager/config_meaning.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_parts.hpp"
#include "tools/risk-manager/removed_accounts.hpp"

#include <fstream>
#include <iterator>

namespace rm {

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

config_verdict judge_text(std::string_view text, const std::filesystem::path& file, const settings& in_force, const std::vector<account_day>& days) {
  config_verdict out;
  std::error_code failed;
  out.loaded = read_settings(text, std::filesystem::absolute(file, failed).parent_path(), process_environment());
  if (!out.loaded.value)
    return out;
  carry_on(*out.loaded.value, in_force);
  for (const auto& all : {needs_restart(in_force, *out.loaded.value), removed_while_locked(in_force, *out.loaded.value)})
    out.loaded.found.insert(out.loaded.found.end(), all.begin(), all.end());
  for (auto& [account, change] : differences(in_force, *out.loaded.value))
    out.changes.push_back(change);
  if (!days.empty())
    out.today = meaning_for_today(in_force, *out.loaded.value, days);
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
  for (const auto& [name, lines] : {std::pair{"changes", &verdict.changes}, {"today", &verdict.today}}) {
    out.key(name).begin_array();
    for (const auto& line : *lines)
      out.text(line);
    out.end_array();
  }
  out.end_object();
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
  const std::string shown = without_keys(text);
  std::error_code failed;
  if (const auto loaded = read_settings(text, std::filesystem::absolute(file, failed).parent_path(), process_environment()); loaded.value)
    for (const auto& broker : loaded.value->brokers)
      if (broker.api_key_file.empty() && broker.api_key.size() > 3 && shown.find(broker.api_key) != std::string::npos)
        throw std::runtime_error{file.string() + " is not shown: it holds the key of " + broker.id.str() + " in a place where it cannot be hidden; write it as one word after api_key:, and nowhere else"};
  json_writer out;
  out.begin_object().key("file").text(file.string()).key("base").text(fingerprint(text)).key("text").text(shown).key("presets").begin_array();
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
