// The first configuration of an installed service, made from the example that is shipped. Text in, text out.
#pragma once

#include "messages/account.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rm {

/// The example with this machine's folders in it: data and logs below `root`, the key in ROOT/config/secrets/topstepx.key, where
/// `risk-admin key set topstepx` puts it. Throws std::runtime_error when the example lacks a line that is to be changed.
std::string first_config(const std::string& example, const std::filesystem::path& root, const std::string& socket, const std::string& user_name);

/// The same text with the first login's name and, where there was none, the file that its key comes from. Throws likewise.
std::string with_login(const std::string& text, const std::string& user_name, const std::string& key_file = "topstepx.key");
/// The same with a login that is only tried: its key written out. Never to be kept.
std::string with_trial_login(const std::string& text, const std::string& user_name, const std::string& key);
/// Where the first login's key comes from, as it is written there; empty: from elsewhere.
std::string key_file_in(const std::string& text);

struct first_account {
  account_id id;
  std::string name;
  std::string preset; // of the firm's limits
};

/// The text with these accounts and a profile for each of their presets in the place of its profiles and accounts, which are its end.
/// `margin`: percent that are kept below the firm's limits. Throws std::runtime_error when it has no such end.
std::string with_accounts(const std::string& text, const std::string& login, const std::vector<first_account>& accounts, int64_t margin);

/// Whether the accounts are still the example's.
bool has_example_accounts(const std::string& text);

/// The firm's limits that an account's name or balance speaks for ("50KTC-V2-…", 50 000 dollars); empty: none does.
std::string preset_for(const account_update& account, const std::vector<std::string>& presets);

} // namespace rm
