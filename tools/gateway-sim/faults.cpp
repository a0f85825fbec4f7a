#include "faults.hpp"

namespace gateway_sim {

const std::vector<std::string>& fault_modes() {
  static const std::vector<std::string> modes = {
    "html",  "empty", "error500", "success_false",     "null_list",          "timeout",         "drop",
    "delay", "401",   "429",      "execute_then_drop", "execute_then_delay", "execute_then_500", "execute_then_timeout",
  };
  return modes;
}

std::optional<rest_fault> fault_list::take(std::string_view path) {
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
