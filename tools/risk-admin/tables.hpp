// What risk-admin prints for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// The rules from the result of `rules`; a sentence when it is none.
std::string rules_table(std::string_view result);

/// The journal's lines from the result of `journal`; a sentence when it is none.
std::string journal_table(std::string_view result);

/// What `journal_verify` has found, in a few lines; a sentence when it is nothing of the kind.
std::string proof_text(std::string_view result);

/// Whether it has found the journal whole.
bool is_whole(std::string_view result);

/// One line per account, from the result of `accounts`.
std::string accounts_table(std::string_view result);

/// Every lock, from the result of `locks`.
std::string locks_table(std::string_view result);

/// The rules that hold a lock, from the result of `locks`, each once.
std::vector<std::string> locked_rules(std::string_view result);

/// The log's lines, from the result of `logs`.
std::string log_lines(std::string_view result);

/// Those with a number above `seen`, which becomes that of the newest; a line says so where some are missing between.
std::string fresh_log_lines(std::string_view result, int64_t& seen);

/// What an order has done, from its result: "done: …"; without that word where locks stand all the same.
std::string done_text(std::string_view result);

} // namespace rm
