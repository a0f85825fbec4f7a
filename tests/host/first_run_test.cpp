#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/config_record.hpp"
#include "tools/risk-manager/first_config.hpp"
#include "tools/risk-manager/gateway_check.hpp"
#include "tools/risk-manager/host_files.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

TEST_SUITE_BEGIN("host");

using namespace rm;

namespace {

std::filesystem::path shipped() { return std::filesystem::path{std::getenv("RM_SOURCE")} / "etc"; }

/// The shipped example with a socket of this platform, as the installer writes it.
std::string shipped_example() {
  auto text = text_of_file(shipped() / "risk-manager.yaml");
  const auto usual = default_socket(default_data_dir()).string();
  if (!usual.starts_with("\\\\")) // a path is what stands there
    return text;
  const auto at = text.find("  socket: ");
  REQUIRE(at != std::string::npos);
  return text.replace(at, text.find('\n', at) - at, "  socket: '" + usual + "'");
}

account_update account(int64_t id, const std::string& name, int64_t dollars) {
  account_update out;
  out.account = account_id{id};
  out.name = name;
  out.balance = money::from_units(money::one * dollars);
  return out;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("an account's size is in its name, or near its balance; where neither says it nobody guesses") {
  const std::vector<std::string> presets{"topstepx-50k", "topstepx-100k", "topstepx-150k"};
  CHECK(preset_for(account(1, "50KTC-V2-1", 0), presets) == "topstepx-50k");
  CHECK(preset_for(account(1, "150ktc-v2-1", 50'000), presets) == "topstepx-150k"); // the name counts, and 150K is not 50K
  CHECK(preset_for(account(1, "EXPRESS-1", 102'345), presets) == "topstepx-100k");
  CHECK(preset_for(account(1, "EXPRESS-1", 45'000), presets) == "topstepx-50k");
  CHECK(preset_for(account(1, "EXPRESS-1", 2'500), presets).empty());
  CHECK(preset_for(account(1, "50KTC", 50'000), {"other"}).empty());
}

TEST_CASE("chosen accounts come into the place of the example's, each with its preset, and the whole is in order") {
  const auto example = shipped_example();
  CHECK(has_example_accounts(example));
  const auto text = with_accounts(with_trial_login(example, "o'neil", "k+/1="), "topstepx", {{account_id{7}, "50K 'mine'", "topstepx-50k"}, {account_id{8}, "b", "topstepx-50k"}, {account_id{9}, "c", "topstepx-150k"}}, 20);
  CHECK_FALSE(has_example_accounts(text));
  const auto loaded = read_settings(text, shipped(), {});
  REQUIRE_MESSAGE(loaded.value, (loaded.found.empty() ? std::string{} : format_problem("f", loaded.found[0])));
  CHECK(loaded.value->brokers[0].user_name == "o'neil");
  CHECK(loaded.value->brokers[0].api_key == "k+/1=");
  REQUIRE(loaded.value->accounts.size() == 3);
  CHECK(loaded.value->accounts[0].name == "50K 'mine'");
  CHECK(loaded.value->accounts[2].profile == "topstepx-150k");
  CHECK(loaded.value->profiles.size() == 2);
  CHECK_THROWS_WITH(with_accounts("version: 1\naccounts: []\n", "a", {}, 0), doctest::Contains("--example"));
}

TEST_CASE("a login with a key of its own file keeps that file; one without gets one") {
  const auto example = shipped_example();
  CHECK(key_file_in(example).empty());
  const auto first = with_login(example, "me");
  CHECK(key_file_in(first) == "topstepx.key");
  CHECK(has(first, "user_name: 'me'"));
  const auto other = with_login("brokers:\n  - id: a\n    user_name: x # y\n    api_key_file: \"secrets/a.key\"   # z\n", "me");
  CHECK(key_file_in(other) == "secrets/a.key");
  CHECK(has(other, "user_name: 'me' # y"));
  CHECK_THROWS_AS(with_login("brokers: []\n", "me"), std::runtime_error);
}

TEST_CASE("what a gateway answers to a login has a sentence with what to do; a good answer has none") {
  CHECK_FALSE(trouble_with_login(200, R"({"success":true,"errorCode":0,"errorMessage":null,"token":"a.b.c"})"));
  for (const auto& [status, body, words] : std::vector<std::tuple<int, const char*, const char*>>{
         {200, R"({"success":false,"errorCode":3,"errorMessage":null,"token":null})", "does not accept the user name or the API key"},
         {200, R"({"success":false,"errorCode":1,"errorMessage":"no such user","token":null})", "no such user"},
         {200, R"({"success":false,"errorCode":7,"errorMessage":null})", "agreements"},
         {200, R"({"success":false,"errorCode":9,"errorMessage":null})", "no API access"},
         {200, R"({"success":false,"errorCode":10,"errorMessage":null})", "switched off"},
         {200, R"({"success":false,"errorCode":99,"errorMessage":"new"})", "code 99: new"},
         {200, R"({"success":true,"errorCode":0,"errorMessage":null,"token":null})", "not one of a ProjectX gateway"},
         {200, "<html>", "not one of a ProjectX gateway"},
         {200, "", "not one of a ProjectX gateway"},
         {404, "", "HTTP 404"},
         {401, "", "does not accept"},
         {429, "", "request limit"},
         {503, "", "out of order"}}) {
    CAPTURE(body);
    const auto trouble = trouble_with_login(status, body);
    REQUIRE(trouble);
    CHECK(has(*trouble, words));
  }
  CHECK(has(trouble_with_connection("h:443: TLS: the host's certificate is refused: self-signed certificate"), "nothing was sent"));
  CHECK(has(trouble_with_connection("h:443: TLS: wrong version number"), "https server"));
  CHECK(has(trouble_with_connection("h:443: Host not found (authoritative)"), "name is not known"));
  CHECK(has(trouble_with_connection("h:443: Connection refused"), "firewall"));
}

TEST_CASE("what is kept of a configuration changes with every byte of its files, says what differs, and never holds the key") {
  const auto folder = std::filesystem::temp_directory_path() / "rm-config-record";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  for (const auto* name : {"cme-calendar.yaml", "topstepx-presets.yaml"})
    std::filesystem::copy_file(shipped() / name, folder / name);
  const auto file = folder / "risk-manager.yaml";
  const auto record = [&](const std::string& text) {
    std::ofstream{file} << text;
    const auto read = read_settings(text, folder, {});
    REQUIRE_MESSAGE(read.value, (read.found.empty() ? std::string{} : format_problem("f", read.found[0])));
    return record_of(file, *read.value);
  };
  const auto text = with_trial_login(shipped_example(), "me", "s3cret");
  const auto first = record(text);
  CHECK(first.mark.size() == 64);
  CHECK_FALSE(has(first.lines, "s3cret"));
  CHECK(record(text).mark == first.mark);
  const auto comment = record(text + "# a comment\n");
  CHECK(comment.mark != first.mark);
  CHECK(changed_lines(first.lines, comment.lines).empty());
  auto looser = text;
  looser.replace(looser.find("max_contracts: { limit: 3 }"), 27, "max_contracts: { limit: 33 }");
  const auto changes = changed_lines(first.lines, record(looser).lines);
  REQUIRE(changes.size() == 1);
  CHECK(has(changes[0], "account 126244 max_contracts: "));
  CHECK(has(changes[0], "limit: 3,"));
  CHECK(has(changes[0], "limit: 33,"));
  const auto before = record(text).mark;
  std::ofstream{folder / "topstepx-presets.yaml", std::ios::app} << "# touched\n";
  CHECK(record(text).mark != before); // a data file
  const auto read = read_settings(text, folder, {});
  CHECK(has(last_written(file, *read.value), " was written at 20"));
  CHECK(changed_lines("a\t1\nb\t2\n", "a\t1\nc\t3\n") == std::vector<std::string>{"c: not there -> 3", "b: 2 -> not there"});
  std::filesystem::remove_all(folder);
}

TEST_CASE("a private file is new, and its owner's alone") {
  const auto file = std::filesystem::temp_directory_path() / "rm-private-file";
  std::filesystem::remove(file);
  write_private(file, "secret\n");
  CHECK(text_of_file(file) == "secret\n");
#ifndef _WIN32
  CHECK((std::filesystem::status(file).permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) == std::filesystem::perms::none);
#endif
  CHECK_THROWS_AS(write_private(file, "other"), std::runtime_error);
  CHECK(text_of_file(file) == "secret\n");
  CHECK(may_write_in(file.parent_path()));
  CHECK_FALSE(may_write_in(file.parent_path() / "rm-no-such-folder"));
  std::filesystem::remove(file);
}

TEST_SUITE_END();
