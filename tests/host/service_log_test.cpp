#include "tools/risk-manager/service_log.hpp"

#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/host_files.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <filesystem>

TEST_SUITE_BEGIN("host");

namespace {

using namespace rm;

struct logging {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("rm-log-" + std::to_string(process_number()));
  service_settings settings;
  std::optional<service_log> log;

  logging() { settings.data_dir = folder; }
  ~logging() {
    log.reset();
    spdlog::drop_all();
    std::filesystem::remove_all(folder);
  }
  std::string file() const { return text_of_file(folder / "logs" / "risk-manager.log"); }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE_FIXTURE(logging, "an event is one line, whoever writes it and whatever is in it") {
  log.emplace(settings, false);
  spdlog::get("broker")->info("hello\nworld \x1b[31m");
  spdlog::get("account")->debug("not at this level");
  const auto lines = log->newest(10);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].number == 1);
  CHECK(contains(lines[0].text, " info     broker: hello world  [31m"));
  CHECK(file() == lines[0].text + "\n");
}

TEST_CASE_FIXTURE(logging, "a level is changed while it runs, for all rooms or for one") {
  log.emplace(settings, false);
  CHECK_FALSE(log->set_level("account", "debug"));
  spdlog::get("account")->debug("now it is");
  spdlog::get("broker")->debug("this is not");
  CHECK(log->newest(10).size() == 1);
  CHECK_FALSE(log->set_level("", "error"));
  spdlog::get("account")->warn("too quiet");
  CHECK(log->newest(10).size() == 1);
  CHECK(contains(log->set_level("acount", "info").value_or(""), "did you mean 'account'"));
}

TEST_CASE_FIXTURE(logging, "as JSON each line is one object") {
  settings.log.format = "json";
  log.emplace(settings, false);
  spdlog::get("rules")->warn("say \"no\"\n");
  CHECK(contains(log->newest(1).at(0).text, R"("level":"warn","room":"rules","text":"say \"no\"\n"})"));
}

TEST_CASE_FIXTURE(logging, "the newest lines stay in memory, numbered without gaps, and no more than so many") {
  log.emplace(settings, false);
  for (int i = 1; i <= 2100; ++i)
    spdlog::get("admin")->info("line {}", i);
  const auto lines = log->newest(5000);
  REQUIRE(lines.size() == 2000);
  CHECK(lines.front().number == 101);
  CHECK(lines.back().number == 2100);
  CHECK(contains(log->newest(1).at(0).text, "line 2100"));
}

TEST_CASE_FIXTURE(logging, "a file that is full makes room for the next, the oldest goes; the lines go on counting") {
  settings.log.max_size_mb = 1;
  settings.log.keep = 2;
  log.emplace(settings, false);
  const std::string long_line(1000, 'x');
  for (int i = 0; i < 4000; ++i) // 4 MB
    spdlog::get("broker")->info("{} {}", long_line, i);
  const auto there = [&](const char* name) { return std::filesystem::exists(folder / "logs" / name); };
  CHECK(there("risk-manager.log"));
  CHECK(there("risk-manager.1.log"));
  CHECK(there("risk-manager.2.log"));
  CHECK_FALSE(there("risk-manager.3.log"));
  CHECK(std::filesystem::file_size(folder / "logs" / "risk-manager.1.log") <= (1u << 20));
  CHECK(log->newest(1).at(0).number == 4000);
  CHECK(contains(file(), " 3999"));
}

TEST_CASE_FIXTURE(logging, "a file that cannot be opened stops nobody: the lines have their other places, and it is opened when it can be") {
  const auto held = folder / "logs" / "risk-manager.log";
  std::filesystem::create_directories(held);
  log.emplace(settings, false);
  CHECK(contains(log->trouble(), held.string() + " cannot be opened"));
  spdlog::get("broker")->info("unwritten");
  CHECK(log->newest(10).size() == 1);
  std::filesystem::remove(held);
  spdlog::get("broker")->info("written");
  CHECK(log->trouble().empty());
  CHECK(contains(file(), "written"));
}

TEST_SUITE_END();
