// Installs the service on this machine, takes it away, and says how it is. One implementation per platform.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace rm {

struct install_request {
  std::filesystem::path config; // to begin with; empty: the shipped example. A configuration that is already installed stays as it is
  std::string user_name;        // of the login in the example
  std::string key;              // of the login; goes into config/secrets/topstepx.key. Empty: none is written
  bool start = true;            // when the configuration is in order
};

/// The service manager does not let this user do that.
struct not_permitted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Each gives the process's exit code and says on standard output what it did. Throws std::runtime_error with a sentence for people; then
/// all that was done is undone. 3: installed, and to be started, but the configuration or the login is not in order: it does not run.
int install_service(const install_request& request);
/// `keep_data`: the configuration, the database and the logs stay.
int uninstall_service(bool keep_data);
/// 0: it runs; 3: it does not run; 4: there is none.
int show_service();
/// Whether all that the installation makes is there and as it must be: the service's settings, every access list. A line for each on standard
/// output; 0: all of it, 1: not. Needs an administrator to see everything.
int check_installation();

} // namespace rm
