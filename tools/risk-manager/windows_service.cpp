#include "tools/risk-manager/windows_service.hpp"

#include "actors/admin/windows_access.hpp"
#include "tools/risk-manager/install.hpp"
#include "tools/risk-manager/service_run.hpp"
#include "tools/risk-manager/windows_names.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 100ms;
constexpr auto gone_limit = 60s, busy_limit = 120s;
constexpr auto silent_limit = 60s; // without another check-point; the service's own watchdog sees to it that they do not rise forever
constexpr DWORD preshutdown_ms = 15'000; // the run's own limit for a stop is 10 s
constexpr DWORD day_s = 24 * 60 * 60;

bool wait_until(std::chrono::seconds limit, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(look_interval);
  }
  return true;
}

/// Waits for one of these states as long as the service tells that it goes on; gives the one it has then.
SERVICE_STATUS_PROCESS wait_while_it_goes_on(SC_HANDLE service, std::initializer_list<DWORD> wanted) {
  auto now = status_of(service), before = now;
  auto moved = std::chrono::steady_clock::now();
  while (std::find(wanted.begin(), wanted.end(), now.dwCurrentState) == wanted.end()) {
    if (now.dwCurrentState != before.dwCurrentState || now.dwCheckPoint != before.dwCheckPoint) {
      before = now;
      moved = std::chrono::steady_clock::now();
    } else if (std::chrono::steady_clock::now() > moved + silent_limit) {
      break;
    }
    std::this_thread::sleep_for(look_interval);
    now = status_of(service);
  }
  return now;
}

/// While others start, as just after booting, the manager may have no time for us; and a machine that is very busy may not get the process
/// going within the time that the manager gives it, which then ends that process: it is tried again.
bool is_busy(DWORD error) { return error == ERROR_SERVICE_DATABASE_LOCKED || error == ERROR_SERVICE_REQUEST_TIMEOUT; }

/// `needed`: a Windows that does not know it cannot guard as we promise; what is not needed is only told.
void configure(SC_HANDLE service, DWORD level, void* what, const char* name, bool needed) {
  if (::ChangeServiceConfig2W(service, level, what))
    return;
  if (needed)
    fail(std::string{"the service's "} + name + " cannot be set");
  std::cout << "note: this Windows does not take the service's " << name << "\n";
}

[[noreturn]] void fail_or_refuse(const std::string& what) {
  const DWORD error = ::GetLastError();
  if (error == ERROR_ACCESS_DENIED)
    throw not_permitted{what + ": this needs an administrator (Run as administrator)"};
  fail(what, error);
}

void configure_all(SC_HANDLE service) {
  SERVICE_DESCRIPTIONW text{const_cast<wchar_t*>(service_text_w)};
  configure(service, SERVICE_CONFIG_DESCRIPTION, &text, "description", true);
  const auto plan = wanted_restarts();
  std::vector<SC_ACTION> again;
  for (const DWORD delay : plan.delays_ms)
    again.push_back({SC_ACTION_RESTART, delay});
  SERVICE_FAILURE_ACTIONSW actions{plan.forget_s, nullptr, nullptr, static_cast<DWORD>(again.size()), again.data()};
  configure(service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions, "failure actions", true);
  SERVICE_FAILURE_ACTIONS_FLAG also_without_crash{TRUE};
  configure(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_without_crash, "failure actions after an end with an error", false);
  SERVICE_PRESHUTDOWN_INFO time{preshutdown_ms};
  configure(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &time, "time for a stop before shutdown", false);
  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  configure(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "own SID", false);
  wchar_t privileges[] = L"SeChangeNotifyPrivilege\0SeImpersonatePrivilege\0";
  SERVICE_REQUIRED_PRIVILEGES_INFOW needed{privileges};
  configure(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &needed, "list of privileges", false);
  const auto descriptor = descriptor_of(access::service_object);
  if (!::SetServiceObjectSecurity(service, DACL_SECURITY_INFORMATION, descriptor.get()))
    fail("the service's access list cannot be set");
}

} // namespace

service_manager::service_manager(DWORD access) : manager_{::OpenSCManagerW(nullptr, nullptr, access)} {
  if (!manager_)
    fail_or_refuse("the service control manager cannot be reached");
}

service_handle service_manager::open(DWORD access) const {
  service_handle out{::OpenServiceW(manager_.get(), service_name_w, access)};
  if (!out && ::GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST)
    fail_or_refuse("the service cannot be opened");
  return out;
}

void service_manager::create(const std::wstring& command) const {
  service_handle made;
  DWORD error = 0;
  const bool free = wait_until(gone_limit, [&] {
    made.reset(::CreateServiceW(manager_.get(), service_name_w, service_title_w, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                SERVICE_ERROR_NORMAL, command.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr)); // LocalSystem
    error = made ? 0 : ::GetLastError();
    return error != ERROR_SERVICE_MARKED_FOR_DELETE;
  });
  if (!free)
    throw std::runtime_error{"the old service is still being taken away: close what shows it (services.msc, Task Manager), then try again"};
  if (!made)
    fail("the service cannot be made", error);
  try {
    configure_all(made.get());
  } catch (...) {
    ::DeleteService(made.get());
    throw;
  }
}

void service_manager::change(const service_config& to) const {
  const auto service = open(SERVICE_ALL_ACCESS);
  if (!service)
    throw std::runtime_error{"the service is gone"};
  if (!::ChangeServiceConfigW(service.get(), SERVICE_WIN32_OWN_PROCESS, to.start, SERVICE_ERROR_NORMAL, to.command.c_str(), nullptr, nullptr, nullptr, L"LocalSystem",
                              nullptr, service_title_w))
    fail("the service cannot be changed");
  configure_all(service.get());
}

void service_manager::remove() const {
  auto service = open(DELETE);
  if (service && !::DeleteService(service.get()) && ::GetLastError() != ERROR_SERVICE_MARKED_FOR_DELETE)
    fail("the service cannot be taken away");
  service.reset();
  if (!wait_until(gone_limit, [&] { return !open(SERVICE_QUERY_STATUS); }))
    throw std::runtime_error{"the service is still being taken away: close what shows it (services.msc, Task Manager)"};
}

service_config config_of(SC_HANDLE service) {
  DWORD size = 0;
  ::QueryServiceConfigW(service, nullptr, 0, &size);
  std::vector<std::byte> space(size + 1);
  auto* found = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(space.data());
  if (!::QueryServiceConfigW(service, found, size, &size))
    fail("the service's configuration cannot be read");
  return {found->lpBinaryPathName, found->dwStartType, found->lpServiceStartName};
}

restart_plan wanted_restarts() { return {day_s, {1'000, 5'000, 60'000}}; }

restart_plan restarts_of(SC_HANDLE service) {
  DWORD size = 0;
  ::QueryServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, nullptr, 0, &size);
  std::vector<std::byte> space(size + sizeof(SERVICE_FAILURE_ACTIONSW));
  if (!::QueryServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, reinterpret_cast<BYTE*>(space.data()), static_cast<DWORD>(space.size()), &size))
    fail("the service's failure actions cannot be read");
  const auto* found = reinterpret_cast<const SERVICE_FAILURE_ACTIONSW*>(space.data());
  restart_plan out{found->dwResetPeriod, {}};
  for (DWORD i = 0; found->lpsaActions && i < found->cActions; ++i)
    if (found->lpsaActions[i].Type == SC_ACTION_RESTART)
      out.delays_ms.push_back(found->lpsaActions[i].Delay);
  return out;
}

SERVICE_STATUS_PROCESS status_of(SC_HANDLE service) {
  SERVICE_STATUS_PROCESS out{};
  DWORD size = 0;
  if (!::QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&out), sizeof out, &size))
    fail("the service's state cannot be read");
  return out;
}

bool stop_and_wait(SC_HANDLE service) {
  const auto before = status_of(service);
  if (before.dwCurrentState == SERVICE_STOPPED)
    return false;
  const HANDLE process = ::OpenProcess(SYNCHRONIZE, FALSE, before.dwProcessId);
  SERVICE_STATUS status{};
  if (!::ControlService(service, SERVICE_CONTROL_STOP, &status) && ::GetLastError() != ERROR_SERVICE_NOT_ACTIVE && ::GetLastError() != ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
    const DWORD error = ::GetLastError();
    if (process)
      ::CloseHandle(process);
    fail("the service cannot be stopped", error);
  }
  bool gone = wait_while_it_goes_on(service, {SERVICE_STOPPED}).dwCurrentState == SERVICE_STOPPED;
  if (process) { // it still holds its files for a moment after it has said that it stopped
    gone = ::WaitForSingleObject(process, static_cast<DWORD>(std::chrono::milliseconds{gone_limit}.count())) == WAIT_OBJECT_0 && gone;
    ::CloseHandle(process);
  }
  if (!gone)
    throw std::runtime_error{"the service does not stop"};
  return true;
}

void start_and_wait(SC_HANDLE service) {
  DWORD error = 0;
  wait_until(busy_limit, [&] {
    error = ::StartServiceW(service, 0, nullptr) ? 0 : ::GetLastError();
    return !is_busy(error);
  });
  if (error && error != ERROR_SERVICE_ALREADY_RUNNING)
    fail("the service cannot be started", error);
  const auto now = wait_while_it_goes_on(service, {SERVICE_RUNNING, SERVICE_STOPPED});
  if (now.dwCurrentState == SERVICE_RUNNING)
    return;
  if (now.dwCurrentState == SERVICE_STOPPED && now.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR)
    throw std::runtime_error{"the service ended at once: " + std::string{sentence_of(static_cast<run_result>(now.dwServiceSpecificExitCode))}};
  throw std::runtime_error{"the service does not come up: its log says why"};
}

} // namespace rm
