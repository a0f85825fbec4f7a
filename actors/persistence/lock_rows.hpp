// The locks that a database holds, for who has to know before the accounts run, or of an account that does not.
#pragma once

#include "messages/rule.hpp"

#include <filesystem>
#include <map>
#include <vector>

namespace rm {

/// The locks of those accounts that have any. Nothing is changed, whether or not a service works with the database; none where there is no
/// such file. An account of which the rows cannot be read has one lock that says so. Throws disk_failure when nothing can be read.
std::map<account_id, std::vector<lock>> locks_in(const std::filesystem::path& database, const std::vector<account_id>& accounts);

} // namespace rm
