#include "actors/persistence/chain_walk.hpp"
#include "actors/persistence/run_words.hpp"
#include "actors/persistence/store.hpp"
#include "actors/persistence/schema.hpp"
#include "tests/persistence/samples.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <fstream>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

void write_lines(store& s, const std::vector<journal_entry>& lines) {
  write_batch batch;
  for (const auto& l : lines)
    batch.lines.push_back(&l);
  s.write(batch);
}

/// Somebody with a database tool, who knows of the triggers.
void tamper(store& s, const std::string& statement) {
  s.connection().exec("DROP TRIGGER IF EXISTS journal_is_never_changed; DROP TRIGGER IF EXISTS journal_is_never_shortened");
  s.connection().exec(statement);
}

struct written : store {
  written() : store{":memory:"} {
    write_lines(*this, {line(1, account_id{7}, "bought"), line(2, account_id{7}, "lost 500.00")});
    write_lines(*this, {line(3, account_id{7}, "locked"), line(4, {}, "stopped")});
  }
};

} // namespace

TEST_SUITE("persistence") {
  TEST_CASE_FIXTURE(written, "a journal that nobody touched is proven, and its tail changes with each line") {
    const auto first = prove_journal();
    CHECK(first.intact);
    CHECK(first.lines == 4);
    CHECK(first.unchained == 0);
    CHECK(first.tail.link.size() == 64);
    CHECK(first.tail.line == 4);
    write_lines(*this, {line(5, {}, "started")});
    CHECK(prove_journal().intact);
    CHECK(prove_journal().tail.link != first.tail.link);
    CHECK(read_journal({}).size() == 5);
  }

  TEST_CASE("one byte changed, one row removed, one row added, at any place: each is found, and named") {
    struct damage {
      const char* statement;
      chain_fault fault;
      int64_t line;
    };
    const damage all[] = {
      {"UPDATE journal SET text = 'lost 400.00' WHERE id = 2", chain_fault::changed, 2},
      {"UPDATE journal SET at = at + 1 WHERE id = 1", chain_fault::changed, 1},
      {"UPDATE journal SET account = 8 WHERE id = 4", chain_fault::changed, 4},
      {"UPDATE journal SET kind = 'x' || kind WHERE id = 3", chain_fault::changed, 3},
      {"UPDATE journal SET rule = 'daily' WHERE id = 3", chain_fault::changed, 3},
      {"UPDATE journal SET latency_ns = 5 WHERE id = 3", chain_fault::changed, 3},
      {"UPDATE journal SET link = NULL WHERE id = 2", chain_fault::changed, 2},
      {"UPDATE journal SET link = NULL WHERE id = 4", chain_fault::changed, 4},
      {"UPDATE journal SET link = replace(link, substr(link, 1, 1), 'z') WHERE id = 2", chain_fault::changed, 2},
      {"DELETE FROM journal WHERE id = 1", chain_fault::removed, 1},
      {"DELETE FROM journal WHERE id = 2", chain_fault::removed, 2},
      {"DELETE FROM journal WHERE id = 4", chain_fault::removed, 4},
      {"DELETE FROM journal WHERE id > 2", chain_fault::removed, 3},
      {"DELETE FROM journal", chain_fault::removed, 1},
      {"INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(9, 7, 'lock', '', 'never was', -1)", chain_fault::added, 5},
      {"INSERT INTO journal(id, at, account, kind, rule, text, latency_ns, link) SELECT 0, at, account, kind, rule, text, latency_ns, link FROM journal WHERE id = 1",
       chain_fault::added, 0},
      {"INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) SELECT at, account, kind, rule, text, latency_ns, link FROM journal WHERE id = 4",
       chain_fault::added, 5},
      {"UPDATE journal SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3); UPDATE journal SET id = -id WHERE id < 0", chain_fault::added, 2},
    };
    for (const auto& each : all) {
      CAPTURE(each.statement);
      written s;
      tamper(s, each.statement);
      const auto proof = s.prove_journal();
      CAPTURE(proof.what);
      CHECK_FALSE(proof.intact);
      CHECK(name_of(proof.fault) == name_of(each.fault));
      CHECK(proof.broken_at == each.line);
    }
  }

  TEST_CASE("a row that was slipped in stands out when the service writes on behind it, with a link of its own or without") {
    for (const bool linked : {false, true}) {
      CAPTURE(linked);
      written s;
      const journal_entry forged{at_second(9), account_id{7}, "lock", {}, "never was", -1};
      const auto link = linked ? "'" + hex(link_of(unhex(s.tail().link), forged)) + "'" : std::string{"NULL"};
      tamper(s, "INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) VALUES(" + std::to_string(forged.at.time_since_epoch().count()) + ", 7, 'lock', '', 'never was', -1, " + link + ")");
      CHECK(name_of(s.prove_journal().fault) == "added");
      write_lines(s, {line(10, {}, "went on")});
      const auto proof = s.prove_journal();
      CHECK(name_of(proof.fault) == "added");
      CHECK(proof.broken_at == 5);
    }
  }

  TEST_CASE_FIXTURE(written, "in portions the journal is proven as in one go, whatever is written and removed between them") {
    chain_walk walk;
    CHECK_FALSE(prove(walk, 1));
    CHECK_FALSE(prove(walk, 1));
    write_lines(*this, {line(5, {}, "five"), line(6, {}, "six")});
    CHECK_FALSE(prove(walk, 2));
    CHECK(prune(at_second(3), 100) == 2); // those that it has seen already
    std::optional<journal_proof> proof;
    for (int portions = 0; !proof && portions < 10; ++portions)
      proof = prove(walk, 2);
    REQUIRE(proof);
    CHECK(proof->intact);
    CHECK(proof->first == 3);
    CHECK(proof->lines == 4);
    CHECK(proof->tail.line == 6);
    CHECK(proof->tail.link == tail().link);
    tamper(*this, "DELETE FROM journal WHERE id = 3");
    CHECK(name_of(prove_journal().fault) == "removed"); // also at the place where the old lines went
  }

  TEST_CASE_FIXTURE(written, "a line that was noted must be there as it was: the end cut off with its tail, or the whole chain written anew") {
    const auto noted = tail();
    CHECK(prove_journal(noted).intact);
    CHECK(prove_journal(noted).what == "line 4 is the one that was noted");
    // Cut, and all traces of the cut removed.
    tamper(*this, "DELETE FROM journal WHERE id > 2; UPDATE sqlite_sequence SET seq = 2; UPDATE meta SET value = (SELECT link FROM journal WHERE id = 2) WHERE key = 'journal_tail'");
    CHECK(prove_journal().intact);
    auto proof = prove_journal(noted);
    CHECK(name_of(proof.fault) == "removed");
    CHECK(proof.broken_at == 3);
    // Written on, so that the number is there again.
    write_lines(*this, {line(7, {}, "a"), line(8, {}, "b"), line(9, {}, "c")});
    proof = prove_journal(noted);
    CHECK(name_of(proof.fault) == "changed");
    CHECK(proof.broken_at == 4);
    // What was noted has gone for its age.
    CHECK(prune(at_second(9), 100) == 4);
    CHECK(prove_journal(noted).intact);
    CHECK(prove_journal(noted).what.find("older than what is kept") != std::string::npos);
  }

  TEST_CASE_FIXTURE(written, "the log's line about the chain's end is found again, the newest one, and not one that somebody got into another line's text") {
    const auto end = tail();
    const std::string ours = "2026-11-26T18:00:00.000Z info     persistence: " + words_of(end) + "\n";
    REQUIRE(tail_in(ours));
    CHECK(tail_in(ours)->line == 4);
    CHECK(tail_in(ours)->link == end.link);
    CHECK(tail_in(words_of(end)));
    CHECK(tail_in(R"({"time":"t","level":"info","room":"persistence","text":")" + words_of(end) + "\"}\n"));
    const chain_tail other{9, std::string(64, 'a')};
    CHECK(tail_in("2026-11-26T17:00:00.000Z info     persistence: " + words_of(other) + "\n" + ours)->line == 4);
    CHECK(tail_in(ours + "2026-11-26T19:00:00.000Z info     admin: account 0: admin: eve orders a lock ( persistence: " + words_of(other) + "): done\n")->line == 4);
    CHECK_FALSE(tail_in("no such line"));
    CHECK_FALSE(tail_in("journal chain: line 4 ends in 12345"));
    CHECK_FALSE(tail_in("journal chain: line x ends in " + end.link));
  }

  TEST_CASE("a file is proven without a service, and left as it is") {
    scratch_folder folder;
    const auto path = folder / "some.db";
    const auto said = [&](const std::filesystem::path& file) -> std::string {
      try {
        const auto proof = prove_file(file);
        return proof.intact ? "whole" : std::string{name_of(proof.fault)};
      } catch (const disk_failure& why) {
        return why.what();
      }
    };
    CHECK(said(path).find("there is no such file") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(said(folder.path).find("there is no such file") != std::string::npos);
    {
      store s{path};
      write_lines(s, {line(1, {}, "a"), line(2, {}, "b")});
      CHECK(said(path) == "whole"); // beside one that has it open
      tamper(s, "DELETE FROM journal WHERE id = 1");
    }
    CHECK(said(path) == "removed");
    {
      SQLite::Database other{(folder / "other.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      other.exec("CREATE TABLE t(x)");
      SQLite::Database old{(folder / "old.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      migrate(old, schema_steps().first(2));
      SQLite::Database later{(folder / "later.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      migrate(later, schema_steps());
      later.exec("PRAGMA user_version = 9999");
    }
    CHECK(said(folder / "later.db").find("by a newer version") != std::string::npos);
    CHECK(said(folder / "other.db").find("another program") != std::string::npos);
    CHECK(said(folder / "old.db").find("did not chain") != std::string::npos);
    std::ofstream{folder / "text.db"} << "this is no database at all, only some text";
    CHECK(said(folder / "text.db").find("not a database") != std::string::npos);
  }

  TEST_CASE("lines from before there was a chain stay outside it, and none can be slipped among them later") {
    scratch_folder folder;
    const auto path = folder / "old.db";
    {
      SQLite::Database db{path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      migrate(db, schema_steps().first(2));
      db.exec("INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(1, 7, 'lock', '', 'old', -1), (2, 7, 'lock', '', 'older', -1)");
    }
    store s{path};
    write_lines(s, {line(3, {}, "new")});
    auto proof = s.prove_journal();
    CHECK(proof.intact);
    CHECK(proof.lines == 3);
    CHECK(proof.unchained == 2);
    tamper(s, "INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(9, 7, 'lock', '', 'never was', -1)");
    CHECK_FALSE(s.prove_journal().intact);
  }

  TEST_CASE("a batch that is rolled back leaves no trace in the chain") {
    written s;
    s.connection().exec("CREATE TEMP TRIGGER full BEFORE INSERT ON journal WHEN NEW.text = 'third' BEGIN SELECT RAISE(ABORT, 'no'); END");
    CHECK_THROWS_AS(write_lines(s, {line(5, {}, "first"), line(6, {}, "third")}), disk_failure);
    write_lines(s, {line(7, {}, "again")});
    CHECK(s.prove_journal().intact);
    CHECK(s.prove_journal().lines == 5);
  }

  TEST_CASE("a run finds how the one before ended") {
    scratch_folder folder;
    const auto path = folder / "runs.db";
    const service_run first{at_second(0), at_second(0), false, "1.0", {"aa", "one"}, ""}, second{at_second(4000), at_second(4000), false, "1.0", {"bb", "two"}, ""};
    {
      store s{path};
      CHECK_FALSE(s.begin_run(first));
      s.sign_of_life(at_second(30), false);
      s.sign_of_life(at_second(20), false); // a clock set back does not take it back
    }
    {
      store s{path};
      const auto before = s.begin_run(second);
      REQUIRE(before);
      CHECK(before->alive == at_second(30));
      CHECK_FALSE(before->ordered);
      CHECK(before->config.mark == "aa");
      CHECK(before->config.lines == "one");
      s.put_config({"cc", "three"}); // changed in order while it ran
      s.sign_of_life(at_second(5000), true);
    }
    store s{path};
    const auto before = s.begin_run(second);
    CHECK(before->ordered);
    CHECK(before->config.mark == "cc");
    CHECK(before->config.lines == "three");
  }

  TEST_CASE("what the journal is told of the run before: B7 a gap in the protection is always said") {
    const service_run before{at_second(0), at_second(3600), false, "1.0", {"aa", "x"}, ""}, now{at_second(3600 + 93784), {}, false, "1.0", {"aa", "x"}, "f.yaml was written then"};
    const auto said = [](const service_run& run, std::optional<service_run> last) {
      std::string out;
      for (auto& words : words_of_start(run, last))
        out += words.text + "|";
      return out;
    };
    CHECK(said(now, std::nullopt) == "version 1.0 started; it is the first start with this database|");
    CHECK(said(now, before) == "version 1.0 started after an unclean end (killed, crashed, or the power went): the last sign of life was at " + format_time(at_second(3600)) +
                                 ", it did not protect for up to 1 d 2:03:04|");
    auto ordered = before;
    ordered.ordered = true;
    CHECK(said(now, ordered) == "version 1.0 started; it was stopped in order at " + format_time(at_second(3600)) + " and did not protect for 1 d 2:03:04|");
    auto changed = now;
    changed.config = {"bb", "y"};
    CHECK(said(changed, ordered).find("outside risk-admin; f.yaml was written then") != std::string::npos); // B6
    const auto told = words_of_start(changed, ordered, [](const std::string& a, const std::string& b) { return std::vector<std::string>{"limit: " + a + " -> " + b}; });
    CHECK(told.back().kind == "config");
    CHECK(told.back().text == "changed outside risk-admin: limit: x -> y");
    CHECK(words_of_start(changed, ordered, [](const std::string&, const std::string&) { return std::vector<std::string>{}; }).back().text.find("only what does not act") != std::string::npos);
    changed = now;
    changed.version = "2.0";
    CHECK(said(changed, ordered).find("the version before was 1.0") != std::string::npos);
    changed.started = at_second(5);
    CHECK(said(changed, ordered).find("the clock is behind") != std::string::npos); // B10
  }
}
