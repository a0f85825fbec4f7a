#include "actors/account/account_actor.hpp"

#include "desk.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

/// What the collaborators heard, in the order in which it reached them.
struct notebook {
  std::vector<std::string> heard;
  std::vector<enforce> orders;
  std::vector<venue_event> events;
  std::vector<save_account> saves;
  std::vector<save_trades> trades;
  std::vector<journal_entry> journal;
  std::vector<arm_timer> timers;
  std::vector<watch_account> watches;
  std::vector<evaluate> asked;
  std::vector<read_account> reads;
  bool disk_works = true;
  std::optional<venue_snapshot> reading; // the answer to reads
  std::optional<verdict> says;           // what the rule answers to every question
  account_actor desk;                    // … to whom
};

struct fake_enforcement {
  using handle = enforcement_actor;
  static inline const char* name = "fake_enforcement";
  fake_enforcement(handle::pointer, notebook* book) : book{book} {}
  handle::behavior_type make_behavior() {
    return {
      [](const adjust_stops&) {},
      [this](const enforce& e) { book->heard.push_back("enforce"), book->orders.push_back(e); },
      [this](const venue_event& e) { book->heard.push_back("event"), book->events.push_back(e); },
      [](const timer_fired&) {},
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  notebook* book;
};

struct fake_persistence {
  using handle = persistence_actor;
  static inline const char* name = "fake_persistence";
  fake_persistence(handle::pointer, notebook* book) : book{book} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const save_account& s) -> caf::result<saved> {
        book->heard.push_back("save");
        book->saves.push_back(s);
        if (!book->disk_works)
          return caf::make_error(ec::storage, std::string{"disk full"});
        return saved{s.memory.version};
      },
      [this](const save_trades& t) -> caf::result<saved> {
        book->heard.push_back("trades");
        book->trades.push_back(t);
        return saved{};
      },
      [](const save_day&) {},
      [this](const journal_entry& e) { book->journal.push_back(e); },
      [](const load_account&) -> caf::result<stored_account> { return stored_account{}; },
      [](const get_journal&) -> caf::result<journal_page> { return journal_page{}; },
      [](prove_journal) -> caf::result<journal_proof> { return journal_proof{}; },
      [](const config_in_force&) {},
      [](const clock_tick&) {},
      [](get_storage_health) -> caf::result<storage_health> { return storage_health{}; },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  notebook* book;
};

struct fake_timers {
  using handle = timer_actor;
  static inline const char* name = "fake_timers";
  fake_timers(handle::pointer, notebook* book) : book{book} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const arm_timer& t) { book->timers.push_back(t); },
      [](const disarm_timer&) {},
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  notebook* book;
};

struct fake_broker {
  using handle = broker_actor;
  static inline const char* name = "fake_broker";
  fake_broker(handle::pointer, notebook* book) : book{book} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const watch_account& w) { book->watches.push_back(w); },
      [](const watch_contract&) {}, [](const rest_marks&) {}, [](const read_mark&) {}, [](const check_link&) {},
      [](const venue_request&) -> caf::result<venue_answer> { return venue_answer{}; },
      [this](const read_account& r) -> caf::result<venue_snapshot> {
        book->reads.push_back(r);
        if (!book->reading)
          return caf::make_error(ec::not_ready, std::string{"HTTP 503"});
        return *book->reading;
      },
      [](get_broker_status) -> caf::result<broker_status> { return broker_status{}; },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  notebook* book;
};

struct fake_rule {
  using handle = rule_actor;
  static inline const char* name = "fake_rule";
  fake_rule(handle::pointer self, notebook* book) : self{self}, book{book} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const evaluate& e) { book->asked.push_back(e), speak(e.view->sequence); },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  void speak(uint64_t sequence) {
    if (!book->says)
      return;
    auto spoken = *book->says;
    spoken.sequence = sequence;
    tell(self, book->desk, spoken);
  }
  handle::pointer self;
  notebook* book;
};

/// An account among fakes. The desk only makes the news.
struct house : actor_fixture {
  notebook book;
  desk news;
  wiring w;
  account_actor account;

  explicit house(const stored_account& kept = {}) {
    auto settings = desk::two_rules();
    w.persistence = keep(spawn_state<fake_persistence>(system, &book));
    w.timers = keep(spawn_state<fake_timers>(system, &book));
    w.brokers["topstepx"] = keep(spawn_state<fake_broker>(system, &book));
    auto& room = w.accounts[our_account];
    room.account = our_account;
    room.broker = "topstepx";
    room.enforcement = keep(spawn_state<fake_enforcement>(system, &book));
    room.rules["daily_loss_limit"] = keep(spawn_state<fake_rule>(system, &book));
    account = keep(start_account(system, settings, kept));
    room.desk = book.desk = account;
  }
  ~house() {
    w = {};
    book.desk = account_actor{};
    account = account_actor{};
  }
  template <class Message>
  void say(Message m) {
    give(account, std::move(m));
  }
  void reset(reset_kind kind, const char* day, timestamp boundary, timestamp next) {
    session_reset r;
    r.account = our_account;
    r.kind = kind;
    parse_date(day, r.day);
    r.boundary = boundary;
    r.next = next;
    r.now = noon;
    say(r);
  }
  template <class News>
  void hear(News n) {
    say(venue_event{std::move(n)});
  }
  void begin() {
    say(w);
    reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
    reset(reset_kind::daily, "2025-12-03", day_start, day_end);
    hear(link_changed{"topstepx", link_status::live, 1, "", news.seen()});
    hear(mnq_spec());
    hear(news.reading({news.position(2, "20000")}));
  }
  account_status status() { return *ask_now<account_status>(account, get_account_status{}); }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(house, "the answer to an unlock says what is true when the rules have looked again: locked again, or free") {
  begin();
  book.says = news.loss_breach();
  say(*book.says);
  REQUIRE(status().locks.size() == 1);
  const unlock_order order{our_account, {}, "ann", "let me trade", noon};
  const auto again = *ask_now<order_done>(account, order);
  CHECK(again.locked == std::vector<rule_name>{"daily_loss_limit"});
  CHECK(again.what.starts_with("account " + to_string(our_account) + " is locked again already, by daily_loss_limit ("));
  book.says->level = level::ok;
  book.says->lock = {};
  const auto freed = *ask_now<order_done>(account, order);
  CHECK(freed.locked.empty());
  CHECK(freed.what == "unlock of account " + to_string(our_account) + ": no lock is left, and no rule breaches");
}

// That enforcement is told before the save is even worked out is a case of effects_test.
TEST_CASE_FIXTURE(house, "a breach: enforcement and the disk hear of it, once each, and durable is what was committed") {
  begin();
  book.heard.clear();
  say(news.loss_breach());
  CHECK(std::count(book.heard.begin(), book.heard.end(), "enforce") == 1);
  CHECK(std::count(book.heard.begin(), book.heard.end(), "save") >= 1);
  CHECK(book.orders.back().goal.flat);
  const auto now = status();
  CHECK(now.state == account_state_name::locked);
  CHECK(now.locks.at(0).durable);
}

TEST_CASE_FIXTURE(house, "a disk that refuses: the lock holds, is not durable, and there is an alarm") {
  begin();
  book.disk_works = false;
  say(news.loss_breach());
  auto now = status();
  CHECK(now.locks.size() == 1);
  CHECK_FALSE(now.locks.at(0).durable);
  REQUIRE_FALSE(now.alarms.empty());
  bool told = false;
  for (auto& a : now.alarms)
    told |= a.what.find("disk full") != std::string::npos;
  CHECK(told);
  book.disk_works = true;
  say(clock_tick{noon + 6s});
  now = status();
  CHECK(now.locks.at(0).durable);
}

TEST_CASE_FIXTURE(house, "enforcement hears every event of the account before it is told to act on it, but no quotes") {
  begin();
  say(news.loss_breach());
  book.heard.clear();
  book.events.clear();
  quote q;
  q.contract = mnq;
  q.last = points("20000");
  q.seen = news.seen();
  hear(q);
  CHECK(book.events.empty());
  enforcement_report done;
  done.account = our_account;
  done.sequence = book.orders.back().sequence;
  done.phase = enforcement_phase::done;
  say(done);
  book.heard.clear();
  hear(news.order(9, order_status::open, side::buy, 1, order_type::limit));
  REQUIRE(book.heard.size() >= 2);
  CHECK(book.heard[0] == "event");
  CHECK(book.heard[1] == "enforce");
}

TEST_CASE_FIXTURE(house, "before it is wired an account loses nothing that matters") {
  hear(news.order(9, order_status::open, side::buy, 1, order_type::limit));
  say(clock_tick{noon});
  say(news.loss_breach()); // a rule cannot know us yet, but even so
  CHECK(status().locks.size() == 1);
  begin();
  CHECK(status().locks.size() == 1);
  REQUIRE_FALSE(book.orders.empty());
  CHECK(book.orders.back().goal.flat);
  REQUIRE_FALSE(book.saves.empty());
  CHECK(book.saves.back().memory.locks.size() == 1);
  CHECK(status().locks.at(0).durable);
}

TEST_CASE_FIXTURE(house, "watching begins once: with the broker and the day known, and again with a new broker") {
  say(w);
  CHECK(book.watches.empty());
  begin();
  CHECK(book.watches.size() == 1);
  say(w);
  CHECK(book.watches.size() == 1);
  w.brokers["topstepx"] = keep(spawn_state<fake_broker>(system, &book));
  say(w);
  CHECK(book.watches.size() == 2);
  w.brokers.clear();
  say(w);
  CHECK(book.watches.size() == 2);
}

TEST_CASE_FIXTURE(house, "a restarted rule is asked at once, and restarted enforcement gets its case again") {
  begin();
  const auto asked = book.asked.size();
  say(w);
  CHECK(book.asked.size() == asked);
  w.accounts[our_account].rules["daily_loss_limit"] = keep(spawn_state<fake_rule>(system, &book));
  say(w);
  CHECK(book.asked.size() == asked + 1);
  say(news.loss_breach());
  const auto orders = book.orders.size();
  w.accounts[our_account].enforcement = keep(spawn_state<fake_enforcement>(system, &book));
  say(w);
  REQUIRE(book.orders.size() == orders + 1);
  CHECK(book.orders.back().goal.flat);
  CHECK(book.orders.back().sequence > book.orders[orders - 1].sequence);
}

TEST_CASE_FIXTURE(house, "a restarted timer actor is told of the locks' ends again") {
  begin();
  say(news.frequency_breach());
  CHECK(book.timers.size() == 1);
  w.timers = keep(spawn_state<fake_timers>(system, &book));
  say(w);
  CHECK(book.timers.size() == 2);
}

TEST_CASE_FIXTURE(house, "a reading reaches the account's books and enforcement, a failed one is an alarm") {
  begin();
  say(clock_tick{noon + 11s});
  CHECK(book.reads.size() == 1);
  auto now = status();
  bool told = false;
  for (auto& a : now.alarms)
    told |= a.what.find("HTTP 503") != std::string::npos;
  CHECK(told);
  book.reading = news.reading({news.position(2, "20000")}, {news.order(4, order_status::open, side::sell, 2, order_type::stop)});
  book.events.clear();
  say(clock_tick{noon + 22s});
  CHECK(book.reads.size() == 2);
  CHECK(status().view->orders.size() == 1);
  REQUIRE(book.events.size() == 1);
  CHECK(std::holds_alternative<venue_snapshot>(book.events[0].what));
}

TEST_CASE("an account that starts with a kept lock is locked from the first moment") {
  stored_account kept;
  {
    desk d;
    d.start();
    d.tell(d.loss_breach());
    kept = d.disk;
  }
  house h{kept};
  CHECK(h.status().state == account_state_name::locked);
  CHECK(h.status().locks.at(0).durable);
}

TEST_CASE_FIXTURE(house, "it says what it is doing") {
  begin();
  say(news.loss_breach());
  const auto d = *ask_now<description>(account, describe{});
  CHECK(d.kind == "account");
  CHECK(d.name == "account 7");
  CHECK(d.handled > 0);
  REQUIRE(d.detail.size() == 1);
  CHECK(d.detail[0].find("daily_loss_limit") != std::string::npos);
}

TEST_SUITE_END();
