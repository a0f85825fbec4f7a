// What the journal is told when the service starts: how the run before ended, how long nobody guarded, and whether the configuration is
// the one that was in force.
#pragma once

#include "messages/storage.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rm {

/// What is different between two configurations' lines (`config_in_force::lines`), one thing each. Empty function: nobody can tell.
using lines_differ = std::function<std::vector<std::string>(const std::string& before, const std::string& now)>;

/// A line for people and its kind in the journal.
struct start_words {
  std::string kind, text;
};

/// One or more. `before`: the run before, as the database has it.
std::vector<start_words> words_of_start(const service_run& now, const std::optional<service_run>& before, const lines_differ& differ = {});

} // namespace rm
