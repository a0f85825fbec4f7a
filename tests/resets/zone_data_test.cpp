#include "actors/resets/zone_data.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

TEST_SUITE_BEGIN("resets");

namespace {

using namespace rm;
using namespace std::chrono_literals;
using std::chrono::file_clock, std::chrono::seconds, std::chrono::sys_days, std::chrono::February;

timestamp on(int y, unsigned m, unsigned d) { return sys_days{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}}; }

} // namespace

TEST_CASE("the version of time zone data is read from its first line, and nothing else is taken for one") {
  CHECK(zone_version_in("# version 2025b\n# ddeps backzone\n") == "2025b");
  CHECK(zone_version_in("# version 2026a-dirty\r\n") == "2026a-dirty");
  CHECK(zone_version_in("# version 2025b") == "2025b");
  for (const auto* text : {"", "# version ", "# version x025b\n", "# Version 2025b\n", "2025b\n", "# version 2025b;rm\n", "# version 2025\n"}) {
    CAPTURE(text);
    CHECK(zone_version_in(text).empty());
  }
}

TEST_CASE("the file's time counts within its version's year: touching a file makes no data younger") {
  CHECK(zone_data_made("2025b", on(2025, 8, 24)) == on(2025, 8, 24));
  CHECK(zone_data_made("2023c", on(2026, 11, 1)) == on(2023, 12, 31));
  CHECK(zone_data_made("2025b", on(1970, 1, 1)) == on(2025, 1, 1)); // a packer that keeps no times
}

TEST_CASE("time zone data older than 18 months, or of an age that nobody knows, is an alarm") {
  const zone_data data{"2025b", on(2025, 3, 22)};
  CHECK_FALSE(alarm_of(data, on(2025, 3, 22)));
  CHECK_FALSE(alarm_of(data, data.made + zone_data_lasts));
  const auto old = alarm_of(data, data.made + zone_data_lasts + seconds{1});
  REQUIRE(old);
  CHECK(old->severity == severity::warning);
  CHECK(old->what.find("2025b of 2025-03-22") != std::string::npos);
  CHECK(old->what.find("older than 18 months") != std::string::npos);
  CHECK(old->since == data.made + zone_data_lasts);
  CHECK(alarm_of({}, on(2025, 1, 1)));
  CHECK(age_in_days(data, on(2025, 3, 23)) == 1);
  CHECK(age_in_days(data, on(2025, 3, 1)) == 0); // a clock that is behind
  CHECK(age_in_days({}, on(2025, 3, 1)) == -1);
}

TEST_CASE("a folder's data is dated by its file, and what this machine has is known") {
  const auto folder = std::filesystem::temp_directory_path() / "rm-zone-data-test";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "tzdata.zi"} << "# version 2024a\nR d 1916 o - Jun 14 23s 1 S\n";
  std::filesystem::last_write_time(folder / "tzdata.zi", file_clock::from_sys(std::chrono::sys_seconds{sys_days{2024y / February / 2}}));
  CHECK(zone_data_in(folder).version == "2024a");
  CHECK(zone_data_in(folder).made == on(2024, 2, 2));
  std::filesystem::remove_all(folder);
  CHECK(zone_data_in(folder).version.empty());
  CHECK(zone_data_in(folder).made == timestamp{});
  const auto here = zone_data_here();
  CHECK(here.version.size() >= 5);
  CHECK(here.made > on(2020, 1, 1));
}
TEST_SUITE_END();
