// What methods share that list something of every account, or of the one that `account` names.
#pragma once

#include "actors/admin/commands/command.hpp"
#include "actors/admin/json_text.hpp"

#include <functional>

namespace rm {

/// The plan: every account is asked.
or_error<inquiry> ask_accounts(const parameters& given, const house& known);

/// Each wanted account with its state and, under `key`, the list that `write_items` writes.
std::string list_by_account(const parameters& given, const house& known, const findings& found, std::string_view key,
                            const std::function<void(json_writer&, const account_status&)>& write_items);

} // namespace rm
