// What a list looked like some time ago, for REST answers that lag behind (failure F11).
#pragma once
#include "scheduler.hpp"

#include <deque>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace gateway_sim {

/// The history of the rows of one list. Records only while it runs: a list that does not lag costs nothing.
template <class Key, class Row>
class past {
public:
  using time_point = scheduler::time_point;

  bool running() const { return running_; }
  void start() { running_ = true; }
  void stop() {
    running_ = false;
    rows_.clear();
  }

  /// A row that was there before the recording began.
  void base(const Key& key, Row row) { rows_[key].emplace_back(time_point::min(), std::move(row)); }

  /// A row as it is from now on.
  void note(time_point now, const Key& key, Row row) {
    if (!running_)
      return;
    auto& versions = rows_[key];
    versions.emplace_back(now, std::move(row));
    while (versions.size() > 1 && now - longest > versions[1].first)
      versions.pop_front();
  }

  /// The rows as they were then, by key.
  std::vector<const Row*> at(time_point then) const {
    std::vector<const Row*> found;
    for (const auto& [key, versions] : rows_) {
      const Row* shown = nullptr;
      for (const auto& [since, row] : versions)
        if (since <= then)
          shown = &row;
      if (shown)
        found.push_back(shown);
    }
    return found;
  }

private:
  static constexpr std::chrono::minutes longest{30};

  bool running_ = false;
  std::map<Key, std::deque<std::pair<time_point, Row>>> rows_;
};

} // namespace gateway_sim
