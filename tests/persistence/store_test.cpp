#include "actors/persistence/store.hpp"

#include "actors/persistence/schema.hpp"
#include "tests/persistence/samples.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <array>

using namespace rm;
using namespace rm::test;

namespace {

void write_account(store& s, const account_memory& memory, const std::vector<reset_record>& resets = {}) {
  write_batch batch;
  batch.memories = {&memory};
  for (const auto& reset : resets)
    batch.resets.emplace_back(memory.account, &reset);
  s.write(batch);
}

void write_trades(store& s, const std::vector<trade_update>& trades) {
  write_batch batch;
  for (const auto& t : trades)
    batch.trades.push_back(&t);
  s.write(batch);
}

void write_lines(store& s, const std::vector<journal_entry>& lines) {
  write_batch batch;
  for (const auto& l : lines)
    batch.lines.push_back(&l);
  s.write(batch);
}

int64_t count(store& s, const std::string& query) { return s.connection().execAndGet(query).getInt64(); }

template <class Work>
std::string failure_of(Work work) {
  try {
    work();
  } catch (const disk_failure& failure) {
    return failure.what();
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr account_id desk{126244};

} // namespace

TEST_SUITE("persistence") {
  TEST_CASE("every field of an account's memory comes back after the file was closed") {
    scratch_folder folder;
    const auto memory = full_memory(desk, 7);
    { store s{folder / "rm.db"}; write_account(s, memory); }
    store s{folder / "rm.db"};
    const auto back = s.load(desk);
    CHECK(back.found);
    CHECK(text_of(back.memory) == text_of(memory));
    REQUIRE(back.memory.locks.size() == 2);
    CHECK(back.memory.locks[0].durable); // it was read from the disk
    CHECK_FALSE(s.fresh());
  }

  TEST_CASE("an account's day so far comes back, the newest one") {
    scratch_folder folder;
    const day_curve first{at_second(100), {{at_second(110), *money::parse("1")}}};
    const day_curve second{at_second(200), {{at_second(210), *money::parse("-412.5")}, {at_second(220), *money::parse("0.000001")}}};
    {
      store s{folder / "rm.db"};
      for (const auto* day : {&first, &second}) {
        write_batch batch;
        batch.days.emplace_back(desk, day);
        s.write(batch);
      }
    }
    store s{folder / "rm.db"};
    CHECK(s.load(desk).day.day_started == second.day_started);
    CHECK(s.load(desk).day.points == second.points);
    CHECK(s.load(account_id{5}).day.points.empty());
    s.connection().exec("UPDATE account_day SET points = '1 2\n3 x\n'");
    CHECK(s.load(desk).day.points.size() == 1); // for people only: no reason not to start
  }

  TEST_CASE("rows that make no sense are the trouble of their account alone, which says why and where its versions stand") {
    scratch_folder folder;
    store s{folder / "rm.db"};
    const auto other = account_id{7};
    write_account(s, full_memory(desk, 7));
    write_account(s, full_memory(other, 3));
    s.connection().exec("UPDATE locks SET mode = 'garbage' WHERE account = 126244");
    const auto spoiled = s.load(desk);
    CHECK_FALSE(spoiled.found);
    CHECK(contains(spoiled.unreadable, "garbage"));
    CHECK(spoiled.memory.version == 7);
    CHECK(spoiled.account == desk);
    CHECK(spoiled.memory.account == desk);
    CHECK(spoiled.memory.locks.empty());
    const auto sound = s.load(other);
    CHECK(sound.found);
    CHECK(sound.unreadable.empty());
    write_account(s, full_memory(desk, 8)); // what is kept from now on takes the place of what could not be read
    CHECK(s.load(desk).unreadable.empty());
    CHECK(s.load(desk).memory.version == 8);
  }

  TEST_CASE("an account that was never kept is not found, and an empty one comes back empty") {
    store s{":memory:"};
    CHECK_FALSE(s.load(desk).found);
    account_memory nothing;
    nothing.account = desk;
    write_account(s, nothing);
    const auto back = s.load(desk);
    CHECK(back.found);
    CHECK(text_of(back.memory) == text_of(nothing));
    CHECK(back.memory.day == trading_date{});
    CHECK_FALSE(back.memory.last_trade);
  }

  TEST_CASE("saving again replaces all lists, and only of that account") {
    store s{":memory:"};
    write_account(s, full_memory(desk, 1));
    write_account(s, full_memory(account_id{5}, 1));
    auto smaller = full_memory(desk, 2);
    smaller.locks.pop_back();
    smaller.counted.clear();
    smaller.attempts = {order_id{1}};
    smaller.warned.clear();
    smaller.cases.clear();
    smaller.last_trade.reset();
    write_account(s, smaller);
    CHECK(text_of(s.load(desk).memory) == text_of(smaller));
    CHECK(text_of(s.load(account_id{5}).memory) == text_of(full_memory(account_id{5}, 1)));
    CHECK(count(s, "SELECT count(*) FROM lock_held WHERE account = 126244") == 0); // no orphans
    CHECK(count(s, "SELECT count(*) FROM case_targets WHERE account = 126244") == 0);
  }

  TEST_CASE("an older version never replaces a newer one, the same one does") {
    store s{":memory:"};
    auto newer = full_memory(desk, 9);
    write_account(s, newer);
    auto older = full_memory(desk, 8);
    older.locks.clear();
    write_account(s, older);
    CHECK(text_of(s.load(desk).memory) == text_of(newer));
    newer.locks.pop_back();
    write_account(s, newer);
    CHECK(s.load(desk).memory.locks.size() == 1);
  }

  TEST_CASE("a reset is entered exactly once per account, kind and day") {
    store s{":memory:"};
    const reset_record daily{reset_kind::daily, date(2025, 10, 10), at_second(0), at_second(1), "calendar", "scheduled"};
    auto again = daily;
    again.reason = "said twice";
    again.applied = at_second(9);
    auto weekly = daily;
    weekly.kind = reset_kind::weekly;
    write_account(s, full_memory(desk, 1), {daily});
    write_account(s, full_memory(desk, 2), {again, weekly});
    write_account(s, full_memory(account_id{5}, 2), {daily});
    CHECK(count(s, "SELECT count(*) FROM reset_log") == 3);
    CHECK(count(s, "SELECT count(*) FROM reset_log WHERE reason = 'said twice'") == 0); // the first one stays
    CHECK(count(s, "SELECT day FROM reset_log LIMIT 1") == 20251010);
  }

  TEST_CASE("resets by hand are entered beside the calendar's, as many as there were") {
    store s{":memory:"};
    reset_record by_hand{reset_kind::daily, date(2025, 10, 10), at_second(50), at_second(50), "anna", "wrong account"};
    write_account(s, full_memory(desk, 1), {{reset_kind::daily, date(2025, 10, 10), at_second(0), at_second(1), "calendar", "scheduled"}, by_hand});
    write_account(s, full_memory(desk, 2), {by_hand}); // said twice
    by_hand.applied = at_second(60);
    write_account(s, full_memory(desk, 3), {by_hand});
    CHECK(count(s, "SELECT count(*) FROM reset_log") == 3);
    CHECK(count(s, "SELECT count(*) FROM reset_log WHERE by = 'anna'") == 2);
  }

  TEST_CASE("old journal lines and trades are removed in portions, but not what a week, a lock or an open case goes back to") {
    store s{":memory:"};
    account_memory locked = full_memory(desk, 1); // its week began at 10 s
    account_memory free;
    free.account = account_id{5};
    free.version = 1;
    free.week_started = free.day_started = at_second(500);
    write_account(s, locked);
    write_account(s, free);
    write_lines(s, {line(1, desk, "before the week"), line(1, account_id{5}, "a"), line(2, account_id{5}, "b"), line(3, {}, "c"), line(4, account_id{5}, "d"),
                    line(11, desk, "of the week"), line(499, account_id{5}, "behind one that stays"), line(500, account_id{5}, "of the week"),
                    line(900, account_id{5}, "young")});
    write_trades(s, {trade(desk, 1, 5), trade(desk, 2, 15), trade(account_id{5}, 3, 5), trade(account_id{5}, 4, 900)});
    CHECK(s.prune(at_second(800), 2) == 2);
    CHECK(s.prune(at_second(800), 100) == 3);
    CHECK(s.prune(at_second(800), 100) == 0);
    std::string left;
    for (auto& e : s.read_journal({}))
      left += e.text + ";";
    CHECK(left == "of the week;behind one that stays;of the week;young;");
    CHECK(s.prove_journal().intact); // what is left goes on from what is gone
    CHECK(s.prove_journal().lines == 4);
    CHECK(count(s, "SELECT group_concat(trade) = '2,4' FROM (SELECT trade FROM trades ORDER BY trade)") == 1);
    CHECK_THROWS_AS(s.connection().exec("DELETE FROM journal"), SQLite::Exception); // only what `prune` allows
    CHECK(count(s, "SELECT count(*) FROM meta WHERE key = 'prune_before'") == 0);
  }

  TEST_CASE("what a lock or an open case goes back to stays in the journal, however long ago that was") {
    for (const bool by_case : {false, true}) {
      store s{":memory:"};
      account_memory m;
      m.account = desk;
      m.version = 1;
      m.week_started = m.day_started = at_second(500);
      if (by_case)
        m.cases = {{"auth_guard", "no trading", action::flatten, {}, at_second(300)}};
      else
        m.locks = {{"auth_guard", lock_mode::flat, lock_end::can_trade, at_second(300), {}, "no trading", 0, false, {}, {}}};
      write_account(s, m);
      write_lines(s, {line(299, desk, "before"), line(300, desk, "of the lock or case"), line(450, desk, "after it")});
      CHECK(s.prune(at_second(800), 100) == 1);
      CHECK(s.read_journal({}).front().text == "of the lock or case");
      m.locks.clear();
      m.cases.clear();
      m.version = 2;
      write_account(s, m);
      CHECK(s.prune(at_second(800), 100) == 2); // over, and old
    }
  }

  TEST_CASE("a database of the first schema is taken over with everything in it") {
    scratch_folder folder;
    const auto path = folder / "old.db";
    {
      SQLite::Database db{path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      migrate(db, schema_steps().first(1));
      db.exec("INSERT INTO account_state VALUES(7, 3, 20251010, 100, 20251007, 10, 5000000, NULL);"
              "INSERT INTO reset_log(account, kind, day, boundary, applied, by, reason) VALUES(7, 'daily', 20251010, 1, 2, 'calendar', 'scheduled');"
              "INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(1, 7, 'lock', '', 'old line', -1)");
    }
    store s{path};
    CHECK(s.load(account_id{7}).memory.version == 3);
    CHECK(s.read_journal({}).front().text == "old line");
    CHECK(count(s, "SELECT count(*) FROM reset_log WHERE reason = 'scheduled'") == 1);
    auto m = full_memory(account_id{7}, 4);
    write_account(s, m, {{reset_kind::daily, date(2025, 10, 10), at_second(0), at_second(1), "calendar", "again"}});
    CHECK(count(s, "SELECT count(*) FROM reset_log") == 1);
    CHECK(text_of(s.load(account_id{7}).memory) == text_of(m));
  }

  TEST_CASE("trades come back since the trading week, ascending, each once; a known one is replaced") {
    store s{":memory:"};
    auto opening = trade(desk, 3, 30);
    opening.profit_and_loss.reset();
    opening.commissions.reset();
    opening.estimated = true;
    opening.side = side::buy;
    write_trades(s, {trade(desk, 2, 20), opening, trade(desk, 1, 5), trade(account_id{5}, 2, 20)});
    CHECK(s.load(desk).trades.size() == 3); // no memory: all
    write_account(s, full_memory(desk, 1)); // its week begins at second 10
    auto voided = trade(desk, 2, 20);
    voided.voided = true;
    write_trades(s, {voided});
    const auto back = s.load(desk).trades;
    REQUIRE(back.size() == 2);
    CHECK(text_of(back[0]) == text_of(voided));
    CHECK(text_of(back[1]) == text_of(opening));
    auto mid_week = full_memory(desk, 2); // the week began within the day: the day's trades from before it are needed, too
    mid_week.day_started = at_second(3);
    write_account(s, mid_week);
    CHECK(s.load(desk).trades.size() == 3);
  }

  TEST_CASE("the journal gives back the newest lines, oldest first, by account and time") {
    store s{":memory:"};
    write_lines(s, {line(1, desk, "a"), line(2, account_id{5}, "b"), line(3, desk, "c"), line(4, {}, "d")});
    struct row {
      get_journal query;
      std::string expected;
    };
    const std::array rows{
      row{{{}, {}, 10}, "abcd"},          row{{{}, {}, 2}, "cd"},  row{{desk, {}, 10}, "ac"}, row{{desk, {}, 1}, "c"},
      row{{{}, at_second(2), 10}, "bcd"}, row{{desk, at_second(2), 10}, "c"}, row{{{}, {}, 0}, ""}, row{{{}, {}, -5}, ""},
    };
    for (const auto& r : rows) {
      std::string got;
      for (const auto& e : s.read_journal(r.query))
        got += e.text;
      CHECK(got == r.expected);
    }
    const auto first = s.read_journal({desk, {}, 10}).front();
    CHECK(first.at == at_second(1));
    CHECK(first.account == desk);
    CHECK(first.kind == "lock");
    CHECK(first.rule == "daily_loss_limit");
    CHECK(first.latency_ns == 1234);
  }

  TEST_CASE("the journal and the reset log cannot be changed or shortened") {
    store s{":memory:"};
    write_lines(s, {line(1, desk, "a")});
    write_account(s, full_memory(desk, 1), {{reset_kind::daily, date(2025, 10, 10), at_second(0), at_second(1), "calendar", ""}});
    for (const char* tampering : {"UPDATE journal SET text = 'x'", "DELETE FROM journal", "UPDATE reset_log SET by = 'x'", "DELETE FROM reset_log"})
      CHECK_THROWS_AS(s.connection().exec(tampering), SQLite::Exception);
    CHECK(s.read_journal({}).size() == 1);
  }

  TEST_CASE("a batch is one transaction: all of it or nothing") {
    store s{":memory:"};
    write_account(s, full_memory(desk, 1));
    CHECK(s.commits() == 1);
    s.connection().exec("CREATE TRIGGER stop BEFORE INSERT ON trades BEGIN SELECT RAISE(ABORT, 'no'); END");
    const auto memory = full_memory(desk, 2);
    const auto bad = trade(desk, 1, 1);
    write_batch batch;
    batch.memories = {&memory};
    batch.trades = {&bad};
    CHECK(contains(failure_of([&] { s.write(batch); }), "no"));
    CHECK(s.load(desk).memory.version == 1);
    CHECK(s.commits() == 1);
    s.connection().exec("DROP TRIGGER stop");
    s.write(batch); // statements that failed once can be used again
    CHECK(s.load(desk).memory.version == 2);
    CHECK(s.load(desk).trades.empty()); // executed before the week began
  }

  TEST_CASE("it writes ahead, waits for the platter and keeps foreign keys") {
    scratch_folder folder;
    store s{folder / "rm.db"};
    CHECK(s.fresh());
    CHECK(s.connection().execAndGet("PRAGMA journal_mode").getString() == "wal");
    CHECK(count(s, "PRAGMA synchronous") == 2);
    CHECK(count(s, "PRAGMA foreign_keys") == 1);
    CHECK(count(s, "PRAGMA busy_timeout") == 2000);
    CHECK(count(s, "PRAGMA user_version") == static_cast<int64_t>(schema_steps().size()));
  }

  TEST_CASE("a full disk fails the batch and nothing else; when there is room again it is written") {
    scratch_folder folder;
    store s{folder / "rm.db"};
    write_account(s, full_memory(desk, 1));
    const auto pages = count(s, "PRAGMA page_count");
    count(s, "PRAGMA max_page_count = " + std::to_string(pages));
    const std::vector<journal_entry> much(200, line(1, desk, std::string(200, 'x')));
    const auto why = failure_of([&] { write_lines(s, much); });
    CHECK(contains(why, "rm.db"));
    CHECK(contains(why, "full"));
    CHECK(s.load(desk).found);
    count(s, "PRAGMA max_page_count = " + std::to_string(pages + 1000));
    write_lines(s, much);
    CHECK(s.read_journal({{}, {}, 1000}).size() == 200);
  }

  TEST_CASE("another program that holds the database is waited for, then named") {
    scratch_folder folder;
    store s{folder / "rm.db", {std::chrono::milliseconds{1}}};
    SQLite::Database other{(folder / "rm.db").string(), SQLite::OPEN_READWRITE};
    other.exec("BEGIN IMMEDIATE");
    try {
      write_lines(s, {line(1, desk, "a")});
      FAIL("was written");
    } catch (const disk_failure& failure) {
      CHECK(contains(failure.what(), "another program holds it"));
      CHECK_FALSE(failure.reopen());
    }
    other.exec("ROLLBACK");
    write_lines(s, {line(1, desk, "a")});
    CHECK(s.read_journal({}).size() == 1);
  }

  TEST_CASE("a file that vanished under us is noticed before anything is written into nowhere") {
    scratch_folder folder;
    store s{folder / "rm.db"};
    write_account(s, full_memory(desk, 1));
    std::error_code denied;
    if (!std::filesystem::remove(folder / "rm.db", denied)) {
      MESSAGE("this system does not let an open file be deleted: ", denied.message());
      return;
    }
    CHECK(contains(failure_of([&] { write_lines(s, {line(1, desk, "a")}); }), "deleted or replaced"));
  }

  TEST_CASE("so is a write-ahead log that vanished: what is in it alone would be lost") {
    scratch_folder folder;
    store s{folder / "rm.db"};
    write_account(s, full_memory(desk, 1));
    std::error_code denied;
    if (!std::filesystem::remove(folder / "rm.db-wal", denied)) {
      MESSAGE("this system does not let an open file be deleted: ", denied.message());
      return;
    }
    CHECK(contains(failure_of([&] { write_lines(s, {line(1, desk, "a")}); }), "write-ahead log was deleted"));
  }

  TEST_CASE("what keeps the program from starting is said in one line with the file's name") {
    scratch_folder folder;
    const auto path = folder / "rm.db";
    CHECK_FALSE(check_store(path)); // creates it
    CHECK_FALSE(check_store(path)); // and finds it
    std::optional<std::string> why;

    SUBCASE("another program holds it: that may pass, and is no reason not to start") {
      SQLite::Database other{path.string(), SQLite::OPEN_READWRITE};
      other.exec("BEGIN IMMEDIATE");
      bool may_pass = false;
      why = check_store(path, &may_pass);
      REQUIRE(why);
      CHECK(may_pass);
      CHECK(contains(*why, "another program holds it"));
    }
    SUBCASE("the folder does not exist") {
      why = check_store(folder / "nowhere" / "rm.db");
      REQUIRE(why);
      CHECK(contains(*why, "does not exist"));
    }
    SUBCASE("it is a folder") {
      std::filesystem::create_directory(folder / "sub");
      why = check_store(folder / "sub");
      REQUIRE(why);
      CHECK(contains(*why, "it is a folder"));
      return;
    }
    SUBCASE("it is from a newer version") {
      SQLite::Database{path.string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 99");
      bool may_pass = true;
      why = check_store(path, &may_pass);
      REQUIRE(why);
      CHECK_FALSE(may_pass);
      CHECK(contains(*why, "newer version"));
    }
    SUBCASE("it belongs to another program") {
      SQLite::Database{path.string(), SQLite::OPEN_READWRITE}.exec("PRAGMA application_id = 1");
      why = check_store(path);
      REQUIRE(why);
      CHECK(contains(*why, "another program"));
    }
    SUBCASE("it is no database") {
      std::filesystem::remove(path);
      std::ofstream{path, std::ios::binary} << std::string(20000, 'z');
      why = check_store(path);
      REQUIRE(why);
      CHECK(contains(*why, "corrupt"));
    }
    SUBCASE("its pages are damaged") {
      { store s{path}; for (int64_t i = 1; i < 50; ++i) write_account(s, full_memory(account_id{i}, 1)); }
      const auto size = std::filesystem::file_size(path);
      {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(4096);
        file << std::string(size - 4096, '\x7f');
      }
      why = check_store(path);
      REQUIRE(why);
      CHECK(contains(*why, "corrupt"));
    }
    SUBCASE("the accounts' pages of a large database are damaged, of which the journal is not checked") {
      {
        store s{path};
        write_account(s, full_memory(desk, 1));
        write_lines(s, std::vector<journal_entry>(12'000, line(1, desk, std::string(400, 'x'))));
      }
      REQUIRE(std::filesystem::file_size(path) > 5'000'000);
      {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(2 * 4096); // past the schema
        file << std::string(8 * 4096, '\x7f');
      }
      why = check_store(path);
      REQUIRE(why);
      CHECK(contains(*why, "corrupt"));
    }
    SUBCASE("it is cut off") {
      { store s{path}; for (int64_t i = 1; i < 50; ++i) write_account(s, full_memory(account_id{i}, 1)); }
      std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
      why = check_store(path);
      REQUIRE(why);
      CHECK(contains(*why, "corrupt"));
    }
    SUBCASE("it is read-only") {
      std::filesystem::permissions(path, std::filesystem::perms::owner_read);
      if (std::ofstream{path, std::ios::app}.is_open()) {
        MESSAGE("this user may write read-only files; not tested");
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return;
      }
      why = check_store(path);
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
      REQUIRE(why);
      CHECK(contains(*why, "not writable"));
    }
    REQUIRE(why);
    CHECK(contains(*why, "rm.db"));
    CHECK_FALSE(contains(*why, "\n"));
  }

  TEST_CASE("migrations run from where the database stands, and a failing one is undone") {
    scratch_folder folder;
    SQLite::Database db{(folder / "m.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    const std::array<std::string_view, 1> one{"CREATE TABLE a(x)"};
    const std::array<std::string_view, 3> three{"CREATE TABLE a(x)", "INSERT INTO a VALUES(1)", "INSERT INTO a VALUES(2); INSERT INTO nowhere VALUES(1)"};
    CHECK(migrate(db, one));
    CHECK_THROWS_AS(migrate(db, three), SQLite::Exception);
    CHECK(db.execAndGet("PRAGMA user_version").getInt() == 2);
    CHECK(db.execAndGet("SELECT count(*) FROM a").getInt() == 1);
    CHECK_FALSE(migrate(db, std::span{three}.first(2)));
    CHECK(db.execAndGet("SELECT count(*) FROM a").getInt() == 1);
    CHECK_THROWS_AS(migrate(db, one), std::runtime_error);
  }
}
