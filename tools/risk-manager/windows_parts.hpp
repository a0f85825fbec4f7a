// Small tools for Windows: handles that close themselves, errors in words, folders with an access list.
#pragma once

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <windows.h>

#include <filesystem>
#include <memory>
#include <string>

namespace rm {

struct service_closer {
  using pointer = SC_HANDLE;
  void operator()(SC_HANDLE h) const { ::CloseServiceHandle(h); }
};
using service_handle = std::unique_ptr<void, service_closer>;

struct local_freer {
  void operator()(void* memory) const { ::LocalFree(memory); }
};
using local_memory = std::unique_ptr<void, local_freer>;

/// Throws std::runtime_error: what could not be done, and the system's words for the error.
[[noreturn]] void fail(const std::string& what, DWORD error = ::GetLastError());

/// Made from its text form. Throws.
local_memory descriptor_of(const char* sddl);

/// %ProgramData% and %ProgramFiles% as Windows knows them, not as the caller's environment claims.
std::filesystem::path program_data();
std::filesystem::path program_files();
std::filesystem::path own_program();

/// Makes a folder with exactly this access list and owner. One that is already there gets them too, and with `children` every file in it
/// loses its own list and inherits this one. True: it is new. Throws; a link in the place of a folder is refused.
bool secure_folder(const std::filesystem::path& folder, const char* sddl, bool children);

} // namespace rm
