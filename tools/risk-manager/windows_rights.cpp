#include "tools/risk-manager/windows_rights.hpp"

#include <aclapi.h>
#include <sddl.h>

#include <algorithm>
#include <array>
#include <vector>

namespace rm {
namespace {

constexpr SECURITY_INFORMATION what_is_read = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
constexpr char system_sid[] = "S-1-5-18", administrators_sid[] = "S-1-5-32-544";
constexpr unsigned heirs_mask = OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE | NO_PROPAGATE_INHERIT_ACE | INHERIT_ONLY_ACE; // not: whether it was inherited

std::string text_of(PSID sid) {
  LPSTR text = nullptr;
  if (!sid || !::ConvertSidToStringSidA(sid, &text))
    return "";
  const local_memory owned{text};
  return text;
}

/// An entry as any list begins it: allowed and denied ones are of one form, and no other kind is in ours.
rights_entry entry_of(const ACE_HEADER* ace) {
  const auto* allowed = reinterpret_cast<const ACCESS_ALLOWED_ACE*>(ace);
  GENERIC_MAPPING particular{FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
  DWORD rights = allowed->Mask;
  ::MapGenericMask(&rights, &particular);
  return {ace->AceType, ace->AceFlags & heirs_mask, rights, text_of(const_cast<DWORD*>(&allowed->SidStart))};
}

rights_list list_of(PSECURITY_DESCRIPTOR from) {
  rights_list out;
  PSID owner = nullptr;
  PACL list = nullptr;
  BOOL present = FALSE, by_default = FALSE;
  if (::GetSecurityDescriptorOwner(from, &owner, &by_default))
    out.owner = text_of(owner);
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  out.is_protected = ::GetSecurityDescriptorControl(from, &control, &revision) && (control & SE_DACL_PROTECTED) != 0;
  if (!::GetSecurityDescriptorDacl(from, &present, &list, &by_default) || !present || !list) {
    out.entries.insert({ACCESS_ALLOWED_ACE_TYPE, 0, FILE_ALL_ACCESS, "everybody"}); // without a list nobody is kept out
  } else {
    for (DWORD i = 0; i < list->AceCount; ++i)
      if (void* ace = nullptr; ::GetAce(list, i, &ace))
        out.entries.insert(entry_of(static_cast<ACE_HEADER*>(ace)));
  }
  LPSTR text = nullptr;
  if (::ConvertSecurityDescriptorToStringSecurityDescriptorA(from, SDDL_REVISION_1, what_is_read, &text, nullptr)) {
    const local_memory owned{text};
    out.text = text;
  }
  return out;
}

struct handle_closer {
  using pointer = HANDLE;
  void operator()(HANDLE h) const { ::CloseHandle(h); }
};
using handle = std::unique_ptr<void, handle_closer>;

} // namespace

rights_list rights_of_text(const char* sddl) {
  auto out = list_of(descriptor_of(sddl).get());
  out.text = sddl;
  return out;
}

rights_list rights_of_path(const std::filesystem::path& path) {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (const DWORD error = ::GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, what_is_read, nullptr, nullptr, nullptr, nullptr, &found))
    fail("the access list of " + path.string() + " cannot be read", error);
  const local_memory owned{found};
  return list_of(found);
}

rights_list rights_of_pipe(const std::string& name) {
  const handle pipe{::CreateFileA(name.c_str(), READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr)};
  if (pipe.get() == INVALID_HANDLE_VALUE)
    fail("the pipe " + name + " cannot be opened");
  PSECURITY_DESCRIPTOR found = nullptr;
  if (const DWORD error = ::GetSecurityInfo(pipe.get(), SE_KERNEL_OBJECT, what_is_read, nullptr, nullptr, nullptr, nullptr, &found))
    fail("the access list of the pipe " + name + " cannot be read", error);
  const local_memory owned{found};
  return list_of(found);
}

rights_list rights_of_service(SC_HANDLE service) {
  DWORD size = 0;
  std::byte none{};
  if (!::QueryServiceObjectSecurity(service, DACL_SECURITY_INFORMATION, &none, 0, &size) && ::GetLastError() != ERROR_INSUFFICIENT_BUFFER)
    fail("the service's access list cannot be read");
  std::vector<std::byte> space(size);
  if (!::QueryServiceObjectSecurity(service, DACL_SECURITY_INFORMATION, space.data(), size, &size))
    fail("the service's access list cannot be read");
  return list_of(space.data());
}

std::string own_sid() {
  HANDLE raw = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &raw))
    return "";
  const handle token{raw};
  alignas(TOKEN_USER) std::array<std::byte, 256> space{};
  DWORD size = 0;
  if (!::GetTokenInformation(token.get(), TokenUser, space.data(), static_cast<DWORD>(space.size()), &size))
    return "";
  return text_of(reinterpret_cast<const TOKEN_USER*>(space.data())->User.Sid);
}

bool same_rights(const rights_list& found, const rights_list& wanted) {
  return found.entries == wanted.entries && (!wanted.is_protected || found.is_protected) && (wanted.owner.empty() || found.owner == wanted.owner);
}

bool inherits_rights(const rights_list& file, const rights_list& folder) {
  std::set<rights_entry> wanted;
  for (auto entry : folder.entries) {
    entry.heirs = 0;
    wanted.insert(entry);
  }
  return file.entries == wanted && (file.owner == system_sid || file.owner == administrators_sid);
}

} // namespace rm
