#include "actors/resets/zone_data.hpp"

#include <algorithm>
#include <fstream>

namespace rm {
namespace {

constexpr std::string_view before_version = "# version ";
constexpr std::streamsize head_bytes = 200;

constexpr const char* remedy = ": where a state has changed its daylight saving since, resets and trading hours are wrong there. Update the package tzdata (on Windows: this program) and start the service again";

} // namespace

std::string zone_version_in(std::string_view text) {
  if (!text.starts_with(before_version))
    return "";
  text.remove_prefix(before_version.size());
  const auto word = text.substr(0, text.find_first_of("\r\n "));
  const bool good = word.size() >= 5 && word.size() <= 16 && std::all_of(word.begin(), word.begin() + 4, [](char c) { return c >= '0' && c <= '9'; }) &&
                    std::all_of(word.begin() + 4, word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return good ? std::string{word} : "";
}

timestamp zone_data_made(const std::string& version, timestamp file_time) {
  if (zone_version_in(std::string{before_version} + version).empty())
    return file_time;
  using namespace std::chrono;
  const year y{std::stoi(version.substr(0, 4))};
  return std::clamp<timestamp>(file_time, sys_days{y / January / 1}, sys_days{y / December / 31});
}

zone_data zone_data_in(const std::filesystem::path& folder) {
  const auto file = folder / "tzdata.zi";
  std::ifstream in{file, std::ios::binary};
  std::string head(static_cast<std::size_t>(head_bytes), '\0');
  in.read(head.data(), head_bytes);
  zone_data out;
  out.version = zone_version_in(head);
  std::error_code failed;
  const auto written = std::filesystem::last_write_time(file, failed);
  if (!out.version.empty() && !failed)
    out.made = zone_data_made(out.version, std::chrono::time_point_cast<duration>(std::chrono::file_clock::to_sys(written)));
  return out;
}

int64_t age_in_days(const zone_data& data, timestamp now) {
  return data.made == timestamp{} ? -1 : std::max<int64_t>(std::chrono::floor<std::chrono::days>(now - data.made).count(), 0);
}

std::optional<alarm> alarm_of(const zone_data& data, timestamp now) {
  const auto say = [](std::string what, timestamp since) { return alarm{"time zone data", severity::warning, what + remedy, since}; };
  if (data.made == timestamp{})
    return say("nobody knows how old the time zone data is", {});
  if (now - data.made <= zone_data_lasts)
    return std::nullopt;
  return say("the time zone data (" + data.version + " of " + format_time(data.made).substr(0, 10) + ") is older than 18 months", data.made + zone_data_lasts);
}

} // namespace rm
