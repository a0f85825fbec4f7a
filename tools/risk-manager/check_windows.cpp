// Looks at what is installed on Windows, item by item, against what the installation makes. Changes nothing.
#include "tools/risk-manager/install.hpp"

#include "actors/admin/local_client.hpp"
#include "actors/admin/windows_access.hpp"
#include "tools/risk-manager/settings.hpp"
#include "tools/risk-manager/windows_places.hpp"
#include "tools/risk-manager/windows_rights.hpp"
#include "tools/risk-manager/windows_service.hpp"

#include <functional>
#include <iostream>
#include <stdexcept>

namespace rm {
namespace {

/// Prints one line for each thing it is told, and remembers whether one was wrong.
class findings {
public:
  void say(const std::string& what, bool good, const std::string& detail = "") {
    std::cout << (good ? "ok      " : "WRONG   ") << what << (detail.empty() ? "" : ": ") << detail << "\n";
    all_good_ = all_good_ && good;
  }
  /// A list: as it is and as it must be, when they differ.
  void say_list(const std::string& what, bool good, const rights_list& found, const std::string& wanted) {
    say(what, good, good ? wanted : "is " + found.text + " must be " + wanted);
  }
  /// What cannot be looked at is not in order.
  void look(const std::string& what, const std::function<void()>& at) {
    try {
      at();
    } catch (const std::exception& e) {
      say(what, false, e.what());
    }
  }
  bool all_good() const { return all_good_; }

private:
  bool all_good_ = true;
};

void check_settings(SC_HANDLE service, const places& where, findings& out) {
  const auto config = config_of(service);
  out.say("it starts with Windows", config.start == SERVICE_AUTO_START);
  out.say("it is LocalSystem's", config.account == L"LocalSystem");
  out.say("it starts the installed program", config.command == where.command());
  const std::string restarts = "it is started again after 1 s, 5 s, 60 s when it dies";
  out.look(restarts, [&] { out.say(restarts, restarts_of(service) == wanted_restarts()); });
}

void check_folder(const guarded_folder& folder, findings& out) {
  out.look(folder.name, [&] {
    const auto wanted = rights_of_text(folder.access);
    const auto found = rights_of_path(folder.path);
    out.say_list(folder.name, same_rights(found, wanted), found, folder.access);
    if (!folder.children)
      return;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path})
      if (entry.is_regular_file())
        if (const auto file = rights_of_path(entry.path()); !inherits_rights(file, wanted))
          out.say(entry.path().string(), false, "is " + file.text + " must be as its folder says");
  });
}

/// Whoever runs the service by hand is in the pipe's list with everything: that is nobody else's right.
void check_pipe(const std::string& name, findings& out) {
  out.look("the pipe", [&] {
    const auto found = rights_of_pipe(name);
    auto wanted = rights_of_text(access::pipe);
    wanted.is_protected = false; // a pipe has nothing to inherit from
    auto by_hand = wanted;
    by_hand.entries.insert({ACCESS_ALLOWED_ACE_TYPE, 0, FILE_ALL_ACCESS, own_sid()});
    out.say_list("the pipe", same_rights(found, wanted) || same_rights(found, by_hand), found, access::pipe);
  });
}

} // namespace

int check_installation() {
  findings out;
  const places where;
  const service_manager manager{SC_MANAGER_CONNECT};
  const auto service = manager.open(SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | READ_CONTROL);
  out.say("the service is installed", service != nullptr);
  if (service) {
    out.say("it runs", status_of(service.get()).dwCurrentState == SERVICE_RUNNING);
    out.look("the service's settings", [&] { check_settings(service.get(), where, out); });
    out.look("the service object", [&] {
      const auto found = rights_of_service(service.get());
      out.say_list("the service object", same_rights(found, rights_of_text(access::service_object)), found, access::service_object);
    });
  }
  const auto loaded = load_settings(where.config_file());
  out.say("the configuration is in order", loaded.value.has_value());
  check_pipe(loaded.value ? loaded.value->service.socket.string() : default_socket_path(), out);
  check_folder({"the programs", where.programs, access::program_folder, true}, out);
  for (const auto& folder : where.data_folders())
    check_folder(folder, out);
  return out.all_good() ? 0 : 1;
}

} // namespace rm
