#include "actors/persistence/run_words.hpp"
#include "actors/persistence/store.hpp"
#include "actors/persistence/schema.hpp"
#include "tests/persistence/samples.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

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
    CHECK(first.tail.size() == 64);
    write_lines(*this, {line(5, {}, "started")});
    CHECK(prove_journal().intact);
    CHECK(prove_journal().tail != first.tail);
    CHECK(read_journal({}).size() == 5);
  }

  TEST_CASE("one byte changed, one row removed, one row added, at any place: each is found") {
    const char* statements[] = {
      "UPDATE journal SET text = 'lost 400.00' WHERE id = 2",
      "UPDATE journal SET at = at + 1 WHERE id = 1",
      "UPDATE journal SET account = 8 WHERE id = 4",
      "UPDATE journal SET kind = 'x' || kind WHERE id = 3",
      "UPDATE journal SET rule = 'daily' WHERE id = 3",
      "UPDATE journal SET latency_ns = 5 WHERE id = 3",
      "UPDATE journal SET link = NULL WHERE id = 2",
      "DELETE FROM journal WHERE id = 1",
      "DELETE FROM journal WHERE id = 2",
      "DELETE FROM journal WHERE id = 4",
      "DELETE FROM journal",
      "INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(9, 7, 'lock', '', 'never was', -1)",
      "INSERT INTO journal(id, at, account, kind, rule, text, latency_ns, link) SELECT 0, at, account, kind, rule, text, latency_ns, link FROM journal WHERE id = 1",
      "INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) SELECT at, account, kind, rule, text, latency_ns, link FROM journal WHERE id = 4",
      "UPDATE journal SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3); UPDATE journal SET id = -id WHERE id < 0",
    };
    for (const auto* statement : statements) {
      CAPTURE(statement);
      written s;
      tamper(s, statement);
      const auto proof = s.prove_journal();
      CHECK_FALSE(proof.intact);
      CHECK_FALSE(proof.what.empty());
    }
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
    const service_run first{at_second(0), at_second(0), false, "1.0", "aa"}, second{at_second(4000), at_second(4000), false, "1.0", "aa"};
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
      s.sign_of_life(at_second(5000), true);
    }
    store s{path};
    CHECK(s.begin_run(second)->ordered);
  }

  TEST_CASE("what the journal is told of the run before: B7 a gap in the protection is always said") {
    const service_run before{at_second(0), at_second(3600), false, "1.0", "aa"}, now{at_second(3600 + 93784), {}, false, "1.0", "aa"};
    const auto said = [](const service_run& run, std::optional<service_run> last) {
      std::string out;
      for (auto& text : words_of_start(run, last))
        out += text + "|";
      return out;
    };
    CHECK(said(now, std::nullopt) == "version 1.0 started; it is the first start with this database|");
    CHECK(said(now, before) == "version 1.0 started after an unclean end (killed, crashed, or the power went): the last sign of life was at " + format_time(at_second(3600)) +
                                 ", it did not protect for up to 1 d 2:03:04|");
    auto ordered = before;
    ordered.ordered = true;
    CHECK(said(now, ordered) == "version 1.0 started; it was stopped in order at " + format_time(at_second(3600)) + " and did not protect for 1 d 2:03:04|");
    auto changed = now;
    changed.config_mark = "bb";
    CHECK(said(changed, ordered).find("outside risk-admin") != std::string::npos); // B6
    changed = now;
    changed.version = "2.0";
    CHECK(said(changed, ordered).find("the version before was 1.0") != std::string::npos);
    changed.started = at_second(5);
    CHECK(said(changed, ordered).find("the clock is behind") != std::string::npos); // B10
  }
}
