// The name that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// The one of `names` with the fewest edits from `word`; empty when none is close enough to be worth a hint (more than a third of the
/// longer one would have to change, and more than two characters).
std::string nearest_name(std::string_view word, const std::vector<std::string>& names);

/// ", did you mean 'status'?" or nothing.
std::string hint_for(std::string_view word, const std::vector<std::string>& names);

} // namespace rm
