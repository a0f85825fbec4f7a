// Actors on one thread with a clock that only the test moves.
#pragma once

#include "messages/caf/compat.hpp"
#include "messages/protocols.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <vector>

namespace rm::test {

struct test_config : caf::actor_system_config {
  test_config() {
    set("scheduler.policy", caf::atom("testing")); // a string would be refused at run time
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

/// One thread, manual clock. Members are destroyed bottom-up: handles die before the system.
struct actor_fixture {
  test_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler{dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())};
  caf::scoped_actor self{system}; // counts as one running actor
  std::vector<caf::actor> spawned;

  /// Keeps an actor for teardown: a recurring tell_after() would never let the system end.
  template <class Handle>
  Handle keep(Handle h) {
    spawned.push_back(caf::actor_cast<caf::actor>(h));
    settle();
    return h;
  }

  void settle() {
    while (scheduler.try_run_once()) {
    }
  }

  void advance(caf::timespan t) {
    scheduler.advance_time(t);
    settle();
  }

  template <class Handle, class Message>
  void give(const Handle& to, Message message) {
    caf::anon_send(to, std::move(message));
    settle();
  }

  /// Who asks is new each time: a late answer to an earlier question would be taken for the one to this, and waited for without end.
  template <class Reply, class Handle, class Question>
  caf::expected<Reply> ask_now(const Handle& to, Question q) {
    caf::expected<Reply> out{caf::sec::none};
    caf::scoped_actor asks{self->home_system()};
    auto pending = asks->request(to, caf::infinite, std::move(q));
    settle();
    if (!asks->has_next_message())
      return caf::sec::request_timeout; // would block for ever
    pending.receive([&](Reply& r) { out = std::move(r); }, [&](caf::error& e) { out = std::move(e); });
    return out;
  }

  ~actor_fixture() {
    for (auto& a : spawned)
      caf::anon_send_exit(a, caf::exit_reason::kill);
    settle();
    spawned.clear();
    scheduler.clock().cancel_all(); // drops delayed messages that would keep dead actors (and ~actor_system) busy
  }
};

} // namespace rm::test
