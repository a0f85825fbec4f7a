// What the journal is told when the service starts: how the run before ended, and how long nobody guarded.
#pragma once

#include "messages/storage.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rm {

/// One or more lines for people. `before`: the run before, as the database has it.
std::vector<std::string> words_of_start(const service_run& now, const std::optional<service_run>& before);

} // namespace rm
