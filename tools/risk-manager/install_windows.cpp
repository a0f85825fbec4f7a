// Installing on Windows: the programs, the folders with their access lists, the first configuration, the event source, the service. Every
// step is undone when a later one fails.
#include "tools/risk-manager/install.hpp"

#include "actors/admin/local_client.hpp"
#include "actors/admin/windows_access.hpp"
#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/first_config.hpp"
#include "tools/risk-manager/host_service.hpp"
#include "tools/risk-manager/service_run.hpp"
#include "tools/risk-manager/settings.hpp"
#include "tools/risk-manager/setup.hpp"
#include "tools/risk-manager/undo.hpp"
#include "tools/risk-manager/windows_names.hpp"
#include "tools/risk-manager/windows_places.hpp"
#include "tools/risk-manager/windows_service.hpp"

#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace rm {
namespace {

namespace fs = std::filesystem;

constexpr int installed_not_running = 3; // nobody is guarded: who reads only the exit code must see it too

constexpr const char* programs[] = {"risk-manager.exe", "risk-admin.exe", "risk-trader.exe", "risk-inspect.exe"};
constexpr const char* shipped[] = {"risk-manager.yaml",  "cme-calendar.yaml", "topstepx-presets.yaml", "attack-surface.md",
                                   "README.md", "third-party.txt", "install.ps1", "uninstall.ps1", "check-installation.ps1"};
constexpr const char* data_files[] = {"cme-calendar.yaml", "topstepx-presets.yaml"};
constexpr wchar_t event_key[] = L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\RiskManagerV34";
/// Its messages 1 to 1000 are whatever text they are given: no message file of our own is needed.
constexpr wchar_t event_texts[] = L"%SystemRoot%\\System32\\EventCreate.exe";

void make_folder(const fs::path& folder, const char* access, bool children, undo_list& undo) {
  if (secure_folder(folder, access, children))
    undo.add([folder] { fs::remove_all(folder); });
}

/// Puts a file there; what it replaces is kept until all went well.
void put_file(const fs::path& from, const fs::path& to, undo_list& undo) {
  const fs::path old{to.wstring() + L".before"};
  const bool replaces = fs::exists(to);
  if (replaces) {
    fs::remove(old);
    fs::rename(to, old);
  }
  undo.add([to, old, replaces] {
    fs::remove(to);
    if (replaces)
      fs::rename(old, to);
  });
  fs::copy_file(from, to);
}

void forget_old(const places& where) {
  std::error_code ignored;
  for (const auto* name : programs)
    fs::remove(where.programs / (std::string{name} + ".before"), ignored);
  for (const auto* name : shipped)
    fs::remove(where.programs / (std::string{name} + ".before"), ignored);
}

void put_programs(const places& where, undo_list& undo) {
  const fs::path here = own_program().parent_path();
  if (fs::exists(where.programs) && fs::equivalent(here, where.programs)) {
    secure_folder(where.programs, access::program_folder, true); // the setup program has put them there
    return;
  }
  make_folder(where.programs, access::program_folder, true, undo);
  for (const auto* name : programs)
    if (fs::exists(here / name))
      put_file(here / name, where.programs / name, undo);
  for (const auto* name : shipped)
    if (fs::exists(here / name))
      put_file(here / name, where.programs / name, undo);
}

void put_folders(const places& where, undo_list& undo) {
  for (const auto& folder : where.data_folders())
    make_folder(folder.path, folder.access, folder.children, undo);
}

/// Writes a file; the one that was there comes back when a later step fails.
void write_file(const fs::path& file, const std::string& text, undo_list& undo) {
  undo.add([file, before = fs::exists(file) ? std::optional{text_of_file(file)} : std::nullopt] {
    if (before)
      std::ofstream{file, std::ios::binary} << *before; // into the same file: it keeps its access list
    else
      fs::remove(file);
  });
  std::ofstream out{file, std::ios::binary};
  out << text;
  out.flush();
  if (!out)
    throw std::runtime_error{file.string() + " cannot be written"};
}

/// The service reads these where the programs are, so that each installation renews them; one in the configuration's folder is somebody's own
/// and stays. Earlier versions put copies there: those that nobody has changed are taken away. Before the programs are replaced.
void forget_copies(const places& where, undo_list& undo) {
  for (const auto* name : data_files) {
    const fs::path own = where.config() / name, shipped_before = where.programs / name;
    if (!fs::exists(own) || !fs::exists(shipped_before) || text_of_file(own) != text_of_file(shipped_before))
      continue;
    undo.add([own, text = text_of_file(own)] { std::ofstream{own, std::ios::binary} << text; });
    fs::remove(own);
  }
}

/// Those that are with a configuration that was given, and are others than the shipped ones.
void put_own_data(const places& where, const fs::path& from, undo_list& undo) {
  for (const auto* name : data_files) {
    const fs::path own = where.config() / name, given = from / name, shipped_now = where.programs / name;
    if (!fs::exists(own) && fs::exists(given) && !(fs::exists(shipped_now) && text_of_file(given) == text_of_file(shipped_now)))
      write_file(own, text_of_file(given), undo);
  }
}

void put_config(const places& where, const install_request& request, undo_list& undo) {
  if (!request.config.empty())
    put_own_data(where, request.config.parent_path(), undo);
  if (fs::exists(where.config_file())) {
    std::cout << "the configuration that is there stays: " << where.config_file().string() << "\n";
    return;
  }
  if (!request.config.empty())
    return write_file(where.config_file(), text_of_file(request.config), undo);
  const fs::path example = shipped_example();
  if (!fs::exists(example))
    throw std::runtime_error{"there is no example configuration beside this program: name one with --config FILE"};
  write_file(where.config_file(), first_config(text_of_file(example), where.root, default_socket_path(), request.user_name), undo);
}

void put_event_source(undo_list& undo) {
  HKEY key = nullptr;
  DWORD made = 0;
  if (const auto error = ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, event_key, 0, nullptr, 0, KEY_SET_VALUE, nullptr, &key, &made))
    fail("the event source cannot be made", static_cast<DWORD>(error));
  if (made == REG_CREATED_NEW_KEY)
    undo.add([] { ::RegDeleteKeyW(HKEY_LOCAL_MACHINE, event_key); });
  const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
  ::RegSetValueExW(key, L"EventMessageFile", 0, REG_EXPAND_SZ, reinterpret_cast<const BYTE*>(event_texts), sizeof event_texts);
  ::RegSetValueExW(key, L"TypesSupported", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&types), sizeof types);
  ::RegCloseKey(key);
}

bool runs(const service_manager& manager) {
  const auto service = manager.open(SERVICE_QUERY_STATUS);
  return service && status_of(service.get()).dwCurrentState == SERVICE_RUNNING;
}

struct old_service {
  bool exists = false, ran = false;
};

void start_again(const service_manager& manager) {
  try {
    if (const auto old = manager.open(SERVICE_START | SERVICE_QUERY_STATUS))
      start_and_wait(old.get());
    std::cout << "the service that ran before runs again\n";
  } catch (const std::exception& e) {
    std::cout << "NOBODY IS GUARDED: the service that ran before does not start again: " << e.what() << "\n";
  }
}

/// Stops the one that runs, with its return as the undoing.
old_service stop_old(const service_manager& manager, undo_list& undo) {
  const auto old = manager.open(SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS | SERVICE_STOP);
  if (!old)
    return {};
  const auto before = config_of(old.get());
  const bool ran = stop_and_wait(old.get());
  if (ran)
    undo.add([&manager] { start_again(manager); });
  undo.add([&manager, before] { manager.change(before); });
  return {true, ran};
}

/// What is wrong with the configuration, on standard output.
bool in_order(const fs::path& file) {
  const auto loaded = load_settings(file);
  for (const auto& problem : loaded.found)
    std::cout << "  " << format_problem(file, problem) << "\n";
  return loaded.value.has_value();
}

/// Tries the login at the gateway. The example guards nobody's account: with a login at hand the venue says which ones there are, and all
/// are guarded. Only that must succeed before the service starts: one with a configuration of its own keeps trying by itself.
bool try_login(const places& where, const install_request& request) {
  if (request.config.empty() && !request.user_name.empty() && !request.key.empty() && has_example_accounts(text_of_file(where.config_file()))) {
    setup_request first;
    first.config = where.config_file();
    first.user_name = request.user_name;
    first.key = request.key;
    first.all_accounts = true;
    return set_up(first) == 0;
  }
  if (!request.key.empty())
    check_gateways(where.config_file(), false);
  return true;
}

void remove_files(const places& where, bool keep_data) {
  if (!keep_data)
    fs::remove_all(where.root);
  const bool from_there = fs::exists(where.programs) && fs::equivalent(own_program().parent_path(), where.programs);
  if (!from_there)
    fs::remove_all(where.programs);
  else
    std::cout << "the programs in " << where.programs.string() << " can be deleted now; this one runs from there\n";
}

} // namespace

int install_service(const install_request& request) {
  const places where;
  if (!request.config.empty() && request.key.empty() && !in_order(request.config))
    throw std::runtime_error{request.config.string() + " has the mistakes above; nothing was changed"};
  const service_manager manager{SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE};
  // One that runs goes on with the configuration that it has read: stopped now, neither it nor the new one would come back.
  if (runs(manager) && request.key.empty() && fs::exists(where.config_file()) && !in_order(where.config_file()))
    throw std::runtime_error{where.config_file().string() + " has the mistakes above; nothing was changed, and the service runs on"};
  undo_list undo;
  const auto old = stop_old(manager, undo);
  forget_copies(where, undo);
  put_programs(where, undo);
  put_folders(where, undo);
  put_config(where, request, undo);
  if (!request.key.empty())
    write_file(where.config() / "secrets" / "topstepx.key", request.key + "\n", undo);
  put_event_source(undo);
  if (old.exists) {
    manager.change({where.command(), SERVICE_AUTO_START});
  } else {
    manager.create(where.command());
    undo.add([&manager] { manager.remove(); });
  }
  const bool ready = in_order(where.config_file()) && try_login(where, request);
  if (!ready && old.ran && request.start)
    throw std::runtime_error{"the new one could not start: what is wrong stands above; what was done is undone"};
  if (request.start && ready) {
    const auto service = manager.open(SERVICE_START | SERVICE_STOP | SERVICE_QUERY_STATUS);
    undo.add([&manager] { stop_and_wait(manager.open(SERVICE_STOP | SERVICE_QUERY_STATUS).get()); });
    start_and_wait(service.get());
    undo.keep();
    forget_old(where);
    std::cout << "installed, and running\n";
    return 0;
  }
  undo.keep();
  forget_old(where);
  std::cout << "installed, not started" << (ready ? "" : ": mend what is said above (risk-manager setup asks for login and accounts again), then: risk-admin service start") << "\n";
  return request.start ? installed_not_running : 0;
}

int uninstall_service(bool keep_data) {
  const places where;
  const service_manager manager{SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE};
  if (const auto service = manager.open(SERVICE_QUERY_STATUS | SERVICE_STOP))
    stop_and_wait(service.get());
  manager.remove();
  ::RegDeleteKeyW(HKEY_LOCAL_MACHINE, event_key);
  remove_files(where, keep_data);
  std::cout << "uninstalled; " << (keep_data ? "configuration, database and logs stay in " + where.root.string() : std::string{"nothing is kept"}) << "\n";
  return 0;
}

int show_service() {
  const service_manager manager{SC_MANAGER_CONNECT};
  const auto service = manager.open(SERVICE_QUERY_STATUS);
  if (!service) {
    std::cout << "not installed\n";
    return 4;
  }
  const auto now = status_of(service.get());
  if (now.dwCurrentState == SERVICE_RUNNING) {
    std::cout << "running, process " << now.dwProcessId << "\n";
    return 0;
  }
  std::cout << (now.dwCurrentState == SERVICE_STOPPED ? "stopped" : "changing");
  if (now.dwCurrentState == SERVICE_STOPPED && now.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR)
    std::cout << ": " << sentence_of(static_cast<run_result>(now.dwServiceSpecificExitCode));
  std::cout << "\n";
  return 3;
}

} // namespace rm
