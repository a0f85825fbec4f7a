#include "tools/risk-manager/config_desk.hpp"

#include "tools/risk-manager/host_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

TEST_SUITE_BEGIN("host");

namespace {

using namespace rm;

const std::string with_key = "brokers:\n  - id: a\n    api_url: https://a\n    api_key: s3cret # mine\n  - { id: b, api_url: https://b, api_key: \"other, one\" }\n  - id: c\n    api_key: ${KEY}\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) { return text.replace(text.find(from), from.size(), to); }

} // namespace

TEST_CASE("keys that are written out are hidden, and nothing else is") {
  const auto shown = without_keys(with_key);
  CHECK(shown.find("s3cret") == std::string::npos);
  CHECK(shown.find("other, one") == std::string::npos);
  CHECK(shown.find("api_key: <hidden> # mine") != std::string::npos);
  CHECK(shown.find("api_key: ${KEY}") != std::string::npos);
  CHECK(without_keys("a: 1\n") == "a: 1\n");
}

TEST_CASE("hidden keys come back to where they were, and only there") {
  const auto shown = without_keys(with_key);
  CHECK(with_keys(shown, with_key) == with_key);
  CHECK(with_keys(replaced(shown, "id: a", "id: z"), with_key) == replaced(with_key, "id: a", "id: z"));
  CHECK(with_keys("a: 1\n", with_key) == "a: 1\n");                               // nothing hidden in it
  CHECK_FALSE(with_keys(replaced(shown, "https://a", "https://evil"), with_key)); // the key would go elsewhere
  CHECK_FALSE(with_keys(shown + "  - { api_key: <hidden> }\n", with_key));
  CHECK_FALSE(with_keys(replaced(shown, "api_key: <hidden> # mine", "api_key: new"), with_key));
}

TEST_CASE("a fingerprint tells texts apart") {
  CHECK(fingerprint("a") == fingerprint("a"));
  CHECK(fingerprint("a") != fingerprint("b"));
  CHECK(fingerprint("").size() == 16);
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

TEST_SUITE_END();
