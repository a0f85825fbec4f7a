#include "tools/risk-manager/urgent_thread.hpp"

#include <windows.h>

namespace rm {

void make_thread_urgent() { SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST); }

void keep_freed_memory() {} // its heap does so by itself

} // namespace rm
