#include "actors/persistence/store_mirror.hpp"

#include "tests/persistence/samples.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {
constexpr account_id desk{126244};
}

TEST_SUITE("persistence") {
  TEST_CASE("of several memories of one account only the newest waits, with the resets of all") {
    store_mirror mirror;
    const reset_record daily{reset_kind::daily, date(2025, 10, 10), {}, at_second(1), "calendar", ""};
    const reset_record weekly{reset_kind::weekly, date(2025, 10, 10), {}, at_second(2), "calendar", ""};
    mirror.add(save_account{full_memory(desk, 3), {daily}});
    mirror.add(save_account{full_memory(desk, 5), {daily, weekly}});
    mirror.add(save_account{full_memory(desk, 4), {}});
    const auto batch = mirror.unsaved_batch();
    REQUIRE(batch.memories.size() == 1);
    CHECK(batch.memories[0]->version == 5);
    CHECK(batch.resets.size() == 2);
    CHECK(mirror.unsaved() == 3);
    CHECK(mirror.newest_time() == at_second(2));
    mirror.written();
    CHECK(mirror.unsaved() == 0);
    CHECK(mirror.unsaved_batch().empty());
    CHECK(mirror.version_of(desk) == 5);
  }

  TEST_CASE("locks are durable only after they were written") {
    store_mirror mirror;
    mirror.add(save_account{full_memory(desk, 1), {}});
    CHECK_FALSE(mirror.get(desk).memory.locks.at(0).durable);
    mirror.unsaved_batch();
    mirror.written();
    CHECK(mirror.get(desk).memory.locks.at(0).durable);
    mirror.add(save_account{full_memory(desk, 2), {}});
    CHECK_FALSE(mirror.get(desk).memory.locks.at(0).durable);
  }

  TEST_CASE("a day waits like everything else, and what was read from the disk goes under it") {
    store_mirror mirror;
    const day_curve old{at_second(1), {{at_second(2), {}}}}, fresh{at_second(1), {{at_second(2), {}}, {at_second(3), *money::parse("7")}}};
    mirror.add(save_day{desk, fresh});
    stored_account kept;
    kept.account = desk;
    kept.day = old;
    mirror.complete(kept);
    CHECK(mirror.get(desk).day.points == fresh.points);
    REQUIRE(mirror.unsaved_batch().days.size() == 1);
    CHECK(mirror.unsaved_batch().days[0].second->points == fresh.points);
    mirror.written();
    CHECK(mirror.unsaved() == 0);
    mirror.write_all_again();
    CHECK(mirror.unsaved_batch().days.size() == 1);
  }

  TEST_CASE("what was read from the disk goes under what was saved since") {
    store_mirror mirror;
    auto voided = trade(desk, 2, 20);
    voided.voided = true;
    mirror.add(save_trades{desk, {voided}});
    CHECK_FALSE(mirror.knows(desk)); // trades alone do not say what is locked
    mirror.add(save_account{full_memory(desk, 6), {}});
    CHECK(mirror.knows(desk));
    CHECK_FALSE(mirror.knows_all_of(desk));
    mirror.complete({desk, true, full_memory(desk, 4), {trade(desk, 1, 12), trade(desk, 2, 20)}});
    CHECK(mirror.knows_all_of(desk));
    const auto now = mirror.get(desk);
    CHECK(now.memory.version == 6);
    REQUIRE(now.trades.size() == 2);
    CHECK(now.trades[1].voided);
    CHECK(mirror.unsaved() == 2); // completing makes nothing new to write
  }

  TEST_CASE("I6 a memory on disk that is newer than the one here counts, and is not written again") {
    store_mirror mirror;
    mirror.add(save_account{full_memory(desk, 4), {}});
    mirror.complete({desk, true, full_memory(desk, 6), {}});
    CHECK(mirror.get(desk).memory.version == 6);
    CHECK(mirror.get(desk).memory.locks.at(0).durable);
    CHECK(mirror.unsaved_batch().memories.empty());
    mirror.add(save_account{full_memory(desk, 6), {}}); // the same version once more is newer by now
    CHECK(mirror.unsaved_batch().memories.size() == 1);
  }

  TEST_CASE("an account whose memory cannot be read keeps where its versions stand: its next save must not be an older one") {
    store_mirror mirror;
    stored_account spoiled;
    spoiled.account = spoiled.memory.account = desk;
    spoiled.unreadable = "garbage";
    spoiled.memory.version = 7;
    mirror.complete(spoiled);
    CHECK(mirror.get(desk).unreadable == "garbage");
    CHECK(mirror.get(desk).memory.version == 7);
    mirror.add(save_account{full_memory(desk, 8), {}});
    CHECK(mirror.get(desk).unreadable.empty());
    CHECK(mirror.get(desk).memory.version == 8);
  }

  TEST_CASE("a week that begins while the day goes on forgets no trade of the day") {
    store_mirror mirror;
    auto memory = full_memory(desk, 1); // its day begins at second 100
    memory.week_started = at_second(500);
    mirror.add(save_trades{desk, {trade(desk, 1, 50), trade(desk, 2, 200)}});
    mirror.add(save_account{memory, {}});
    mirror.written();
    REQUIRE(mirror.get(desk).trades.size() == 1);
    CHECK(mirror.get(desk).trades[0].id == trade_id{2});
  }

  TEST_CASE("a reset that is on disk is not written once more") {
    store_mirror mirror;
    mirror.add(save_account{full_memory(desk, 3), {{reset_kind::daily, date(2025, 10, 10), {}, at_second(1), "calendar", ""}}});
    mirror.written();
    mirror.add(save_account{full_memory(desk, 4), {}});
    CHECK(mirror.unsaved_batch().resets.empty());
  }

  TEST_CASE("an account that the disk does not know is known as not found") {
    store_mirror mirror;
    mirror.complete({desk, false, {}, {}});
    CHECK(mirror.knows(desk));
    CHECK_FALSE(mirror.get(desk).found);
  }

  TEST_CASE("trades before the trading week are forgotten, but not before they are on disk") {
    store_mirror mirror;
    mirror.add(save_trades{desk, {trade(desk, 1, 5), trade(desk, 2, 50)}});
    CHECK(mirror.get(desk).trades.size() == 2); // no memory: all
    mirror.add(save_account{full_memory(desk, 1), {}}); // its week begins at second 10
    CHECK(mirror.get(desk).trades.size() == 1);
    CHECK(mirror.unsaved_batch().trades.size() == 2);
    mirror.written();
    mirror.write_all_again();
    const auto again = mirror.unsaved_batch();
    CHECK(again.trades.size() == 1);
    CHECK(again.memories.size() == 1);
  }

  TEST_CASE("waiting journal lines are bounded, and the loss is counted in one line") {
    store_mirror mirror;
    for (std::size_t i = 0; i < store_mirror::most_lines + 7; ++i)
      mirror.add(line(static_cast<int64_t>(i), desk, "x"));
    const auto batch = mirror.unsaved_batch();
    REQUIRE(batch.lines.size() == store_mirror::most_lines + 1);
    CHECK(batch.lines.back()->text.find("7 journal lines") == 0);
    mirror.written();
    mirror.add(line(1, desk, "y"));
    CHECK(mirror.unsaved_batch().lines.size() == 1);
  }
}
