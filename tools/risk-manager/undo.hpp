// What to undo when a later step fails.
#pragma once

#include <functional>
#include <vector>

namespace rm {

/// Undoes in reverse order what it was told, unless all went well. What an undoing throws is swallowed: the others are still undone.
class undo_list {
public:
  undo_list() = default;
  undo_list(const undo_list&) = delete;
  undo_list& operator=(const undo_list&) = delete;
  ~undo_list() {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
      try {
        (*step)();
      } catch (...) { // the reason for which we are here is told, not this
      }
  }

  void add(std::function<void()> undo) { steps_.push_back(std::move(undo)); }
  /// All went well.
  void keep() { steps_.clear(); }

private:
  std::vector<std::function<void()>> steps_;
};

} // namespace rm
