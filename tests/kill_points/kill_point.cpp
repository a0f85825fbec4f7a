// RM_KILL_AT=name[/of][#n]: killed when that point is passed for the n-th time (1). RM_KILL_TRACE=file: a line for each point passed.
#include "actors/kill_point.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace rm {
namespace {

struct armed_point {
  std::string name, of;
  int turn = 1;
};

armed_point read_armed() {
  armed_point out;
  const char* said = std::getenv("RM_KILL_AT");
  if (!said)
    return out;
  std::string_view text = said;
  if (const auto at = text.find('#'); at != text.npos) {
    const auto digits = text.substr(at + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), out.turn);
    text = text.substr(0, at);
  }
  const auto at = text.find('/');
  out.name = text.substr(0, at);
  if (at != text.npos)
    out.of = text.substr(at + 1);
  return out;
}

int open_trace() {
  const char* path = std::getenv("RM_KILL_TRACE");
  return path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

} // namespace

void kill_point(std::string_view name, std::string_view of) {
  static const armed_point armed = read_armed();
  static const int trace = open_trace();
  static std::atomic<int> turn{0};
  if (trace >= 0) {
    const std::string line = std::string{name} + (of.empty() ? "" : "/") + std::string{of} + "\n";
    while (write(trace, line.data(), line.size()) < 0 && errno == EINTR) {
    }
  }
  if (name == armed.name && (armed.of.empty() || of == armed.of) && ++turn == armed.turn)
    std::raise(SIGKILL);
}

std::string_view word_of(const venue_event& event) {
  constexpr std::array<std::string_view, std::variant_size_v<decltype(event.what)>> words{
    "order", "position", "trade", "account", "quote", "spec", "link", "snapshot", "nonsense"};
  return words[event.what.index()];
}

} // namespace rm
