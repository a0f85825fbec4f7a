// Requests that must wait for their turn: what protects most goes first, and nobody waits for ever. Pure.
#pragma once

#include "actors/broker/rate_budget.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace rm {

template <class Request>
class request_queue {
public:
  struct entry {
    lane what = lane::read;
    Request request;
    int64_t deadline = 0;
  };

  void put(lane what, Request request, int64_t deadline) { lines_[static_cast<std::size_t>(what)].push_back({what, std::move(request), deadline}); }

  /// True when something waits that goes before a newcomer of this lane.
  bool is_behind(lane what) const {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(what); ++i)
      if (!lines_[i].empty())
        return true;
    return false;
  }
  bool empty() const { return !is_behind(lane::bars); }

  /// Takes those that may go now, most protected first, oldest first within a lane; `not_before` becomes the earliest time at which
  /// calling again can help (INT64_MAX: nothing waits).
  std::vector<Request> take_ready(rate_budget& budget, int64_t now, int64_t& not_before) {
    std::vector<Request> out;
    not_before = INT64_MAX;
    for (auto& line : lines_) {
      while (!line.empty()) {
        if (const auto later = budget.take(line.front().what, now)) {
          not_before = std::min(not_before, *later);
          break;
        }
        out.push_back(std::move(line.front().request));
        line.pop_front();
      }
    }
    return out;
  }

  /// Takes those whose deadline has come.
  std::vector<Request> take_expired(int64_t now) {
    std::vector<Request> out;
    for (auto& line : lines_) {
      for (auto i = line.begin(); i != line.end();) {
        if (i->deadline > now) {
          ++i;
        } else {
          out.push_back(std::move(i->request));
          i = line.erase(i);
        }
      }
    }
    return out;
  }

  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& line : lines_)
      count += line.size();
    return count;
  }

private:
  std::array<std::deque<entry>, lane_count> lines_; // by lane
};

} // namespace rm
