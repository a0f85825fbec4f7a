// What enforcement did before this start, from the journal's own lines: for people, nothing is decided by it.
#pragma once

#include "messages/enforcement.hpp"
#include "messages/storage.hpp"

namespace rm {

/// So many reports are shown of an account.
constexpr std::size_t most_reports = 10;

/// Puts a report behind the others; the steps of one case are one report, the newest.
void add_report(std::vector<enforcement_report>& reports, const enforcement_report& report);

/// The newest reports of these lines, oldest first. Lines of another form are passed over.
std::vector<enforcement_report> reports_of(account_id account, const std::vector<journal_entry>& lines);

} // namespace rm
