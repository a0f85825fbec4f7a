// The service's configuration, read and checked as a whole: all that is wrong with it is found in one go.
#pragma once

#include "actors/resets/market_hours.hpp"
#include "actors/resets/trading_calendar.hpp"
#include "actors/rules/catalogue.hpp"
#include "messages/fail_safe.hpp"
#include "messages/ids.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/yaml_tree.hpp"

#include <filesystem>
#include <map>
#include <memory>

namespace rm {

struct log_settings {
  std::string level = "info"; // trace, debug, info, warn, error
  std::string format = "text"; // or json: one object per line
  int64_t max_size_mb = 20;   // per file
  int64_t keep = 10;          // files
  std::filesystem::path folder; // empty: data_dir/logs
};

struct service_settings {
  std::filesystem::path data_dir; // relative paths are relative to the configuration's folder
  std::filesystem::path socket;   // a pipe's name on Windows
  int64_t socket_mode = 0666;     // of the socket's file: who it lets in beside administrators may look
  std::string administrators = "riskadmin"; // the group whose members are administrators
  log_settings log;
};

struct broker_settings {
  broker_id id;
  std::string kind; // "projectx"
  std::string api_url, user_hub_url, market_hub_url; // https, or http on loopback
  std::string user_name;
  std::string api_key;            // never shown, never logged
  std::filesystem::path api_key_file; // where it came from; empty: from elsewhere
  std::string lacks;              // why no login can be tried, e.g. a key file that cannot be read; empty: it can
  std::filesystem::path ca_file;  // empty: the system's own
  int64_t requests_per_minute = 200; // the venue's limit
  std::map<symbol_name, money> commissions; // per contract and side, by symbol: for trades whose own the venue does not tell
  duration connect_timeout = std::chrono::seconds{5};
  duration request_timeout = std::chrono::seconds{10};
};

struct fail_safe_settings {
  duration after = std::chrono::seconds{60};
  fail_safe_action action = fail_safe_action::flatten_if_unprotected;
};

struct rule_settings {
  rm::rule_name rule;
  bool enabled = true;
  parameter block; // the profile's keys, overridden by the account's; `make_rule` takes it
};

/// A firm's limits, as they came from the presets' file.
struct preset {
  std::string name, source, as_of;
  std::vector<std::pair<std::string, parameter>> rules; // the firm's own values
};

struct configured_account {
  account_id id;
  std::string name; // may be empty
  broker_id broker;
  std::string profile; // empty: none
  std::vector<rule_settings> rules;
  rule_context context;
  std::string carried; // how it is locked: it is not in the configuration any more, and guarded until its locks end; empty: it is in it
};

/// The texts that a configuration was read from: its own, and those of the data files by the name that it gives them.
struct config_sources {
  std::string text;
  std::map<std::string, std::string> data;
};

struct settings {
  int64_t version = 1;
  service_settings service;
  calendar_settings calendar;
  std::vector<broker_settings> brokers;
  duration quotes_stale_after = std::chrono::seconds{10};
  fail_safe_settings fail_safe;
  duration journal_keep = std::chrono::days{90};
  market_hours_settings markets;
  std::vector<preset> presets;
  std::vector<std::string> profiles; // names
  std::vector<configured_account> accounts;
  std::vector<std::filesystem::path> data_files; // that it names and that were read with it
  std::shared_ptr<const config_sources> sources;
};

struct loaded_settings {
  std::optional<settings> value; // only when `found` is empty
  problems found;                // by line
  problems warnings;             // by line; the service starts all the same and says them
  problems logins;               // by line; what is wrong with names, keys and certificates alone, where that was allowed
  std::filesystem::path data_dir; // that it names, also where something else in it is wrong; empty: it cannot be told
};

/// How a configuration is read when the service must start whatever has become of its files.
struct reading_terms {
  bool logins_may_lack = false; // what is wrong with names, keys and certificates alone is `logins`, and the login in question `lacks` it
  const std::map<std::string, std::string>* data = nullptr; // texts of data files by their names; others are read from their files
};

/// Reads and checks a configuration file.
loaded_settings load_settings(const std::filesystem::path& file, const environment& variables = process_environment(), const reading_terms& terms = {});

/// The same for a text; `folder` is what relative paths in it are relative to. A data file that is named without a folder and is not there is
/// taken from `shipped`.
loaded_settings read_settings(std::string_view text, const std::filesystem::path& folder, const environment& variables, const std::filesystem::path& shipped = shipped_data(),
                              const reading_terms& terms = {});

/// "FILE:LINE: path: text"; without the parts that are not known.
std::string format_problem(const std::filesystem::path& file, const problem& what);

} // namespace rm
