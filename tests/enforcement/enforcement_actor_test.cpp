#include "actors/enforcement/enforcement_actor.hpp"

#include "tests/support/actor_fixture.hpp"

#include <caf/typed_response_promise.hpp>
#include <doctest/doctest.h>

#include <memory>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

const contract_id mnq{"CON.F.US.MNQ.Z25"};
const account_id account{7};
const broker_id venue_name{"topstepx"};
const timestamp start{std::chrono::sys_days{std::chrono::year{2025} / 12 / 1}};

/// What the actors around it were told, in order.
struct witness {
  std::vector<venue_request> requests;
  std::vector<read_account> reads;
  std::vector<arm_timer> timers;
  std::vector<enforcement_report> reports;
  std::vector<journal_entry> journal;
  std::vector<std::string> order;
  std::function<caf::result<venue_answer>(const venue_request&)> answer;
  std::function<caf::result<venue_snapshot>(const read_account&)> read;
};
using shared_witness = std::shared_ptr<witness>;

struct broker_double {
  using handle = broker_actor;
  static inline const char* name = "broker_double";
  broker_double(handle::pointer self, shared_witness w) : self{self}, w{std::move(w)} {}
  handle::behavior_type make_behavior() {
    return {
      [](const watch_account&) {},
      [](const watch_contract&) {}, [](const rest_marks&) {}, [](const read_mark&) {}, [](const check_link&) {},
      [this](const venue_request& m) -> caf::result<venue_answer> {
        w->requests.push_back(m);
        w->order.push_back("request");
        if (w->answer)
          return w->answer(m);
        kept.push_back(self->make_response_promise<venue_answer>());
        return kept.back();
      },
      [this](const read_account& m) -> caf::result<venue_snapshot> {
        w->reads.push_back(m);
        w->order.push_back("read");
        return w->read(m);
      },
      [](get_broker_status) { return broker_status{}; },
      [](const wiring&) {},
      [](describe) { return description{}; },
    };
  }
  handle::pointer self;
  shared_witness w;
  std::vector<caf::typed_response_promise<venue_answer>> kept; // never answered
};

struct timer_double {
  using handle = timer_actor;
  static inline const char* name = "timer_double";
  timer_double(handle::pointer, shared_witness w) : w{std::move(w)} {}
  handle::behavior_type make_behavior() {
    return {[this](const arm_timer& m) { w->timers.push_back(m); }, [](const disarm_timer&) {}, [](const wiring&) {},
            [](describe) { return description{}; }};
  }
  shared_witness w;
};

struct persistence_double {
  using handle = persistence_actor;
  static inline const char* name = "persistence_double";
  persistence_double(handle::pointer, shared_witness w) : w{std::move(w)} {}
  handle::behavior_type make_behavior() {
    return {[](const save_account&) { return saved{}; },
            [](const save_trades&) { return saved{}; },
            [](const save_day&) {},
            [this](const journal_entry& m) {
              w->journal.push_back(m);
              w->order.push_back(m.kind);
            },
            [](const load_account&) { return stored_account{}; },
            [](const get_journal&) { return journal_page{}; },
            [](prove_journal) { return journal_proof{}; },
            [](const config_in_force&) {},
            [](const clock_tick&) {},
            [](get_storage_health) { return storage_health{}; },
            [](const wiring&) {},
            [](describe) { return description{}; }};
  }
  shared_witness w;
};

struct desk_double {
  using handle = account_actor;
  static inline const char* name = "desk_double";
  desk_double(handle::pointer, shared_witness w) : w{std::move(w)} {}
  handle::behavior_type make_behavior() {
    return {[](const venue_event&) {},
            [](const verdict&) {},
            [this](const enforcement_report& m) { w->reports.push_back(m); },
            [](const closes_asked&) {},
            [](const timer_fired&) {},
            [](const clock_tick&) {},
            [](const session_reset&) {},
            [](const reset_order&) -> order_done { return {}; }, [](const unlock_order&) -> order_done { return {}; }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; }, [](get_account_day) -> caf::result<account_day> { return account_day{}; },
      [](get_account_status) { return account_status{}; },
            [](const wiring&) {},
            [](describe) { return description{}; }};
  }
  shared_witness w;
};

struct enforcement_room : actor_fixture {
  shared_witness seen = std::make_shared<witness>();
  wiring others;
  enforcement_actor room;
  int64_t held = -2;

  enforcement_room() {
    others.brokers[venue_name] = keep(spawn_state<broker_double>(system, seen));
    others.timers = keep(spawn_state<timer_double>(system, seen));
    others.persistence = keep(spawn_state<persistence_double>(system, seen));
    others.accounts[account].desk = keep(spawn_state<desk_double>(system, seen));
    seen->read = [this](const read_account&) -> caf::result<venue_snapshot> { return list(); };
    room = keep(start_enforcement(system, {account, venue_name}));
  }
  ~enforcement_room() {
    others = {};
    seen->answer = {};
    seen->read = {};
  }
  venue_snapshot list() const {
    venue_snapshot s;
    s.account = account;
    s.generation = 1;
    s.sent_steady_ns = 1'000'000'000;
    s.read_at = start + 1s;
    s.has_positions = s.has_orders = true;
    if (held != 0)
      s.positions.push_back({account, mnq, held, price::whole(100), {}, {}});
    return s;
  }
  static venue_answer accepted(const venue_request& m) {
    venue_answer a;
    a.id = m.id;
    a.account = m.account;
    a.kind = m.kind;
    a.outcome = request_outcome::accepted;
    a.latency_ns = 5;
    a.answered = start + 1s;
    return a;
  }
  void breach() {
    give(room, venue_event{list()});
    enforce e;
    e.account = account;
    e.sequence = 9;
    e.rule = "daily_loss_limit";
    e.reason = "because";
    e.action = action::flatten;
    e.goal.flat = true;
    e.now = start + 1s;
    give(room, e);
  }
  void position(int64_t size) {
    held = size;
    position_update p;
    p.account = account;
    p.contract = mnq;
    p.size = size;
    p.seen = {start + 2s, 2'000'000'000};
    give(room, venue_event{p});
  }
};

} // namespace

TEST_SUITE("enforcement") {

TEST_CASE_FIXTURE(enforcement_room, "a case goes from the order over the close to the report of the confirmed end") {
  seen->answer = [](const venue_request& m) -> caf::result<venue_answer> { return accepted(m); };
  give(room, others);
  breach();
  REQUIRE(seen->requests.size() == 1);
  CHECK(seen->requests[0].kind == request_kind::close_position);
  CHECK(seen->requests[0].contract == mnq);
  CHECK(seen->order[0] == "request"); // its journal line, before it
  CHECK(seen->order[1] == "request");
  REQUIRE_FALSE(seen->timers.empty());
  CHECK(seen->timers.back().name == "enforcement");
  position(0);
  REQUIRE_FALSE(seen->reads.empty());
  REQUIRE_FALSE(seen->reports.empty());
  CHECK(seen->reports.back().phase == enforcement_phase::done);
  CHECK(seen->reports.back().confirmed);
  CHECK(seen->reports.back().sequence == 9);
  CHECK(seen->reports.back().latency_ns == 5);
}

TEST_CASE_FIXTURE(enforcement_room, "what is asked before the collaborators are known is done when they are") {
  seen->answer = [](const venue_request& m) -> caf::result<venue_answer> { return accepted(m); };
  breach();
  CHECK(seen->requests.empty());
  give(room, others);
  CHECK(seen->requests.size() == 1);
  CHECK(seen->reports.size() >= 1);
}

TEST_CASE_FIXTURE(enforcement_room, "a request that the broker never answers is unclear after its timeout, and read before it is repeated") {
  give(room, others);
  breach();
  REQUIRE(seen->requests.size() == 1);
  CHECK(seen->reads.empty());
  advance(15s);
  CHECK(seen->requests.size() == 1);
  CHECK(seen->reads.size() == 1);
}

TEST_CASE_FIXTURE(enforcement_room, "without a broker nothing counts as sent, and it is tried again at once when there is one") {
  auto broker = others.brokers[venue_name];
  others.brokers.clear();
  give(room, others);
  breach();
  CHECK(seen->requests.empty());
  REQUIRE_FALSE(seen->timers.empty());
  CHECK(seen->timers.back().due <= start + 2s);
  others.brokers[venue_name] = broker;
  give(room, others);
  const auto t = seen->timers.back();
  give(room, timer_fired{account, t.name, t.generation, t.due, t.due});
  CHECK(seen->requests.size() == 1);
}

TEST_CASE_FIXTURE(enforcement_room, "a broker that is gone leaves the request unclear") {
  give(room, others);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(others.brokers[venue_name]), caf::exit_reason::kill);
  settle();
  breach();
  CHECK(seen->requests.empty());
  auto unclear = [](const journal_entry& e) { return e.kind == "answer" && e.text.find("unclear") != std::string::npos; };
  CHECK(std::any_of(seen->journal.begin(), seen->journal.end(), unclear));
}

TEST_CASE_FIXTURE(enforcement_room, "stale timers and timers of others are ignored") {
  give(room, others);
  breach();
  REQUIRE_FALSE(seen->timers.empty());
  const auto t = seen->timers.back();
  const auto reports = seen->reports.size();
  give(room, timer_fired{account, t.name, t.generation - 1, t.due, start + 30s});
  give(room, timer_fired{account, "other", t.generation, t.due, start + 30s});
  CHECK(seen->reports.size() == reports);
  give(room, timer_fired{account, t.name, t.generation, t.due, start + 30s});
  CHECK(seen->reports.size() == reports + 1); // the alarm
}

TEST_CASE_FIXTURE(enforcement_room, "a new timer actor is given the deadline that the old one took with it") {
  give(room, others);
  breach();
  const auto armed = seen->timers.back();
  others.timers = keep(spawn_state<timer_double>(system, seen));
  give(room, others);
  CHECK(seen->timers.back().generation == armed.generation);
  CHECK(seen->timers.back().due == armed.due);
}

TEST_CASE_FIXTURE(enforcement_room, "the end of a case waits for a desk that is being started") {
  seen->answer = [](const venue_request& m) -> caf::result<venue_answer> { return accepted(m); };
  auto desk = others.accounts[account].desk;
  others.accounts.clear();
  give(room, others);
  breach();
  position(0);
  CHECK(seen->reports.empty());
  others.accounts[account].desk = desk;
  give(room, others);
  REQUIRE_FALSE(seen->reports.empty());
  CHECK(seen->reports.back().phase == enforcement_phase::done);
}

TEST_CASE_FIXTURE(enforcement_room, "it says what it is doing") {
  give(room, others);
  auto idle = ask_now<description>(room, describe{});
  REQUIRE(idle);
  CHECK(idle->name == "enforcement 7");
  CHECK(idle->state == "no case open");
  breach();
  auto working = ask_now<description>(room, describe{});
  REQUIRE(working);
  CHECK(working->state.find("close_position asked") != std::string::npos);
  CHECK(working->handled > idle->handled);
}

} // TEST_SUITE
