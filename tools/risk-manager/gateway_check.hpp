// Asks a login's gateway, once, who we are and which accounts there are: what a person wants to know before the service starts.
//
// It logs in and lists accounts over REST and opens no hub: the hubs are where a second session puts the first one out, and a new login
// leaves the tokens before it alone. A running service, the venue's platform and other devices keep their sessions. It costs two of the
// 200 requests per minute.
#pragma once

#include "messages/account.hpp"
#include "tools/risk-manager/settings.hpp"

namespace rm {

struct gateway_report {
  std::string trouble; // what is wrong and what to do, one line, without secrets; empty: all is well
  std::vector<account_update> accounts; // the active ones, by the venue's word
};

/// Blocks for at most the login's two timeouts, twice. Never throws.
gateway_report check_gateway(const broker_settings& login);

/// What is wrong with an answer to a login or to a list of accounts; nothing when it is good. Pure, for tests.
std::optional<std::string> trouble_with_login(int http_status, std::string_view body);
/// What a connection that did not come about says to people.
std::string trouble_with_connection(const std::string& why);

/// As the verbs show them: one line per account, with `watched` ones marked.
std::string accounts_text(const std::vector<account_update>& accounts, const std::vector<account_id>& watched);

} // namespace rm
