// The parts that a configuration is read in; private to the settings*.cpp files.
#pragma once

#include "tools/risk-manager/settings.hpp"

namespace rm {

/// What all parts need while a configuration is read.
struct reading {
  std::filesystem::path folder;
  std::filesystem::path shipped; // where the data files that an installation brings are; empty: there are none
  environment variables;
  problems found;
  problems warnings;
  std::vector<std::filesystem::path> data_files = {}; // that were read …
  std::map<std::string, std::string> data = {};        // … and their texts, by the names that they have in the configuration
  const std::map<std::string, std::string>* kept_data = nullptr; // texts that are taken instead of the files

  std::filesystem::path resolve(const std::string& text) const { return (folder / text).lexically_normal(); }
  /// A data file: the one beside the configuration, which is somebody's own; else the shipped one, which each upgrade renews.
  std::filesystem::path data_file(const std::string& name) const;
};

/// The maps of the list under `key`; what is no list of maps is a problem, and so is an empty one.
std::vector<const parameter*> maps_of(parameter_reader& reader, std::string_view key, const char* what);

/// The date at `at`; what is none is a problem.
std::optional<trading_date> read_date(parameter_reader& reader, const parameter& at, std::string_view key);
/// `holidays` and `early_closes`, the latter by the clock of `zone`; "" is the calendar's own.
void read_days(parameter_reader& reader, const std::string& zone, calendar_settings& out);
/// Reads another YAML file that the configuration names; problems in it are told with its own name.
parameter read_side_file(const std::string& name, reading& r, problems& found);
/// Adds the holidays, early closes and market hours of `calendar.data` (a path) to what the configuration itself says.
void read_calendar_data(const std::string& file, reading& r, settings& out);
/// The firms' limits of the file under `presets`.
void read_presets(parameter_reader& top, reading& r, settings& out);
/// What a profile's `preset: { name, safety_margin }` stands for; empty when there is none, or when it is wrong.
std::vector<std::pair<std::string, parameter>> preset_rules(parameter_reader& profile, const settings& known);
/// Says what the rules of an account make senseless together.
void cross_check(const configured_account& account, const parameter& block, reading& r);
/// Says where a profile's rules are looser than the firm's own limits.
void check_against_preset(const parameter& profile, const std::vector<std::pair<std::string, parameter>>& rules, const settings& known, reading& r);

std::vector<broker_settings> read_brokers(parameter_reader& top, reading& r);
/// Accounts and the profiles that they refer to; `out.brokers` are known already.
void read_accounts(parameter_reader& top, reading& r, settings& out);

/// Marks all in the brokers' blocks that could be a secret, so that no problem shows it.
void hide_secrets(parameter& root);

} // namespace rm
