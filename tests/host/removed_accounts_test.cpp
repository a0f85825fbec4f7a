#include "tools/risk-manager/removed_accounts.hpp"

#include "actors/persistence/store.hpp"
#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/start_config.hpp"

#include <doctest/doctest.h>

#include <fstream>

TEST_SUITE_BEGIN("host");

using namespace rm;

namespace {

const timestamp noon = timestamp{std::chrono::hours{500'000}};

struct house {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("rm-removed-" + std::to_string(process_number()));
  house() { std::filesystem::create_directories(path / "data"); }
  ~house() { std::filesystem::remove_all(path); }

  std::filesystem::path file() const { return path / "rm.yaml"; }
  std::filesystem::path database() const { return path / "data" / "riskmanager.db"; }

  /// Account 1 at login a, with that limit, account 2 at login b.
  static std::string text_of(std::initializer_list<int> accounts, const char* limit = "5") {
    const auto login = [](const char* id) {
      return "{ id: " + std::string{id} + ", api_url: https://x.com, user_hub_url: https://x.com, market_hub_url: https://x.com, user_name: me, api_key: sk-" + id + " }";
    };
    std::string logins, rows;
    for (const int account : accounts) {
      const char* at = account == 1 ? "a" : "b";
      logins += (logins.empty() ? "" : ", ") + login(at);
      rows += "  - { id: " + std::to_string(account) + ", broker: " + at + ", rules: { max_contracts: { limit: " + limit + " } } }\n";
    }
    return "version: 1\nservice: { data_dir: data }\ncalendar: { timezone: America/Chicago }\nbrokers: [" + logins + "]\naccounts:\n" + rows;
  }
  void write(const std::string& text) const {
    std::ofstream{file(), std::ios::binary} << text;
    std::filesystem::permissions(file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  settings read() const {
    auto out = load_settings(file());
    REQUIRE(out.found.empty());
    return *out.value;
  }
  void was_in_force(const std::string& text) const {
    write(text);
    const auto now = read();
    keep_config(now, {file(), "m", noon, *now.sources});
  }
  void lock(int account, bool is, lock_end end = lock_end::daily_reset) const {
    account_memory memory;
    memory.account = account_id{account};
    memory.version = ++version;
    if (is)
      memory.locks.push_back({rule_name{"daily_loss_limit"}, lock_mode::flat, end, noon, noon + std::chrono::hours{2}, "a loss of 500", 0, false, {}, {}});
    write_batch batch;
    batch.memories.push_back(&memory);
    store{database()}.write(batch);
  }
  static inline uint64_t version = 0;
};

std::vector<int64_t> ids(const settings& all) {
  std::vector<int64_t> out;
  for (const auto& account : all.accounts)
    out.push_back(account.id.value);
  return out;
}

using numbers = std::vector<int64_t>;

} // namespace

TEST_CASE_FIXTURE(house, "an account with a lock in force cannot be taken out while the service runs, and one without can") {
  write(text_of({1, 2}));
  const auto in_force = read();
  lock(2, true);
  lock(1, false);
  CHECK(judge_text(text_of({2}), file(), in_force).loaded.found.empty());
  const auto verdict = judge_text(text_of({1}), file(), in_force);
  REQUIRE(verdict.loaded.found.size() == 1);
  CHECK(format_problem("F", verdict.loaded.found[0]) == "F: accounts: account 2 cannot be taken out while it is locked by daily_loss_limit until " + format_time(noon + std::chrono::hours{2}) +
                                                          " (a loss of 500): wait for its end, or take the lock away first with risk-admin unlock 2");
  lock(2, false);
  CHECK(judge_text(text_of({1}), file(), in_force).loaded.found.empty());
}

TEST_CASE_FIXTURE(house, "an account that the venue lets nobody trade, perhaps for good, can be taken out") {
  write(text_of({1, 2}));
  lock(2, true, lock_end::can_trade);
  CHECK(judge_text(text_of({1}), file(), read()).loaded.found.empty());
}

TEST_CASE_FIXTURE(house, "where the database cannot be read, or an account's rows in it, an account counts as locked; without a database nobody is") {
  write(text_of({1, 2}));
  const auto in_force = read();
  CHECK(judge_text(text_of({1}), file(), in_force).loaded.found.empty());
  std::ofstream{database(), std::ios::binary} << std::string(10'000, 'x');
  const auto verdict = judge_text(text_of({1}), file(), in_force);
  REQUIRE(verdict.loaded.found.size() == 1);
  CHECK(verdict.loaded.found[0].text.find("perhaps locked: the database") != std::string::npos);
}

TEST_CASE_FIXTURE(house, "one that was taken out while no service ran goes on with its own settings and login, start after start, until it is free") {
  was_in_force(text_of({1, 2}));
  lock(2, true);
  write(text_of({1}, "3"));
  for (int starts = 0; starts < 3; ++starts) {
    const auto start = config_to_start_with(file(), {}, noon);
    REQUIRE(start.value);
    CHECK_FALSE(start.trouble);
    CHECK(ids(*start.value) == numbers{1, 2});
    CHECK(start.value->accounts[0].rules[0].block.find("limit")->text == "3");
    CHECK(start.value->accounts[1].rules[0].block.find("limit")->text == "5");
    CHECK(start.value->accounts[1].carried.starts_with("locked by daily_loss_limit until"));
    CHECK(start.value->brokers.size() == 2);
    REQUIRE(start.carried.size() == 1);
    keep_account(path / "data", account_id{2}, start.carried.at(account_id{2})); // as the service does
    const auto whole = read();
    keep_config(whole, {file(), "m2", noon, *whole.sources});

    auto again = read();
    carry_on(again, *start.value);
    CHECK(ids(again) == numbers{1, 2});
    CHECK(removed_while_locked(*start.value, read()).empty()); // it is not refused for ever
  }
  const auto last = *config_to_start_with(file(), {}, noon).value;
  lock(2, false);
  auto again = read();
  carry_on(again, last);
  CHECK(ids(again) == numbers{1});
  CHECK(ids(*config_to_start_with(file(), {}, noon).value) == numbers{1});
}

TEST_CASE_FIXTURE(house, "one that is not locked goes, and one that is listed again is as it is listed") {
  was_in_force(text_of({1, 2}));
  lock(2, false);
  write(text_of({1}));
  CHECK(ids(*config_to_start_with(file(), {}, noon).value) == numbers{1});
  lock(2, true);
  const auto start = config_to_start_with(file(), {}, noon);
  CHECK(ids(*start.value) == numbers{1, 2});
  keep_account(path / "data", account_id{2}, start.carried.at(account_id{2}));
  write(text_of({1, 2}, "1"));
  auto again = read();
  carry_on(again, *start.value);
  CHECK(ids(again) == numbers{1, 2});
  CHECK(again.accounts[1].carried.empty());
  CHECK(again.accounts[1].rules[0].block.find("limit")->text == "1");
  forget_listed(again);
  CHECK_FALSE(std::filesystem::exists(path / "data" / "last-good-2.config"));
}
