// Between what waits in memory and the disk: what happens when one of them says no.
#include "actors/persistence/vault.hpp"

#include "actors/persistence/chain_walk.hpp"
#include "actors/persistence/store.hpp"
#include "tests/persistence/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

constexpr account_id desk{126244};

/// What the disks that a vault opens have in common; they outlive none of it.
struct cellar {
  store content{":memory:"};
  std::string broken; // the reason why every use fails; empty: it works
  int begun = 0;
  std::vector<std::pair<timestamp, bool>> signs;
};

class cellar_disk : public disk {
public:
  explicit cellar_disk(cellar& c) : c_{c} {}
  void write(const write_batch& batch) override { ok().write(batch); }
  stored_account load(account_id account) override { return ok().load(account); }
  std::vector<journal_entry> read_journal(const get_journal& query) override { return ok().read_journal(query); }
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most) override { return ok().prove(walk, most); }
  chain_tail tail() override { return ok().tail(); }
  std::optional<service_run> begin_run(const service_run& run) override {
    auto before = ok().begin_run(run);
    ++c_.begun;
    return before;
  }
  void sign_of_life(timestamp at, bool ordered) override {
    ok();
    c_.signs.emplace_back(at, ordered);
  }
  void put_config(const config_in_force& config) override { ok().put_config(config); }
  int64_t prune(timestamp before, int64_t most) override { return ok().prune(before, most); }

private:
  store& ok() {
    if (!c_.broken.empty())
      throw disk_failure{c_.broken, false};
    return c_.content;
  }
  cellar& c_;
};

struct vault_fixture {
  cellar below;
  std::shared_ptr<store_mirror> mirror = std::make_shared<store_mirror>();
  const service_run run{at_second(0), at_second(0), false, "1.0", {"aa", "x"}, ""};

  vault make(std::optional<service_run> of = std::nullopt, duration keep = std::chrono::days{90}) {
    return vault{[this] { return std::make_unique<cellar_disk>(below); }, mirror, keep, std::move(of)};
  }
};

} // namespace

TEST_SUITE("persistence") {
  TEST_CASE_FIXTURE(vault_fixture, "an account that cannot be read for ten seconds is called unreadable: locked is better than not guarded") {
    auto v = make();
    below.broken = "the disk reports an error";
    for (int i = 1; i < 40; ++i) // the supervisor asks four times a second
      CHECK_THROWS_AS(v.load(desk), disk_failure);
    const auto unknown = v.load(desk);
    CHECK(unknown.account == desk);
    CHECK(unknown.memory.account == desk);
    CHECK_FALSE(unknown.found);
    CHECK(unknown.unreadable == "the disk reports an error");
    below.broken.clear();
    CHECK(v.load(desk).unreadable.empty());
  }

  TEST_CASE_FIXTURE(vault_fixture, "the journal's newest lines are those that wait, and never more than were asked for") {
    auto v = make();
    for (int i = 1; i <= 3; ++i)
      v.keep(line(i, desk, std::to_string(i)));
    REQUIRE(v.commit());
    v.keep(line(4, desk, "4"));
    v.keep(line(5, desk, "5"));
    const auto page = v.read_journal({desk, {}, 3});
    REQUIRE(page.entries.size() == 3);
    CHECK(page.entries[0].text == "3");
    CHECK(page.entries[2].text == "5");
  }

  TEST_CASE_FIXTURE(vault_fixture, "I6 an account that was saved before it was ever loaded is loaded with the trades that the disk has of it") {
    {
      auto before = make();
      before.keep(save_account{full_memory(desk, 3), {}});
      before.keep(save_trades{desk, {trade(desk, 1, 150)}});
      auto of_case = line(160, desk, "flatten: lost 500.00");
      of_case.kind = "case";
      before.keep(of_case);
      before.keep(line(161, desk, "no case"));
      REQUIRE(before.commit());
    }
    mirror = std::make_shared<store_mirror>(); // another process
    auto v = make();
    v.keep(save_account{full_memory(desk, 4), {}});
    const auto out = v.load(desk);
    CHECK(out.memory.version == 4);
    CHECK(out.trades.size() == 1);
    REQUIRE(out.recent.size() == 1); // and its newest cases, which people want to see
    CHECK(out.recent[0].text == "flatten: lost 500.00");
  }

  TEST_CASE_FIXTURE(vault_fixture, "what is too old goes portion by portion, one with each commit, until nothing of it is left") {
    auto v = make(std::nullopt, std::chrono::days{1});
    for (int64_t i = 0; i < vault::prune_portion + 5; ++i)
      v.keep(line(i % 60, desk, "old"));
    REQUIRE(v.commit());
    v.keep(line(3 * 86400, desk, "today"));
    REQUIRE(v.commit());
    v.keep(line(3 * 86400 + 1, desk, "a second later"));
    REQUIRE(v.commit());
    const auto page = v.read_journal({desk, {}, 10'000});
    CHECK(std::none_of(page.entries.begin(), page.entries.end(), [](auto& e) { return e.text == "old"; }));
    CHECK(page.entries.size() == 2);
  }

  TEST_CASE_FIXTURE(vault_fixture, "signs of life come twice a minute, also when the clock was set back, and the last one says that the end was in order") {
    auto v = make(run);
    v.alive(at_second(1000));
    v.alive(at_second(1029));
    CHECK(below.signs.size() == 1);
    v.alive(at_second(1030));
    CHECK(below.signs.size() == 2);
    v.alive(at_second(100)); // nobody waits for the old time
    CHECK(below.signs.size() == 3);
    v.keep(line(130, desk, "the last one"));
    v.ordered_end();
    REQUIRE(below.signs.size() == 4);
    CHECK(below.signs.back() == std::pair{at_second(130), true});
  }

  TEST_CASE_FIXTURE(vault_fixture, "a run is entered once per process: where the disk was full at the start, as soon as it is not") {
    {
      below.broken = "the disk is full";
      auto v = make(run);
      CHECK(v.in_trouble());
      CHECK(below.begun == 0);
      below.broken.clear();
      REQUIRE(v.retry());
      CHECK(below.begun == 1);
    }
    auto next = make(run); // the actor was started again, the process was not
    CHECK(below.begun == 1);
  }

  TEST_CASE_FIXTURE(vault_fixture, "trouble is journalled when it begins, not each time that it is met again") {
    auto v = make();
    below.broken = "the disk is full";
    v.keep(line(1, desk, "x"));
    CHECK_FALSE(v.commit());
    CHECK_FALSE(v.retry());
    CHECK_FALSE(v.retry());
    CHECK(v.take_own_lines().size() == 1);
    below.broken.clear();
    CHECK(v.retry());
    CHECK(v.take_own_lines().size() == 1); // that it is over
  }
}
