#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/event_words.hpp"
#include "tools/risk-manager/first_config.hpp"
#include "tools/risk-manager/settings.hpp"
#include "tools/risk-manager/undo.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

TEST_SUITE_BEGIN("host");

using namespace rm;

TEST_CASE("a step that fails undoes all before it, newest first, and a failing undo stops no other") {
  std::string seen;
  try {
    undo_list undo;
    undo.add([&] { seen += "a"; });
    undo.add([&] {
      seen += "b";
      throw std::runtime_error{"cannot"};
    });
    undo.add([&] { seen += "c"; });
    throw std::runtime_error{"step four"};
  } catch (const std::runtime_error& why) {
    seen += std::string{" "} + why.what();
  }
  CHECK(seen == "cba step four");
}

TEST_CASE("what went well stays") {
  std::string seen;
  {
    undo_list undo;
    undo.add([&] { seen += "a"; });
    undo.keep();
  }
  CHECK(seen.empty());
}

TEST_CASE("the first configuration is the shipped example with this machine's folders, and is in order once the key is there") {
  const auto source = std::filesystem::path{std::getenv("RM_SOURCE")} / "etc";
  const auto root = std::filesystem::temp_directory_path() / "rm-first-config";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root / "config" / "secrets");
  for (const auto* name : {"cme-calendar.yaml", "topstepx-presets.yaml"})
    std::filesystem::copy_file(source / name, root / "config" / name);
#ifdef _WIN32
  const std::string socket = "\\\\.\\pipe\\risk-manager";
#else
  const std::string socket = (root / "s").string();
#endif
  const auto text = first_config(text_of_file(source / "risk-manager.yaml"), root, socket, "o'neil");
  const auto file = root / "config" / "risk-manager.yaml";
  std::ofstream{file} << text;

  const auto before = load_settings(file);
  REQUIRE(before.found.size() == 1); // only the key is missing
  CHECK(before.found[0].path.find("api_key_file") != std::string::npos);

  const auto key = root / "config" / "secrets" / "topstepx.key";
  std::ofstream{key} << "k\n";
  std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto loaded = load_settings(file);
  REQUIRE_MESSAGE(loaded.value, (loaded.found.empty() ? std::string{} : format_problem(file, loaded.found[0])));
  CHECK(loaded.value->service.data_dir == root / "data");
  CHECK(loaded.value->service.log.folder == root / "logs");
  CHECK(loaded.value->service.socket == socket);
  CHECK(loaded.value->brokers[0].user_name == "o'neil");
  CHECK(loaded.value->brokers[0].api_key == "k");
  std::filesystem::remove_all(root);
}

TEST_CASE("an example that lacks a line is refused, not half changed") {
  CHECK_THROWS_WITH(first_config("service:\n", "r", "s", ""), doctest::Contains("data_dir"));
}

TEST_CASE("the event log gets breaches, locks, alarms and errors, and nothing else of the log") {
  const auto kind = [](const char* line, bool severe) { return event_of(line, severe) ? static_cast<int>(event_of(line, severe)->kind) : 0; };
  CHECK(kind("account 126244: case daily_loss_limit: flatten: down 520.00", false) == 3);
  CHECK(kind("account 126244: lock daily_loss_limit: flat lock until 22:00", false) == 4);
  CHECK(kind("account 126244: alarm: not understood: a line", true) == 5);
  CHECK(kind("account 126244: unlock daily_loss_limit: asked for", false) == 7);
  CHECK(kind("account 126244: link: live", false) == 0);
  CHECK(kind("root: persistence does not end and is killed", true) == 6);
  CHECK(kind("asked to stop: nothing is closed, everything is kept", false) == 0);
  CHECK(kind("account 7", false) == 0);
}

TEST_SUITE_END();
