// What risk-admin prints for people.
#pragma once

#include <string>
#include <string_view>

namespace rm {

/// The rules from the result of `rules`; a sentence when it is none.
std::string rules_table(std::string_view result);

/// The journal's lines from the result of `journal`; a sentence when it is none.
std::string journal_table(std::string_view result);

} // namespace rm
