// When the market of a contract is open, so that a silent stream can be told from a closed market.
#pragma once

#include "actors/resets/session_schedule.hpp"

#include <map>

namespace rm {

/// Hours of one market, or of all that have none of their own.
struct market_hours_settings {
  std::vector<session_span> standard;                        // empty: CME's, see `cme_hours`
  std::map<std::string, std::vector<session_span>> by_symbol; // people's symbols
  calendar_settings calendar;                                // holidays and early closes
};

/// CME Globex equity futures: Sunday 17:00 to Friday 16:00 Chicago, with a break from 16:00 to 17:00 each day.
std::vector<session_span> cme_hours();

/// Not for two threads at once: copy it.
class market_hours {
public:
  /// Throws std::invalid_argument for an unknown zone.
  explicit market_hours(const market_hours_settings& settings);

  bool open(const symbol_name& symbol, timestamp t) const;

private:
  session_schedule standard_;
  std::map<symbol_name, session_schedule> by_symbol_;
};

} // namespace rm
