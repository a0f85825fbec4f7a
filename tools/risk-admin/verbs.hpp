// What each verb of the command line does.
#pragma once

#include "actors/admin/local_client.hpp"
#include "tools/screen/wrong_use.hpp"

#include <string>

namespace rm {

struct options {
  std::string socket = default_socket_path();
  bool json = false, until_reset = false, follow = false, verify = false;
  std::string account, since, kind, reason, rule, mode, length, what, file, level, room, login, log_file, database;
  int64_t limit = 100;
};

exit_code show_status(const options& chosen);
exit_code show_accounts(const options& chosen);
exit_code show_rules(const options& chosen);
exit_code show_locks(const options& chosen);
exit_code show_journal(const options& chosen);
exit_code verify_journal(const options& chosen); // verify_verb.cpp
exit_code unlock(const options& chosen);
exit_code lock_account(const options& chosen);
exit_code flatten(const options& chosen);
exit_code reset_account(const options& chosen);
exit_code control(const options& chosen);
exit_code show_logs(const options& chosen);
exit_code set_key(const options& chosen);
exit_code configure(const options& chosen); // config_verbs.cpp
/// On a terminal; elsewhere a wrong use that names the verbs.
exit_code open_menu(const options& chosen, const std::string& verbs);

// -- shared -----------------------------------------------------------------------

/// How long the service may take for an answer; it waits 1 s for its actors.
constexpr std::chrono::seconds patience{10};

/// The reason given, or asked for on a terminal; a wrong use where there is none.
std::string reason_for(const options& chosen, const std::string& what);

/// Says why not, on standard error; the exit code for it.
exit_code refused(const rpc_answer& answer);

} // namespace rm
