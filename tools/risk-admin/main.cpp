// risk-admin: the administrator's commands, over the local socket.
#include "actors/admin/local_client.hpp"
#include "actors/admin/nearest.hpp"
#include "actors/admin/status_frame.hpp"
#include "tools/risk-admin/tables.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <stdexcept>

namespace {

using namespace rm;

constexpr std::string_view program = "risk-admin";
constexpr std::size_t frame_width = 100;
constexpr auto patience = std::chrono::seconds{10}; // the service itself waits 1 s for its actors

struct options {
  std::string socket = default_socket_path();
  bool json = false;
  std::string account, since, kind, reason;
  int64_t limit = 100;
};

struct wrong_use : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The result for people; empty when it is not what was asked for.
using present = std::string (*)(std::string_view result);

std::string present_status(std::string_view result) {
  const auto status = read_status(result);
  return status ? plain_text(status_frame(*status, frame_width)) : "the service sent a status that this program does not understand; are both of one version?\n";
}

std::string present_done(std::string_view) { return "done\n"; }

exit_code carry_out(const options& chosen, std::string_view method, const parameters& params, present show) {
  local_client client{chosen.socket, patience};
  const rpc_answer answer = client.call(method, params);
  if (!answer.done) {
    std::cerr << program << ": " << answer.message << "\n";
    return exit_code_of(answer);
  }
  std::cout << (chosen.json ? answer.result + "\n" : show(answer.result));
  return exit_code::done;
}

parameters journal_parameters(const options& chosen) {
  parameters out{{"limit", chosen.limit}};
  if (!chosen.account.empty())
    out["account"] = chosen.account;
  if (!chosen.since.empty())
    out["since"] = chosen.since;
  return out;
}

exit_code run(CLI::App& app, int argc, char** argv) {
  options chosen;
  app.set_version_flag("--version", std::string{"risk-admin " RISK_MANAGER_VERSION});
  app.fallthrough();
  app.allow_extras();
  app.add_option("--socket", chosen.socket, "Where the service listens")->capture_default_str();
  app.add_flag("--json", chosen.json, "Print the service's answer as JSON");
  const auto* status = app.add_subcommand("status", "Show the service and every account");
  auto* journal = app.add_subcommand("journal", "Show what was written down, oldest first");
  journal->add_option("--account", chosen.account, "Only this account: its number or its name");
  journal->add_option("--since", chosen.since, "From this time on: 2025-12-24T14:30:00Z, or a span before now such as 30m, 2h, 1d");
  journal->add_option("--limit", chosen.limit, "At most so many lines, the newest")->capture_default_str()->check(CLI::Range(1, 10000));
  auto* rules = app.add_subcommand("rules", "Show what every rule says, and the events that it needs");
  rules->add_option("ACCOUNT", chosen.account, "Only this account: its number or its name");
  auto* reset = app.add_subcommand("reset", "Begin an account's day or week anew, now (administrators)");
  reset->add_option("ACCOUNT", chosen.account, "Its number or its name")->required();
  reset->add_option("KIND", chosen.kind, "daily or weekly")->required()->check(CLI::IsMember({"daily", "weekly"}));
  reset->add_option("--reason", chosen.reason, "Why: it goes into the journal")->required();
  app.parse(argc, argv);

  if (const auto extras = app.remaining(true); !extras.empty())
    throw wrong_use{"there is no command or argument '" + extras.front() + "'" + hint_for(extras.front(), {"status", "rules", "reset", "journal", "--socket", "--json"})};
  if (app.get_subcommands().empty())
    throw wrong_use{"say what to do: status, rules, reset or journal"};
  if (status->parsed())
    return carry_out(chosen, "status", {}, present_status);
  if (rules->parsed())
    return carry_out(chosen, "rules", chosen.account.empty() ? parameters{} : parameters{{"account", chosen.account}}, rules_table);
  if (reset->parsed())
    return carry_out(chosen, "reset", {{"account", chosen.account}, {"kind", chosen.kind}, {"reason", chosen.reason}}, present_done);
  return carry_out(chosen, "journal", journal_parameters(chosen), journal_table);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Looks after the risk manager: what it sees, and what it has written down.", "risk-admin"};
  rm::exit_code code = rm::exit_code::failed;
  try {
    code = run(app, argc, argv);
  } catch (const CLI::ParseError& wrong) {
    // Help and version end in success; every wrong use is 2.
    code = app.exit(wrong) == 0 ? rm::exit_code::done : rm::exit_code::bad_usage;
  } catch (const wrong_use& wrong) {
    std::cerr << program << ": " << wrong.what() << "; see risk-admin --help\n";
    code = rm::exit_code::bad_usage;
  } catch (const rm::not_reachable& why) {
    std::cerr << rm::unreachable_text(program, why) << "\n";
    code = why.not_permitted ? rm::exit_code::not_permitted : rm::exit_code::not_reachable;
  } catch (const std::exception& why) {
    std::cerr << program << ": " << why.what() << "\n";
  }
  return static_cast<int>(code);
}
