// The first run: asks for the login, tries it at the gateway, lets a person choose accounts, and writes key and configuration.
#pragma once

#include "messages/ids.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rm {

struct setup_request {
  std::filesystem::path config;  // to be written
  std::filesystem::path example; // to make it of where it is not there; empty: the shipped one
  std::string user_name, key;    // empty: asked for on a terminal
  std::vector<int64_t> accounts; // empty: asked for on a terminal, or the only one that there is
  bool all_accounts = false;
  std::string preset;            // of all of them; empty: by the account's name or balance, else asked for
  int64_t margin = 10;           // percent below the firm's limits, 0 … 90
  bool replace = false;          // a configuration that has accounts of its own already
};

/// Gives the process's exit code and says on standard output what it did; nothing is changed before the gateway has let the login in.
int set_up(const setup_request& request);

/// The verb check-gateway: every login of a configuration is tried, its accounts are shown. 0: all let in, and all watched accounts are there.
int check_gateways(const std::filesystem::path& config, bool json);

} // namespace rm
