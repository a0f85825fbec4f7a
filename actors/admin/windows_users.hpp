// Users of Windows by the text of their security identifier, "S-1-5-…". For the pipe's two ends.
#pragma once

#include <memory>
#include <string>

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <windows.h>

namespace rm {

inline constexpr char local_system[] = "S-1-5-18", administrators[] = "S-1-5-32-544";

struct handle_closer {
  using pointer = HANDLE;
  void operator()(HANDLE h) const { ::CloseHandle(h); }
};
using unique_handle = std::unique_ptr<void, handle_closer>;

struct local_freer {
  void operator()(void* memory) const { ::LocalFree(memory); }
};

/// "" when it cannot be told.
std::string name_of(PSID user);
/// The user of a token that is open for queries; "" when it cannot be told.
std::string user_of(HANDLE token);
/// Who this process is.
std::string own_user();

} // namespace rm
