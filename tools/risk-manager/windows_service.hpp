// The service as the Windows Service Control Manager has it.
#pragma once

#include "tools/risk-manager/windows_parts.hpp"

#include <string>
#include <vector>

namespace rm {

/// How it was before, for undoing.
struct service_config {
  std::wstring command;
  DWORD start = SERVICE_AUTO_START;
  std::wstring account{}; // for looking; it is always made as LocalSystem's
};

/// What Windows does when the process dies or ends with an error.
struct restart_plan {
  DWORD forget_s = 0;            // after that time without a failure it counts anew
  std::vector<DWORD> delays_ms; // before the first, second … restart; the last one for all that follow

  bool operator==(const restart_plan&) const = default;
};

class service_manager {
public:
  /// `access` to the manager: SC_MANAGER_CONNECT, and SC_MANAGER_CREATE_SERVICE for administrators. Throws.
  explicit service_manager(DWORD access);

  /// Empty: there is none. Throws.
  service_handle open(DWORD access) const;
  /// Makes it, with failure actions and all; waits while an old one of the same name is still being taken away.
  void create(const std::wstring& command) const;
  /// Gives the one that is there another command and all the rest anew.
  void change(const service_config& to) const;
  /// Marks it for removal and waits until it is gone.
  void remove() const;

private:
  service_handle manager_;
};

service_config config_of(SC_HANDLE service);
/// As the installation sets it, and as the service has it; anything but a restart is left out of the latter. Throws.
restart_plan wanted_restarts();
restart_plan restarts_of(SC_HANDLE service);
SERVICE_STATUS_PROCESS status_of(SC_HANDLE service);
/// Stops it and waits until its process is gone too. Throws. True: it ran.
bool stop_and_wait(SC_HANDLE service);
/// Starts it and waits until it runs. Throws with the sentence for its exit code.
void start_and_wait(SC_HANDLE service);

} // namespace rm
