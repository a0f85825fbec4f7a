// risk-manager: the service. A table of verbs; each is a few lines that call one thing.
#include "tools/risk-manager/host_console.hpp"
#include "tools/risk-manager/host_service.hpp"
#include "tools/risk-manager/install.hpp"
#include "tools/risk-manager/service_run.hpp"
#include "tools/risk-manager/setup.hpp"
#include "tools/risk-manager/text_encoding.hpp"
#include "tools/screen/command_line.hpp"
#include "tools/screen/output.hpp"
#include "tools/screen/standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <cctype>
#include <fstream>
#include <iostream>

namespace {

constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_not_permitted = 4;

void say(const std::string& file, const rm::problems& found) {
  for (auto& problem : found)
    std::cerr << rm::format_problem(file, problem) << "\n";
}

/// Of a configuration that cannot be used.
int refused(const std::string& file) { return rm::may_not_read(file) ? exit_not_permitted : exit_usage; }

int check_config(const std::string& file) {
  const auto loaded = rm::load_settings(file);
  say(file, loaded.found);
  for (auto& warning : loaded.warnings)
    std::cerr << "warning: " << rm::format_problem(file, warning) << "\n";
  if (!loaded.value)
    return refused(file);
  std::cout << file << ": no errors; " << loaded.value->accounts.size() << " account(s), " << loaded.value->brokers.size() << " login(s)\n";
  return exit_done;
}

int run(const std::string& file, const std::string& data_dir, rm::host& who) {
  const auto start = rm::config_to_start_with(file, data_dir, std::chrono::time_point_cast<rm::duration>(std::chrono::system_clock::now()));
  say(file, start.found);
  if (!start.value) {
    who.refused(start.found.empty() ? file : rm::format_problem(file, start.found.front()));
    return refused(file);
  }
  const auto result = rm::run_service(file, start, who);
  if (result == rm::run_result::data_folder && !rm::may_write_in(start.value->service.data_dir))
    return exit_not_permitted;
  return rm::exit_code_of(result);
}

/// The first line of standard input, or of that file; empty where neither was asked for.
std::string key_given(bool from_input, const std::string& file_name) {
  std::string key;
  if (from_input)
    std::getline(std::cin, key);
  if (std::ifstream in{file_name, std::ios::binary}; !file_name.empty())
    std::getline(in, key);
  if (const auto wrong = rm::encoding_problem(key))
    throw CLI::ValidationError{"the key", wrong->text};
  key = rm::without_mark(key);
  while (!key.empty() && std::isspace(static_cast<unsigned char>(key.back())))
    key.pop_back();
  return key;
}

} // namespace

int main(int argc, char** argv) {
  rm::hold_standard_streams();
  CLI::App cli{"Risk Manager V34: watches futures accounts and enforces their risk rules", "risk-manager"};
  cli.set_version_flag("--version", "risk-manager " RM_VERSION);
  cli.require_subcommand(1);
  std::string file, data_dir;
  const auto where_data_is = [&](CLI::App* verb) {
    verb->add_option("--data-dir", data_dir, "where the data folder is, should the configuration be unable to tell; what was in force last is kept there");
  };
  int result = exit_done;

  auto* run_verb = cli.add_subcommand("run", "run in the foreground until SIGTERM or Ctrl-C");
  run_verb->add_option("--config", file, "the configuration, YAML")->required();
  where_data_is(run_verb);
  run_verb->callback([&] {
    rm::signal_host terminal;
    result = run(file, data_dir, terminal);
  });

  auto* service_verb = cli.add_subcommand("service", "what the service manager starts: systemd (Type=notify), or Windows");
  service_verb->add_option("--config", file, "the configuration, YAML")->default_val(rm::default_config().string());
  where_data_is(service_verb);
  service_verb->callback([&] { result = rm::run_as_service(file, [&](const std::string& path, rm::host& who) { return run(path, data_dir, who); }); });

  rm::install_request wanted;
  bool keep_data = false, no_start = false, read_key = false;
  std::string key_file;
  auto* install_verb = cli.add_subcommand("install", "install the service on this machine and start it (Windows; administrators)");
  install_verb->add_option("--config", wanted.config, "the configuration to begin with; default: the shipped example");
  install_verb->add_option("--user-name", wanted.user_name, "the login's name, put into the example");
  install_verb->add_flag("--read-key", read_key, "the login's key is the first line of standard input");
  install_verb->add_option("--key-file", key_file, "the login's key is the first line of this file")->check(CLI::ExistingFile);
  install_verb->add_flag("--no-start", no_start, "do not start it");
  install_verb->callback([&] {
    wanted.start = !no_start;
    wanted.key = key_given(read_key, key_file);
    result = rm::install_service(wanted);
  });
  auto* uninstall_verb = cli.add_subcommand("uninstall", "stop the service and take it away (Windows; administrators)");
  uninstall_verb->add_flag("--keep-data", keep_data, "leave the configuration, the database and the logs");
  uninstall_verb->callback([&] { result = rm::uninstall_service(keep_data); });
  bool check = false;
  auto* status_verb = cli.add_subcommand("status", "whether the service is installed and runs (Windows); 0: it runs, 3: not, 4: there is none");
  status_verb->add_flag("--check", check, "hold the service's settings and every access list against what they must be; 0: all are (administrators)");
  status_verb->callback([&] { result = check ? rm::check_installation() : rm::show_service(); });

  auto* check_verb = cli.add_subcommand("check-config", "read a configuration and list everything that is wrong with it");
  check_verb->add_option("FILE", file, "the configuration, YAML")->required();
  check_verb->callback([&] { result = check_config(file); });

  bool json = false;
  auto* gateway_verb = cli.add_subcommand("check-gateway", "try every login of a configuration at its gateway and list the accounts there; takes no session from a running service, the platform or another device");
  gateway_verb->add_option("--config", file, "the configuration, YAML")->default_val(rm::default_config().string());
  gateway_verb->add_flag("--json", json, "print what was found as JSON");
  gateway_verb->callback([&] { result = rm::check_gateways(file, json); });

  rm::setup_request first;
  std::string config_to_write, example;
  auto* setup_verb = cli.add_subcommand("setup", "the first run: ask for user name and key, try them at the gateway, choose accounts, write key and configuration (administrators)");
  setup_verb->add_option("--config", config_to_write, "the configuration to write")->default_val(rm::default_config().string());
  setup_verb->add_option("--example", example, "what it is made of; default: what is there, else the shipped example")->check(CLI::ExistingFile);
  setup_verb->add_option("--user-name", first.user_name, "the login's name; on a terminal you are asked for it");
  setup_verb->add_flag("--read-key", read_key, "the login's key is the first line of standard input");
  setup_verb->add_option("--key-file", key_file, "the login's key is the first line of this file")->check(CLI::ExistingFile);
  setup_verb->add_option("--account", first.accounts, "guard this account, by the venue's number; several are possible");
  setup_verb->add_flag("--all-accounts", first.all_accounts, "guard all active accounts");
  setup_verb->add_option("--preset", first.preset, "the firm's limits for all of them; default: by each account's name or balance");
  setup_verb->add_option("--margin", first.margin, "percent that are kept below the firm's limits")->check(CLI::Range(0, 90))->capture_default_str();
  setup_verb->add_flag("--replace", first.replace, "put these accounts in the place of those that the configuration has; the old file stays as .old");
  setup_verb->callback([&] {
    first.config = config_to_write;
    first.example = example;
    first.key = key_given(read_key, key_file);
    result = rm::set_up(first);
  });

  cli.add_subcommand("version", "print the version")->callback([] { std::cout << RM_VERSION << "\n"; });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    result = rm::explain(cli, wrong) ? exit_done : exit_usage;
  } catch (const rm::not_permitted& e) {
    std::cerr << "risk-manager: " << e.what() << "\n";
    result = exit_not_permitted;
  } catch (const std::exception& e) {
    std::cerr << "risk-manager: " << e.what() << "\n";
    result = exit_failed;
  }
  // Of a service standard output is only a place for its log: it guards, and ends as it ends, whatever becomes of that.
  const bool serves = run_verb->parsed() || service_verb->parsed();
  if (!serves && !rm::output_arrived("risk-manager") && result == exit_done)
    result = exit_failed;
  return result;
}
