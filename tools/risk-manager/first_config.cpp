#include "tools/risk-manager/first_config.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace rm {
namespace {

/// Puts `text` in the place of the value after `key: `, to the end of the line or the comment. A comment stays.
void put(std::string& all, const std::string& key, const std::string& text) {
  const auto at = all.find(key);
  if (at == std::string::npos)
    throw std::runtime_error{"the example configuration has no line '" + key + "'"};
  const auto begin = at + key.size();
  auto end = all.find('\n', begin);
  if (const auto comment = all.find(" #", begin); comment < end)
    end = comment;
  all.replace(begin, end - begin, text);
}

/// In single quotes YAML takes everything as it is, backslashes too.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? "''" : std::string{c};
  return out + "'";
}

constexpr std::string_view user_line = "\n    user_name: ", key_line = "\n    api_key: ", key_file_line = "\n    api_key_file: ";
constexpr std::string_view profiles_line = "\nprofiles:\n", accounts_line = "\naccounts:\n";

/// Puts a line in the place of the whole line that begins so.
std::string with_line(std::string text, std::string_view old_line, const std::string& line) {
  const auto at = text.find(old_line);
  return at == std::string::npos ? text : text.replace(at, text.find('\n', at + 1) - at, "\n" + line);
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

std::string first_config(const std::string& example, const std::filesystem::path& root, const std::string& socket, const std::string& user_name) {
  std::string out = example;
  put(out, "\n  data_dir: ", quoted((root / "data").string()));
  put(out, "\n  socket: ", quoted(socket));
  put(out, "\n  log: ", "{ folder: " + quoted((root / "logs").string()) + ", level: info, max_size_mb: 20, keep: 10, format: text }");
  return with_login(out, user_name, "secrets/topstepx.key");
}

std::string with_login(const std::string& text, const std::string& user_name, const std::string& key_file) {
  std::string out = text;
  if (!user_name.empty())
    put(out, std::string{user_line}, quoted(user_name));
  if (holds(out, key_file_line))
    return out;
  if (!holds(out, key_line))
    throw std::runtime_error{"the example configuration has no line 'api_key: '"};
  return with_line(out, key_line, "    api_key_file: " + key_file + "   # made with: risk-admin key set topstepx; administrators and the service read it");
}

std::string with_trial_login(const std::string& text, const std::string& user_name, const std::string& key) {
  const auto out = with_login(text, user_name);
  return with_line(out, key_file_line, "    api_key: " + quoted(key));
}

std::string key_file_in(const std::string& text) {
  const auto at = text.find(key_file_line);
  if (at == std::string::npos)
    return "";
  const auto begin = at + key_file_line.size();
  auto value = text.substr(begin, text.find('\n', begin) - begin);
  value = value.substr(0, value.find(" #"));
  value.erase(value.find_last_not_of(" \t\r") + 1);
  if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    value = value.substr(1, value.size() - 2);
  return value;
}

std::string with_accounts(const std::string& text, const std::string& login, const std::vector<first_account>& accounts, int64_t margin) {
  const auto end = text.find(profiles_line);
  if (end == std::string::npos || text.find(accounts_line, end) == std::string::npos)
    throw std::runtime_error{"this configuration does not end with its profiles and accounts, as the shipped example does: name that one with --example FILE"};
  std::string out = text.substr(0, end) + std::string{profiles_line};
  std::set<std::string> written;
  for (const auto& account : accounts)
    if (written.insert(account.preset).second)
      out += "  # The firm's own limits, kept " + std::to_string(margin) + " % below. What else shall hold goes under rules: all 21 are explained in the shipped example.\n  " + account.preset +
             ":\n    preset: { name: " + account.preset + ", safety_margin: " + std::to_string(margin) + " }\n    rules:\n      auth_guard: {}\n\n";
  out += "# The accounts to watch, by the venue's number. Rules here are laid over the profile's, key by key.\naccounts:\n";
  for (const auto& account : accounts)
    out += "  - id: " + to_string(account.id) + "\n    name: " + quoted(account.name) + "\n    broker: " + login + "\n    profile: " + account.preset + "\n";
  return out;
}

bool has_example_accounts(const std::string& text) {
  const auto at = text.find(accounts_line);
  if (at == std::string::npos)
    return true;
  const std::string_view accounts = std::string_view{text}.substr(at);
  const auto first = accounts.find("- id:");
  return first == std::string_view::npos || (holds(accounts, "id: 126244") && holds(accounts, "name: PRAC-V2-126244") && accounts.find("- id:", first + 1) == std::string_view::npos);
}

std::string preset_for(const account_update& account, const std::vector<std::string>& presets) {
  std::string name = account.name;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const auto& [size, dollars] : {std::pair{"150k", 150'000}, {"100k", 100'000}, {"50k", 50'000}}) {
    const std::string word = size, big = word.substr(0, word.size() - 1) + "K";
    const auto preset = std::find_if(presets.begin(), presets.end(), [&](const auto& each) { return each.ends_with("-" + word); });
    if (preset == presets.end())
      continue;
    const auto at = name.find(big);
    const bool named = at != std::string::npos && (at == 0 || name[at - 1] < '0' || name[at - 1] > '9');
    // An account that has lost or won a little still begins with its size.
    const auto whole = money::from_units(money::one * dollars), tenth = money::from_units(money::one * (dollars / 10));
    if (named || (account.balance >= whole - tenth && account.balance <= whole + tenth))
      return *preset;
  }
  return "";
}

} // namespace rm
