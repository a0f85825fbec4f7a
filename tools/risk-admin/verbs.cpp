#include "tools/risk-admin/verbs.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/admin/status_frame.hpp"
#include "tools/risk-admin/dialogue_screen.hpp"
#include "tools/risk-admin/menu.hpp"
#include "tools/risk-admin/platform.hpp"
#include "tools/risk-admin/tables.hpp"
#include "tools/screen/terminal.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t file_width = 100;

/// The result for people.
using present = std::string (*)(std::string_view result);

std::string present_status(std::string_view result) {
  const auto status = read_status(result);
  return status ? plain_text(status_frame(*status, on_terminal() ? terminal_columns() : file_width)) : "the service sent a status that this program does not understand; are both of one version?\n";
}

std::string present_done(std::string_view result) { return done_text(result) + "\n"; }

exit_code carry_out(const options& chosen, std::string_view method, const parameters& params, present show) {
  local_client client{chosen.socket, patience};
  const rpc_answer answer = client.call(method, params);
  if (!answer.done)
    return refused(answer);
  std::cout << (chosen.json ? answer.result + "\n" : show(answer.result));
  return exit_code::done;
}

parameters only_account(const options& chosen) { return chosen.account.empty() ? parameters{} : parameters{{"account", chosen.account}}; }

exit_code follow_logs(const options& chosen) {
  local_client client{chosen.socket, patience};
  const rpc_answer answer = client.subscribe("logs", {{"lines", std::max<int64_t>(chosen.limit, 200)}});
  if (!answer.done)
    return refused(answer);
  int64_t seen = 0;
  bool first = true;
  for (;;) {
    const auto news = client.next_push(patience);
    if (!news)
      throw not_reachable{"the service at " + chosen.socket + " says nothing any more", false};
    if (news->trouble)
      throw std::runtime_error{news->result};
    std::string lines = fresh_log_lines(news->result, seen);
    if (std::exchange(first, false)) // no more of the past than was asked for
      for (auto count = std::count(lines.begin(), lines.end(), '\n'); count > chosen.limit; --count)
        lines.erase(0, lines.find('\n') + 1);
    std::cout << lines << std::flush;
    if (!std::cout)
      return exit_code::done; // nobody reads any more; the end of the program says so
  }
}

} // namespace

exit_code refused(const rpc_answer& answer) {
  std::cerr << "risk-admin: " << answer.message << "\n";
  return exit_code_of(answer);
}

std::string reason_for(const options& chosen, const std::string& what) {
  std::string reason = chosen.reason;
  if (reason.empty() && !chosen.json && on_terminal())
    reason = ask_on_terminal(what + "\nWhy? It goes into the journal, with your name: ");
  if (reason.empty())
    throw wrong_use{"say why with --reason: it goes into the journal and must not be empty"};
  return reason;
}

exit_code show_status(const options& chosen) { return carry_out(chosen, "status", {}, present_status); }
exit_code show_accounts(const options& chosen) { return carry_out(chosen, "accounts", {}, accounts_table); }
exit_code show_rules(const options& chosen) { return carry_out(chosen, "rules", only_account(chosen), rules_table); }
exit_code show_locks(const options& chosen) { return carry_out(chosen, "locks", only_account(chosen), locks_table); }

exit_code show_journal(const options& chosen) {
  if (chosen.verify)
    return verify_journal(chosen);
  auto params = only_account(chosen);
  params["limit"] = chosen.limit;
  if (!chosen.since.empty())
    params["since"] = chosen.since;
  return carry_out(chosen, "journal", params, journal_table);
}

exit_code unlock(const options& chosen) {
  parameters params{{"account", chosen.account}, {"reason", reason_for(chosen, "This takes locks of account " + chosen.account + " away.")}};
  if (!chosen.rule.empty())
    params["rule"] = chosen.rule;
  return carry_out(chosen, "unlock", params, present_done);
}

exit_code lock_account(const options& chosen) {
  if (chosen.length.empty() && !chosen.until_reset)
    throw wrong_use{"say for how long: --for 30m, or --until-reset"};
  parameters params{{"account", chosen.account}, {"mode", chosen.mode}, {"reason", reason_for(chosen, "This locks account " + chosen.account + ".")}};
  if (!chosen.length.empty())
    params["for"] = chosen.length;
  return carry_out(chosen, "lock", params, present_done);
}

exit_code flatten(const options& chosen) {
  return carry_out(chosen, "flatten", {{"account", chosen.account}, {"reason", reason_for(chosen, "This closes everything of account " + chosen.account + ".")}}, present_done);
}

exit_code reset_account(const options& chosen) {
  return carry_out(chosen, "reset",
                   {{"account", chosen.account}, {"kind", chosen.kind}, {"reason", reason_for(chosen, "This begins the " + chosen.kind + " counters of account " + chosen.account + " anew.")}},
                   present_done);
}

exit_code control(const options& chosen) {
  const auto outcome = control_service(chosen.what);
  if (chosen.json) {
    json_writer out;
    std::cout << out.begin_object().key("done").flag(outcome.done).key("text").text(outcome.text).end_object().take() << "\n";
  } else if (!outcome.text.empty()) {
    (outcome.done ? std::cout : std::cerr) << (outcome.done ? "" : "risk-admin: ") << outcome.text << "\n";
  }
  return outcome.done ? exit_code::done : outcome.not_permitted ? exit_code::not_permitted : exit_code::failed;
}

exit_code show_logs(const options& chosen) {
  if (!chosen.room.empty() && chosen.level.empty())
    throw wrong_use{"--room goes with --level"};
  if (!chosen.level.empty()) {
    parameters params{{"level", chosen.level}};
    if (!chosen.room.empty())
      params["room"] = chosen.room;
    return carry_out(chosen, "log_level", params, present_done);
  }
  if (chosen.follow)
    return follow_logs(chosen);
  return carry_out(chosen, "logs", {{"lines", std::min<int64_t>(chosen.limit, 2000)}}, log_lines);
}

exit_code set_key(const options& chosen) {
  std::string key = ask_hidden("The new key of " + chosen.login + " (it is not shown): ");
  while (!key.empty() && (key.back() == '\r' || key.back() == ' '))
    key.pop_back();
  if (key.empty())
    throw wrong_use{"there is no key: type it, or give it on standard input"};
  return carry_out(chosen, "broker_key", {{"broker", chosen.login}, {"key", key}, {"reason", reason_for(chosen, "The login " + chosen.login + " starts again with this key.")}},
                   present_done);
}

exit_code open_menu(const options& chosen, const std::string& verbs) {
  if (!on_terminal())
    throw wrong_use{"say what to do: " + verbs + "; the menu needs a terminal"};
  const auto talk = screen_dialogue();
  menu_parts parts;
  parts.talk = talk.get();
  // A connection for each question: the menu may stand for hours, and the service may start again meanwhile.
  parts.call = [&chosen](std::string_view method, const parameters& params) { return local_client{chosen.socket, patience}.call(method, params); };
  parts.control = [](const std::string& verb) {
    const auto outcome = control_service(verb);
    return outcome.text.empty() ? "done" : outcome.text;
  };
  if (chosen.what == "wizard")
    run_wizard(parts);
  else
    run_menu(parts);
  return exit_code::done;
}

} // namespace rm
