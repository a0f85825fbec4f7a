// What one can ask the console for; each prints what it found.
#pragma once

#include "actors/admin/local_client.hpp"

#include <functional>
#include <string>
#include <vector>

namespace rm {

struct inspection {
  std::string socket;
  bool json = false;
  bool colour = false;
  std::size_t width = 120; // columns
  bool folds = false;      // a terminal: what is wider goes on in the next line
  /// Sleeps until news may have come, at most so long; false when somebody wants to leave.
  std::function<bool(std::chrono::milliseconds)> pause;
  /// Shows a frame in place of the one before.
  std::function<void(const std::string&)> frame;
};

exit_code print_tree(const inspection& how);
exit_code print_actor(const inspection& how, const std::string& actor);
/// The tree, drawn anew whenever the service says that something is different, until somebody leaves.
exit_code watch_tree(const inspection& how);
/// The messages of an actor as they pass: at most `count`, for at most `seconds`.
exit_code trace_actor(const inspection& how, const std::string& actor, int64_t count, int64_t seconds);
/// Has it crash and waits until it is back, which is the exit code.
exit_code crash_actor(const inspection& how, const std::string& actor);

/// The names of all actors; none where the service does not say.
std::vector<std::string> actor_names(const std::string& socket);

} // namespace rm
