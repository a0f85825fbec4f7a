#include "actors/broker/broker_actor.hpp"

#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_port.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;

namespace {

/// An account that only writes down what it hears.
struct listener_state {
  using handle = account_actor;
  static inline const char* name = "listener";
  listener_state(handle::pointer, std::shared_ptr<std::vector<venue_event>> heard) : heard{std::move(heard)} {}
  handle::behavior_type make_behavior() {
    return {
      [this](const venue_event& e) { heard->push_back(e); }, [](const verdict&) {}, [](const enforcement_report&) {}, [](const closes_asked&) {}, [](const timer_fired&) {},
      [](const clock_tick&) {}, [](const session_reset&) {}, [](const reset_order&) -> order_done { return {}; }, [](const unlock_order&) -> order_done { return {}; }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; }, [](get_account_day) -> caf::result<account_day> { return account_day{}; },
      [](get_account_status) { return account_status{}; },
      [](const wiring&) {}, [](describe) { return description{}; },
    };
  }
  std::shared_ptr<std::vector<venue_event>> heard;
};

struct broker_world : test::actor_fixture {
  using events = std::shared_ptr<std::vector<venue_event>>;
  std::shared_ptr<test::fake_port_script> script = std::make_shared<test::fake_port_script>();
  broker_actor broker = keep(start_broker(system, "sim", test::fake_port_factory(script)));
  wiring everyone;
  const account_id one{1}, two{2}, stranger{3};
  events heard_by_one = join(one, "sim"), heard_by_two = join(two, "sim"), heard_by_stranger = join(stranger, "elsewhere");

  events join(account_id account, broker_id login) {
    auto heard = std::make_shared<std::vector<venue_event>>();
    account_wired w;
    w.account = account;
    w.broker = login;
    w.desk = keep(spawn_state<listener_state>(system, heard));
    everyone.accounts[account] = w;
    give(broker, everyone);
    return heard;
  }
  ~broker_world() { everyone = {}; }

  template <class T>
  static const T* newest(const events& heard) {
    return heard->empty() ? nullptr : std::get_if<T>(&heard->back().what);
  }
  venue_request close_request(int64_t id) const {
    venue_request r;
    r.id = request_id{id};
    r.account = one;
    r.kind = request_kind::close_position;
    r.contract = "A";
    return r;
  }
  /// Asks without waiting for the answer, which goes into `out`.
  template <class Reply, class Question>
  void ask_later(Question q, std::vector<caf::expected<Reply>>& out) {
    pending.emplace_back([this, &out, handle = self->request(broker, caf::infinite, std::move(q))]() mutable {
      if (self->has_next_message())
        handle.receive([&](const Reply& r) { out.emplace_back(r); }, [&](const caf::error& e) { out.emplace_back(e); });
    });
    settle();
  }
  std::vector<std::function<void()>> pending;
};

position_update position(account_id account, int64_t size) {
  position_update p;
  p.account = account;
  p.contract = "A";
  p.size = size;
  return p;
}

quote quote_of(const contract_id& contract, int64_t last) {
  quote q;
  q.contract = contract;
  q.last = price::whole(last);
  return q;
}

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE_FIXTURE(broker_world, "an event goes to its account, one for all to the accounts of the login alone") {
  script->tell(one, position(one, 2));
  settle();
  REQUIRE(heard_by_one->size() == 1);
  CHECK(newest<position_update>(heard_by_one)->size == 2);
  CHECK(heard_by_two->empty());
  script->tell(account_id{}, link_changed{"sim", link_status::live, 1, "", {}});
  settle();
  CHECK(newest<link_changed>(heard_by_one) != nullptr);
  CHECK(newest<link_changed>(heard_by_two) != nullptr);
  CHECK(heard_by_stranger->empty());
}

TEST_CASE_FIXTURE(broker_world, "quotes go to those who asked for the contract, the newest one only") {
  give(broker, watch_contract{two, "A"});
  give(broker, watch_contract{two, "A"});
  CHECK(script->contracts.size() == 2);
  for (int64_t i = 1; i <= 5; ++i) {
    script->tell(account_id{}, quote_of("A", i));
    script->tell(account_id{}, quote_of("B", i));
  }
  script->tell(two, position(two, 1)); // never conflated
  script->tell(two, position(two, 2));
  settle();
  CHECK(heard_by_one->empty());
  REQUIRE(heard_by_two->size() == 3);
  CHECK(std::get<quote>(heard_by_two->front().what).last == price::whole(5));
  script->tell(account_id{}, quote_of("A", 6));
  settle();
  CHECK(newest<quote>(heard_by_two)->last == price::whole(6));
}

TEST_CASE_FIXTURE(broker_world, "a quote for many accounts does not keep the event of one waiting, and the next quote does not overtake it") {
  constexpr int64_t many = 500;
  const auto all = std::make_shared<std::vector<venue_event>>();
  for (int64_t i = 1; i <= many; ++i) {
    auto& w = everyone.accounts[account_id{100 + i}];
    w.account = account_id{100 + i};
    w.broker = "sim";
    w.desk = keep(spawn_state<listener_state>(system, all));
  }
  give(broker, everyone);
  for (int64_t i = many; i >= 1; --i)
    give(broker, watch_contract{account_id{100 + i}, "A"});
  script->tell(account_id{}, quote_of("A", 1));
  script->tell(account_id{100 + many}, position(account_id{100 + many}, 1));
  for (int i = 0; i < 100; ++i)
    scheduler.try_run_once();
  script->tell(account_id{}, quote_of("A", 2)); // nobody hears of it: 3 is there before 1 is through
  script->tell(account_id{}, quote_of("A", 3));
  settle();
  REQUIRE(all->size() == 2 * many + 1);
  const auto at = std::find_if(all->begin(), all->end(), [](auto& e) { return std::holds_alternative<position_update>(e.what); }) - all->begin();
  CHECK(at < 200);
  int64_t of_first = 0, of_third = 0;
  for (auto& e : *all)
    if (auto* q = std::get_if<quote>(&e.what)) {
      of_first += q->last == price::whole(1);
      of_third += q->last == price::whole(3);
      CHECK((q->last != price::whole(3) || of_first == many)); // each hears them in their order
    }
  CHECK(of_third == many);
}

TEST_CASE_FIXTURE(broker_world, "quotes are kept from an account that rests, until it hears other news, or for a second") {
  give(broker, watch_contract{two, "A"});
  const auto say = [&](int64_t last) {
    auto q = quote_of("A", last);
    q.seen = {timestamp{std::chrono::hours{500'000}}, last};
    script->tell(account_id{}, q);
    settle();
  };
  const auto rest = [&](uint64_t heard, int64_t known) {
    give(broker, rest_marks{two, heard, timestamp::max(), {{{"A", price::whole(90), price::whole(110)}, known}}});
  };
  say(100);
  rest(0, 100);
  say(101);
  say(102);
  CHECK(heard_by_two->size() == 1);
  script->tell(two, position(two, 1));
  settle();
  REQUIRE(heard_by_two->size() == 3);
  CHECK(std::get<quote>((*heard_by_two)[1].what).last == price::whole(102));
  CHECK(heard_by_two->back().number == 1);
  rest(0, 102); // knows nothing of the position
  say(103);
  CHECK(heard_by_two->size() == 4);
  rest(1, 103);
  say(104);
  CHECK(heard_by_two->size() == 4);
  for (int i = 0; i < 2; ++i)
    advance(std::chrono::milliseconds{500});
  REQUIRE(heard_by_two->size() == 5);
  CHECK(newest<quote>(heard_by_two)->last == price::whole(104));
  say(105);
  CHECK(heard_by_two->size() == 5); // and it still rests
  say(110);
  CHECK(heard_by_two->size() == 6);
}

TEST_CASE_FIXTURE(broker_world, "where accounts are not to rest, every quote is told") {
  broker = keep(start_broker(system, "sim", test::fake_port_factory(script), false));
  everyone.brokers["sim"] = broker;
  give(broker, everyone);
  give(broker, watch_contract{two, "A"});
  script->tell(account_id{}, quote_of("A", 100));
  settle();
  give(broker, rest_marks{two, 0, timestamp::max(), {{{"A", price::whole(90), price::whole(110)}, 0}}});
  script->tell(account_id{}, quote_of("A", 101));
  settle();
  CHECK(newest<quote>(heard_by_two)->last == price::whole(101));
}

TEST_CASE_FIXTURE(broker_world, "a request gets the venue's answer, whenever it comes and in whatever order") {
  std::vector<caf::expected<venue_answer>> answers;
  ask_later<venue_answer>(close_request(7), answers);
  ask_later<venue_answer>(close_request(8), answers);
  REQUIRE(script->sent.size() == 2);
  CHECK_FALSE(self->has_next_message());
  script->answer(test::fake_port_script::refused(script->sent[1], refusal::pending));
  settle();
  pending[1]();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0]->id == request_id{8});
  CHECK(answers[0]->refusal == refusal::pending);
  script->answer(test::fake_port_script::accepted(script->sent[0]));
  script->answer(test::fake_port_script::accepted(script->sent[0])); // one too many: ignored
  settle();
  pending[0]();
  REQUIRE(answers.size() == 2);
  CHECK(answers[1]->outcome == request_outcome::accepted);
  ask_later<venue_answer>(close_request(7), answers); // its number is free again
  CHECK(script->sent.size() == 3);
}

TEST_CASE_FIXTURE(broker_world, "a second request under a number in use is not sent") {
  std::vector<caf::expected<venue_answer>> answers;
  ask_later<venue_answer>(close_request(7), answers);
  const auto second = ask_now<venue_answer>(broker, close_request(7));
  REQUIRE(second);
  CHECK(second->outcome == request_outcome::not_sent);
  CHECK(script->sent.size() == 1);
}

TEST_CASE_FIXTURE(broker_world, "a read is a snapshot or an error with its reason, never an empty list instead") {
  read_account what;
  what.account = one;
  script->on_read = [&](const read_account& r) {
    venue_snapshot s;
    s.account = r.account;
    s.has_positions = true;
    s.positions.push_back(position(one, 3));
    return s;
  };
  auto read = ask_now<venue_snapshot>(broker, what);
  REQUIRE(read);
  CHECK(read->positions.size() == 1);
  script->on_read = [](const read_account&) { return std::string{"HTTP 503"}; };
  read = ask_now<venue_snapshot>(broker, what);
  REQUIRE_FALSE(read);
  CHECK(text_of(read.error()).find("HTTP 503") != std::string::npos);
}

TEST_CASE_FIXTURE(broker_world, "an account that was not wired when its events came is read again as soon as it is") {
  const account_id late{4};
  give(broker, watch_account{late, {}});
  CHECK(script->accounts.size() == 1);
  script->tell(late, venue_snapshot{});
  settle();
  auto heard = join(late, "sim");
  REQUIRE(script->accounts.size() == 2);
  CHECK(script->accounts[1].account == late);
  join(account_id{5}, "sim");
  CHECK(script->accounts.size() == 2); // once
  script->tell(late, venue_snapshot{});
  settle();
  CHECK(newest<venue_snapshot>(heard) != nullptr);
}

TEST_CASE_FIXTURE(broker_world, "a wish that came before its account was wired is asked once more as soon as it is: its answers went astray") {
  const account_id late{4};
  give(broker, watch_account{late, {}});
  join(late, "sim");
  CHECK(script->accounts.size() == 2);
}

TEST_CASE_FIXTURE(broker_world, "an account whose event came while nobody was there is read again when somebody is") {
  give(broker, watch_account{one, {}});
  wiring news;
  news.all_accounts = false;
  news.accounts[one] = {one, {}, {}, {}, {}};
  give(broker, news);
  script->tell(one, position(one, 2));
  settle();
  REQUIRE(script->accounts.size() == 1);
  news.accounts = {{one, everyone.accounts.at(one)}};
  give(broker, news);
  CHECK(script->accounts.size() == 2);
}

TEST_CASE_FIXTURE(broker_world, "an account that is wired asks once") {
  give(broker, watch_account{one, {}});
  give(broker, everyone);
  CHECK(script->accounts.size() == 1);
}

TEST_CASE_FIXTURE(broker_world, "an account that nobody guards any more is left to the port's care, and is watched again when it comes back") {
  give(broker, watch_account{one, {}});
  CHECK(script->left.empty());
  wiring news;
  news.all_accounts = false;
  news.accounts[one] = {one, {}, {}, {}, {}};
  news.accounts[stranger] = {stranger, {}, {}, {}, {}}; // never watched here
  give(broker, news);
  CHECK(script->left == std::vector{one});
  news.accounts = {{one, everyone.accounts.at(one)}};
  give(broker, news);
  give(broker, watch_account{one, {}});
  CHECK(script->accounts.size() == 2);
  CHECK(script->left.size() == 1);
}

TEST_CASE_FIXTURE(broker_world, "when the broker ends its port is stopped, and a late event goes nowhere") {
  const port_sink sink = script->sink;
  self->send_exit(broker, caf::exit_reason::user_shutdown);
  settle();
  CHECK(script->stopped == 1);
  sink.on_event(port_event{one, venue_event{position(one, 1)}});
  settle();
  CHECK(heard_by_one->empty());
}

TEST_CASE_FIXTURE(broker_world, "a port that cannot be made is a crash with its text") {
  auto failing = keep(start_broker(system, "bad", [](const broker_id&) -> std::unique_ptr<port> { throw std::invalid_argument{"no such address"}; }));
  self->monitor(failing);
  std::string why;
  self->receive([&](const caf::down_msg& m) { why = text_of(m.reason); });
  CHECK(why == "no such address");
}

TEST_CASE_FIXTURE(broker_world, "the broker says what it is doing") {
  script->state.broker = "sim";
  script->state.status = link_status::blind;
  script->state.why = "user hub: silent";
  script->state.requests_left = 17;
  CHECK(ask_now<broker_status>(broker, get_broker_status{})->requests_left == 17);
  const auto d = ask_now<description>(broker, describe{});
  REQUIRE(d);
  CHECK(d->kind == "broker");
  CHECK(d->name == "broker sim");
  CHECK(d->state == "blind: user hub: silent");
  CHECK(d->handled > 0);
}

TEST_SUITE_END();
