// What is kept of the configuration in force, so that a change which nobody made with risk-admin is seen, and what it changed.
#pragma once

#include "messages/storage.hpp"
#include "tools/risk-manager/settings.hpp"

namespace rm {

/// The mark is over the configuration's file and all files that it names: data, keys. Empty mark: one of them cannot be read.
config_in_force record_of(const std::filesystem::path& file, const settings& read);

/// The SHA-256 of a file's bytes; empty when it cannot be read.
std::string mark_of(const std::filesystem::path& file);

/// "FILE was written at …, its owner is …": of the one that was written last.
std::string last_written(const std::filesystem::path& file, const settings& read);

/// What is different between the lines of two records, one thing each.
std::vector<std::string> changed_lines(const std::string& before, const std::string& now);

} // namespace rm
