// How old the time zone data is that every calendar here stands on: states change their daylight saving, and say so late.
#pragma once

#include "messages/supervision.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace rm {

struct zone_data {
  std::string version; // IANA's, such as "2025b"; empty: not known
  timestamp made{};    // when this copy of it was made; 0: not known
};

/// Older data than this is an alarm.
constexpr std::chrono::days zone_data_lasts{548}; // 18 months

/// The data that this process works with: the system's, or on Windows what is inside the program.
zone_data zone_data_here();

/// The same of a folder with IANA's tzdata.zi. Both empty where there is none.
zone_data zone_data_in(const std::filesystem::path& folder);

/// The version that the beginning of a tzdata.zi names; empty for anything else.
std::string zone_version_in(std::string_view text);

/// A file's time is believed within the version's year: a copy that somebody touched is no younger for that.
timestamp zone_data_made(const std::string& version, timestamp file_time);

/// Whole days; -1: not known.
int64_t age_in_days(const zone_data& data, timestamp now);

/// A warning where the data is too old, or nobody knows how old it is.
std::optional<alarm> alarm_of(const zone_data& data, timestamp now);

} // namespace rm
