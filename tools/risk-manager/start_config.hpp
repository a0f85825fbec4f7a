// What the service starts with: its configuration, or, where that cannot be used, what was in force last.
#pragma once

#include "messages/supervision.hpp"
#include "tools/risk-manager/last_good.hpp"

namespace rm {

/// Why what is in force is not the whole of what the configuration's files say now. It stands until a configuration can be used whole.
struct config_trouble {
  std::string file;          // one line each: what is wrong with the configuration; empty: what its file says is in force
  std::string logins;        // why logins cannot be tried; empty: all can
  timestamp kept{};          // the copy in force is of then
  timestamp since{};

  bool same_as(const config_trouble& other) const { return file == other.file && logins == other.logins; }
};

/// For the status, as long as it stands.
std::vector<alarm> alarms_of(const config_trouble& trouble);
/// For log and journal.
std::vector<std::string> lines_of(const config_trouble& trouble);

struct start_config {
  std::optional<settings> value; // nothing: the service cannot start, and `found` says why
  problems found;
  problems warnings;
  std::optional<config_trouble> trouble;
  std::string mark; // of the files that the copy in force was made of; empty: no copy is
  std::map<account_id, kept_config> carried; // what the accounts come from that are not in the configuration any more, and locked
};

/// `given`: where the data folder is, for when the configuration cannot tell; empty: not given. Without a copy, e.g. at the very first
/// start, a configuration that cannot be used keeps the service from starting.
start_config config_to_start_with(const std::filesystem::path& file, const std::filesystem::path& given, timestamp now);

/// How often files that cannot be used are looked at again.
constexpr std::chrono::seconds look_again{5};

/// One line each.
std::string words_of(const problems& all, const std::filesystem::path& file);

} // namespace rm
