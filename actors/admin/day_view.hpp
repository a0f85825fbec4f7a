// The answer of the method `day` as a program of people reads it.
#pragma once

#include "messages/timing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rm {

struct shown_day {
  std::string account;
  std::optional<timestamp> started, ends;
  std::vector<std::pair<timestamp, std::string>> points; // ascending: when the day's P&L was what
};

/// What cannot be read is left out.
std::vector<shown_day> read_days(std::string_view json);

} // namespace rm
