// Access lists read back from Windows, and held against what they must be.
#pragma once

#include "tools/risk-manager/windows_parts.hpp"

#include <compare>
#include <set>

namespace rm {

/// One entry of a list: who may (or may not) do what, and what inherits it.
struct rights_entry {
  unsigned kind = 0, heirs = 0; // ACCESS_ALLOWED_ACE_TYPE …; OBJECT_INHERIT_ACE …
  DWORD rights = 0;             // generic ones in their particular form
  std::string who;              // S-1-…

  auto operator<=>(const rights_entry&) const = default;
};

/// A descriptor as far as it decides: the order of the entries says nothing while all of them allow.
struct rights_list {
  std::string owner; // S-1-…; "" when it was not read, or does not matter
  bool is_protected = false; // inherits nothing
  std::set<rights_entry> entries;
  std::string text; // SDDL
};

/// From its text form. Throws.
rights_list rights_of_text(const char* sddl);
/// Of a file or folder. Throws.
rights_list rights_of_path(const std::filesystem::path& path);
/// Of a pipe somebody listens at. Throws.
rights_list rights_of_pipe(const std::string& name);
/// Of a service that was opened with READ_CONTROL. Throws.
rights_list rights_of_service(SC_HANDLE service);

/// The one who runs this program, as S-1-….
std::string own_sid();

/// Whether somebody may do neither less nor more than must be. The owner counts only where `wanted` names one.
bool same_rights(const rights_list& found, const rights_list& wanted);
/// What a file must have in a folder with that list: the same entries, inherited, and an owner who is the system or an administrator.
bool inherits_rights(const rights_list& file, const rights_list& folder);

} // namespace rm
