#include "tools/risk-admin/platform.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace rm {
namespace {

constexpr const char* unit = "risk-manager.service";

struct finished {
  int code = -1; // -1: it could not be run, or was killed
  std::string said;
};

/// Runs a program without a shell and waits. What it says goes to the terminal, or where `hear` is set into the outcome.
finished run(const std::vector<std::string>& command, bool hear = false) {
  int pipe[2] = {-1, -1};
  if (hear && ::pipe2(pipe, O_CLOEXEC) != 0)
    return {};
  const pid_t child = ::fork();
  if (child == 0) {
    if (hear) {
      ::dup2(::open("/dev/null", O_RDONLY), 0);
      ::dup2(pipe[1], 1);
      ::dup2(pipe[1], 2);
    }
    std::vector<char*> arguments;
    for (const auto& word : command)
      arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  finished out;
  if (hear) {
    ::close(pipe[1]);
    char part[4096];
    for (ssize_t size = 0; child > 0 && ((size = ::read(pipe[0], part, sizeof part)) > 0 || (size < 0 && errno == EINTR));)
      out.said.append(part, static_cast<std::size_t>(size < 0 ? 0 : size));
    ::close(pipe[0]);
  }
  int how = 0;
  while (child > 0 && ::waitpid(child, &how, 0) < 0)
    if (errno != EINTR)
      return out;
  out.code = child > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  while (!out.said.empty() && out.said.back() == '\n')
    out.said.pop_back();
  return out;
}

/// systemctl has a code of its own for that (4), which it also gives root for other reasons, and none where a password would have helped.
bool lacks_rights(const finished& systemctl) {
  constexpr int no_permission = 4;
  const auto says = [&](const char* words) { return systemctl.said.find(words) != std::string::npos; };
  return (systemctl.code == no_permission && ::geteuid() != 0) || says("nteractive authentication required") || says("Access denied") || says("Permission denied");
}

} // namespace

service_outcome control_service(const std::string& verb) {
  if (verb == "install" || verb == "uninstall")
    return {false, "the service is not installed or removed from here: see `risk-manager " + verb + "`"};
  if (!std::filesystem::is_directory("/run/systemd/system"))
    return {false, "systemd does not run on this machine: start and stop `risk-manager run --config FILE` the way you started it"};
  if (run({"systemctl", "cat", unit}, true).code != 0)
    return {false, std::string{"there is no unit "} + unit + ": install the service first"};
  const auto asked = run({"systemctl", "--no-pager", "--no-ask-password", verb, unit}, true);
  constexpr int not_running = 3; // of `status`: it was found out all the same
  if (verb == "status" && (asked.code == 0 || asked.code == not_running))
    return {asked.code == 0, asked.said};
  if (asked.code == 0)
    return {true, "the service manager has done it: " + verb};
  const bool refused = lacks_rights(asked);
  return {false, "systemctl " + verb + " " + unit + " ended with " + std::to_string(asked.code) + (refused && ::geteuid() != 0 ? ": this needs root" : "") +
                   (asked.said.empty() ? "" : "\n" + asked.said), refused};
}

std::filesystem::path private_file(const std::string& text) {
  std::string name = (std::filesystem::temp_directory_path() / "risk-admin-XXXXXX.yaml").string();
  const int fd = ::mkstemps(name.data(), 5); // 0600
  if (fd < 0)
    throw std::runtime_error{"no temporary file can be made: " + std::generic_category().message(errno)};
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = ::write(fd, text.data() + done, text.size() - done);
    if (size <= 0)
      break;
    done += static_cast<std::size_t>(size);
  }
  ::close(fd);
  if (done != text.size())
    throw std::runtime_error{"the temporary file " + name + " cannot be written"};
  return name;
}

bool edit_file(const std::filesystem::path& file) {
  const char* chosen = std::getenv("VISUAL");
  if (chosen == nullptr || *chosen == '\0')
    chosen = std::getenv("EDITOR");
  const std::string editor = chosen != nullptr && *chosen != '\0' ? chosen : "vi";
  // An editor's name may bring arguments, as it does for everybody else who asks $EDITOR.
  return run({"/bin/sh", "-c", editor + " \"$1\"", "sh", file.string()}).code == 0;
}

} // namespace rm
