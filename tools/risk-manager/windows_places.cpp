#include "tools/risk-manager/windows_places.hpp"

#include "actors/admin/windows_access.hpp"
#include "tools/risk-manager/windows_names.hpp"

namespace rm {

places::places() : programs{program_files() / product_folder}, root{program_data() / product_folder} {}

std::wstring places::command() const { return L"\"" + (programs / "risk-manager.exe").wstring() + L"\" service --config \"" + config_file().wstring() + L"\""; }

std::vector<guarded_folder> places::data_folders() const {
  return {{"the folder of all data", root, access::root_folder, false},
          {"the configuration", config(), access::config_folder, true},
          {"the secrets", config() / "secrets", access::secrets_folder, true},
          {"the database", root / "data", access::data_folder, true},
          {"the logs", root / "logs", access::logs_folder, true}};
}

} // namespace rm
