#include "tools/risk-admin/platform.hpp"

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <windows.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace rm {
namespace {

constexpr const char* service_name = "RiskManagerV34";
constexpr DWORD elevation_required = 740; // ERROR_ELEVATION_REQUIRED, which not every winerror.h has

struct service_closer {
  using pointer = SC_HANDLE;
  void operator()(SC_HANDLE h) const { ::CloseServiceHandle(h); }
};
using service_handle = std::unique_ptr<void, service_closer>;

DWORD state_of(SC_HANDLE service) {
  SERVICE_STATUS_PROCESS status{};
  DWORD size = 0;
  return ::QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof status, &size) ? status.dwCurrentState : 0;
}

/// What could not be done, and why: the system's words, or that the rights are missing.
service_outcome failed(const std::string& what, DWORD error = ::GetLastError()) {
  if (error == ERROR_ACCESS_DENIED || error == elevation_required)
    return {false, what + ": this needs an administrator (Run as administrator)", true};
  return {false, what + ": " + std::system_category().message(static_cast<int>(error))};
}

/// risk-manager beside this program does it, and says on this terminal what it did. Uninstalling from here keeps the data.
service_outcome by_service_program(const std::string& verb) {
  wchar_t self[4096];
  const DWORD size = ::GetModuleFileNameW(nullptr, self, sizeof self / sizeof *self);
  const auto program = std::filesystem::path{std::wstring{self, size}}.parent_path() / L"risk-manager.exe";
  std::wstring command = L"\"" + program.wstring() + L"\" " + (verb == "install" ? L"install" : L"uninstall --keep-data");
  STARTUPINFOW with{};
  with.cb = sizeof with;
  PROCESS_INFORMATION made{};
  if (!::CreateProcessW(program.c_str(), command.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &with, &made))
    return failed(program.string() + " cannot be run");
  ::WaitForSingleObject(made.hProcess, INFINITE);
  DWORD code = 1;
  ::GetExitCodeProcess(made.hProcess, &code);
  ::CloseHandle(made.hThread);
  ::CloseHandle(made.hProcess);
  constexpr DWORD not_permitted = 4;
  return {code == 0, code == 0 ? "done: " + verb : "risk-manager " + verb + " ended with " + std::to_string(code), code == not_permitted};
}

bool await(SC_HANDLE service, DWORD wanted) {
  for (int tries = 0; tries < 150; ++tries) {
    if (state_of(service) == wanted)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }
  return false;
}

} // namespace

service_outcome control_service(const std::string& verb) {
  if (verb == "install" || verb == "uninstall")
    return by_service_program(verb);
  const service_handle manager{::OpenSCManagerA(nullptr, nullptr, SC_MANAGER_CONNECT)};
  if (!manager)
    return failed("the service control manager cannot be reached");
  const DWORD access = SERVICE_QUERY_STATUS | (verb == "status" ? 0 : SERVICE_START | SERVICE_STOP);
  const service_handle service{::OpenServiceA(manager.get(), service_name, access)};
  if (!service)
    return failed(std::string{"the service "} + service_name + " cannot be opened");
  if (verb == "status") {
    const DWORD state = state_of(service.get());
    return {state == SERVICE_RUNNING, state == SERVICE_RUNNING ? "running" : state == SERVICE_STOPPED ? "stopped" : "changing"};
  }
  if (verb != "start") {
    SERVICE_STATUS status{};
    if (!::ControlService(service.get(), SERVICE_CONTROL_STOP, &status) && ::GetLastError() != ERROR_SERVICE_NOT_ACTIVE)
      return failed("the service cannot be stopped");
    if (!await(service.get(), SERVICE_STOPPED))
      return {false, "the service does not stop"};
  }
  if (verb != "stop") {
    if (!::StartServiceA(service.get(), 0, nullptr) && ::GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)
      return failed("the service cannot be started");
    if (!await(service.get(), SERVICE_RUNNING))
      return {false, "the service does not come up: see its log"};
  }
  return {true, "the service manager has done it: " + verb};
}

std::filesystem::path private_file(const std::string& text) {
  // The person's own temporary folder is closed to others.
  const auto name = std::filesystem::temp_directory_path() / ("risk-admin-" + std::to_string(::GetCurrentProcessId()) + ".yaml");
  std::ofstream out{name, std::ios::binary | std::ios::trunc};
  out << text;
  out.flush();
  if (!out)
    throw std::runtime_error{"the temporary file " + name.string() + " cannot be written"};
  return name;
}

bool edit_file(const std::filesystem::path& file) {
  const char* chosen = std::getenv("EDITOR");
  const std::string editor = chosen != nullptr && *chosen != '\0' ? chosen : "notepad";
  return std::system((editor + " \"" + file.string() + "\"").c_str()) == 0;
}

} // namespace rm
