#include "tools/risk-manager/log_file.hpp"

#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/host_files.hpp"

#include <doctest/doctest.h>

#include <optional>

TEST_SUITE_BEGIN("host");

namespace {

using namespace rm;

/// Four lines of 16 bytes fill a file, two full ones are kept.
struct filing {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("rm-file-" + std::to_string(process_number()));
  std::optional<log_file> log{std::in_place, folder, 64, 2};

  ~filing() {
    log.reset(); // Windows removes no file that is open
    std::filesystem::remove_all(folder);
  }
  void write(int from, int to) {
    for (int i = from; i <= to; ++i)
      CHECK(log->write("this is line " + std::to_string(10 + i) + "\n"));
    CHECK(log->flush());
  }
  std::filesystem::path at(const char* name) const { return folder / name; }
  /// The numbers of the lines in a file.
  std::string in(const char* name) const {
    std::string out;
    const auto text = text_of_file(at(name));
    for (std::size_t end = 0; (end = text.find('\n', end)) != std::string::npos; ++end)
      out += (out.empty() ? "" : " ") + text.substr(end - 2, 2);
    return out;
  }
};

} // namespace

TEST_CASE_FIXTURE(filing, "a full file makes way, and the oldest goes") {
  write(1, 13);
  CHECK(in("risk-manager.log") == "23");
  CHECK(in("risk-manager.1.log") == "19 20 21 22");
  CHECK(in("risk-manager.2.log") == "15 16 17 18");
  CHECK_FALSE(std::filesystem::exists(at("risk-manager.3.log")));
}

TEST_CASE_FIXTURE(filing, "a full file that cannot make way loses no line, and makes way when it can") {
  std::filesystem::create_directories(at("risk-manager.1.log") / "held"); // no file can be put in its place
  std::filesystem::create_directories(at("risk-manager.2.log") / "held"); // nor can it move
  write(1, 6);
  CHECK(in("risk-manager.log") == "11 12 13 14 15 16");
  std::filesystem::remove_all(at("risk-manager.1.log"));
  write(7, 8);
  CHECK(in("risk-manager.1.log") == "11 12 13 14 15 16");
  CHECK(in("risk-manager.log") == "17 18");
}

TEST_CASE_FIXTURE(filing, "it goes on at the end of what is there") {
  write(1, 2);
  log.emplace(folder, 64, 2);
  write(3, 5);
  CHECK(in("risk-manager.1.log") == "11 12 13 14");
  CHECK(in("risk-manager.log") == "15");
}

TEST_SUITE_END();
