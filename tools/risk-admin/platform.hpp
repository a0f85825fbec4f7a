// What the administrator's program needs of the operating system. One implementation per platform.
#pragma once

#include "tools/screen/ask.hpp"

#include <filesystem>
#include <string>

namespace rm {

/// What came of an order to the service manager.
struct service_outcome {
  bool done = false;
  std::string text; // for people
  bool not_permitted = false; // it was not done for want of rights
};

/// start, stop, restart, status: through systemd or the service control manager, where it is there; the text of a status is what it says, and
/// `done` that the service runs. install and uninstall (which keeps
/// the data) run risk-manager on Windows; elsewhere they say what to do.
service_outcome control_service(const std::string& verb);

/// A new file that only its owner can read, with that text; its path. Throws std::runtime_error.
std::filesystem::path private_file(const std::string& text);

/// Opens the person's editor ($VISUAL, $EDITOR, else vi or notepad) on the file and waits; false when it could not be run or failed.
bool edit_file(const std::filesystem::path& file);

} // namespace rm
