// The first configuration of an installed service, made from the example that is shipped.
#pragma once

#include <filesystem>
#include <string>

namespace rm {

/// The example with this machine's folders in it: data and logs below `root`, the key in ROOT/config/secrets/topstepx.key, where
/// `risk-admin key set topstepx` puts it. Throws std::runtime_error when the example lacks a line that is to be changed.
std::string first_config(const std::string& example, const std::filesystem::path& root, const std::string& socket, const std::string& user_name);

} // namespace rm
