#include "tools/risk-manager/last_good.hpp"

#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/start_config.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

TEST_SUITE_BEGIN("host");

using namespace rm;

namespace {

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("rm-last-good-" + std::to_string(process_number()));
  folder() { std::filesystem::create_directories(path / "data"); }
  ~folder() { std::filesystem::remove_all(path); }

  std::filesystem::path config() const { return path / "rm.yaml"; }
  void write(const char* name, const std::string& text) const {
    std::ofstream{path / name, std::ios::binary} << text;
    std::filesystem::permissions(path / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
};

std::string text_with(const char* key_line, const char* rules = "{ max_contracts: { limit: 5 } }") {
  return "version: 1\nservice: { data_dir: data }\ncalendar: { timezone: America/Chicago, daily_reset: \"17:00\", data: days.yaml }\nbrokers:\n  - id: a\n    api_url: https://x.com\n    user_hub_url: https://x.com\n"
         "    market_hub_url: https://x.com\n    user_name: me\n    " + std::string{key_line} + "\naccounts: [{ id: 1, broker: a, rules: " + rules + " }]\n";
}

constexpr const char* days = "source: https://x.com\nas_of: 2026-01-01\nholidays: [2030-12-25]\n";
const timestamp noon = timestamp{std::chrono::hours{500'000}};

/// The service has had it in force.
void keep_what_is_there(const folder& at) {
  const auto loaded = load_settings(at.config());
  REQUIRE(loaded.found.empty());
  keep_config(*loaded.value, {at.config(), "a mark", noon, *loaded.value->sources});
}

start_config start(const folder& at) { return config_to_start_with(at.config(), at.path / "data", noon); }

} // namespace

TEST_CASE("what was in force is kept with its data files and without its keys, and comes back as it was") {
  kept_config all{"/etc/rm/rm.yaml", "m", noon, {"brokers:\n  - api_key: sk-1\n", {{"days.yaml", "a: 1\n"}, {"odd\tname", ""}}}};
  const auto text = kept_text(all);
  CHECK(text.find("sk-1") == std::string::npos);
  const auto back = read_kept(text);
  REQUIRE(back);
  CHECK(back->mark == "m");
  CHECK(back->kept == noon);
  CHECK(back->sources.text == "brokers:\n  - api_key: <hidden>\n");
  CHECK(back->sources.data == all.sources.data);
  CHECK(kept_text(*back) == text);
}

TEST_CASE("a copy of which one byte is another, or that was cut off anywhere, is none") {
  const auto text = kept_text({"/etc/rm/rm.yaml", "m", noon, {"a: 1\n", {{"days.yaml", "b: 2\n"}}}});
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] ^= 1;
    CHECK_FALSE(read_kept(other));
    CHECK_FALSE(read_kept(text.substr(0, i)));
  }
  CHECK_FALSE(read_kept(text + "x"));
}

TEST_CASE_FIXTURE(folder, "a configuration that can be used is used, whatever is kept") {
  write("days.yaml", days);
  write("key", "sk-1\n");
  write("rm.yaml", text_with("api_key_file: key"));
  keep_what_is_there(*this);
  write("rm.yaml", text_with("api_key_file: key", "{ max_contracts: { limit: 2 } }"));
  const auto out = start(*this);
  REQUIRE(out.value);
  CHECK_FALSE(out.trouble);
  CHECK(out.value->accounts[0].rules[0].block.find("limit")->text == "2");
}

TEST_CASE_FIXTURE(folder, "one that cannot be used keeps the first start from happening, and no later one") {
  write("days.yaml", days);
  write("key", "sk-1\n");
  write("rm.yaml", text_with("api_key_file: key", "{ max_contracts: { limti: 5 } }"));
  const auto first = start(*this);
  CHECK_FALSE(first.value);
  CHECK(first.found.size() == 1);
  write("rm.yaml", text_with("api_key_file: key"));
  keep_what_is_there(*this);
  write("rm.yaml", text_with("api_key_file: key", "{ max_contracts: { limti: 5 } }"));
  write("days.yaml", "holidays: [");
  const auto later = start(*this);
  REQUIRE(later.value);
  REQUIRE(later.trouble);
  CHECK(later.mark == "a mark");
  CHECK(later.trouble->kept == noon);
  CHECK(later.trouble->file.find("max_contracts.limti: ") != std::string::npos);
  CHECK(later.trouble->file.find("(and 1 more)") != std::string::npos);
  CHECK(later.trouble->logins.empty());
  CHECK(later.value->brokers[0].api_key == "sk-1");
  CHECK(later.value->calendar.holidays.size() == 1);
  CHECK(alarms_of(*later.trouble).size() == 1);
}

TEST_CASE_FIXTURE(folder, "a login whose key cannot be read is set aside, and what the configuration itself says is in force") {
  write("days.yaml", days);
  write("key", "sk-1\n");
  write("rm.yaml", text_with("api_key_file: key"));
  keep_what_is_there(*this);
  write("rm.yaml", text_with("api_key_file: key", "{ max_contracts: { limit: 2 } }"));
  std::filesystem::remove(path / "key");
  const auto out = start(*this);
  REQUIRE(out.value);
  REQUIRE(out.trouble);
  CHECK(out.mark.empty());
  CHECK(out.trouble->file.empty());
  CHECK(out.trouble->logins.find("rm.yaml:10: brokers[0].api_key_file: cannot be read") != std::string::npos);
  CHECK(out.value->accounts[0].rules[0].block.find("limit")->text == "2");
  CHECK_FALSE(out.value->brokers[0].lacks.empty());
  CHECK_FALSE(load_settings(config()).value); // by itself it stays a mistake
}

TEST_CASE_FIXTURE(folder, "a key that was written out in the configuration is not kept, and is said to be lacking") {
  write("days.yaml", days);
  write("rm.yaml", text_with("api_key: sk-very-secret"));
  keep_what_is_there(*this);
  std::ifstream in{path / "data" / "last-good.config", std::ios::binary};
  const std::string kept{std::istreambuf_iterator<char>{in}, {}};
  CHECK(kept.find("max_contracts") != std::string::npos);
  CHECK(kept.find("sk-very-secret") == std::string::npos);
  std::filesystem::remove(config());
  const auto out = start(*this);
  REQUIRE(out.value);
  CHECK(out.value->brokers[0].api_key.empty());
  CHECK(out.trouble->logins.find("written out") != std::string::npos);
}

TEST_CASE_FIXTURE(folder, "a configuration with its key in a place where it cannot be hidden is not kept") {
  write("days.yaml", days);
  write("rm.yaml", text_with("api_key: sk-very-secret # once sk-very-secret") + "# sk-very-secret\n");
  const auto loaded = load_settings(config());
  REQUIRE(loaded.value);
  CHECK_THROWS_WITH(keep_config(*loaded.value, {config(), "m", noon, *loaded.value->sources}), doctest::Contains("cannot be hidden"));
  CHECK_FALSE(std::filesystem::exists(path / "data" / "last-good.config"));
}

TEST_CASE_FIXTURE(folder, "the copy of another configuration is not taken") {
  write("days.yaml", days);
  write("key", "sk-1\n");
  write("rm.yaml", text_with("api_key_file: key"));
  keep_what_is_there(*this);
  CHECK(find_kept(config(), {path / "nowhere", path / "data"}));
  CHECK_FALSE(find_kept(path / "other.yaml", {path / "data"}));
  CHECK_FALSE(config_to_start_with(path / "other.yaml", path / "data", noon).value);
}

TEST_CASE_FIXTURE(folder, "what is kept already is not written again, and a change of it is") {
  write("days.yaml", days);
  write("key", "sk-1\n");
  write("rm.yaml", text_with("api_key_file: key"));
  keep_what_is_there(*this);
  const auto loaded = load_settings(config());
  keep_config(*loaded.value, {config(), "a mark", noon + std::chrono::hours{1}, *loaded.value->sources});
  CHECK(find_kept(config(), {path / "data"})->kept == noon);
  keep_config(*loaded.value, {config(), "another", noon + std::chrono::hours{1}, *loaded.value->sources});
  CHECK(find_kept(config(), {path / "data"})->kept == noon + std::chrono::hours{1});
}
