// The service's log: a rotating file, the terminal, and the newest lines in memory for those who ask through the local socket. One named
// logger per room, one line per event.
#pragma once

#include "actors/admin/commands/command.hpp"
#include "tools/risk-manager/settings.hpp"

#include <memory>

namespace spdlog::sinks {
class sink;
}

namespace rm {

/// Who writes: the rooms by name. `spdlog::get` finds each, also from inside the actors.
const std::vector<std::string>& log_rooms();

/// One per process. Thread-safe.
class service_log {
public:
  /// Opens risk-manager.log in the folder for logs; `terminal`: standard error has the lines too; `more`: so has the host's own place for
  /// them. A file that cannot be written stops nobody: it is tried again with each line, and the lines have their other places.
  explicit service_log(const service_settings& configured, bool terminal = true, std::shared_ptr<spdlog::sinks::sink> more = nullptr);
  ~service_log();
  service_log(const service_log&) = delete;
  service_log& operator=(const service_log&) = delete;

  /// The newest lines, oldest first; at most those that are kept in memory (2000). Touches no disk.
  std::vector<log_line> newest(std::size_t lines) const;

  /// Empty, or why the newest line is not in the file.
  std::string trouble() const;

  /// From now on, for a room or (empty) for all. Says why not: an unknown room or level.
  std::optional<std::string> set_level(const std::string& room, const std::string& level);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace rm
