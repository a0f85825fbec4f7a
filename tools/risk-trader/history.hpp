// What the day's P&L was: the day so far as the service tells it, and what came since. As many points as a curve needs, whatever the time it spans. Pure.
#pragma once

#include "actors/admin/day_view.hpp"
#include "actors/admin/status_view.hpp"

#include <map>
#include <string>
#include <vector>

namespace rm {

class history {
public:
  static constexpr std::size_t most = 600;

  /// Takes the days so far: each takes the place of what was known of its account.
  void begin(const std::vector<shown_day>& days);
  /// Takes the day P&L of each account at that moment.
  void take(const status_view& status);

  struct point {
    timestamp at{};
    double amount = 0;
  };
  /// Evenly spaced, oldest first: as many as fit, from the first point to `until`. The value between two points is the older one; of
  /// several points between two values the one that is farthest from the value before.
  std::vector<double> values_of(const std::string& account, timestamp until, std::size_t count) const;
  /// Empty when nothing is known.
  const std::vector<point>& points_of(const std::string& account) const;

private:
  std::map<std::string, std::vector<point>> points_;
};

} // namespace rm
