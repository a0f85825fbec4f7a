// The configuration as administrators change it while the service runs: shown without secrets, checked with the service's own code,
// and put in place whole, with the text before it kept beside it.
#pragma once

#include "actors/admin/hidden_keys.hpp"
#include "messages/admin.hpp"
#include "tools/risk-manager/settings.hpp"

namespace rm {

/// Changes with every byte; not a secret, not a signature.
std::string fingerprint(std::string_view text);

/// What would come of a text in place of the configuration in force.
struct config_verdict {
  loaded_settings loaded;           // `found` holds what cannot change while the service runs as well
  std::vector<std::string> changes; // one line each
  std::vector<std::string> today;   // what it would have meant for the day so far, one line for each rule that changes
};
config_verdict judge_text(std::string_view text, const std::filesystem::path& file, const settings& in_force, const std::vector<account_day>& days = {});

/// As JSON: {"ok":…,"problems":[…],"warnings":[…],"changes":[…],"today":[…]}.
std::string verdict_json(const config_verdict& verdict, const std::filesystem::path& file);

/// As JSON: {"file":…,"base":…,"text":…,"presets":[…]}. Throws std::runtime_error when the file cannot be read.
std::string shown_json(const std::filesystem::path& file, const settings& in_force);

/// Puts a key into the file that the login reads it from. Throws std::runtime_error when it comes from elsewhere, or cannot be written.
void put_key(const settings& in_force, const broker_id& broker, const std::string& key);

/// The file's text. Throws std::runtime_error.
std::string text_of_file(const std::filesystem::path& file);

} // namespace rm
