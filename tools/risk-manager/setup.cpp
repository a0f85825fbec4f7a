#include "tools/risk-manager/setup.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/admin/nearest.hpp"
#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/first_config.hpp"
#include "tools/risk-manager/gateway_check.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_service.hpp"
#include "tools/risk-manager/undo.hpp"
#include "tools/screen/ask.hpp"
#include "tools/screen/terminal.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace rm {
namespace {

namespace fs = std::filesystem;

constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_not_permitted = 4;

/// What ends the setup with a sentence for people.
struct ended : std::runtime_error {
  ended(int exit_code, const std::string& why) : std::runtime_error{why}, code{exit_code} {}
  int code;
};

std::string asked(const std::string& given, const char* question, const char* otherwise, bool hidden = false) {
  std::string out = given;
  if (out.empty() && !on_terminal())
    throw ended{exit_usage, otherwise};
  if (out.empty())
    out = hidden ? ask_hidden(question) : ask_on_terminal(question);
  out.erase(0, out.find_first_not_of(" \t"));
  out.erase(out.find_last_not_of(" \t\r") + 1);
  if (out.empty())
    throw ended{exit_usage, otherwise};
  if (std::any_of(out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw ended{exit_usage, "a user name and a key are one line without control characters"};
  return out;
}

void say_problems(const fs::path& file, const problems& all) {
  for (const auto& each : all)
    std::cerr << format_problem(file, each) << "\n";
}

/// The text that the configuration is made of.
std::string base_text(const setup_request& r) {
  std::error_code ignored;
  if (fs::exists(r.config, ignored)) {
    const auto text = text_of_file(r.config);
    if (!has_example_accounts(text) && !r.replace)
      throw ended{exit_usage, r.config.string() + " has accounts of its own already: risk-admin config wizard changes it; --replace puts these in their place (the old file stays as .old)"};
    return r.example.empty() ? text : text_of_file(r.example);
  }
  const auto example = r.example.empty() ? shipped_example() : r.example;
  if (!fs::exists(example, ignored))
    throw ended{exit_usage, "there is neither " + r.config.string() + " nor the shipped example " + example.string() + ": name the example with --example FILE"};
  return text_of_file(example);
}

/// The login as the text has it, with a name and a key that are only tried.
settings trial_settings(const std::string& text, const fs::path& file, const std::string& user, const std::string& key) {
  auto loaded = read_settings(with_trial_login(text, user, key), fs::absolute(file).parent_path(), process_environment());
  if (!loaded.value || loaded.value->brokers.empty()) {
    say_problems(file, loaded.found);
    throw ended{exit_usage, "the configuration that this one is made of has the mistakes above; nothing was changed"};
  }
  return *loaded.value;
}

const account_update* find_account(const std::vector<account_update>& all, int64_t id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.account.value == id; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<int64_t> numbers_in(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::vector<int64_t> out;
  std::istringstream words{text};
  for (std::string word; words >> word;) {
    int64_t number = 0;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (wrong != std::errc{} || end != word.data() + word.size())
      throw ended{exit_usage, "'" + word.substr(0, 60) + "' is no account number"};
    out.push_back(number);
  }
  return out;
}

std::vector<account_update> chosen_accounts(const setup_request& r, const std::vector<account_update>& there) {
  auto wanted = r.accounts;
  if (r.all_accounts || (wanted.empty() && there.size() == 1))
    return there;
  if (wanted.empty() && on_terminal())
    wanted = numbers_in(ask_on_terminal("Which accounts shall be guarded? Their numbers, or nothing for all: "));
  else if (wanted.empty())
    throw ended{exit_usage, "say which accounts shall be guarded: --account NUMBER (several are possible), or --all-accounts"};
  if (wanted.empty())
    return there;
  std::vector<account_update> out;
  for (const auto id : wanted) {
    const auto* found = find_account(there, id);
    if (!found)
      throw ended{exit_usage, "the venue lists no active account " + std::to_string(id) + " for this user: those above are there"};
    if (!find_account(out, id))
      out.push_back(*found);
  }
  return out;
}

std::string preset_of(const setup_request& r, const account_update& account, const std::vector<std::string>& known) {
  std::string names;
  for (const auto& each : known)
    names += (names.empty() ? "" : ", ") + each;
  if (known.empty())
    throw ended{exit_usage, "there are no presets: the configuration names their file under presets"};
  std::string wanted = r.preset.empty() ? preset_for(account, known) : r.preset;
  const std::string who = to_string(account.account) + " " + account.name;
  if (wanted.empty() && on_terminal())
    wanted = ask_on_terminal("Which of the firm's limits hold for " + who + "? " + names + ": ");
  if (wanted.empty())
    throw ended{exit_usage, "neither name nor balance of " + who + " say which of the firm's limits hold: --preset " + names};
  if (std::find(known.begin(), known.end(), wanted) == known.end())
    throw ended{exit_usage, "there is no preset '" + wanted.substr(0, 60) + "'" + hint_for(wanted, known) + "; there are: " + names};
  return wanted;
}

/// Puts a text there, whatever was there before.
void put(const fs::path& file, const std::string& text, bool secret, undo_list& undo) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    fs::create_directories(file.parent_path());
    undo.add([file] { fs::remove(file); });
    return write_private(file, text);
  }
  const auto before = text_of_file(file);
  undo.add([file, before] { replace_file(file, before); });
  replace_file(file, text);
  if (secret) // an old key is a key
    fs::remove(fs::path{fs::canonical(file, ignored).string() + ".old"}, ignored);
}

void write_down(const setup_request& r, const std::string& text, const std::string& key) {
  const auto folder = fs::absolute(r.config).parent_path();
  undo_list undo;
  put(folder / key_file_in(text), key + "\n", true, undo);
  put(r.config, text, false, undo);
  const auto loaded = load_settings(r.config);
  if (!loaded.value) {
    say_problems(r.config, loaded.found);
    throw ended{exit_failed, "what was written has the mistakes above; it was taken back"};
  }
  undo.keep();
}

int run_setup(const setup_request& r) {
  const auto base = base_text(r);
  const auto folder = fs::absolute(r.config).parent_path();
  std::error_code ignored;
  if (fs::exists(folder, ignored) && !may_write_in(folder))
    throw ended{exit_not_permitted, folder.string() + " cannot be written: run this as root or an administrator"};
  const auto user = asked(r.user_name, "User name at the venue: ", "there is no user name: --user-name NAME");
  const auto key = asked(r.key, "API key (it is not shown): ", "there is no key: --read-key takes it from standard input, --key-file FILE from a file", true);
  const auto known = trial_settings(base, r.config, user, key);
  const auto& login = known.brokers.front();
  std::cout << "trying the login at " << login.api_url << " …" << std::endl;
  const auto report = check_gateway(login);
  if (!report.trouble.empty())
    throw ended{exit_failed, report.trouble + "; nothing was changed"};
  std::cout << "let in; the venue lists " << report.accounts.size() << " active account(s):\n" << accounts_text(report.accounts, {});
  std::vector<std::string> presets;
  for (const auto& each : known.presets)
    presets.push_back(each.name);
  std::vector<first_account> accounts;
  for (const auto& account : chosen_accounts(r, report.accounts))
    accounts.push_back({account.account, account.name, preset_of(r, account, presets)});
  write_down(r, with_accounts(with_login(base, user), login.id.str(), accounts, r.margin), key);
  for (const auto& account : accounts)
    std::cout << "guarded: " << to_string(account.id) << " " << account.name << " by " << account.preset << ", kept " << r.margin << " % below\n";
  std::cout << "written: " << r.config.string() << ", and the key, which only the service reads. Now start the service (again): risk-admin service restart\n";
  return exit_done;
}

void write_json(json_writer& out, const broker_settings& login, const gateway_report& report) {
  out.begin_object().key("login").text(login.id.view()).key("ok").flag(report.trouble.empty()).key("trouble").text(report.trouble).key("accounts").begin_array();
  for (const auto& a : report.accounts)
    out.begin_object().key("id").number(a.account.value).key("name").text(a.name).key("balance").text(to_string(a.balance)).key("can_trade").flag(a.can_trade).end_object();
  out.end_array().end_object();
}

} // namespace

int set_up(const setup_request& request) {
  try {
    return run_setup(request);
  } catch (const ended& why) {
    std::cerr << "risk-manager: " << why.what() << "\n";
    return why.code;
  }
}

int check_gateways(const fs::path& config, bool json) {
  const auto loaded = load_settings(config);
  say_problems(config, loaded.found);
  if (!loaded.value)
    return may_not_read(config) ? exit_not_permitted : exit_usage;
  bool good = true;
  json_writer out;
  out.begin_array();
  for (const auto& login : loaded.value->brokers) {
    auto report = check_gateway(login);
    std::vector<account_id> watched;
    for (const auto& account : loaded.value->accounts)
      if (account.broker == login.id)
        watched.push_back(account.id);
    if (report.trouble.empty())
      for (const auto& id : watched)
        if (!find_account(report.accounts, id.value))
          report.trouble = "logged in, but the configured account " + to_string(id) + " is not among the active ones of this user";
    good = good && report.trouble.empty();
    write_json(out, login, report);
    if (json)
      continue;
    if (report.trouble.empty() || !report.accounts.empty())
      std::cout << login.id.str() << ": let in by " << login.api_url << "; " << report.accounts.size() << " active account(s):\n" << accounts_text(report.accounts, watched);
    if (!report.trouble.empty())
      std::cerr << login.id.str() << ": " << report.trouble << "\n";
  }
  if (json)
    std::cout << out.end_array().take() << "\n";
  return good ? exit_done : exit_failed;
}

} // namespace rm
