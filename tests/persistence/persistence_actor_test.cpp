#include "actors/persistence/persistence_actor.hpp"

#include "actors/persistence/chain_walk.hpp"
#include "actors/persistence/store.hpp"
#include "actors/persistence/store_mirror.hpp"
#include "actors/persistence/vault.hpp"
#include "tests/persistence/samples.hpp"
#include "tests/support/actor_fixture.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

constexpr account_id desk{126244}, other{5};

/// What the test can see and do beneath the actor. Outlives every disk that is opened.
struct workshop {
  std::string broken;      // the reason why every use fails; empty: it works
  bool reopen = false;     // and the connection is lost with it
  bool closed = false;     // opening fails
  int64_t writes = 0, memories = 0, tries = 0;
  std::filesystem::path path = ":memory:";
  store* open = nullptr;
  int proofs = 0;             // portions of them
  int proofs_before_save = 0; // when an account was written last
  std::function<void()> on_read = [] {}; // the journal is read
};

/// SQLite, but failing on demand.
class moody_disk : public disk {
public:
  explicit moody_disk(workshop& shop) : shop_{shop}, real_{shop.path} {
    shop_.open = &real_;
  }
  ~moody_disk() override { shop_.open = nullptr; }

  void write(const write_batch& batch) override {
    complain();
    real_.write(batch);
    if (!batch.memories.empty())
      shop_.proofs_before_save = shop_.proofs;
    ++shop_.writes;
    shop_.memories += static_cast<int64_t>(batch.memories.size());
  }
  stored_account load(account_id account) override {
    complain();
    return real_.load(account);
  }
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most) override {
    complain();
    ++shop_.proofs;
    return real_.prove(walk, most);
  }
  chain_tail tail() override {
    complain();
    return real_.tail();
  }
  void put_config(const config_in_force& config) override {
    complain();
    real_.put_config(config);
  }
  std::optional<service_run> begin_run(const service_run& run) override {
    complain();
    return real_.begin_run(run);
  }
  void sign_of_life(timestamp at, bool ordered) override {
    complain();
    real_.sign_of_life(at, ordered);
  }
  int64_t prune(timestamp before, int64_t most) override {
    complain();
    return real_.prune(before, most);
  }
  std::vector<journal_entry> read_journal(const get_journal& query) override {
    complain();
    shop_.on_read();
    return real_.read_journal(query);
  }

private:
  void complain() const {
    if (!shop_.broken.empty())
      throw disk_failure{shop_.broken, shop_.reopen};
  }

  workshop& shop_;
  store real_;
};

struct persistence_fixture : actor_fixture {
  scratch_folder folder;
  workshop shop;
  storage_settings settings;
  std::vector<caf::expected<saved>> answers;

  persistence_fixture() {
    settings.detached = false;
    settings.mirror = make_store_mirror();
    settings.opener = [this]() -> std::unique_ptr<disk> {
      ++shop.tries;
      if (shop.closed)
        throw disk_failure{"cannot be opened", true};
      return std::make_unique<moody_disk>(shop);
    };
  }

  persistence_actor start() { return keep(start_persistence(system, settings)); }

  void kill(const persistence_actor& it) {
    caf::anon_send_exit(it, caf::exit_reason::kill);
    settle();
  }

  /// Puts all questions into the mailbox before the actor runs, then collects the answers.
  template <class... Questions>
  std::vector<caf::expected<saved>> ask_together(const persistence_actor& it, Questions... questions) {
    answers.clear();
    auto pending = std::make_tuple(self->request(it, caf::infinite, std::move(questions))...);
    settle();
    std::apply([&](auto&... p) {
      (p.receive([&](saved& s) { answers.emplace_back(s); }, [&](caf::error& e) { answers.emplace_back(e); }), ...);
    }, pending);
    return answers;
  }

  storage_health health(const persistence_actor& it) { return *ask_now<storage_health>(it, get_storage_health{}); }

  std::string journal(const persistence_actor& it) {
    std::string out;
    auto page = ask_now<journal_page>(it, get_journal{});
    REQUIRE(page);
    for (const auto& e : page->entries)
      out += e.text + "\n";
    return out;
  }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

save_account save(account_id account, uint64_t version) { return {full_memory(account, version), {}}; }

} // namespace

TEST_SUITE("persistence") {
  TEST_CASE_FIXTURE(persistence_fixture, "all that waits in the mailbox is one transaction, answered after the commit") {
    auto it = start();
    for (int i = 0; i < 3; ++i)
      caf::anon_send(it, line(i, desk, "line"));
    const auto got = ask_together(it, save(desk, 1), save(desk, 2), save(other, 1), save_trades{desk, {trade(desk, 1, 50)}}, save(desk, 3));
    CHECK(shop.writes == 1);
    CHECK(shop.memories == 2); // of each account the newest
    CHECK(shop.open->commits() == 1);
    REQUIRE(got.size() == 5);
    for (const auto& answer : got)
      CHECK(answer);
    CHECK(got[0]->version == 3); // the one that is durable now
    CHECK(got[2]->version == 1);
    CHECK(got[3]->version == 0);
    CHECK(journal(it) == "line\nline\nline\n");
    CHECK(health(it).unsaved == 0);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "journal lines alone are committed too") {
    auto it = start();
    give(it, line(1, desk, "alone"));
    CHECK(shop.writes == 1);
    CHECK(shop.open->read_journal({}).size() == 1);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "I10 lines in flight outlive a crash of the actor: each is there once and in order") {
    shop.path = folder / "rm.db";
    std::string expected;
    int64_t count = 0;
    const auto burst = [&](const persistence_actor& to, int lines) {
      for (; lines > 0; --lines) {
        const auto text = std::to_string(++count);
        caf::anon_send(to, line(count, desk, text));
        expected += text + "\n";
      }
    };
    auto it = start();
    burst(it, 20);
    while (scheduler.try_run_once() && shop.writes == 0) {
    }
    burst(it, 30);
    caf::anon_send_exit(it, caf::exit_reason::unhandled_exception);
    burst(it, 30); // behind the end in the mailbox
    settle();
    burst(it, 30); // to somebody who is dead
    const auto again = start_persistence(system, settings);
    burst(it, 10);    // from those who have not heard of the new one
    burst(again, 10); // from one who has
    burst(it, 5);
    settle();
    burst(again, 10);
    settle();
    CHECK(journal(again) == expected);
    CHECK(count == 145);
    burst(it, 5);
    settle();
    give(again, clock_tick{}); // even where nobody ever sends a line to the new one
    CHECK(journal(again) == expected);
    const auto proof = ask_now<journal_proof>(again, prove_journal{});
    REQUIRE(proof);
    CHECK(proof->intact);
    CHECK(proof->lines == 150);
    keep(again);
  }

  TEST_CASE("a tray that is full says how much found no room") {
    line_tray tray;
    int64_t sent = 0;
    const auto lay = [&] {
      const auto one = line(1, desk, "one");
      return tray.put(one, &one, [&] { ++sent; });
    };
    for (std::size_t i = 0; i < line_tray::most_lines; ++i)
      lay();
    CHECK_FALSE(lay());
    CHECK(sent == static_cast<int64_t>(line_tray::most_lines));
    std::vector<journal_entry> out;
    tray.take_all(out);
    CHECK(out.size() == line_tray::most_lines);
    CHECK(tray.take_lost() == 1);
    CHECK(tray.take_lost() == 0);
    CHECK(lay());
  }

  TEST_CASE_FIXTURE(persistence_fixture, "as the days go by what is too old is removed, in portions, and that is a line of its own") {
    settings.journal_keep = std::chrono::days{10};
    const auto it = start();
    const int64_t day = 24 * 3600;
    give(it, line(0, desk, "old"));
    give(it, line(9 * day, desk, "young"));
    CHECK(journal(it) == "old\nyoung\n"); // nothing is old yet
    give(it, line(11 * day, desk, "today"));
    CHECK(journal(it).find("old\n") == std::string::npos);
    CHECK(journal(it).find("1 journal lines from before") != std::string::npos);
    CHECK(journal(it).find("young\n") != std::string::npos);
    give(it, line(11 * day + 3600, desk, "an hour later"));
    give(it, line(20 * day, desk, "much later"));
    CHECK(journal(it).find("young\n") == std::string::npos);
    CHECK(journal(it).find("today\n") != std::string::npos);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "a question sees what was saved before it, committed or not") {
    auto it = start();
    auto saving = self->request(it, caf::infinite, save(desk, 4));
    auto loading = self->request(it, caf::infinite, load_account{desk});
    settle();
    saving.receive([](saved&) {}, [](caf::error& e) { FAIL(text_of(e)); });
    loading.receive([](stored_account& s) {
      CHECK(s.memory.version == 4);
      CHECK_FALSE(s.memory.locks.at(0).durable); // not committed when it was answered
    }, [](caf::error& e) { FAIL(text_of(e)); });
    const auto later = ask_now<stored_account>(it, load_account{desk});
    REQUIRE(later);
    CHECK(text_of(later->memory) == text_of(full_memory(desk, 4)));
    CHECK(later->memory.locks.at(0).durable);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "however many read the journal, what is to be kept is written before the second of them is served") {
    auto it = start();
    std::vector<std::string> order; // in which they were answered
    auto first = self->request(it, caf::infinite, get_journal{});
    std::vector<decltype(first)> readers;
    for (int i = 0; i < 30; ++i)
      readers.push_back(self->request(it, caf::infinite, get_journal{}));
    auto saving = self->request(it, caf::infinite, save(desk, 4));
    shop.on_read = [&] { order.emplace_back(shop.memories == 0 ? "read, nothing written" : "read"); };
    settle();
    first.receive([](journal_page&) {}, [](caf::error& e) { FAIL(text_of(e)); });
    saving.receive([](saved&) {}, [](caf::error& e) { FAIL(text_of(e)); });
    int served = 0, refused = 0;
    for (auto& reader : readers)
      reader.receive([&](journal_page&) { ++served; }, [&](caf::error& e) { refused += contains(text_of(e), "try again"); });
    CHECK(served == 15); // and the first
    CHECK(refused == 15);
    CHECK(std::count(order.begin(), order.end(), "read, nothing written") == 0);
    CHECK(std::count(order.begin(), order.end(), "read") == 16);
    CHECK(shop.writes == 1);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "while the disk fails nothing is called durable and nothing is lost; when it is back all is written") {
    auto it = start();
    REQUIRE(ask_together(it, save(desk, 1)).at(0));
    give(it, line(77, {}, "before"));
    shop.broken = "the disk is full";
    const auto refused = ask_together(it, save(desk, 2));
    REQUIRE_FALSE(refused.at(0));
    CHECK(refused.at(0).error() == ec::storage);
    CHECK(text_of(refused.at(0).error()) == "the disk is full");
    auto h = health(it);
    CHECK_FALSE(h.writing);
    CHECK(h.why == "the disk is full");
    CHECK(h.since == at_second(77));
    CHECK(h.unsaved == 2); // the memory and the line that tells of the trouble

    const auto from_memory = ask_now<stored_account>(it, load_account{desk});
    REQUIRE(from_memory);
    CHECK(from_memory->memory.version == 2);
    CHECK_FALSE(from_memory->memory.locks.at(0).durable);
    CHECK_FALSE(ask_together(it, save(desk, 3)).at(0)); // still not

    shop.broken.clear();
    advance(1s);
    CHECK(health(it).writing);
    CHECK(health(it).unsaved == 0);
    CHECK(shop.open->load(desk).memory.version == 3);
    const auto all = journal(it);
    CHECK(contains(all, "nothing is durable: the disk is full"));
    CHECK(contains(all, "written again"));
    CHECK(ask_together(it, save(desk, 4)).at(0));
  }

  TEST_CASE_FIXTURE(persistence_fixture, "the disk is tried after 1, 2, 4, 8, 16, 30, 30 … seconds, and from 1 again after it was back") {
    auto it = start();
    shop.broken = "lost";
    shop.reopen = true;
    shop.closed = true;
    give(it, line(1, {}, "x"));
    CHECK(shop.tries == 1); // the start
    int64_t tries = 1;
    for (int wait : {1, 2, 4, 8, 16, 30, 30}) {
      for (int s = 1; s < wait; ++s)
        advance(1s);
      CHECK(shop.tries == tries);
      advance(1s);
      CHECK(shop.tries == ++tries);
      CHECK_FALSE(health(it).writing);
    }
    shop.broken.clear();
    shop.closed = false;
    for (int s = 0; s < 30; ++s)
      advance(1s);
    CHECK(health(it).writing);
    shop.broken = "again";
    shop.reopen = false;
    give(it, line(2, {}, "y"));
    CHECK_FALSE(health(it).writing);
    shop.broken.clear();
    advance(1s);
    CHECK(health(it).writing);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "a really full disk: SQLite has no page left, then it has") {
    shop.path = folder / "rm.db";
    auto it = start();
    REQUIRE(ask_together(it, save(desk, 1)).at(0));
    auto& db = shop.open->connection();
    const auto pages = db.execAndGet("PRAGMA page_count").getInt64();
    db.execAndGet("PRAGMA max_page_count = " + std::to_string(pages));
    for (int i = 0; i < 300; ++i)
      caf::anon_send(it, line(i, desk, std::string(200, 'x')));
    const auto refused = ask_together(it, save(desk, 2));
    REQUIRE_FALSE(refused.at(0));
    CHECK(contains(text_of(refused.at(0).error()), "full"));
    db.execAndGet("PRAGMA max_page_count = 1000000");
    advance(1s);
    CHECK(health(it).writing);
    CHECK(shop.open->load(desk).memory.version == 2);
    CHECK(shop.open->read_journal({desk, {}, 1000}).size() == 300);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "a database that was deleted is made again from memory") {
    shop.path = folder / "rm.db";
    auto it = start();
    REQUIRE(ask_together(it, save(desk, 1), save_trades{desk, {trade(desk, 1, 50)}}).at(0));
    std::error_code denied;
    if (!std::filesystem::remove(shop.path, denied)) {
      MESSAGE("this system does not let an open file be deleted: ", denied.message());
      return;
    }
    std::filesystem::remove(folder / "rm.db-wal");
    std::filesystem::remove(folder / "rm.db-shm");
    CHECK_FALSE(ask_together(it, save(other, 1)).at(0));
    advance(1s);
    CHECK(health(it).writing);
    store fresh{shop.path};
    CHECK(text_of(fresh.load(desk).memory) == text_of(full_memory(desk, 1)));
    CHECK(fresh.load(desk).trades.size() == 1);
    CHECK(fresh.load(other).found);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "an actor that was restarted has what its predecessor could not write") {
    shop.path = folder / "rm.db";
    auto first = start();
    REQUIRE(ask_together(first, save(desk, 1)).at(0));
    shop.broken = "the disk is full";
    CHECK_FALSE(ask_together(first, save(desk, 2)).at(0));
    give(first, line(1, desk, "kept"));
    kill(first);

    SUBCASE("the disk is back") {
      shop.broken.clear();
      auto second = start();
      CHECK(health(second).writing);
      CHECK(health(second).unsaved == 0); // written by itself, nobody had to ask
      CHECK(shop.open->load(desk).memory.version == 2);
      CHECK(contains(journal(second), "kept"));
    }
    SUBCASE("the database cannot even be opened: it runs on what is in memory") {
      shop.closed = true;
      auto second = start();
      CHECK_FALSE(health(second).writing);
      const auto loaded = ask_now<stored_account>(second, load_account{desk});
      REQUIRE(loaded);
      CHECK(loaded->memory.version == 2);
      const auto unknown = ask_now<stored_account>(second, load_account{account_id{99}});
      REQUIRE_FALSE(unknown);
      CHECK(unknown.error() == ec::storage);
      CHECK(ask_now<journal_page>(second, get_journal{}).error() == ec::storage);
      shop.closed = false;
      shop.broken.clear();
      advance(1s);
      CHECK(health(second).writing);
      CHECK(shop.open->load(desk).memory.version == 2);
    }
  }

  TEST_CASE_FIXTURE(persistence_fixture, "the first start ends with the reason when the database cannot be opened") {
    shop.closed = true;
    auto it = start_persistence(system, settings);
    std::string reason;
    self->monitor(it);
    settle();
    self->receive([&](const caf::down_msg& down) { reason = text_of(down.reason); });
    CHECK(reason == "cannot be opened");
  }

  TEST_CASE_FIXTURE(persistence_fixture, "an ordered stop writes what has gathered and answers it") {
    auto it = start();
    auto saving = self->request(it, caf::infinite, save(desk, 1));
    caf::anon_send(it, line(1, desk, "last words"));
    caf::anon_send_exit(it, caf::exit_reason::user_shutdown); // lies before the batch's own commit
    settle();
    CHECK(shop.writes == 1);
    bool answered = false;
    REQUIRE(self->has_next_message()); // receiving would block for ever
    saving.receive([&](saved&) { answered = true; }, [](caf::error&) {});
    CHECK(answered);
  }

  TEST_CASE_FIXTURE(persistence_fixture, "a long journal is proven in portions: a save that comes meanwhile does not wait for the end") {
    settings.run = service_run{at_second(0), at_second(0), false, "1.0", {"aa", "x"}, ""};
    auto it = start();
    for (int i = 0; i < 3 * vault::prove_portion; ++i)
      self->send(it, line(i, {}, "x"));
    settle();
    auto proving = self->request(it, caf::infinite, prove_journal{});
    auto saving = self->request(it, caf::infinite, save(desk, 1));
    settle();
    std::optional<journal_proof> proof;
    bool durable = false;
    saving.receive([&](saved&) { durable = true; }, [](caf::error&) {});
    proving.receive([&](journal_proof& p) { proof = p; }, [](caf::error&) {});
    CHECK(durable);
    REQUIRE(proof);
    CHECK(proof->intact);
    CHECK(proof->lines > 3 * vault::prove_portion);
    CHECK(shop.proofs >= 4); // portions …
    CHECK(shop.proofs_before_save <= 1); // … of which the save waited for one at most
  }

  TEST_CASE_FIXTURE(persistence_fixture, "the log is told where the chain ends: at the first tick, once a day, and last of all at an ordered end") {
    settings.run = service_run{at_second(0), at_second(0), false, "1.0", {"aa", "x"}, ""};
    shop.path = folder / "rm.db";
    auto seen = std::make_shared<std::vector<std::string>>();
    struct keeper : spdlog::sinks::base_sink<spdlog::details::null_mutex> {
      explicit keeper(std::shared_ptr<std::vector<std::string>> to) : to_{std::move(to)} {}
      void sink_it_(const spdlog::details::log_msg& m) override { to_->emplace_back(m.payload.data(), m.payload.size()); }
      void flush_() override {}
      std::shared_ptr<std::vector<std::string>> to_;
    };
    spdlog::drop("persistence");
    spdlog::register_logger(std::make_shared<spdlog::logger>("persistence", std::make_shared<keeper>(seen)));
    const auto tails = [&] { return std::count_if(seen->begin(), seen->end(), [](const auto& text) { return tail_in(text).has_value(); }); };
    auto it = start();
    settle();
    give(it, clock_tick{at_second(100)});
    CHECK(tails() == 1);
    give(it, clock_tick{at_second(130)});
    give(it, clock_tick{at_second(3600)});
    CHECK(tails() == 1);
    give(it, clock_tick{at_second(86400 + 100)});
    CHECK(tails() == 2);
    self->send(it, line(86500, {}, "the last one"));
    caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
    settle();
    REQUIRE(tails() == 3);
    spdlog::drop("persistence");
    store after{shop.path};
    CHECK(tail_in(seen->back())->link == after.tail().link); // the last line of all is in it
  }

  TEST_CASE_FIXTURE(persistence_fixture, "B6 a configuration that came into force in order is known to the next start, also when the disk was full just then") {
    shop.path = folder / "rm.db";
    settings.run = service_run{at_second(0), at_second(0), false, "1.0", {"aa", "x"}, ""};
    auto it = start();
    settle();
    shop.broken = "the disk is full";
    give(it, config_in_force{"bb", "y"});
    shop.broken.clear();
    give(it, clock_tick{at_second(60)}); // in trouble still: nothing is tried
    caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
    settle();
    it = nullptr;
    store after{shop.path};
    const auto before = after.begin_run(service_run{at_second(100), at_second(100), false, "1.0", {"bb", "y"}, ""});
    REQUIRE(before);
    CHECK(before->config.mark == "bb");
    CHECK(before->config.lines == "y");
  }

  TEST_CASE_FIXTURE(persistence_fixture, "it says what it is doing") {
    auto it = start();
    auto said = ask_now<description>(it, describe{});
    REQUIRE(said);
    CHECK(said->state == "writing");
    shop.broken = "the disk is full";
    give(it, line(1, {}, "x"));
    said = ask_now<description>(it, describe{});
    CHECK(contains(said->state, "the disk is full"));
    CHECK(said->handled == 3);
  }
}

TEST_SUITE("persistence") {
  TEST_CASE("in production it has a thread of its own, and the system ends when it was told to") {
    scratch_folder folder;
    bool durable = false;
    {
      caf::actor_system_config config;
      caf::actor_system system{config};
      {
        storage_settings settings;
        settings.database = folder / "rm.db";
        auto it = start_persistence(system, settings);
        caf::scoped_actor self{system};
        self->request(it, 10s, save(desk, 1)).receive([&](saved& s) { durable = s.version == 1; }, [](caf::error&) {});
        self->send_exit(it, caf::exit_reason::user_shutdown);
      }
    }
    CHECK(durable);
    CHECK(store{folder / "rm.db"}.load(desk).memory.version == 1);
  }
}
