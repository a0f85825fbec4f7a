#include "actors/admin/windows_users.hpp"

#include <sddl.h>

#include <array>
#include <cstddef>

namespace rm {

std::string name_of(PSID user) {
  LPSTR text = nullptr;
  if (!user || !::ConvertSidToStringSidA(user, &text))
    return "";
  const std::unique_ptr<char, local_freer> owned{text};
  return text;
}

std::string user_of(HANDLE token) {
  alignas(TOKEN_USER) std::array<std::byte, 256> space{};
  DWORD size = 0;
  if (!::GetTokenInformation(token, TokenUser, space.data(), static_cast<DWORD>(space.size()), &size))
    return "";
  return name_of(reinterpret_cast<const TOKEN_USER*>(space.data())->User.Sid);
}

std::string own_user() {
  HANDLE raw = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &raw))
    return "";
  const unique_handle token{raw};
  return user_of(token.get());
}

} // namespace rm
