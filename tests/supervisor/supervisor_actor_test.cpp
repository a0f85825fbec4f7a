#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/account/account_actor.hpp"
#include "actors/broker/broker_actor.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_port.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

constexpr account_id our_account{7};

/// What the children of a test do, and what they saw.
struct script {
  std::vector<std::string> log;           // starts and ends, in their order
  std::map<std::string, wiring> wired;    // newest wiring that each has heard
  std::map<std::string, int> wirings;
  std::map<std::string, std::size_t> rooms; // how many accounts' handles these held together
  bool disk_works = true;
  bool bad_start = false;                 // constructors throw
  stored_account kept;                    // what the fake disk has of every account
  std::vector<journal_entry> journal;
};

/// A rule serves as a plain child: `evaluate` makes it crash.
struct child_state {
  using handle = rule_actor;
  static inline const char* name = "child";
  child_state(handle::pointer, script* s, const std::string& id) : s{s}, id{id} {
    if (s->bad_start)
      throw std::runtime_error{"opening < 0"};
    s->log.push_back("+" + id);
  }
  ~child_state() { s->log.push_back("-" + id); }
  handle::behavior_type make_behavior() {
    return {
      [](const evaluate&) { throw std::runtime_error{"negative qty"}; },
      [this](const wiring& w) { s->wired[id].take(w), ++s->wirings[id], s->rooms[id] += w.accounts.size(); },
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  script* s;
  std::string id;
};

struct disk_state {
  using handle = persistence_actor;
  static inline const char* name = "disk";
  disk_state(handle::pointer, script* s) : s{s} { s->log.push_back("+disk"); }
  ~disk_state() { s->log.push_back("-disk"); }
  handle::behavior_type make_behavior() {
    return {
      [this](const save_account& m) -> caf::result<saved> {
        s->kept.found = true;
        s->kept.memory = m.memory;
        return saved{m.memory.version};
      },
      [](const save_trades&) -> caf::result<saved> { return saved{}; },
      [](const save_day&) {},
      [this](const journal_entry& e) { s->journal.push_back(e); },
      [this](const load_account& m) -> caf::result<stored_account> {
        s->log.push_back("load");
        if (!s->disk_works)
          return caf::make_error(ec::storage, std::string{"disk full"});
        auto out = s->kept;
        out.account = m.account;
        return out;
      },
      [](const get_journal&) -> caf::result<journal_page> { return journal_page{}; },
      [](prove_journal) -> caf::result<journal_proof> { return journal_proof{}; },
      [](const config_in_force&) {},
      [](const clock_tick&) {},
      [](get_storage_health) -> caf::result<storage_health> { return storage_health{}; },
      [this](const wiring& w) { s->wired["disk"].take(w); },
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  script* s;
};

/// Ends when it is killed, not when it is asked to.
struct deaf_state {
  using handle = rule_actor;
  static inline const char* name = "deaf";
  deaf_state(handle::pointer self, script* s) : s{s} {
    self->set_exit_handler([](const caf::exit_msg&) {});
  }
  ~deaf_state() { s->log.push_back("-deaf"); }
  handle::behavior_type make_behavior() {
    return {[](const evaluate&) {}, [](const wiring&) {}, [](describe) -> caf::result<description> { return description{}; }};
  }
  script* s;
};

struct world : actor_fixture {
  script s;
  wiring now; // newest incarnations, as seen by the start closures
  std::map<std::string, rule_actor> plain;
  account_settings account;
  supervisor_actor root;

  world() {
    account.id = our_account;
    spdlog::set_level(spdlog::level::off); // crashes are the point here
  }
  ~world() {
    spdlog::set_level(spdlog::level::info);
    if (root)
      post(root, stop_all{});
    settle();
    now = wiring{};
    plain.clear();
    s.wired.clear();
    root = supervisor_actor{};
  }

  child_spec child(std::string id, restart_policy policy = {3, 30s, 100ms}) {
    return {id, policy, {}, [this, id](caf::actor_system& system, wiring&, const stored_account&) {
              plain[id] = spawn_state<child_state>(system, &s, id);
              return caf::actor_cast<caf::actor>(plain[id]);
            }};
  }
  child_spec disk() {
    return {"disk", {3, 30s, 100ms}, {}, [this](caf::actor_system& system, wiring& others, const stored_account&) {
              now.persistence = others.persistence = spawn_state<disk_state>(system, &s);
              return caf::actor_cast<caf::actor>(others.persistence);
            }};
  }
  /// An account's supervisor with a rule and the real account actor.
  child_spec nested() {
    return {"account 7", {3, 30s, 100ms}, {}, [this](caf::actor_system& system, wiring&, const stored_account&) {
              supervisor_settings own;
              own.name = "account 7";
              own.account = our_account;
              own.children.push_back({"rule r", {2, 30s, 100ms}, {}, [this](caf::actor_system& sys, wiring& o, const stored_account&) {
                                        auto& rule = o.accounts[our_account].rules["r"];
                                        rule = plain["r"] = spawn_state<child_state>(sys, &s, std::string{"r"});
                                        return caf::actor_cast<caf::actor>(rule);
                                      }});
              own.children.push_back({"desk", {2, 30s, 100ms}, our_account, [this](caf::actor_system& sys, wiring& o, const stored_account& kept) {
                                        s.log.push_back("+desk");
                                        auto& desk = o.accounts[our_account].desk;
                                        desk = start_account(sys, account, kept);
                                        return caf::actor_cast<caf::actor>(desk);
                                      }});
              return caf::actor_cast<caf::actor>(start_supervisor(system, own));
            }, {}, {}, our_account};
  }
  void start(std::vector<child_spec> specs) {
    supervisor_settings settings;
    settings.children = std::move(specs);
    settings.wall_clock = [] { return timestamp{1s}; };
    root = keep(start_supervisor(system, settings));
  }
  std::vector<std::string> alive() {
    std::vector<std::string> out;
    const auto known = *ask_now<child_list>(root, list_children{});
    for (auto& c : known.children)
      if (c.running)
        out.push_back(c.name);
    return out;
  }
  void crash(const rule_actor& a) { give(a, evaluate{}); }
  /// The account's desk as the infrastructure knows it.
  account_actor desk() {
    auto i = s.wired["other"].accounts.find(our_account);
    return i == s.wired["other"].accounts.end() ? account_actor{} : i->second.desk;
  }
  std::string end_of(const supervisor_actor& a) {
    self->monitor(a);
    settle();
    std::string why = "it goes on";
    if (self->has_next_message())
      self->receive([&](const caf::down_msg& m) { why = text_of(m.reason); });
    return why;
  }
  long count(std::string_view what) { return std::count(s.log.begin(), s.log.end(), what); }
};
using names = std::vector<std::string>;

} // namespace

TEST_SUITE_BEGIN("supervisor");

// -- one supervisor -----------------------------------------------------------------------

TEST_CASE_FIXTURE(world, "children start in their order and all are wired") {
  start({disk(), child("hedge"), child("other")});
  CHECK(s.log == names{"+disk", "+hedge", "+other"});
  CHECK(alive() == names{"disk", "hedge", "other"});
  CHECK(s.wired["hedge"].persistence == now.persistence);
  CHECK(s.wired["hedge"].root == root);
}

TEST_CASE_FIXTURE(world, "a crashed child is restarted after the back-off and starts afresh") {
  start({child("hedge"), child("other")});
  auto old = plain["hedge"];
  crash(old);
  CHECK(alive() == names{"other"});
  CHECK(ask_now<description>(old, describe{}).error() == caf::sec::request_receiver_down);
  advance(99ms);
  CHECK(alive() == names{"other"});
  advance(1ms);
  CHECK(alive() == names{"hedge", "other"});
  CHECK(plain["hedge"] != old);
  const auto children = ask_now<child_list>(root, list_children{})->children;
  CHECK(children[0].restarts == 1);
  CHECK(children[0].last_error.find("negative qty") != std::string::npos);
  CHECK(children[1].restarts == 0);
}

TEST_CASE_FIXTURE(world, "the others hear of the new incarnation") {
  start({disk(), child("other")});
  const auto old = now.persistence;
  caf::anon_send_exit(caf::actor_cast<caf::actor>(old), caf::exit_reason::kill);
  settle();
  advance(100ms);
  CHECK(now.persistence != old);
  CHECK(s.wired["other"].persistence == now.persistence);
}

TEST_CASE_FIXTURE(world, "too many crashes: everybody is stopped, then the supervisor ends with the reason") {
  start({child("hedge"), child("other")});
  for (auto d : {100ms, 200ms, 400ms}) {
    crash(plain["hedge"]);
    advance(d);
  }
  s.log.clear();
  crash(plain["hedge"]);
  const auto why = end_of(root);
  CHECK(why.find("root: hedge: too many restarts") != std::string::npos);
  CHECK(why.find("negative qty") != std::string::npos);
  CHECK(s.log == names{"-hedge", "-other"});
  CHECK(system.registry().running() == 1); // the fixture itself
}

TEST_CASE_FIXTURE(world, "stop_all ends the children in reverse order and leaves nobody behind") {
  start({disk(), child("hedge"), child("other")});
  s.log.clear();
  give(root, stop_all{});
  CHECK(s.log == names{"-other", "-hedge", "-disk"});
  CHECK(end_of(root) == "");
  CHECK(system.registry().running() == 1);
}

TEST_CASE_FIXTURE(world, "what crashes while everything is being stopped is not started again") {
  start({child("hedge"), child("other")});
  crash(plain["hedge"]);
  give(root, stop_all{});
  advance(1s);
  CHECK(count("+hedge") == 1);
  CHECK(system.registry().running() == 1);
}

TEST_CASE_FIXTURE(world, "a constructor that throws is a crash with its text, tried again and given up") {
  s.bad_start = true;
  start({child("hedge")});
  CHECK(alive().empty());
  s.bad_start = false;
  advance(100ms);
  CHECK(alive() == names{"hedge"});
  s.bad_start = true;
  crash(plain["hedge"]);
  advance(200ms);
  advance(400ms);
  CHECK(end_of(root).find("opening < 0") != std::string::npos);
}

TEST_CASE_FIXTURE(world, "a start closure that throws is a crash of the child, not of its supervisor") {
  int tries = 0;
  child_spec bad{"bad", {3, 30s, 100ms}, {}, [&](caf::actor_system&, wiring&, const stored_account&) -> caf::actor {
                   ++tries;
                   throw std::runtime_error{"no such file"};
                 }};
  start({child("other"), bad});
  CHECK(alive() == names{"other"});
  advance(100ms);
  CHECK(tries == 2);
  advance(200ms);
  advance(400ms);
  CHECK(end_of(root).find("no such file") != std::string::npos);
}

TEST_CASE_FIXTURE(world, "N8 an exception is not swallowed: its actor ends, and the crash is journalled, with its text and the wall clock's time") {
  start({disk(), child("hedge")});
  crash(plain["hedge"]);
  REQUIRE(s.journal.size() == 1);
  CHECK(s.journal[0].kind == "crash");
  CHECK(s.journal[0].at == timestamp{1s});
  CHECK(s.journal[0].text.find("negative qty") != std::string::npos);
  CHECK(s.journal[0].text.find("100 ms") != std::string::npos);
}

TEST_CASE_FIXTURE(world, "I10 what persistence itself crashed of is journalled when it is there again") {
  auto writer = disk();
  writer.name = "persistence";
  start({writer, child("other")});
  caf::anon_send_exit(caf::actor_cast<caf::actor>(now.persistence), caf::exit_reason::kill);
  settle();
  crash(plain["other"]); // while nobody writes
  CHECK(s.journal.empty());
  advance(100ms);
  REQUIRE(s.journal.size() == 2);
  CHECK(s.journal[0].text.starts_with("persistence ended"));
  CHECK(s.journal[1].text.starts_with("other ended"));
}

TEST_CASE_FIXTURE(world, "when the machine has slept, every broker looks at its link at once") {
  const auto script = std::make_shared<fake_port_script>();
  start({{"broker", {3, 30s, 100ms}, {}, [&](caf::actor_system& sys, wiring& others, const stored_account&) {
            auto& broker = others.brokers["sim"];
            broker = start_broker(sys, "sim", fake_port_factory(script));
            return caf::actor_cast<caf::actor>(broker);
          }}});
  give(root, replace_children{nullptr, {}, std::nullopt, false});
  CHECK(script->checks.empty());
  give(root, replace_children{nullptr, {}, std::nullopt, true});
  CHECK(script->checks.size() == 1);
}

TEST_CASE_FIXTURE(world, "a child that ends without a reason is started again, too") {
  start({child("hedge")});
  caf::anon_send_exit(caf::actor_cast<caf::actor>(plain["hedge"]), caf::exit_reason::user_shutdown);
  settle();
  advance(100ms);
  CHECK(count("+hedge") == 2);
}

// -- a supervisor of an account ----------------------------------------------------------

TEST_CASE_FIXTURE(world, "an account's supervisor waits for its wiring and for what was kept") {
  supervisor_settings own;
  own.name = "account 7";
  own.account = our_account;
  own.children.push_back(child("r"));
  auto alone = keep(start_supervisor(system, own));
  CHECK(s.log.empty());
  CHECK(ask_now<description>(alone, describe{})->state == "waiting for its wiring");
  give(alone, stop_all{});
  CHECK(end_of(alone) == "");

  start({disk(), child("other"), nested()});
  CHECK(s.log == names{"+disk", "+other", "+r", "load", "+desk"});
  REQUIRE(desk());
  CHECK(s.wired["r"].accounts.at(our_account).desk == desk());
  CHECK(s.wired["r"].persistence == now.persistence);
}

TEST_CASE_FIXTURE(world, "starting many accounts tells as many handles as there are accounts, not their square; each restart tells one") {
  constexpr int64_t many = 200;
  std::map<account_id, rule_actor> rules;
  std::vector<child_spec> specs{disk(), child("first")};
  for (int64_t i = 1; i <= many; ++i) {
    const account_id id{i};
    specs.push_back({"account " + to_string(id), {3, 30s, 100ms}, {}, [this, id, &rules](caf::actor_system& sys, wiring&, const stored_account&) {
                       supervisor_settings own;
                       own.name = "account " + to_string(id);
                       own.account = id;
                       own.children.push_back({"rule r", {2, 30s, 100ms}, {}, [this, id, &rules](caf::actor_system& inner, wiring& o, const stored_account&) {
                                                 auto& rule = o.accounts[id].rules["r"];
                                                 rule = rules[id] = spawn_state<child_state>(inner, &s, "r " + to_string(id));
                                                 return caf::actor_cast<caf::actor>(rule);
                                               }});
                       return caf::actor_cast<caf::actor>(start_supervisor(sys, own));
                     }, {}, {}, id});
  }
  specs.push_back(child("last"));
  start(std::move(specs));
  for (const auto* who : {"first", "last"}) {
    CHECK(s.wired[who].accounts.size() == many);
    CHECK(s.wirings[who] <= 2 * many);
    CHECK(s.rooms[who] <= 2 * many);
  }
  for (int64_t i = 1; i <= many; ++i) {
    CHECK(s.wired["first"].accounts.at(account_id{i}).rules.at("r") == rules[account_id{i}]);
    CHECK(s.rooms["r " + std::to_string(i)] <= 2); // nobody else's
  }
  const auto told = s.rooms["first"];
  crash(rules[account_id{100}]);
  advance(100ms);
  CHECK(s.rooms["first"] == told + 1);
  CHECK(s.wired["first"].accounts.at(account_id{100}).rules.at("r") == rules[account_id{100}]);
  crash(plain["last"]); // it knows nobody: all are told, at once
  advance(100ms);
  CHECK(s.wired["last"].accounts.size() == many);
  CHECK(s.rooms["first"] == told + 1);
  rules.clear();
}

TEST_CASE_FIXTURE(world, "what could not be loaded is tried again for as long as it takes, and is no crash") {
  s.disk_works = false;
  start({disk(), child("other"), nested()});
  CHECK(count("+desk") == 0);
  CHECK(count("+r") == 1);
  for (int i = 0; i < 100; ++i)
    advance(250ms);
  CHECK(count("load") >= 100);
  CHECK(count("+desk") == 0);
  CHECK(count("+r") == 1);
  s.disk_works = true;
  advance(250ms);
  CHECK(count("+desk") == 1);
  REQUIRE(desk());
  const auto inside = ask_now<child_list>(s.wired["other"].accounts.at(our_account).supervisor, list_children{});
  REQUIRE(inside->children.size() == 2);
  CHECK(inside->children[1].restarts == 0);
}

TEST_CASE_FIXTURE(world, "an account that is taken out of the configuration while it is waiting to be started again is forgotten by all") {
  start({disk(), child("other"), nested()});
  REQUIRE(desk());
  caf::anon_send_exit(caf::actor_cast<caf::actor>(s.wired["other"].accounts.at(our_account).supervisor), caf::exit_reason::kill);
  settle();
  give(root, replace_children{std::make_shared<const std::vector<child_spec>>(std::vector{disk(), child("other")}), {}, std::nullopt, false});
  CHECK_FALSE(desk());
  advance(1s);
  CHECK_FALSE(desk());
  CHECK(alive() == names{"disk", "other"});
}

TEST_CASE_FIXTURE(world, "an account whose persistence is not there yet waits for it") {
  start({child("other"), nested()});
  CHECK(count("+desk") == 0);
  CHECK(count("+r") == 1);
  advance(1s);
  CHECK(count("+desk") == 0);
}

TEST_CASE_FIXTURE(world, "I6 a crashed account comes back alone, with its kept locks, and everyone hears of it") {
  s.kept.found = true;
  s.kept.memory.account = our_account;
  s.kept.memory.version = 5;
  lock kept;
  kept.rule = "daily_loss_limit";
  kept.mode = lock_mode::flat;
  kept.reason = "kept";
  s.kept.memory.locks = {kept};
  start({disk(), child("other"), nested()});
  auto first = desk();
  REQUIRE(first);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(first), caf::exit_reason::kill);
  settle();
  advance(100ms);
  auto second = desk();
  REQUIRE(second);
  CHECK(second != first);
  CHECK(count("load") == 2);
  CHECK(count("+r") == 1); // nobody else was touched
  CHECK(count("+disk") == 1);
  const auto now_locked = ask_now<account_status>(second, get_account_status{});
  REQUIRE(now_locked->locks.size() == 1);
  CHECK(now_locked->locks[0].reason == "kept");
  CHECK(now_locked->state == account_state_name::locked);
  CHECK(s.wired["r"].accounts.at(our_account).desk == second);
}

TEST_CASE_FIXTURE(world, "a new persistence is wired through to the account's actors") {
  start({disk(), child("other"), nested()});
  caf::anon_send_exit(caf::actor_cast<caf::actor>(now.persistence), caf::exit_reason::kill);
  settle();
  advance(100ms);
  CHECK(s.wired["r"].persistence == now.persistence);
  CHECK(s.wired["r"].accounts.at(our_account).desk == desk());
}

TEST_CASE_FIXTURE(world, "an account that crashes too often is built anew, and in the end takes the service with it") {
  start({disk(), child("other"), nested()});
  const auto first = desk();
  const auto exhaust = [&] {
    for (auto d : {100ms, 200ms, 0ms}) {
      crash(plain["r"]);
      advance(d);
    }
  };
  exhaust();
  CHECK(alive() == names{"disk", "other"});
  CHECK(ask_now<description>(first, describe{}).error() == caf::sec::request_receiver_down);
  advance(100ms);
  CHECK(alive() == names{"disk", "other", "account 7"});
  REQUIRE(desk());
  CHECK(desk() != first);
  exhaust();
  advance(200ms);
  exhaust();
  advance(400ms);
  exhaust();
  const auto why = end_of(root);
  CHECK(why.find("root: account 7: too many restarts") != std::string::npos);
  CHECK(why.find("rule r") != std::string::npos);
  CHECK(why.find("negative qty") != std::string::npos);
  CHECK(system.registry().running() == 1);
}

TEST_CASE_FIXTURE(world, "the ordered stop goes down into the accounts before it comes to persistence") {
  start({disk(), child("other"), nested()});
  s.log.clear();
  give(root, stop_all{});
  CHECK(s.log == names{"-r", "-other", "-disk"});
  CHECK(system.registry().running() == 1);
}

TEST_CASE_FIXTURE(world, "a stop while an account is still being loaded leaves nobody behind") {
  s.disk_works = false;
  start({disk(), nested()});
  give(root, stop_all{});
  advance(1s);
  CHECK(count("+desk") == 0);
  CHECK(system.registry().running() == 1);
}

TEST_CASE_FIXTURE(world, "of configurations that follow each other faster than a child can stop, the newest comes into force") {
  const auto made_of = [this](const char* text) {
    auto out = child("hedge");
    out.fingerprint = text;
    out.start = [this, text](caf::actor_system& system, wiring&, const stored_account&) {
      plain["hedge"] = spawn_state<child_state>(system, &s, std::string{"hedge "} + text);
      return caf::actor_cast<caf::actor>(plain["hedge"]);
    };
    return out;
  };
  const auto replace = [this](std::vector<child_spec> by) {
    caf::anon_send(root, replace_children{std::make_shared<const std::vector<child_spec>>(std::move(by)), {}, std::nullopt, false});
  };
  start({disk(), made_of("limit 500")});
  replace({disk(), made_of("limit 5000")});
  SUBCASE("changed and taken back") {
    replace({disk(), made_of("limit 500")});
    settle();
    CHECK(s.log == names{"+disk", "+hedge limit 500", "-hedge limit 500", "+hedge limit 500"});
  }
  SUBCASE("changed, gone and there again") {
    replace({disk()});
    replace({disk(), made_of("limit 500")});
    settle();
    CHECK(s.log == names{"+disk", "+hedge limit 500", "-hedge limit 500", "+hedge limit 500"});
  }
  advance(1s);
  s.log.clear();
  replace({disk(), made_of("limit 300")}); // and the one after that is not missed
  settle();
  CHECK(s.log == names{"-hedge limit 500", "+hedge limit 300"});
  CHECK(s.journal.empty()); // nobody crashed
}

TEST_CASE_FIXTURE(world, "a child that does not end is killed after its grace") {
  start({child("other"), {"deaf", {}, {}, [this](caf::actor_system& sys, wiring&, const stored_account&) {
                            return caf::actor_cast<caf::actor>(spawn_state<deaf_state>(sys, &s));
                          }}});
  s.log.clear();
  give(root, stop_all{});
  CHECK(s.log.empty());
  advance(9s);
  CHECK(s.log.empty());
  advance(1s);
  CHECK(s.log == names{"-deaf", "-other"});
  CHECK(system.registry().running() == 1);
}

TEST_SUITE_END();
