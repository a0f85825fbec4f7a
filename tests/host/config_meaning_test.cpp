#include "tools/risk-manager/config_meaning.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("host");

namespace {

using namespace rm;

settings configured(const std::string& rules) {
  const auto read = read_settings("version: 1\nservice: { data_dir: /tmp/x }\nbrokers: [{ id: sim, kind: projectx, api_url: http://127.0.0.1:1, "
                                  "user_hub_url: http://127.0.0.1:1/hubs/user, market_hub_url: http://127.0.0.1:1/hubs/market, user_name: u, api_key: k }]\n"
                                  "accounts: [{ id: 7, broker: sim, rules: " + rules + " }]\n", "/tmp", {});
  REQUIRE_MESSAGE(read.value, (read.found.empty() ? "" : format_problem("", read.found.front())));
  return *read.value;
}

} // namespace

TEST_CASE("what another configuration would have meant for today is said rule by rule") {
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

TEST_CASE("a profile of very many accounts is tried on some of them, and that is said") {
  auto now = configured("{ daily_loss_limit: { limit: 500 } }"), next = configured("{ daily_loss_limit: { limit: 400 } }");
  for (auto* each : {&now, &next})
    for (int64_t id = 8; id < 500; ++id) {
      each->accounts.push_back(each->accounts.front());
      each->accounts.back().id = account_id{id};
    }
  account_day day;
  day.account = account_id{7};
  const auto said = meaning_for_today(now, next, {day});
  REQUIRE(said.size() == 201);
  CHECK(said.front() == "account 7 daily_loss_limit { limit: 500 } -> { limit: 400 }: nothing is known of today yet");
  CHECK_MESSAGE(said.back() == "and so on: the accounts from 207 on were not tried", said.back());
}

TEST_SUITE_END();
