// risk-admin: the administrator's commands, over the local socket. Without one: the menu.
#include "tools/risk-admin/completion.hpp"
#include "tools/risk-admin/verbs.hpp"
#include "tools/screen/program.hpp"

namespace {

using namespace rm;

void add_reason(CLI::App& verb, options& chosen) { verb.add_option("--reason", chosen.reason, "Why: it goes into the journal. On a terminal you are asked for it"); }

void add_account(CLI::App& verb, options& chosen) { verb.add_option("ACCOUNT", chosen.account, "Its number or its name")->required(); }

/// Every verb: its name, what it says of itself, what it takes, what it does.
struct verb {
  const char* name;
  const char* about;
  void (*takes)(CLI::App& verb, options& chosen);
  exit_code (*run)(const options& chosen);
};

const std::vector<verb>& all_verbs() {
  static const std::vector<verb> all{
    {"status", "Show the service and every account", [](CLI::App&, options&) {}, show_status},
    {"accounts", "Show every account in a line", [](CLI::App&, options&) {}, show_accounts},
    {"rules", "Show what every rule says, and the events that it needs",
     [](CLI::App& v, options& o) { v.add_option("ACCOUNT", o.account, "Only this account: its number or its name"); }, show_rules},
    {"locks", "Show every lock", [](CLI::App& v, options& o) { v.add_option("ACCOUNT", o.account, "Only this account: its number or its name"); }, show_locks},
    {"unlock", "Take an account's locks away (administrators); a rule that still breaches locks again at once",
     [](CLI::App& v, options& o) {
       add_account(v, o);
       v.add_option("--rule", o.rule, "Only this rule's lock");
       add_reason(v, o);
     },
     unlock},
    {"lock", "Lock an account by hand (administrators)",
     [](CLI::App& v, options& o) {
       add_account(v, o);
       v.add_option("--mode", o.mode, "flat: hold nothing; reduce_only: keep and reduce")->required()->check(CLI::IsMember({"flat", "reduce_only"}));
       auto* length = v.add_option("--for", o.length, "For so long: 30m, 2h, 1d");
       v.add_flag("--until-reset", o.until_reset, "Until the daily reset")->excludes(length);
       add_reason(v, o);
     },
     lock_account},
    {"flatten", "Close everything of an account at the venue, now (administrators)",
     [](CLI::App& v, options& o) {
       add_account(v, o);
       add_reason(v, o);
     },
     flatten},
    {"reset", "Begin an account's day or week anew, now (administrators)",
     [](CLI::App& v, options& o) {
       add_account(v, o);
       v.add_option("KIND", o.kind, "daily or weekly")->required()->check(CLI::IsMember({"daily", "weekly"}));
       add_reason(v, o);
     },
     reset_account},
    {"config", "The configuration (administrators): show, check FILE, apply FILE, edit, wizard",
     [](CLI::App& v, options& o) {
       v.add_option("WHAT", o.what, "show, check, apply, edit or wizard")->required()->check(CLI::IsMember({"show", "check", "apply", "edit", "wizard"}));
       v.add_option("FILE", o.file, "check, apply: the file with the new configuration");
       add_reason(v, o);
     },
     configure},
    {"key", "Another key for a login (administrators): key set LOGIN; typed unseen, or from standard input",
     [](CLI::App& v, options& o) {
       v.add_option("WHAT", o.what, "set")->required()->check(CLI::IsMember({"set"}));
       v.add_option("LOGIN", o.login, "Its id in the configuration")->required();
       add_reason(v, o);
     },
     set_key},
    {"service", "The service itself: start, stop, restart, status, install, uninstall",
     [](CLI::App& v, options& o) {
       v.add_option("WHAT", o.what, "start, stop, restart, status, install or uninstall")->required()->check(CLI::IsMember({"start", "stop", "restart", "status", "install", "uninstall"}));
     },
     control},
    {"logs", "The service's own log (administrators)",
     [](CLI::App& v, options& o) {
       v.add_option("--tail", o.limit, "The newest so many lines")->check(CLI::Range(1, 2000));
       v.add_flag("--follow,-f", o.follow, "And what comes from now on, until Ctrl-C");
       v.add_option("--level", o.level, "Write from now on: trace, debug, info, warn or error")->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
       v.add_option("--room", o.room, "With --level: only this room's, such as broker or account");
     },
     show_logs},
    {"journal", "Show what was written down, oldest first",
     [](CLI::App& v, options& o) {
       v.add_option("--account", o.account, "Only this account: its number or its name");
       v.add_option("--since", o.since, "From this time on: 2025-12-24T14:30:00Z, or a span before now such as 30m, 2h, 1d");
       v.add_option("--limit", o.limit, "At most so many lines, the newest")->check(CLI::Range(1, 10000));
       auto* verify = v.add_flag("--verify", o.verify, "Hold the whole journal against its chain instead: 0 it is whole, 1 it was tampered with");
       v.add_option("--log", o.log_file, "With --verify: and against the newest line of this log that says where the chain ended")->needs(verify);
       v.add_option("--database", o.database, "With --verify: this file (riskmanager.db in the data folder) instead of the service's")->needs(verify);
     },
     show_journal},
    {"completion", "Print the completion script of a shell: source <(risk-admin completion bash)",
     [](CLI::App& v, options& o) { v.add_option("SHELL", o.what, "bash")->required()->check(CLI::IsMember({"bash"})); },
     [](const options&) {
       std::cout << bash_completion();
       return exit_code::done;
     }},
  };
  return all;
}

std::string names_of_verbs() {
  std::string out;
  for (const auto& each : all_verbs())
    out += (out.empty() ? "" : ", ") + std::string{each.name};
  return out;
}

exit_code run(CLI::App& app, int argc, char** argv) {
  options chosen;
  app.set_version_flag("--version", std::string{"risk-admin " RISK_MANAGER_VERSION});
  app.fallthrough();
  app.allow_extras();
  app.add_option("--socket", chosen.socket, "Where the service listens")->capture_default_str();
  app.add_flag("--json", chosen.json, "Print the service's answer as JSON");
  std::vector<std::pair<CLI::App*, const verb*>> verbs;
  for (const auto& each : all_verbs()) {
    auto* sub = app.add_subcommand(each.name, each.about);
    each.takes(*sub, chosen);
    verbs.emplace_back(sub, &each);
  }
  app.parse(argc, argv);
  refuse_unknown(app);
  for (const auto& [sub, each] : verbs)
    if (sub->parsed())
      return each->run(chosen);
  return open_menu(chosen, names_of_verbs());
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Looks after the risk manager: what it sees, what it may do, and what it has written down. Without a command: the menu.", "risk-admin"};
  return rm::run_program(app, [&] { return run(app, argc, argv); });
}
