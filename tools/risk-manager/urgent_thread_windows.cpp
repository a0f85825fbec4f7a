#include "tools/risk-manager/urgent_thread.hpp"

#include <windows.h>

#include <cstring>
#include <string>

namespace rm {

void make_thread_urgent() { SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST); }

/// The compiler's headers do not know the call, and Windows has it from 10 on.
void name_thread(const char* name) {
  using naming = HRESULT(WINAPI*)(HANDLE, PCWSTR);
  const auto call = reinterpret_cast<naming>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "SetThreadDescription")));
  if (call)
    call(GetCurrentThread(), std::wstring{name, name + std::strlen(name)}.c_str());
}

} // namespace rm
