// Whom an account asks: its rules by name, in one piece of memory.
#pragma once

#include "messages/ids.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace rm {

/// `Handle`: a rule; an empty one is nobody.
template <class Handle>
class rule_directory {
public:
  struct entry {
    rule_name name;
    Handle rule;
  };

  /// Takes what is so from now on. Returns who is new, or another than before.
  std::vector<rule_name> take(const std::map<rule_name, Handle>& now) {
    std::vector<rule_name> fresh;
    const auto before = std::exchange(entries_, {});
    entries_.reserve(now.size());
    for (auto& [name, rule] : now) {
      if (std::none_of(before.begin(), before.end(), [&](auto& e) { return e.name == name && e.rule == rule; }))
        fresh.push_back(name);
      entries_.push_back({name, rule});
    }
    return fresh;
  }

  /// Calls `what(entry)` for those of these names that are there, in their order; ascending names cost one walk.
  template <class What>
  void for_each_of(const std::vector<rule_name>& names, What&& what) const {
    auto at = entries_.begin();
    for (auto& name : names) {
      if (at == entries_.end() || name < at->name)
        at = entries_.begin();
      while (at != entries_.end() && at->name < name)
        ++at;
      if (at != entries_.end() && at->name == name && at->rule)
        what(*at);
    }
  }

private:
  std::vector<entry> entries_; // ascending
};

} // namespace rm
