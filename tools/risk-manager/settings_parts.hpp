// The parts that a configuration is read in; private to the settings*.cpp files.
#pragma once

#include "tools/risk-manager/settings.hpp"

namespace rm {

/// What all parts need while a configuration is read.
struct reading {
  std::filesystem::path folder;
  problems found;
  problems warnings;

  std::filesystem::path resolve(const std::string& text) const { return (folder / text).lexically_normal(); }
};

/// The maps of the list under `key`; what is no list of maps is a problem, and so is an empty one.
std::vector<const parameter*> maps_of(parameter_reader& reader, std::string_view key, const char* what);

std::vector<broker_settings> read_brokers(parameter_reader& top, reading& r);
/// Accounts and the profiles that they refer to; `out.brokers` are known already.
void read_accounts(parameter_reader& top, reading& r, settings& out);

/// Marks all in the brokers' blocks that could be a secret, so that no problem shows it.
void hide_secrets(parameter& root);

} // namespace rm
