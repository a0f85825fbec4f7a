#include "faults.hpp"

namespace gateway_sim {

const std::vector<std::string>& fault_modes() {
  static const std::vector<std::string> modes = {
    "html", "empty", "error500", "400", "401", "404", "429", "success_false", "null_list", "empty_list", "pretend", "timeout", "drop",
    "truncate", "delay", "set", "remove", "execute_then_drop", "execute_then_timeout", "execute_then_delay",
    "execute_then_500", "execute_then_401", "execute_then_429", "execute_then_html", "execute_then_empty",
    "execute_then_success_false",
  };
  return modes;
}

std::optional<rest_fault> fault_list::take(std::string_view path, scheduler::time_point now) {
  std::erase_if(faults_, [&](const rest_fault& f) { return f.until && *f.until <= now; });
  for (auto i = faults_.begin(); i != faults_.end(); ++i) {
    std::string_view pattern = i->path;
    bool hit = pattern == path || (pattern == "*" && path.starts_with("/api/"));
    if (!hit && pattern.size() > 1 && pattern.ends_with('*'))
      hit = path.starts_with(pattern.substr(0, pattern.size() - 1));
    if (!hit)
      continue;
    auto found = *i;
    if (i->count > 0 && --i->count == 0)
      faults_.erase(i);
    return found;
  }
  return std::nullopt;
}

} // namespace gateway_sim
