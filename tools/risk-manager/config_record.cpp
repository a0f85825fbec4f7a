#include "tools/risk-manager/config_record.hpp"

#include "actors/persistence/chain_hash.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_parts.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace rm {
namespace {

/// All that a configuration is read from; the files with keys too, of which only the mark is kept.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& file, const settings& read) {
  std::vector<std::filesystem::path> out{file};
  out.insert(out.end(), read.data_files.begin(), read.data_files.end());
  for (const auto& broker : read.brokers)
    if (!broker.api_key_file.empty())
      out.push_back(broker.api_key_file);
  return out;
}

constexpr std::size_t longest_value = 300; // bytes that are shown of one

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string shown(const std::string& value) { return value.size() <= longest_value ? value : value.substr(0, longest_value) + "…"; }

/// What is said and its value, in the order of the text.
std::vector<std::pair<std::string, std::string>> split(const std::string& lines) {
  std::vector<std::pair<std::string, std::string>> out;
  std::istringstream all{lines};
  for (std::string line; std::getline(all, line);)
    if (const auto tab = line.find('\t'); tab != std::string::npos)
      out.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  return out;
}

const std::string* value_of(const std::vector<std::pair<std::string, std::string>>& all, const std::string& what) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first == what; });
  return found == all.end() ? nullptr : &found->second;
}

} // namespace

std::string mark_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream all;
  if (!(all << in.rdbuf()))
    return "";
  return sha256_of(all.str());
}

config_in_force record_of(const std::filesystem::path& file, const settings& read) {
  config_in_force out;
  std::string marks;
  bool complete = true;
  for (const auto& each : files_of(file, read)) {
    const auto mark = mark_of(each);
    complete = complete && !mark.empty();
    marks += "\n" + mark;
  }
  if (complete)
    out.mark = sha256_of(marks);
  for (const auto& [what, value] : lines_of(read))
    out.lines += one_line(what) + "\t" + one_line(value) + "\n";
  return out;
}

std::string last_written(const std::filesystem::path& file, const settings& read) {
  std::filesystem::path newest;
  std::filesystem::file_time_type when{};
  for (const auto& each : files_of(file, read)) {
    std::error_code failed;
    const auto written = std::filesystem::last_write_time(each, failed);
    if (!failed && (newest.empty() || written > when)) {
      newest = each;
      when = written;
    }
  }
  if (newest.empty())
    return "";
  const auto at = std::chrono::time_point_cast<duration>(std::chrono::file_clock::to_sys(when));
  const auto owner = owner_of(newest);
  return newest.string() + " was written at " + format_time(at) + (owner.empty() ? "" : ", its owner is " + owner);
}

std::vector<std::string> changed_lines(const std::string& before, const std::string& now) {
  std::vector<std::string> out;
  const auto old = split(before), fresh = split(now);
  for (const auto& [what, value] : fresh) {
    const auto* was = value_of(old, what);
    if (!was)
      out.push_back(what + ": not there -> " + shown(value));
    else if (*was != value)
      out.push_back(what + ": " + shown(*was) + " -> " + shown(value));
  }
  for (const auto& [what, value] : old)
    if (!value_of(fresh, what))
      out.push_back(what + ": " + shown(value) + " -> not there");
  return out;
}

} // namespace rm
