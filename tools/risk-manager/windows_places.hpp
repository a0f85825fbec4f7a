// Where the installed service lies on Windows, and who may do what in each folder.
#pragma once

#include "tools/risk-manager/windows_parts.hpp"

#include <vector>

namespace rm {

/// A folder with an access list of its own.
struct guarded_folder {
  const char* name; // as people call it
  std::filesystem::path path;
  const char* access;  // SDDL
  bool children; // its files have the same list, by inheritance
};

struct places {
  std::filesystem::path programs, root;

  /// Those that Windows names. Throws.
  places();
  std::filesystem::path config() const { return root / "config"; }
  std::filesystem::path config_file() const { return config() / "risk-manager.yaml"; }
  /// What the service control manager starts.
  std::wstring command() const;
  /// The folders for the data, the outer ones first; not the programs'.
  std::vector<guarded_folder> data_folders() const;
};

} // namespace rm
