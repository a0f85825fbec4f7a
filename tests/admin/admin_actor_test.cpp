#include "actors/admin/admin_actor.hpp"
#include "messages/caf/compat.hpp"
#include "tests/admin/samples.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <map>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

/// What a test and the port that the actor opened share.
struct port_script {
  socket_sink sink;
  std::vector<std::pair<uint64_t, std::string>> answers;
  struct pushed {
    uint64_t connection;
    std::string topic, line;
  };
  std::vector<pushed> pushes;
  int opened = 0, closed = 0;
};

class fake_client_port : public client_port {
public:
  fake_client_port(std::shared_ptr<port_script> script, socket_sink sink) : script_{std::move(script)} {
    script_->sink = std::move(sink);
    ++script_->opened;
  }
  ~fake_client_port() override { ++script_->closed; }
  void answer(uint64_t connection, std::string line) override { script_->answers.emplace_back(connection, std::move(line)); }
  void push(uint64_t connection, std::string_view topic, std::string line) override { script_->pushes.push_back({connection, std::string{topic}, std::move(line)}); }
  void close() override {}

private:
  std::shared_ptr<port_script> script_;
};

/// An account that answers status questions, or keeps silent.
struct fake_account_state {
  using handle = account_actor;
  static inline const char* name = "fake_account";
  fake_account_state(handle::pointer self, account_status known, bool silent) : self{self}, known{std::move(known)}, silent{silent} {}
  handle::behavior_type make_behavior() {
    return {
      [](const venue_event&) {},        [](const verdict&) {},       [](const enforcement_report&) {}, [](const closes_asked&) {}, [](const timer_fired&) {},
      [](const clock_tick&) {},         [](const session_reset&) {}, [](const reset_order& o) -> caf::result<order_done> { return o.sure ? caf::result<order_done>{order_done{}} : caf::make_error(ec::rejected, std::string{"who knows the time"}); }, [](const unlock_order&) -> caf::result<order_done> { return caf::make_error(ec::rejected, std::string{"the account is not locked"}); }, [](const lock_order&) -> order_done { return {}; }, [](const flatten_order&) -> order_done { return {}; }, [this](get_account_day) -> caf::result<account_day> { return day(); },
      [this](get_account_status) { return status(); },
      [](const wiring&) {},             [](describe) -> caf::result<description> { return description{}; },
    };
  }
  caf::result<account_status> status() {
    if (!silent)
      return known;
    promises.push_back(self->make_response_promise<account_status>());
    return promises.back();
  }
  caf::result<account_day> day() {
    if (silent)
      return caf::make_error(ec::rejected, std::string{"not now"});
    account_day out;
    out.account = known.account;
    return out;
  }
  handle::pointer self;
  account_status known;
  bool silent;
  std::vector<caf::typed_response_promise<account_status>> promises;
};

struct fake_broker_state {
  using handle = broker_actor;
  static inline const char* name = "fake_broker";
  fake_broker_state(handle::pointer, bool) {}
  handle::behavior_type make_behavior() {
    return {
      [](const watch_account&) {},
      [](const watch_contract&) {}, [](const rest_marks&) {}, [](const read_mark&) {}, [](const check_link&) {},
      [](const venue_request&) -> caf::result<venue_answer> { return venue_answer{}; },
      [](const read_account&) -> caf::result<venue_snapshot> { return venue_snapshot{}; },
      [](get_broker_status) -> caf::result<broker_status> { return sample_broker(); },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
};

using shared_journal = std::shared_ptr<std::vector<journal_entry>>;

struct fake_persistence_state {
  using handle = persistence_actor;
  static inline const char* name = "fake_persistence";
  fake_persistence_state(handle::pointer, shared_journal journal) : journal{std::move(journal)} {}
  handle::behavior_type make_behavior() {
    return {
      [](const save_account&) -> caf::result<saved> { return saved{}; },
      [](const save_trades&) -> caf::result<saved> { return saved{}; },
      [](const save_day&) {},
      [this](const journal_entry& entry) { journal->push_back(entry); },
      [](const load_account&) -> caf::result<stored_account> { return stored_account{}; },
      [this](const get_journal& asked) -> caf::result<journal_page> {
        if (asked.limit == 13)
          return caf::make_error(ec::storage, std::string{"disk I/O error"});
        return journal_page{*journal};
      },
      [](const prove_journal& asked) -> caf::result<journal_proof> {
        journal_proof proof;
        proof.lines = 3;
        proof.tail = {3, "abc"};
        if (asked.noted.line == 4)
          proof = {false, 3, 0, 1, {}, {}, {3, "abc"}, chain_fault::removed, 4, "line 4 is missing"};
        if (asked.noted.line == 13)
          return caf::make_error(ec::storage, std::string{"disk I/O error"});
        return proof;
      },
      [](const config_in_force&) {},
      [](const clock_tick&) {},
      [](get_storage_health) -> caf::result<storage_health> { return storage_health{}; },
      [](const wiring&) {},
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  shared_journal journal;
};

struct admin_world : actor_fixture {
  std::shared_ptr<port_script> script = std::make_shared<port_script>();
  shared_journal journal = std::make_shared<std::vector<journal_entry>>();
  admin_settings settings;
  wiring known;
  admin_actor admin;

  admin_world() {
    settings.service = sample_service();
    settings.accounts = {{account_id{126300}, "XFA-126300"}, {account_id{126244}, "PRAC-V2-126244"}};
    settings.brokers = {"topstepx"};
  }
  ~admin_world() {
    known = {};
    admin = nullptr;
    script->sink = {};
  }
  void start() {
    admin = keep(start_admin(system, settings, [s = script](socket_sink sink) { return std::make_unique<fake_client_port>(s, std::move(sink)); }));
  }
  void wire_all(bool second_is_silent) {
    account_status second = sample_account();
    second.account = account_id{126300};
    second.name = "XFA-126300";
    known.persistence = keep(spawn_state<fake_persistence_state>(system, journal));
    known.brokers["topstepx"] = keep(spawn_state<fake_broker_state>(system, true));
    known.accounts[account_id{126244}].desk = keep(spawn_state<fake_account_state>(system, sample_account(), false));
    known.accounts[account_id{126300}].desk = keep(spawn_state<fake_account_state>(system, second, second_is_silent));
    give(admin, known);
  }
  void say(uint64_t connection, const std::string& method, const std::string& params = "{}", bool administrator = false) {
    script->sink.on_line({connection, administrator, "tim", R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}", {at("14:30:00"), 13'900'000'000}});
    settle();
  }
  std::string answer(std::size_t i = 0) const { return i < script->answers.size() ? script->answers[i].second : "none"; }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE_FIXTURE(admin_world, "status gathers every account, broker and the storage, and answers the one who asked") {
  start();
  wire_all(false);
  say(42, "status");
  REQUIRE(script->answers.size() == 1);
  CHECK(script->answers[0].first == 42);
  status_input expected = sample_status();
  expected.accounts.push_back(sample_account());
  expected.accounts[1].account = account_id{126300};
  expected.accounts[1].name = "XFA-126300";
  CHECK(answer() == result_line("1", status_json(expected)));
}

TEST_CASE_FIXTURE(admin_world, "who runs is in the status, configured or not") {
  settings.accounts.clear();
  settings.brokers.clear();
  start();
  wire_all(false);
  say(1, "status");
  CHECK(contains(answer(), R"("id":126244,"name":"PRAC-V2-126244","state":"locked")"));
  CHECK(contains(answer(), R"("id":126300,"name":"XFA-126300","state":"locked")"));
  CHECK(contains(answer(), R"("broker":[{"id":"topstepx","state":"live")"));
}

TEST_CASE_FIXTURE(admin_world, "an account that does not answer within the second is shown as not evaluable, the others as they are") {
  start();
  wire_all(true);
  say(1, "status");
  CHECK(script->answers.empty());
  advance(999ms);
  CHECK(script->answers.empty());
  advance(1ms);
  REQUIRE(script->answers.size() == 1);
  CHECK(contains(answer(), R"("id":126244,"name":"PRAC-V2-126244","state":"locked")"));
  CHECK(contains(answer(), R"("id":126300,"name":"XFA-126300","state":"not_evaluable","why":"no answer from its actor)"));
}

TEST_CASE_FIXTURE(admin_world, "a slow account holds up its own asker only") {
  start();
  wire_all(true);
  say(1, "status");
  say(2, "journal");
  say(3, "version");
  REQUIRE(script->answers.size() == 2);
  CHECK(script->answers[0].first == 2);
  CHECK(script->answers[1].first == 3);
}

TEST_CASE_FIXTURE(admin_world, "a dead account, and everybody before the first wiring, is named in the status") {
  start();
  say(1, "status");
  REQUIRE(script->answers.size() == 1);
  CHECK(contains(answer(), R"("id":126244,"name":"PRAC-V2-126244","state":"not_evaluable","why":"no answer from its actor")"));
  CHECK(contains(answer(), R"("broker":[{"id":"topstepx","state":"blind")"));
  CHECK(contains(answer(), "nothing is being written to the database"));

  wire_all(false);
  caf::anon_send_exit(known.accounts[account_id{126244}].desk, caf::exit_reason::kill);
  settle();
  say(1, "status");
  REQUIRE(script->answers.size() == 2);
  CHECK(contains(answer(1), R"("id":126244,"name":"PRAC-V2-126244","state":"not_evaluable","why":"no answer from its actor)"));
  CHECK(contains(answer(1), R"("id":126300,"name":"XFA-126300","state":"locked")"));
}

TEST_CASE_FIXTURE(admin_world, "journal shows what persistence has, or says why not") {
  start();
  say(1, "journal");
  CHECK(contains(answer(0), "the journal cannot be read: no answer from its actor"));
  wire_all(false);
  journal->push_back({at("14:00:00"), account_id{126244}, "lock", "daily_loss_limit", "locked until the daily reset", -1});
  say(1, "journal");
  CHECK(contains(answer(1), "locked until the daily reset"));
  say(1, "journal", R"({"limit":13})");
  CHECK(contains(answer(2), "disk I/O error"));
}

TEST_CASE_FIXTURE(admin_world, "journal_verify gives persistence's proof to everybody, or says why there is none") {
  const std::string link(64, 'a');
  start();
  say(1, "journal_verify");
  CHECK(contains(answer(0), "the journal cannot be verified: no answer from its actor"));
  wire_all(false);
  say(1, "journal_verify");
  CHECK(contains(answer(1), R"({"whole":true,"lines":3,)"));
  CHECK(contains(answer(1), R"("tail":{"line":3,"link":"abc"},"remark":"","fault":null})"));
  say(1, "journal_verify", R"({"line":4,"link":")" + link + R"("})");
  CHECK(contains(answer(2), R"("whole":false)"));
  CHECK(contains(answer(2), R"("fault":{"kind":"removed","line":4,"what":"line 4 is missing"})"));
  say(1, "journal_verify", R"({"line":13,"link":")" + link + R"("})");
  CHECK(contains(answer(3), "disk I/O error"));
  for (const std::string& wrong : {std::string{R"({"line":4})"}, R"({"link":")" + link + R"("})", R"({"line":0,"link":")" + link + R"("})", std::string{R"({"line":4,"link":"xyz"})"}}) {
    say(1, "journal_verify", wrong);
    CHECK(contains(script->answers.back().second, "-32602"));
  }
}

TEST_CASE_FIXTURE(admin_world, "an administrator's method that a trader asks for is refused and journalled") {
  auto commands = std::make_shared<std::vector<command>>();
  commands->push_back({"unlock", true, {}, [](const parameters&, const house&) -> or_error<inquiry> { return inquiry{}; },
                       [](const parameters&, const house&, const findings&) -> or_error<std::string> { return "true"; }});
  settings.commands = commands;
  start();
  wire_all(false);
  say(1, "unlock");
  CHECK(contains(answer(0), "-32001"));
  REQUIRE(journal->size() == 1);
  CHECK(journal->front().text == "refused: tim asked for unlock and is no administrator");
  say(1, "unlock", "{}", true);
  CHECK(answer(1) == R"({"jsonrpc":"2.0","id":1,"result":true})");
  CHECK(journal->size() == 1);
}

TEST_CASE_FIXTURE(admin_world, "whatever a client sends, it gets one answer each and the actor lives on") {
  start();
  wire_all(false);
  for (const std::string line : {"", "garbage", "{}", "[[[[", "\x01\x02", R"({"jsonrpc":"2.0","id":1,"method":"nothing"})"})
    script->sink.on_line({1, false, "tim", line, {}});
  settle();
  CHECK(script->answers.size() == 6);
  for (const auto& [connection, line] : script->answers)
    CHECK(contains(line, "\"error\""));
  const auto described = ask_now<description>(admin, describe{});
  REQUIRE(described);
  CHECK(described->kind == "admin");
  CHECK(described->handled == 8); // the wiring, six lines, this question
}

TEST_CASE_FIXTURE(admin_world, "who subscribes is answered, told at once, and told again when an account has changed") {
  int64_t steady = 13'900'000'000;
  settings.host.clock = [&steady] { return wire_time{at("14:30:00"), steady}; };
  start();
  wire_all(false);
  say(5, "subscribe", R"({"topic":"status"})");
  REQUIRE(script->answers.size() == 1);
  CHECK(answer() == R"({"jsonrpc":"2.0","id":1,"result":{"subscribed":"status"}})");
  REQUIRE(script->pushes.size() == 1);
  CHECK(script->pushes[0].connection == 5);
  CHECK(script->pushes[0].line.starts_with(R"({"jsonrpc":"2.0","method":"status","params":{"schema":1,)"));
  const auto pass = [&](std::chrono::milliseconds time) {
    for (; time.count() > 0; time -= 250ms)
      steady += 250'000'000, advance(250ms);
  };
  pass(1s);
  CHECK(script->pushes.size() == 1); // nothing has changed
  for (int i = 0; i < 5; ++i) {
    post(admin, account_changed{account_id{126244}});
    settle();
  }
  pass(250ms);
  CHECK(script->pushes.size() == 2); // five changes, one telling
  pass(2s);
  CHECK(script->pushes.size() == 3); // a sign of life
  script->sink.on_closed(5);
  settle();
  pass(5s);
  CHECK(script->pushes.size() == 3);
}

TEST_CASE_FIXTURE(admin_world, "a topic that does not exist, or is an administrator's, cannot be subscribed to") {
  start();
  wire_all(false);
  say(1, "subscribe", R"({"topic":"version"})");
  CHECK(contains(answer(0), "there is no topic 'version'"));
  say(1, "subscribe", R"({"topic":"logs"})");
  CHECK(contains(answer(1), "logs needs an administrator"));
  CHECK(journal->size() == 1);
  say(1, "subscribe", R"({"topic":"status","lines":3})");
  CHECK(contains(answer(2), "status takes no parameter 'lines'"));
  say(1, "unsubscribe", R"({"topic":"status"})");
  CHECK(contains(answer(3), "unsubscribed"));
  CHECK(script->pushes.empty());
}

TEST_CASE_FIXTURE(admin_world, "I7 the host says whether the time is sure, and an order carries that to the account") {
  bool sure = false;
  settings.host.time_sure = [&sure] { return sure; };
  start();
  wire_all(false);
  say(1, "reset", R"({"account":126244,"kind":"daily","reason":"why"})", true);
  CHECK(contains(answer(0), "not done: who knows the time"));
  CHECK(journal->back().text == "tim orders a daily reset (why): refused: who knows the time");
  sure = true;
  say(1, "reset", R"({"account":126244,"kind":"daily","reason":"why"})", true);
  CHECK(journal->back().text == "tim orders a daily reset (why): done");
}

TEST_CASE_FIXTURE(admin_world, "an administrator's order reaches the account and is journalled with its outcome") {
  start();
  wire_all(false);
  say(1, "flatten", R"({"account":126244,"reason":"the power goes"})", true);
  CHECK(contains(answer(0), "\"result\""));
  REQUIRE(journal->size() == 1);
  CHECK(journal->back().text == "tim orders everything closed (the power goes): done");
  CHECK(journal->back().account == account_id{126244});
  say(1, "unlock", R"({"account":126244,"reason":"why"})", true); // the fake one refuses
  CHECK(contains(answer(1), "\"code\":-32005,\"message\":\"not done: the account is not locked\""));
  CHECK(journal->back().text == "tim orders an unlock of all locks (why): refused: the account is not locked");
  say(1, "lock", R"({"account":126244,"mode":"flat","for":"30m","reason":"why"})", true);
  CHECK(journal->back().text == "tim orders a flat lock for 30 min (why): done");
  for (const std::string_view bad : {R"({"account":126244,"reason":""})", R"({"account":126244,"reason":"  "})", R"({"account":126244})", R"({"account":1,"reason":"why"})",
                                     R"({"account":126244,"reason":5})", R"({"account":126244,"reason":"a\nb"})"})
    say(1, "flatten", std::string{bad}, true);
  say(1, "flatten", R"({"account":126244,"reason":")" + std::string(10'000, 'x') + "\"}", true);
  CHECK(contains(answer(9), "1000 bytes at most, and this one has 10000"));
  CHECK(script->answers.size() == 10);
  CHECK(journal->size() == 3); // nobody was asked
  say(1, "flatten", R"({"account":126244,"reason":"as a trader"})");
  CHECK(contains(answer(10), "-32001"));
  CHECK(journal->size() == 4);
}

TEST_CASE_FIXTURE(admin_world, "the days of all accounts that answer go with a check of the configuration, and with nothing else") {
  std::vector<config_order> heard;
  settings.host.config = [&heard](config_order order, std::function<void(bool, std::string)> done) {
    heard.push_back(std::move(order));
    done(true, "{}");
  };
  start();
  wire_all(true);
  say(1, "config_check", R"({"text":"version: 1"})", true);
  REQUIRE(heard.size() == 1);
  REQUIRE(heard[0].days.size() == 1);
  CHECK(heard[0].days[0].account == account_id{126244});
  CHECK(script->answers.size() == 1);
  say(1, "config_apply", R"({"text":"version: 1","reason":"why"})", true);
  REQUIRE(heard.size() == 2);
  CHECK(heard[1].days.empty());
  known.accounts.clear(); // nobody has a day
  give(admin, known);
  say(1, "config_check", R"({"text":"version: 1"})", true);
  CHECK(heard.size() == 3);
  CHECK(script->answers.size() == 3);
}

TEST_CASE_FIXTURE(admin_world, "the host's orders are answered when the host answers, whoever else asks meanwhile") {
  std::vector<std::pair<config_order, std::function<void(bool, std::string)>>> host;
  settings.host.config = [&host](config_order order, std::function<void(bool, std::string)> done) { host.emplace_back(std::move(order), std::move(done)); };
  settings.host.log = [](std::size_t lines) { return std::vector<log_line>{{lines, "a line"}}; };
  settings.host.set_log_level = [](const std::string& room, const std::string&) { return room == "attic" ? std::optional<std::string>{"there is no room attic"} : std::nullopt; };
  start();
  wire_all(false);
  say(1, "config_apply", R"({"text":"version: 1","reason":"why"})", true);
  say(2, "version");
  CHECK(script->answers.size() == 1);
  REQUIRE(host.size() == 1);
  CHECK(host[0].first.text == "version: 1");
  host[0].second(false, "line 1: no");
  settle();
  CHECK(contains(answer(1), "line 1: no"));
  CHECK(journal->back().text == "tim changes the configuration (why): refused: line 1: no");
  say(1, "logs", R"({"lines":7})", true);
  CHECK(contains(answer(2), R"({"lines":[{"number":7,"text":"a line"}]})"));
  say(1, "log_level", R"({"level":"debug","room":"attic"})", true);
  CHECK(contains(answer(3), "there is no room attic"));
  say(1, "log_level", R"({"level":"debug"})", true);
  CHECK(contains(answer(4), "\"result\""));
  for (const auto* method : {"config_show", "logs", "log_level"})
    say(1, method, std::string{method} == "log_level" ? R"({"level":"debug"})" : "{}");
  for (std::size_t i = 5; i < 8; ++i)
    CHECK(contains(answer(i), "-32001"));
}

TEST_CASE_FIXTURE(admin_world, "the port is closed when the actor ends, and lines that come late reach nobody") {
  start();
  CHECK(script->opened == 1);
  caf::anon_send_exit(admin, caf::exit_reason::user_shutdown);
  settle();
  CHECK(script->closed == 1);
  say(1, "version");
  CHECK(script->answers.empty());
}

TEST_CASE_FIXTURE(admin_world, "a port that cannot be opened ends the actor with the reason") {
  admin = start_admin(system, settings, [](socket_sink) -> std::unique_ptr<client_port> { throw std::runtime_error{"another service listens there"}; });
  settle();
  self->monitor(admin);
  std::string why;
  self->receive([&](const caf::down_msg& m) { why = text_of(m.reason); });
  CHECK(why == "another service listens there");
}

TEST_SUITE_END();
