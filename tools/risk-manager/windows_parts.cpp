#include "tools/risk-manager/windows_parts.hpp"

#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>

#include <stdexcept>
#include <system_error>

namespace rm {
namespace {

std::filesystem::path known_folder(const KNOWNFOLDERID& id) {
  PWSTR found = nullptr;
  if (FAILED(::SHGetKnownFolderPath(id, 0, nullptr, &found)))
    throw std::runtime_error{"Windows does not say where its folders are"};
  const std::filesystem::path out{found};
  ::CoTaskMemFree(found);
  return out;
}

void refuse_link(const std::filesystem::path& path) {
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
    throw std::runtime_error{path.string() + " is a link to somewhere else: remove it"};
}

void set_access(const std::filesystem::path& path, void* descriptor, bool own_list) {
  BOOL present = FALSE, defaulted = FALSE;
  PACL list = nullptr;
  PSID owner = nullptr;
  ::GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted);
  ::GetSecurityDescriptorOwner(descriptor, &owner, &defaulted);
  ACL none{};
  ::InitializeAcl(&none, sizeof none, ACL_REVISION);
  const DWORD what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | (own_list ? PROTECTED_DACL_SECURITY_INFORMATION : UNPROTECTED_DACL_SECURITY_INFORMATION);
  std::wstring name = path.wstring();
  if (const DWORD error = ::SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, what, owner, nullptr, own_list ? list : &none, nullptr))
    fail("the access list of " + path.string() + " cannot be set", error);
}

} // namespace

void fail(const std::string& what, DWORD error) { throw std::runtime_error{what + ": " + std::system_category().message(static_cast<int>(error))}; }

local_memory descriptor_of(const char* sddl) {
  PSECURITY_DESCRIPTOR made = nullptr;
  if (!::ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &made, nullptr))
    fail(std::string{"the access list "} + sddl + " cannot be made");
  return local_memory{made};
}

std::filesystem::path program_data() { return known_folder(FOLDERID_ProgramData); }
std::filesystem::path program_files() { return known_folder(FOLDERID_ProgramFiles); }

std::filesystem::path own_program() {
  wchar_t name[4096];
  const DWORD size = ::GetModuleFileNameW(nullptr, name, sizeof name / sizeof *name);
  return std::wstring{name, size};
}

bool secure_folder(const std::filesystem::path& folder, const char* sddl, bool children) {
  const auto descriptor = descriptor_of(sddl);
  SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor.get(), FALSE};
  if (::CreateDirectoryW(folder.c_str(), &attributes))
    return true;
  if (::GetLastError() != ERROR_ALREADY_EXISTS)
    fail("the folder " + folder.string() + " cannot be made");
  // Somebody else may have put it there before us, and would own it and what is in it.
  refuse_link(folder);
  set_access(folder, descriptor.get(), true);
  if (children)
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
      refuse_link(entry.path());
      if (!entry.is_directory()) // folders in it have lists of their own
        set_access(entry.path(), descriptor.get(), false);
    }
  return false;
}

} // namespace rm
