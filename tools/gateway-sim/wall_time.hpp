// Instants with the resolution the venue prints (100 ns), and the venue's two ways to print them.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway_sim {

/// UTC, in units of 100 ns since 1970.
struct wall_time {
  int64_t ticks = 0;

  static wall_time from(std::chrono::system_clock::time_point t);
  wall_time plus(std::chrono::nanoseconds d) const { return {ticks + d.count() / 100}; }
  int64_t seconds() const { return ticks / 10'000'000; }
  auto operator<=>(const wall_time&) const = default;
};

/// "2026-08-19T20:49:25.3938333+00:00": seven digits, as on the hubs.
std::string hub_text(wall_time t);

/// "2026-08-19T20:49:25.393833+00:00": at most six digits, trailing zeros trimmed, as in REST answers.
std::string rest_text(wall_time t);

/// "Wed, 19 Aug 2026 20:49:25 GMT", as in a Date header.
std::string http_text(wall_time t);

/// Reads ISO 8601 with `Z`, an offset or none (then UTC); nothing when it is no time.
std::optional<wall_time> parse_time(std::string_view text);

/// Reads "250ms", "2s", "1.5s", "3m", "24h" or "0".
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace gateway_sim
