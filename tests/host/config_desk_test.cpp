#include "tools/risk-manager/config_desk.hpp"

#include "tools/risk-manager/config_meaning.hpp"
#include "tools/risk-manager/host_files.hpp"

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

TEST_CASE("what another configuration would have meant for today is said rule by rule") {
  const auto configured = [](const std::string& rules) {
    const auto read = read_settings("version: 1\nservice: { data_dir: /tmp/x, socket: /tmp/x.sock }\nbrokers: [{ id: sim, kind: projectx, api_url: http://127.0.0.1:1, "
                                    "user_hub_url: http://127.0.0.1:1/hubs/user, market_hub_url: http://127.0.0.1:1/hubs/market, user_name: u, api_key: k }]\n"
                                    "accounts: [{ id: 7, broker: sim, rules: " + rules + " }]\n", "/tmp", {});
    REQUIRE_MESSAGE(read.value, (read.found.empty() ? "" : format_problem("", read.found.front())));
    return *read.value;
  };
  const auto now = configured("{ daily_loss_limit: { limit: 500 }, max_contracts: { limit: 5 }, weekly_loss_limit: { limit: 900 } }");
  account_day day;
  day.account = account_id{7};
  day.curve.day_started = timestamp{std::chrono::seconds{1'760'000'000}}; // 08:53:20 UTC
  day.next_daily_reset = day.curve.day_started + std::chrono::hours{23};
  day.curve.points = {{day.curve.day_started + std::chrono::hours{1}, *money::parse("-412.5")}, {day.curve.day_started + std::chrono::hours{2}, *money::parse("10")}};
  trade_update bought;
  bought.account = day.account;
  bought.id = trade_id{1};
  bought.order = order_id{1};
  bought.contract = "CON.F.US.MNQ.Z25";
  bought.size = 1;
  bought.price = *price::parse("20000");
  bought.executed = day.curve.day_started + std::chrono::minutes{30};
  day.trades = {bought};
  const auto said = meaning_for_today(now, configured("{ daily_loss_limit: { limit: 400 }, max_contracts: { limit: 5 }, weekly_loss_limit: { enabled: false }, daily_profit_target: { target: 100 } }"), {day});
  REQUIRE(said.size() == 3);
  CHECK_MESSAGE(said[0] == "account 7 daily_loss_limit { limit: 500 } -> { limit: 400 }: would have locked the account at 09:53 UTC (412.50 of 400.00 used)", said[0]);
  CHECK_MESSAGE(said[1].starts_with("account 7 daily_profit_target (off) -> { target: 100 }: would not have acted today; at most 10.00 of 100.00 used, at 10:53 UTC"), said[1]);
  CHECK_MESSAGE(said[2].starts_with("! account 7 weekly_loss_limit: would be switched off; left as it is would not have acted today"), said[2]);
  CHECK(meaning_for_today(now, now, {day}).empty());
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
