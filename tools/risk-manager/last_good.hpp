// The configuration that was in force last, kept in the data folder: for a start at which its own file cannot be used, because it is held,
// damaged or gone. Never read while that one can be.
#pragma once

#include "messages/timing.hpp"
#include "tools/risk-manager/settings.hpp"

#include <optional>
#include <vector>

namespace rm {

struct kept_config {
  std::filesystem::path file; // whose copy this is
  std::string mark;           // of the files, when it came into force: config_in_force::mark
  timestamp kept{};           // when it came into force
  config_sources sources;     // the keys that are written out in it are hidden
};

/// As it stands in the file, with a hash over all of it, and back. Nothing: it is not whole, or no such text.
std::string kept_text(const kept_config& config);
std::optional<kept_config> read_kept(std::string_view text);

/// Keeps it in its data folder, for the service's own user alone. It is put in place whole; nothing is written where the same is kept already.
/// Where the data folder is not the usual one, that is noted in the usual one, if there is one. Throws std::runtime_error, also where
/// a key cannot be told apart in the text.
void keep_config(const settings& in_force, const kept_config& config);

/// The copy of that configuration in one of these data folders, the first that has one.
std::optional<kept_config> find_kept(const std::filesystem::path& file, const std::vector<std::filesystem::path>& data_dirs);
/// Where the copy may be: in `given`, in `told` (by what can still be read of the configuration), in the folder noted in the usual one, there.
/// `given` and `told` may be empty.
std::vector<std::filesystem::path> kept_places(const std::filesystem::path& file, const std::filesystem::path& given, const std::filesystem::path& told);

/// It, read again; the logins' keys are looked for where it says that they are.
loaded_settings read_kept_settings(const kept_config& config, const environment& variables = process_environment());

/// Any such file, whatever its name; nothing when it is not whole. `put` replaces it where it differs. Throws std::runtime_error.
std::optional<kept_config> read_kept_file(const std::filesystem::path& place);
void put_kept_file(const std::filesystem::path& place, const kept_config& config);

/// The same file, however it was named.
std::filesystem::path full_name(const std::filesystem::path& file);

} // namespace rm
