// What a clock on the wall of some place shows. Implemented beside trading_calendar: one file speaks with the time zone library.
#pragma once

#include "messages/timing.hpp"

#include <chrono>
#include <string>

namespace rm {

/// A time zone. Cheap to copy; the zone data lives as long as the process.
class zone_clock {
public:
  /// Throws std::invalid_argument for a name that the zone data does not have.
  explicit zone_clock(const std::string& zone);

  std::chrono::sys_days date_of(timestamp t) const;
  /// The first instant at which the clock shows that date and time, or, where it skips it, the first one after.
  timestamp instant(std::chrono::sys_days date, std::chrono::seconds time) const;

private:
  const void* zone_;
};

/// What is wrong with a zone's name, and the nearest known one; empty when there is such a zone.
std::string zone_problem(const std::string& zone);

} // namespace rm
