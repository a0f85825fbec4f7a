// Accounts that were taken out of the configuration while they are locked: a running service refuses that, and where it was done while no
// service ran they are guarded as before until their locks end.
#pragma once

#include "tools/risk-manager/last_good.hpp"

#include <vector>

namespace rm {

/// Of those accounts: which are locked, and how, in words; as the service's database has it. Where that cannot be read all are, and the words
/// say why. A lock until canTrade alone does not count: the venue itself lets nobody trade there, often for good, and no unlock would last.
std::map<account_id, std::string> locked_of(const settings& where, const std::vector<account_id>& accounts);

/// Why `next` cannot come into force while the service runs with `in_force`: one problem for each account that it lacks and that is locked.
problems removed_while_locked(const settings& in_force, const settings& next);

/// The accounts in force that are not in the configuration any more.
std::vector<account_id> carried_in(const settings& in_force);
/// Goes on with those of them that are locked still and not in `next`.
void carry_on(settings& next, const settings& in_force);

/// At a start: goes on with the locked accounts that `next` lacks, as they were in what is kept. Gives what each comes from.
std::map<account_id, kept_config> carry_on_at_start(settings& next, const std::filesystem::path& file);

/// Keeps what an account goes on with for the next start, beside the copy of the configuration, and removes it again. `keep` throws
/// std::runtime_error.
void keep_account(const std::filesystem::path& data_dir, account_id account, const kept_config& config);
void forget_account(const std::filesystem::path& data_dir, account_id account);
/// The same for all that are in the configuration again.
void forget_listed(const settings& in_force);

/// For status, log and journal.
std::string words_of_carried(const configured_account& account);

} // namespace rm
