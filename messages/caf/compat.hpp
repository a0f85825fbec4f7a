// The seam to the actor library: everything that differs between CAF 0.17.6 and CAF 1.x, in one header.
#pragma once

#include "messages/caf/clauses.hpp"
#include "messages/caf/tap.hpp"
#include "messages/errors.hpp"

#include <caf/actor_system.hpp>
#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace rm {

// -- sending ------------------------------------------------------------------

/// Sends a message that has no answer.
template <class Self, class Handle, class Message>
void tell(Self* self, const Handle& to, Message&& message) {
#if CAF_VERSION < 10000
  self->send(to, std::forward<Message>(message));
#else
  self->mail(std::forward<Message>(message)).send(to);
#endif
}

/// Sends a message after a delay of the steady clock. It cannot be taken back: only the supervisor and the timer actor use it.
template <class Self, class Handle, class Message>
void tell_after(Self* self, const Handle& to, std::chrono::nanoseconds delay, Message&& message) {
#if CAF_VERSION < 10000
  self->delayed_send(to, delay, std::forward<Message>(message));
#else
  self->mail(std::forward<Message>(message)).delay(delay).send(to);
#endif
}

/// Asks a question. Continue with `.then(on_reply, on_error)`: always both, or an error ends the asker.
template <class Self, class Handle, class Message>
auto ask(Self* self, const Handle& to, std::chrono::nanoseconds timeout, Message&& message) {
#if CAF_VERSION < 10000
  return self->request(to, timeout, std::forward<Message>(message));
#else
  return self->mail(std::forward<Message>(message)).request(to, timeout);
#endif
}

/// For threads that are not actors (sockets, the service host). Thread-safe.
template <class Handle, class Message>
void post(const Handle& to, Message&& message) {
#if CAF_VERSION < 10000
  caf::anon_send(to, std::forward<Message>(message));
#else
  caf::anon_mail(std::forward<Message>(message)).send(to);
#endif
}

// -- actors from state classes ------------------------------------------------

/// Turns what a handler threw into the reason that the supervisor sees.
caf::error crash_report(std::exception_ptr& failure);

/// A readable form of an error: our own texts where it carries one.
std::string text_of(const caf::error& error);

/// Slot for a state that is built from arguments once its actor runs.
template <class State>
struct late {
  static inline const char* name = State::name;
  std::optional<State> it;
};

/// An actor with such a state. Everything it receives goes through `consume`, answers to its own questions too.
template <class State>
class watched_actor : public caf::stateful_actor<late<State>, typename State::handle::base> {
public:
  using super = caf::stateful_actor<late<State>, typename State::handle::base>;
  using super::consume;
  using super::enqueue;

  explicit watched_actor(caf::actor_config& config) : super{config} {
    this->set_exception_handler(&crash_report);
    this->set_default_handler([this](caf::scheduled_actor*, caf::message_view& message) { return on_foreign_message(tap_, message); });
  }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* where) override {
    if (tap_.on())
      tap_.arrived(message.get());
    super::enqueue(std::move(message), where);
  }

  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    if (!tap_.on())
      return super::consume(message);
    return tap_.watch(message, [&] { return super::consume(message); });
  }

private:
  message_tap tap_;
};

/// Spawns `State{self, args...}` and installs its `make_behavior()`.
/// The state is built inside the new actor, so a throwing constructor reaches the supervisor as a DOWN message and not the spawner
/// as an exception. It understands drills and traces. Arguments are passed on as const references and must be copyable.
template <class State, caf::spawn_options Options = caf::no_spawn_options, class Spawner, class... Args>
typename State::handle spawn_state(Spawner& spawner, Args... args) {
  using handle = typename State::handle;
  using self_ptr = watched_actor<State>*;
  return spawner.template spawn<Options>(
    [](self_ptr self, const Args&... xs) -> typename handle::behavior_type {
#if CAF_VERSION < 10000
      auto& slot = self->state.it;
#else
      auto& slot = self->state().it;
#endif
      slot.emplace(self, xs...);
      return slot->make_behavior();
    },
    std::move(args)...);
}

} // namespace rm
