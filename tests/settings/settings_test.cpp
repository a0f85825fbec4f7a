#include "tools/risk-manager/settings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>

using namespace rm;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("settings");

namespace {

environment variables_of(std::map<std::string, std::string> known) {
  return [known](const std::string& name) -> std::optional<std::string> {
    const auto found = known.find(name);
    return found == known.end() ? std::nullopt : std::optional<std::string>{found->second};
  };
}

const environment usual = variables_of({{"RM_USER", "trader"}, {"RM_KEY", "sk-very-secret"}});

loaded_settings read(std::string_view text, const environment& variables = usual) { return read_settings(text, "/etc/rm", variables); }

/// The problems, one "LINE: path: text" per line.
std::string lines(const problems& all) {
  std::string out;
  for (const auto& p : all)
    out += std::to_string(p.line) + ": " + (p.path.empty() ? "" : p.path + ": ") + p.text + "\n";
  return out;
}

// A right configuration, to be spoiled line by line.
const std::vector<std::string> right = {
  "version: 1",                                                       // 1
  "calendar: { timezone: America/Chicago, daily_reset: \"17:00\" }",  // 2
  "brokers:",                                                         // 3
  "  - id: topstepx",                                                 // 4
  "    kind: projectx",                                               // 5
  "    api_url: https://api.topstepx.com",                            // 6
  "    user_hub_url: https://rtc.topstepx.com/hubs/user",             // 7
  "    market_hub_url: https://rtc.topstepx.com/hubs/market",         // 8
  "    user_name: ${RM_USER}",                                        // 9
  "    api_key: ${RM_KEY}",                                           // 10
  "profiles:",                                                        // 11
  "  default:",                                                       // 12
  "    rules:",                                                       // 13
  "      daily_loss_limit: { limit: 500, warn_at: [0.5] }",           // 14
  "      max_contracts: { limit: 5 }",                                // 15
  "accounts:",                                                        // 16
  "  - id: 126244",                                                   // 17
  "    name: PRAC-V2-126244",                                         // 18
  "    broker: topstepx",                                             // 19
  "    profile: default",                                             // 20
  "    rules: { daily_loss_limit: { limit: 300 } }",                  // 21
};

std::string spoiled(int line, const std::string& with) {
  std::string out;
  for (std::size_t i = 0; i < right.size(); ++i)
    out += (static_cast<int>(i) + 1 == line ? with : right[i]) + "\n";
  return out;
}

} // namespace

TEST_CASE("the document's own example is read as it stands, braces in flow maps included") {
  const auto out = read(R"(
version: 1
service: { data_dir: data, log: { level: debug, max_size_mb: 5, keep: 3 } }
calendar: { timezone: America/New_York, daily_reset: "17:00", weekly_reset: { day: monday, time: "17:00" }, holidays: [2025-12-25], early_closes: [{ date: 2025-12-24, time: "13:00" }] }
brokers: [{ id: topstepx, kind: projectx, api_url: https://api.topstepx.com, user_hub_url: https://rtc.topstepx.com/hubs/user, market_hub_url: https://rtc.topstepx.com/hubs/market, user_name: ${RM_USER}, api_key: ${RM_KEY}, timeouts: { connect: 5s, request: 10s } }]
quotes: { stale_after: 10s }
fail_safe: { after: 60s, action: flatten_if_unprotected }
profiles: { default: { rules: { daily_loss_limit: { enabled: true, limit: 500 } } } }
accounts: [{ id: 126244, name: PRAC-V2-126244, broker: topstepx, profile: default, rules: { max_contracts: { limit: 5 } } }]
)");
  CHECK(lines(out.found) == "");
  REQUIRE(out.value);
  const settings& s = *out.value;
  CHECK(s.service.data_dir == std::filesystem::path{"/etc/rm/data"});
  CHECK(s.service.log.level == "debug");
  CHECK(s.service.log.keep == 3);
  CHECK(s.calendar.timezone == "America/New_York");
  CHECK(s.calendar.daily_reset == 17h);
  CHECK(s.calendar.weekly_day == std::chrono::Monday);
  CHECK(s.calendar.holidays.size() == 1);
  REQUIRE(s.calendar.early_closes.size() == 1);
  CHECK(s.calendar.early_closes[0].time == 13h);
  REQUIRE(s.brokers.size() == 1);
  CHECK(s.brokers[0].user_name == "trader");
  CHECK(s.brokers[0].api_key == "sk-very-secret");
  CHECK(s.brokers[0].connect_timeout == 5s);
  CHECK(s.quotes_stale_after == 10s);
  CHECK(s.fail_safe.after == 60s);
  CHECK(s.fail_safe.action == fail_safe_action::flatten_if_unprotected);
  REQUIRE(s.accounts.size() == 1);
  CHECK(s.accounts[0].id == account_id{126244});
  REQUIRE(s.accounts[0].rules.size() == 2);
  CHECK(s.accounts[0].rules[0].rule == "daily_loss_limit");
  CHECK(s.accounts[0].rules[1].rule == "max_contracts");
}

TEST_CASE("what is not written has its default") {
  const auto out = read(spoiled(2, ""));
  REQUIRE(out.value);
  CHECK(out.value->service.log.level == "info");
  CHECK(out.value->service.log.max_size_mb == 20);
  CHECK(out.value->calendar.timezone == "America/New_York");
  CHECK(out.value->calendar.daily_reset == 17h);
  CHECK(out.value->calendar.weekly_reset == 17h);
  CHECK(out.value->brokers[0].request_timeout == 10s);
  CHECK(out.value->quotes_stale_after == 10s);
  CHECK(out.value->fail_safe.after == 60s);
  CHECK(out.value->fail_safe.action == fail_safe_action::flatten_if_unprotected);
  CHECK(out.value->calendar.weekly_day == std::chrono::Monday);
  CHECK(out.value->journal_keep == std::chrono::days{90});
  CHECK_FALSE(out.value->service.data_dir.empty());
  CHECK_FALSE(out.value->service.socket.empty());
}

TEST_CASE("an account's rules lie over its profile's, key by key") {
  const auto out = read(spoiled(21, "    rules: { daily_loss_limit: { limit: 300 }, max_contracts: { enabled: false }, trade_frequency: { min_interval: 5m } }"));
  REQUIRE(out.value);
  const auto& rules = out.value->accounts[0].rules;
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].block.find("limit")->text == "300");
  CHECK(rules[0].block.find("warn_at")->items.size() == 1); // the profile's
  CHECK(rules[0].enabled);
  CHECK(rules[1].rule == "max_contracts");
  CHECK_FALSE(rules[1].enabled);
  CHECK(rules[1].block.find("limit")->text == "5");
  CHECK(rules[2].rule == "trade_frequency");
}

TEST_CASE("a rule that an account names and says nothing of is as its profile has it") {
  const auto out = read(spoiled(21, "    rules: { daily_loss_limit: }"));
  REQUIRE(out.value);
  CHECK(out.value->accounts[0].rules.at(0).block.find("limit")->text == "500");
  CHECK(out.value->accounts[0].rules.at(0).enabled);
}

TEST_CASE("each mistake is one line with its place and what to do") {
  struct row {
    int line;
    const char* with;
    std::string expected;
  };
  const row table[] = {
    {1, "version: 2", "1: version: must be 1: this program knows no other; found 2\n"},
    {1, "", "1: version: is missing; add version: a whole number from 0 to 1000000\n"},
    {1, "version: 1\nverson: 1", "2: verson: unknown key; did you mean version?\n"},
    {2, "calendar: { timezone: America/Chicgo }", "2: calendar.timezone: unknown time zone \"America/Chicgo\", did you mean \"America/Chicago\"?: write a name such as America/New_York or UTC\n"},
    {2, "calendar: { daily_reset: 25:00 }", "2: calendar.daily_reset: must be a time of day such as \"17:00\" or \"17:00:30\"; found \"25:00\"\n"},
    {2, "calendar: { weekly_reset: { day: mondy } }", "2: calendar.weekly_reset.day: must be one of: sunday, monday, tuesday, wednesday, thursday, friday, saturday; found \"mondy\", did you mean monday?\n"},
    {2, "calendar: { holidays: [2025-02-30] }", "2: calendar.holidays[0]: must be a date such as 2026-12-25; found \"2025-02-30\"\n"},
    {2, "calendar: { early_closes: [{ date: 2025-12-24 }] }", "2: calendar.early_closes[0].time: is missing; add time: a time of day such as \"17:00\" or \"17:00:30\"\n"},
    {2, "quotes: { stale_after: 11m }", "2: quotes.stale_after: must be longer than 0s and at most 10m\n"},
    {2, "service: { socket_mode: \"0466\" }", "2: service.socket_mode: must be written like \"0666\" (everybody here may look) or \"0660\" (the file's group may)\n"},
    {6, "    api_url: https://api.topstepx.com:70000", "6: brokers[0].api_url: must be an address such as https://api.topstepx.com, without a user name or password\n"},
    {2, "quotes: { stale_after: 0s }", "2: quotes.stale_after: must be longer than 0s and at most 10m\n"},
    {2, "fail_safe: { after: 2h, action: panic }", "2: fail_safe.after: must be at most 1h: so long would an account stay unguarded\n2: fail_safe.action: must be one of: flatten_if_unprotected, flatten, alarm_only; found \"panic\"\n"},
    {2, "service: { log: { level: warning } }", "2: service.log.level: must be one of: trace, debug, info, warn, error; found \"warning\"\n"},
    {2, "service: fast", "2: service: must be a map of keys and values; found \"fast\"\n"},
    {5, "    kind: rithmic", "5: brokers[0].kind: must be one of: projectx; found \"rithmic\"\n"},
    {6, "    api_url: http://api.topstepx.com", "6: brokers[0].api_url: must begin with https:// (http:// sends the key readable for all, and is allowed on this machine only)\n"},
    {6, "    api_url: http://127.0.0.1.evil.com", "6: brokers[0].api_url: must begin with https:// (http:// sends the key readable for all, and is allowed on this machine only)\n"},
    {6, "    api_url: http://me:pass@localhost", "6: brokers[0].api_url: must be an address such as https://api.topstepx.com, without a user name or password\n"},
    {6, "    api_url: api.topstepx.com", "6: brokers[0].api_url: must be an address such as https://api.topstepx.com, without a user name or password\n"},
    {6, "    api_url: https://", "6: brokers[0].api_url: must be an address such as https://api.topstepx.com, without a user name or password\n"},
    {6, "    api_ulr: https://api.topstepx.com", "4: brokers[0].api_url: is missing; add api_url: a text\n6: brokers[0].api_ulr: unknown key; did you mean api_url?\n"},
    {9, "    user_name: ${RM_NOBODY}", "9: brokers[0].user_name: the environment variable RM_NOBODY is not set: set it for the service before it starts\n"},
    {9, "    user_name: ${RM NOBODY}", "9: brokers[0].user_name: holds an unfinished ${NAME}: a name of letters, digits and _ must follow, then }\n"},
    {10, "    api_key: ${RM_OTHER_KEY}", "10: brokers[0].api_key: the environment variable RM_OTHER_KEY is not set: set it for the service before it starts\n"},
    {10, "    api_key: ${RM_KEY}\n    api_key: x", "11: brokers[0].api_key: stands here twice, first in line 10: remove one\n"},
    {10, "", "4: brokers[0].api_key: is missing; add api_key: ${NAME} with an environment variable, or api_key_file: PATH\n"},
    {10, "    api_key: \"a, b\"", "10: brokers[0].api_key: must be one word, as the venue gives it: no spaces, commas, brackets, quotes or # in it\n"},
    {10, "    api_key: \"\"", "10: brokers[0].api_key: must not be empty\n"},
    {10, "    api_key_file: /no/such/file", "10: brokers[0].api_key_file: cannot be read, or is empty: it must hold the key in its first line\n"},
    {10, "    api_key: ${RM_KEY}\n    ca_file: /no/such/file", "11: brokers[0].ca_file: cannot be read: give the path of a file with trusted certificates, or remove the key\n"},
    {10, "    api_key: ${RM_KEY}\n    timeouts: { connect: 0s, request: 1h }", "11: brokers[0].timeouts.connect: must be longer than 0s and at most 5m\n11: brokers[0].timeouts.request: must be longer than 0s and at most 5m\n"},
    {14, "      daily_loss_limit: { limit: -500 }", "14: profiles.default.rules.daily_loss_limit.limit: must be positive: amounts are written without a sign, also losses (500 means a loss of 500); found \"-500\"\n"},
    {14, "      daily_los_limit: { limit: 500 }", "14: profiles.default.rules.daily_los_limit: there is no such rule; did you mean daily_loss_limit?\n"},
    {14, "      daily_loss_limit: { limit: 500, limit: 600 }", "14: profiles.default.rules.daily_loss_limit.limit: stands here twice, first in line 14: remove one\n"},
    {15, "      max_contracts: { limit: many }", "15: profiles.default.rules.max_contracts.limit: must be a whole number from 1 to 100000; found \"many\"\n"},
    {15, "      max_contracts: 5", "15: profiles.default.rules.max_contracts: must be a map of keys and values; found \"5\"\n"},
    {15, "  weekend:\n    rule: {}", "16: profiles.weekend.rule: unknown key; did you mean rules?\n"},
    {17, "  - id: PRAC-V2", "17: accounts[0].id: must be a whole number from 1 to 2147483647; found \"PRAC-V2\"\n"},
    {19, "    broker: topstep", "19: accounts[0].broker: there is no broker with this id; did you mean topstepx?\n"},
    {20, "    profile: defualt", "20: accounts[0].profile: there is no profile of this name; did you mean default?\n"},
    {21, "    rules: { daily_loss_limit: { limit: 0 } }", "21: accounts[0].rules.daily_loss_limit.limit: must be more than 0; to switch the rule off write enabled: false\n"},
    {21, "  - { id: 126244, broker: topstepx, profile: default }", "21: accounts[1].id: the account 126244 is listed already: keep one of the two\n"},
    {21, "    ? [a, b]\n    : 1", "21: accounts[0]: a key must be a plain word\n"},
    {21, "---\nversion: 1", "22: a second YAML document begins here: keep one\n"},
  };
  REQUIRE(lines(read(spoiled(0, "")).found) == "");
  for (const auto& row : table) {
    CAPTURE(row.with);
    const auto out = read(spoiled(row.line, row.with));
    CHECK(lines(out.found) == row.expected);
    CHECK_FALSE(out.value.has_value());
  }
}

TEST_CASE("broken YAML is one problem with its line, and so is no YAML at all") {
  const auto broken = read("version: 1\nbrokers: [1, 2\naccounts: 3\n");
  REQUIRE(broken.found.size() == 1);
  CHECK(broken.found[0].line == 3);
  CHECK(broken.found[0].text.find("this is not valid YAML: ") == 0);
  CHECK(read("version: 1\n  brokers: x\n").found.size() == 1);
  for (const char* text : {"", "# only a comment\n", "just words", "[1, 2]"})
    CHECK(lines(read(text).found) == "1: holds no keys and values: see etc/risk-manager.yaml for an example\n");
  CHECK_FALSE(read("a: &a [*a]").value.has_value());
  CHECK_FALSE(read(std::string(5000, '[')).value.has_value());
}

TEST_CASE("lists that must not be empty, and two brokers of one id") {
  CHECK(lines(read("version: 1\nbrokers: []\naccounts: none\n").found) ==
        "2: brokers: must be a list with at least one of the logins at venues; found an empty one\n"
        "3: accounts: must be a list with at least one of the accounts to watch; found \"none\"\n");
  std::string twice;
  for (std::size_t i = 0; i < right.size(); ++i) {
    twice += right[i] + "\n";
    if (i + 1 == 10)
      for (std::size_t k = 3; k < 10; ++k)
        twice += right[k] + "\n";
  }
  CHECK(lines(read(twice).found) == "11: brokers[1].id: another broker has the id topstepx already: give each its own\n");
}

TEST_CASE("all problems are listed together, by line, each once however many accounts share it") {
  const auto out = read(R"(version: 1
calendar: { timezone: Mars/Olympus }
brokers: [{ id: a, api_url: http://x.com, user_hub_url: https://x.com, market_hub_url: https://x.com, user_name: u, api_key: ${NONE} }]
profiles: { p: { rules: { daily_loss_limit: { limit: -1 }, max_contract: {} } } }
accounts:
  - { id: 1, broker: a, profile: p }
  - { id: 2, broker: b, profile: p }
  - { id: 2, broker: a, profile: p, colour: red }
)");
  const std::string all = lines(out.found);
  const char* order[] = {"2: calendar.timezone", "3: brokers[0].api_key: the environment", "3: brokers[0].api_url", "4: profiles.p.rules.daily_loss_limit.limit",
                         "4: profiles.p.rules.max_contract: there is no such rule; did you mean max_contracts?", "7: accounts[1].broker", "8: accounts[2].colour", "8: accounts[2].id"};
  std::size_t at = 0;
  for (const char* each : order) {
    CAPTURE(each);
    CHECK(all.find(each, at) != std::string::npos);
    at = std::min(all.find(each, at), all.size());
  }
  CHECK(out.found.size() == std::size(order));
}

TEST_CASE("a profile's gaps are the account's to fill, its mistakes are its own even where an account overrides them") {
  CHECK(lines(read(spoiled(14, "      daily_loss_limit: { limit: nothing }")).found) ==
        "14: profiles.default.rules.daily_loss_limit.limit: must be a positive amount such as 500; found \"nothing\"\n"); // 300 at the account
}

TEST_CASE("no problem ever repeats what could be a secret") {
  const char* secret = "sk-very-secret";
  const environment nothing = variables_of({{"RM_USER", "sk-very-secret"}, {"RM_KEY", "sk-very-secret"}});
  const std::pair<int, const char*> table[] = {
    {5, "    kind: ${RM_KEY}"},          {6, "    api_url: sk-very-secret"},    {6, "    api_url: ${RM_KEY}"},
    {9, "    user_name: [sk-very-secret]"}, {10, "    api_key: [sk-very-secret]"}, {10, "    api_key:sk-very-secret"},
    {10, "    {api_key:sk-very-secret}"}, {10, "    api_key: sk-very-secret\n    api_key: sk-very-secret"},
    {10, "    api_key_file: sk-very-secret"}, {10, "    api_key: ${RM_KEY}\n    colour: sk-very-secret"}, {3, "brokers: sk-very-secret\nx:"},
    {14, "      daily_loss_limit: { limit: ${RM_KEY} }"}, {17, "  - id: ${RM_KEY}"}, {2, "calendar: { timezone: ${RM_KEY}x }"},
    {20, "    profile: ${RM_KEY}"}, {19, "    broker: ${RM_KEY}"},
  };
  for (const auto& [line, with] : table) {
    CAPTURE(std::string{with});
    const auto out = read(spoiled(line, with), nothing);
    CHECK_FALSE(out.found.empty());
    CHECK(lines(out.found).find(secret) == std::string::npos);
    CHECK(lines(out.warnings).find(secret) == std::string::npos);
  }
}

TEST_CASE("plain http is for this machine only") {
  for (const char* url : {"http://127.0.0.1:4000", "http://localhost:4000/api", "http://[::1]:80", "http://127.1.2.3", "https://api.topstepx.com:443"}) {
    CAPTURE(url);
    CHECK(lines(read(spoiled(6, std::string{"    api_url: \""} + url + "\"")).found) == "");
  }
  for (const char* url : {"http://10.0.0.1", "http://localhost.evil.com", "http://127.0.0.1@evil.com", "http://127.evil.com", "ftp://localhost", "http://localhost:x",
                          "http://128.0.0.1", "http:/localhost", "https:// "}) {
    CAPTURE(url);
    CHECK(read(spoiled(6, std::string{"    api_url: \""} + url + "\"")).found.size() == 1);
  }
}

TEST_CASE("a day that ends at another instant than the venue's, and an account without rules, are warnings") {
  CHECK(lines(read(spoiled(0, "")).warnings) == "");
  CHECK(lines(read(spoiled(2, "calendar: { timezone: America/New_York, daily_reset: \"18:00\" }")).warnings) == ""); // the same instant
  const auto other = read(spoiled(2, "calendar: { timezone: America/New_York }"));
  REQUIRE(other.value);
  CHECK(lines(other.warnings) == "2: calendar.daily_reset: days end at 17:00 America/New_York, at ProjectX at 17:00 in Chicago: figures differ in between\n");
  const auto bare = read(spoiled(21, "  - { id: 2, broker: topstepx }"));
  REQUIRE(bare.value);
  CHECK(lines(bare.warnings) == "21: accounts[1]: no rule is enabled: this account is watched, but not guarded\n");
}

TEST_CASE("the examples in etc/ are right") {
  const auto here = std::filesystem::path{__FILE__}.parent_path();
  std::filesystem::path folder;
  for (const auto& candidate : {here / ".." / ".." / "etc", std::filesystem::path{"etc"}, std::filesystem::path{"../etc"}})
    if (std::filesystem::exists(candidate / "demo.yaml"))
      folder = candidate;
  REQUIRE_FALSE(folder.empty());
  const auto variables = variables_of({{"TOPSTEPX_USERNAME", "u"}, {"TOPSTEPX_API_KEY", "k"}, {"RM_DEMO_DIR", "/tmp/demo"}, {"RM_DEMO_SOCKET", "/tmp/demo.sock"}, {"RM_DEMO_PORT", "4000"},
                                       {"RM_DEMO_API_KEY", "k"}, {"RM_DEMO_RESET", "14:31:30"}});
  for (const char* name : {"risk-manager.yaml", "demo.yaml"}) {
    const auto out = load_settings(folder / name, variables);
    CAPTURE(name);
    std::string other; // sockets are named otherwise on Windows
    for (const auto& p : out.found)
      if (p.path != "service.socket")
        other += format_problem(name, p) + "\n";
    CHECK(other == "");
  }
  const auto example = load_settings(folder / "risk-manager.yaml", variables);
  CHECK(lines(example.warnings) == ""); // nothing in it hides anything else
  if (example.value) {
    const auto& rules = example.value->accounts.at(0).rules;
    for (const auto& entry : rule_catalogue()) { // N5: all there is can be read about, and is on
      CAPTURE(entry.name);
      CHECK(std::count_if(rules.begin(), rules.end(), [&](auto& r) { return r.rule == rule_name{entry.name} && r.enabled; }) == 1);
    }
    CHECK(rules.size() == rule_catalogue().size());
    CHECK(example.value->presets.size() == 3);
    CHECK(example.value->calendar.holidays.size() > 5);
    CHECK(example.value->markets.standard.size() == 1);
  }
  // Without its environment it says what to set, in one line each, and nothing else.
  std::string missing;
  for (const auto& p : load_settings(folder / "risk-manager.yaml", variables_of({})).found)
    missing += p.path == "service.socket" ? "" : p.path + ": " + p.text + "\n";
  CHECK(missing == "brokers[0].user_name: the environment variable TOPSTEPX_USERNAME is not set: set it for the service before it starts\n"
                   "brokers[0].api_key: the environment variable TOPSTEPX_API_KEY is not set: set it for the service before it starts\n");
  const auto demo = load_settings(folder / "demo.yaml", variables);
  if (demo.value) {
    CHECK(demo.value->calendar.daily_reset == 14h + 31min + 30s);
    CHECK(demo.value->brokers[0].user_hub_url == "http://127.0.0.1:4000/hubs/user");
    CHECK(demo.value->accounts[0].rules.size() == 3);
  }
}

TEST_CASE("B8 a rule that is listed is on; one that is switched off, or not listed, is said to do nothing") {
  const auto listed = read(spoiled(21, "    rules: { auth_guard: {}, daily_loss_limit: { enabled: false } }"));
  REQUIRE(listed.value);
  std::string on;
  for (const auto& rule : listed.value->accounts[0].rules)
    on += rule.enabled ? rule.rule.str() + " " : "";
  CHECK(on == "max_contracts auth_guard ");
  CHECK(lines(listed.warnings) == "21: accounts[0].rules.daily_loss_limit.enabled: daily_loss_limit is listed but switched off: it does nothing for account 126244\n");
  CHECK(lines(read(spoiled(21, "    rules: { daily_loss_limit: { enabled: fasle } }")).found) != ""); // neither on nor off
}

TEST_CASE("B12 no key switches the guard off: debug, dry_run, bypass and the like are errors wherever they stand") {
  for (const std::string flag : {"debug", "dry_run", "simulate", "bypass", "test_mode", "monitor_only", "enforcement"})
    for (const auto& [line, with] : {std::pair{2, flag + ": false"}, {2, "service: { " + flag + ": true }"}, {2, "fail_safe: { " + flag + ": true }"},
                                     {10, "    api_key: ${RM_KEY}\n    " + flag + ": true"}, {21, "    " + flag + ": true"},
                                     {21, "    rules: { daily_loss_limit: { limit: 300, " + flag + ": true } }"}}) {
      INFO(with);
      const auto out = read(spoiled(line, with));
      CHECK_FALSE(out.value);
      REQUIRE(out.found.size() == 1);
      CHECK(lines(out.found).find(flag + ": unknown key") != std::string::npos);
    }
}

TEST_CASE("what is right rule by rule and makes no sense together is a warning with its line") {
  struct row {
    const char* rules;
    const char* expected;
  };
  const row table[] = {
    {"position_loss_limit: { limit: 301 }", "position_loss_limit.limit: one position may lose more than the whole day: the day's limit acts first"},
    {"position_loss_limit: { limit: 300 }", ""},
    {"max_contracts_per_instrument: { default_limit: 6 }", "max_contracts_per_instrument.default_limit: one instrument may have more contracts than all together: max_contracts acts first"},
    {"max_contracts_per_instrument: { limits: { MNQ: 6, ES: 5 } }", "max_contracts_per_instrument.limits.MNQ: MNQ may have more contracts than all together: max_contracts acts first"},
    {"max_contracts_per_instrument: { default_limit: 5 }", ""},
    {"weekly_loss_limit: { limit: 299 }", "daily_loss_limit.limit: one day may lose more than the whole week: the week's limit acts first"},
    {"max_drawdown: { limit: 299 }", "daily_loss_limit.limit: can never be the first: a day's loss is also a drawdown, and max_drawdown is smaller"},
    {"max_drawdown: { limit: 300 }", ""},
    {"daily_realized_loss: { limit: 301 }", "daily_realized_loss.limit: will hardly ever be reached: the daily loss limit is smaller and counts open losses too"},
    {"daily_realized_loss: { limit: 300 }", ""},
    {"daily_profit_target: { target: 400 }, position_profit_target: { target: 401 }", "position_profit_target.target: will hardly ever be reached: the daily profit target is smaller and ends the day"},
    {"daily_profit_target: { target: 400 }, position_profit_target: { target: 400 }", ""},
    {"daily_profit_target: { target: 400 }, trailing_stop: { activate_at: 400, trail: 50 }", "trailing_stop.activate_at: can never become active: the daily profit target ends the day before"},
    {"daily_profit_target: { target: 400 }, trailing_stop: { activate_at: 399, trail: 50 }", ""},
    {"max_trades_per_day: { limit: 5 }, trade_frequency: { per_session: { limit: 5 } }", "trade_frequency.per_session.limit: per_session can never be reached: max_trades_per_day is not larger"},
    {"max_trades_per_day: { limit: 5 }, trade_frequency: { per_session: { limit: 4 } }", ""},
    {"trade_frequency: { min_interval: 5m, per_hour: { limit: 13 } }", "trade_frequency.per_hour.limit: per_hour can never be reached: min_interval lets fewer trades into it"},
    {"trade_frequency: { min_interval: 5m, per_hour: { limit: 12 } }", ""},
    {"trade_frequency: { min_interval: 30s, per_minute: { limit: 3 } }", "trade_frequency.per_minute.limit: per_minute can never be reached: min_interval lets fewer trades into it"},
    {"trade_frequency: { min_interval: 30s, per_minute: { limit: 2 } }", ""},
    {"daily_profit_target: { target: 400 }, daily_realized_profit: { target: 401 }", "daily_realized_profit.target: will hardly ever be reached: the daily profit target is smaller and ends the day"},
    {"cooldown_after_loss: { tiers: [{ loss: 100, cooldown: 5m }, { loss: 300, cooldown: 15m }] }", "cooldown_after_loss.tiers[1].loss: this tier will hardly ever count: such a loss has reached daily_loss_limit, which locks for longer"},
    {"cooldown_after_loss: { tiers: [{ loss: 100, cooldown: 5m }, { loss: 299, cooldown: 15m }] }", ""},
    {"cooldown_after_loss: { tiers: [{ loss: 250, cooldown: 5m }] }, daily_realized_loss: { limit: 200 }", "cooldown_after_loss.tiers[0].loss: this tier will hardly ever count: such a loss has reached daily_realized_loss, which locks for longer"},
    {"cooldown_after_loss: {}, daily_realized_loss: { limit: 100 }", "cooldown_after_loss: its usual tiers will hardly ever count: a loss of 100 has reached daily_realized_loss"},
    {"cooldown_after_loss: {}, daily_realized_loss: { limit: 101 }", ""},
    {"trading_hours: {}, session_block: { blocks: [{ from: \"09:00\", to: \"16:00\", timezone: America/New_York }] }", "session_block.blocks: leaves no time for trading: all of the trading_hours are blocked"},
    {"trading_hours: {}, session_block: { blocks: [{ from: \"09:31\", to: \"16:00\", timezone: America/New_York }] }", ""},
    {"trading_hours: {}, session_block: { blocks: [{ days: [mon, tue, wed, thu], from: \"09:00\", to: \"16:00\", timezone: America/New_York }] }", ""},
    {"trading_hours: { on_breach: { action: warn } }, session_block: { blocks: [{ from: \"09:00\", to: \"16:00\", timezone: America/New_York }] }", ""},
    {"trading_hours: { sessions: [{ from: \"08:00\", to: \"16:30\", timezone: Europe/London }] }, session_block: { blocks: [{ name: london }] }", "session_block.blocks: leaves no time for trading: all of the trading_hours are blocked"},
    {"session_block: { blocks: [{ from: \"00:00\", to: \"12:00\" }, { from: \"12:00\", to: \"00:00\" }] }", "session_block.blocks: leaves no time for trading"},
    {"daily_profit_target: { target: 400, enabled: false }, daily_realized_profit: { target: 401 }", "daily_profit_target.enabled: daily_profit_target is listed but switched off: it does nothing for account 126244"},
  };
  for (const auto& row : table) {
    CAPTURE(row.rules);
    const auto out = read(spoiled(21, std::string{"    rules: { daily_loss_limit: { limit: 300 }, "} + row.rules + " }"));
    CHECK(lines(out.found) == "");
    CHECK(out.value.has_value()); // said, and no more than that
    std::string expected = row.expected;
    if (!expected.empty())
      expected = "21: accounts[0].rules." + expected + (expected.find("126244") == std::string::npos ? " (account 126244)" : "") + "\n";
    CHECK(lines(out.warnings) == expected);
  }
}

TEST_CASE("a fail-safe without patience is said: it would act at every start") {
  const auto warned = [](const char* block) { return lines(read(spoiled(2, block)).warnings).find("2: fail_safe.after: a start and a reconnect take seconds") != std::string::npos; };
  CHECK(warned("fail_safe: { after: 0s }"));
  CHECK(warned("fail_safe: { after: 4s, action: flatten }"));
  CHECK_FALSE(warned("fail_safe: { after: 4s, action: alarm_only }"));
  CHECK_FALSE(warned("fail_safe: { after: 5s }"));
  CHECK_FALSE(warned("fail_safe: { action: flatten }"));
}

TEST_CASE("commissions are written by symbol, positive, and are the broker's") {
  const auto out = read(spoiled(10, "    api_key: ${RM_KEY}\n    commissions: { MNQ: 0.25, ES: 1.4 }"));
  REQUIRE(out.value);
  CHECK(out.value->brokers[0].commissions.at(symbol_name{"ES"}) == *money::parse("1.40"));
  CHECK(lines(read(spoiled(10, "    api_key: ${RM_KEY}\n    commissions: { MNQ: -0.25 }")).found).find("must be positive") != std::string::npos);
}

namespace {

/// A folder with the firm's limits in it.
struct preset_folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("rm-presets-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
  explicit preset_folder(const std::string& text = "source: the firm\nas_of: 2026-11-01\npresets:\n  small: { rules: { daily_loss_limit: { limit: 1000 }, max_contracts: { limit: 5 } } }\n") {
    std::filesystem::create_directories(path);
    std::ofstream{path / "firm.yaml"} << text;
  }
  ~preset_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  loaded_settings read(const std::string& profile) const {
    std::string all = spoiled(13, "    " + profile + "\n    rules:");
    all.replace(0, 10, "version: 1\npresets: firm.yaml");
    all.replace(all.find("rules: { daily_loss_limit: { limit: 300 } }"), 43, "rules: {}");
    return read_settings(all, path, usual);
  }
};

} // namespace

TEST_CASE("a preset keeps a margin below the firm's limits, and what is looser than the firm's is said") {
  preset_folder folder;
  auto out = folder.read("preset: { name: small, safety_margin: 15 }");
  CHECK(lines(out.found) == "");
  REQUIRE(out.value);
  // daily_loss_limit 500 and max_contracts 5 of the profile lie over it: the firm's own 5 contracts are no looser
  CHECK(lines(out.warnings) == "");
  CHECK(out.value->accounts[0].rules[0].block.find("limit")->text == "500");
  CHECK(out.value->presets.at(0).source == "the firm");
  const auto margin = [&](const char* percent) {
    const auto bare = read_settings("version: 1\npresets: firm.yaml\nbrokers: [{ id: t, api_url: https://a.b, user_hub_url: https://a.b, market_hub_url: https://a.b, user_name: u, api_key: ${RM_KEY} }]\n"
                                    "profiles: { p: { preset: { name: small, safety_margin: " + std::string{percent} + " } } }\naccounts: [{ id: 1, broker: t, profile: p }]\n", folder.path, usual);
    REQUIRE(bare.value);
    return bare.value->accounts[0].rules[0].block.find("limit")->text + " " + bare.value->accounts[0].rules[1].block.find("limit")->text;
  };
  CHECK(margin("0") == "1000.00 5");
  CHECK(margin("10") == "900.00 4"); // whole contracts, rounded down
  CHECK(margin("33") == "670.00 3");
  CHECK(margin("90") == "100.00 1"); // at least one
  out = folder.read("preset: { name: smal }");
  CHECK(lines(out.found).find("there is no such preset; did you mean small?") != std::string::npos);
  out = folder.read("preset: { name: small, safety_margin: 95 }");
  CHECK(lines(out.found).find("safety_margin: must be a whole number from 0 to 90") != std::string::npos);
}

TEST_CASE("a looser limit than the firm's is a warning that names source and date") {
  preset_folder folder{"source: the firm\nas_of: 2026-11-01\npresets:\n  small: { rules: { daily_loss_limit: { limit: 400 } } }\n"};
  const auto out = folder.read("preset: { name: small }");
  REQUIRE(out.value);
  CHECK(lines(out.warnings).find("profiles.default.rules.daily_loss_limit.limit: is looser than the firm's own limit of 400 (the firm, 2026-11-01): the firm will act first") != std::string::npos);
}

TEST_CASE("a data file that is not beside the configuration is the shipped one; one that is there stays somebody's own, and is told when the shipped one is newer") {
  const auto limit = [](const std::string& as_of, int contracts) {
    return "source: the firm\nas_of: " + as_of + "\npresets:\n  small: { rules: { max_contracts: { limit: " + std::to_string(contracts) + " } } }\n";
  };
  preset_folder own{limit("2026-11-01", 3)}, shipped{limit("2027-01-01", 5)};
  const auto text = [](const std::string& file) {
    return "version: 1\npresets: " + file + "\nbrokers: [{ id: t, api_url: https://a.b, user_hub_url: https://a.b, market_hub_url: https://a.b, user_name: u, api_key: ${RM_KEY} }]\n"
           "profiles: { p: { preset: { name: small } } }\naccounts: [{ id: 1, broker: t, profile: p }]\n";
  };
  const auto read = [&](const std::string& file = "firm.yaml") { return read_settings(text(file), own.path, usual, shipped.path); };
  const auto said = [](const loaded_settings& from) {
    for (const auto& warning : from.warnings)
      if (warning.file.find("firm.yaml") != std::string::npos)
        return warning.text;
    return std::string{};
  };
  auto out = read();
  REQUIRE(out.value);
  CHECK(out.value->accounts[0].rules[0].block.find("limit")->text == "3");
  CHECK(said(out).find("is as of 2026-11-01; the shipped " + (shipped.path / "firm.yaml").string() + " is as of 2027-01-01") == 0);
  std::ofstream{shipped.path / "firm.yaml"} << limit("2026-11-01", 5);
  CHECK(said(read()).empty()); // no newer

  std::filesystem::remove(own.path / "firm.yaml");
  out = read();
  REQUIRE(out.value);
  CHECK(out.value->accounts[0].rules[0].block.find("limit")->text == "5");
  CHECK(out.value->data_files == std::vector{shipped.path / "firm.yaml"});
  CHECK(said(out).empty());
  CHECK_FALSE(read("./firm.yaml").value); // with a folder: that one, or none
  std::filesystem::remove(shipped.path / "firm.yaml");
  out = read();
  CHECK_FALSE(out.value);
  CHECK(std::count_if(out.found.begin(), out.found.end(), [&](auto& p) { return p.file == (own.path / "firm.yaml").string(); }) == 1);
}

TEST_CASE("data without source and date is refused, with its own file and line") {
  preset_folder folder{"presets:\n  small: { rules: { daily_loss_limit: { limit: -4 } } }\n"};
  const auto out = folder.read("preset: { name: small }");
  CHECK_FALSE(out.value);
  const auto all = lines(out.found);
  CHECK(all.find("source: is missing") != std::string::npos);
  CHECK(all.find("as_of: is missing") != std::string::npos);
  CHECK(all.find("must be positive") != std::string::npos);
  CHECK(out.found[0].file.find("firm.yaml") != std::string::npos);
}

TEST_CASE("what is wrong with a login alone is set aside where that is allowed, and nothing else is") {
  reading_terms terms;
  terms.logins_may_lack = true;
  const auto read_so = [&](const std::string& text, const environment& variables = usual) { return read_settings(text, "/etc/rm", variables, {}, terms); };
  const auto whole = read_so(spoiled(0, ""));
  REQUIRE(whole.value);
  CHECK(whole.logins.empty());
  CHECK(whole.value->brokers[0].lacks.empty());

  const std::pair<int, std::string> lacking[] = {{9, "    user_name: ${RM_GONE}"}, {10, "    api_key: ${RM_GONE}"}, {10, "    api_key_file: /no/such/key"}, {10, "    api_key: <hidden>"},
                                                 {10, "    api_key: ${RM_KEY}\n    ca_file: /no/such/certificates"}};
  for (const auto& [line, text] : lacking) {
    CAPTURE(text);
    const auto out = read_so(spoiled(line, text));
    REQUIRE(out.value);
    CHECK(out.found.empty());
    CHECK(out.logins.size() == 1);
    CHECK(out.value->brokers[0].lacks.starts_with("brokers[0]."));
    CHECK(out.value->accounts.size() == 1);
    CHECK(lines(out.logins).find("sk-very-secret") == std::string::npos);
  }
  for (const auto& [line, text] : {std::pair<int, const char*>{4, "  - id: ${RM_GONE}"}, {6, "    api_url: ${RM_GONE}"}, {9, "    user_nam: x"}, {14, "      daily_loss_limit: { limit: ${RM_GONE} }"}, {19, "    broker: other"}}) {
    CAPTURE(text);
    const auto out = read_so(spoiled(line, text));
    CHECK_FALSE(out.value);
    CHECK_FALSE(out.found.empty());
  }
}

TEST_CASE("texts of data files that are given are taken in the place of the files") {
  const std::map<std::string, std::string> data{{"days.yaml", "source: https://x.com\nas_of: 2026-01-01\nholidays: [2030-12-25]\n"}};
  reading_terms terms;
  const auto text = spoiled(2, "calendar: { timezone: America/Chicago, daily_reset: \"17:00\", data: days.yaml }");
  CHECK_FALSE(read_settings(text, "/etc/rm", usual, {}, terms).value);
  terms.data = &data;
  const auto out = read_settings(text, "/etc/rm", usual, {}, terms);
  REQUIRE(out.value);
  CHECK(out.value->calendar.holidays.size() == 1);
  CHECK(out.value->sources->text == text);
  CHECK(out.value->sources->data == data);
}

TEST_CASE("a problem is shown with its file, its line and its path, as far as they are known") {
  CHECK(format_problem("rm.yaml", {3, "a.b", "is odd"}) == "rm.yaml:3: a.b: is odd");
  CHECK(format_problem("rm.yaml", {0, "", "cannot be read"}) == "rm.yaml: cannot be read");
  CHECK(load_settings("/no/such/file.yaml", usual).found.size() == 1);
  CHECK(load_settings("/", usual).found.size() == 1);
}

TEST_SUITE_END();
