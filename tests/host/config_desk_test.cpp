#include "tools/risk-manager/config_desk.hpp"

#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_parts.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

TEST_SUITE_BEGIN("host");

using namespace rm;

TEST_CASE("a fingerprint tells texts apart") {
  CHECK(fingerprint("a") == fingerprint("a"));
  CHECK(fingerprint("a") != fingerprint("b"));
  CHECK(fingerprint("").size() == 16);
}

TEST_CASE("T5 a calendar whose newest holiday is past says so") {
  using namespace std::chrono;
  using namespace std::chrono_literals;
  calendar_settings c;
  const auto evening = [](trading_date day) { return timestamp{sys_days{day}} + 23h; };
  CHECK_FALSE(old_calendar(c, evening(2030y / 1 / 1)));
  c.holidays = {2027y / 1 / 1, 2026y / 12 / 25};
  c.early_closes = {{2026y / 12 / 24, 12h, {}}};
  CHECK_FALSE(old_calendar(c, evening(2026y / 12 / 30)));
  CHECK_FALSE(old_calendar(c, evening(2027y / 1 / 1)));
  REQUIRE(old_calendar(c, evening(2027y / 1 / 2)));
  CHECK(old_calendar(c, evening(2027y / 1 / 2))->what.find("after 2027-01-01") != std::string::npos);
  c.early_closes.push_back({2027y / 12 / 24, 12h, {}});
  CHECK_FALSE(old_calendar(c, evening(2027y / 1 / 2)));
}

TEST_CASE("a file is replaced whole, and the one before stays beside it") {
  const auto folder = std::filesystem::temp_directory_path() / ("rm-desk-" + std::to_string(process_number()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "c.yaml";
  std::ofstream{file, std::ios::binary} << "first\n";
  replace_file(file, "second\n");
  CHECK(text_of_file(file) == "second\n");
  CHECK(text_of_file(file.string() + ".old") == "first\n");
  replace_file(file, "third\n");
  CHECK(text_of_file(file.string() + ".old") == "second\n");
  CHECK_FALSE(std::filesystem::exists(file.string() + ".new"));
  CHECK_THROWS(replace_file(folder / "nothing.yaml", "x"));
  CHECK_FALSE(std::filesystem::exists(folder / "nothing.yaml"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("a file whose key cannot be hidden is not shown") {
  const auto folder = std::filesystem::temp_directory_path() / ("rm-desk-shown-" + std::to_string(process_number()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "c.yaml";
  const std::string start = "version: 1\nservice: { data_dir: d }\nbrokers: [{ id: t, kind: projectx, api_url: https://a.b, user_hub_url: https://a.b, market_hub_url: https://a.b, user_name: u, api_key: s3cret-key }]\n"
                            "accounts: [{ id: 1, broker: t, rules: { max_contracts: { limit: 5 } } }]\n";
  std::ofstream{file, std::ios::binary} << start;
  CHECK(shown_json(file, {}).find("s3cret") == std::string::npos);
  std::ofstream{file, std::ios::binary} << start << "# the key is s3cret-key\n";
  CHECK_THROWS_WITH(shown_json(file, {}), doctest::Contains("cannot be hidden"));
  std::filesystem::remove_all(folder);
}

TEST_SUITE_END();
