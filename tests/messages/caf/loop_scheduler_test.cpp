// The scheduler on a loop that the test itself turns.
#include "messages/caf/loop_scheduler.hpp"

#include "messages/caf/compat.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace rm;

namespace {

/// Tasks in the order in which they were posted.
struct loop {
  std::mutex mutex;
  std::deque<std::function<void()>> tasks;

  void post(std::function<void()> task) {
    std::lock_guard guard{mutex};
    tasks.push_back(std::move(task));
  }
  /// False: there was nothing to do.
  bool turn() {
    std::function<void()> task;
    {
      std::lock_guard guard{mutex};
      if (tasks.empty())
        return false;
      task = std::move(tasks.front());
      tasks.pop_front();
    }
    task();
    return true;
  }
};

struct on_loop : caf::actor_system_config {
  explicit on_loop(loop& to) {
    module_factories.push_back([&to](caf::actor_system& system) -> caf::actor_system::module* {
      return new loop_scheduler{system, [&to](std::function<void()> task) { to.post(std::move(task)); }};
    });
    set("scheduler.max-throughput", std::size_t{20}); // an actor that finds its own mailbox full comes to an end, too
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

struct stage {
  loop turns;
  on_loop config{turns};
  caf::actor_system system{config};
  std::vector<std::string> seen;

  ~stage() { scheduler().leave_loop(); }
  loop_scheduler& scheduler() { return dynamic_cast<loop_scheduler&>(system.scheduler()); }
  void settle() {
    while (turns.turn())
      ;
  }
  /// Writes its name, and then does `more`.
  caf::actor writer(std::string name, std::function<void(caf::event_based_actor*)> more = {}) {
    return system.spawn([=, this](caf::event_based_actor* self) -> caf::behavior {
      return {[=, this](int) {
        seen.push_back(name);
        if (more)
          more(self);
      }};
    });
  }
};

using words = std::vector<std::string>;

} // namespace

TEST_CASE("what follows from one event is done before the next") {
  stage s;
  const auto d = s.writer("D"), c = s.writer("C"), waiting = s.writer("waiting");
  const auto b = s.writer("B", [d](auto* self) { tell(self, d, 1); });
  const auto a = s.writer("A", [b, c](auto* self) {
    tell(self, b, 1);
    tell(self, c, 1);
  });
  s.settle();
  post(a, 1);
  post(waiting, 1);
  s.settle();
  CHECK(s.seen == words{"A", "B", "D", "C", "waiting"});
}

TEST_CASE("an actor can let those run whom it has told, before it goes on") {
  stage s;
  const auto e = s.writer("E"), c = s.writer("C"), waiting = s.writer("waiting");
  const auto d = s.writer("D", [&s, e](auto* self) {
    tell(self, e, 1);
    let_told_run(self); // two wait already
    s.seen.push_back("D goes on");
  });
  const auto b = s.writer("B", [&s, d](auto* self) {
    tell(self, d, 1);
    let_told_run(self);
    s.seen.push_back("B goes on");
  });
  const auto a = s.writer("A", [&s, b, c](auto* self) {
    tell(self, b, 1);
    let_told_run(self);
    s.seen.push_back("A goes on");
    tell(self, c, 1);
  });
  s.settle();
  post(a, 1);
  post(waiting, 1);
  s.settle();
  CHECK(s.seen == words{"A", "B", "D", "D goes on", "E", "B goes on", "A goes on", "C", "waiting"});
}

TEST_CASE("nobody waits for ever while two keep each other busy") {
  stage s;
  bool served = false;
  int turns = 0;
  const auto waiting = s.writer("waiting", [&served](auto*) { served = true; });
  const auto quick = [&s, &served, &turns](bool let_run) {
    return s.system.spawn([&served, &turns, let_run](caf::event_based_actor* self) -> caf::behavior {
      return {[self, &served, &turns, let_run](const caf::actor& other) {
        if (served || ++turns > 5000)
          return;
        tell(self, other, caf::actor{self});
        if (let_run)
          let_told_run(self);
      }};
    });
  };
  for (const bool let_run : {false, true}) {
    served = false;
    turns = 0;
    const auto ping = quick(let_run), pong = quick(false);
    s.settle();
    post(ping, pong);
    post(waiting, 1);
    s.settle();
    CHECK(served);
    CHECK(turns <= 3 * loop_scheduler::chain_at_once);
  }
}

TEST_CASE("what is ready can be run before the loop comes to it") {
  stage s;
  const auto b = s.writer("B");
  const auto a = s.writer("A", [&s, b](auto* self) {
    tell(self, b, 1);
    s.scheduler().run_here(); // from within a turn it does nothing
    s.seen.push_back("A goes on");
  });
  s.settle();
  s.scheduler().run_here(); // nothing is ready
  post(a, 1);
  CHECK(s.seen.empty());
  s.scheduler().run_here();
  CHECK(s.seen == words{"A", "A goes on", "B"});
  post(b, 1); // the first run that was posted, and this one's
  s.settle();
  CHECK(s.seen == words{"A", "A goes on", "B", "B"});
}
