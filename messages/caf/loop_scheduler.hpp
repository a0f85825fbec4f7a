// A scheduler for CAF that runs the actors on an event loop that somebody else runs: the network's.
// An event is then read, judged and answered on one thread; nobody has to be woken in between, which on an idle machine costs more
// than all the rest together.
#pragma once

#include "messages/caf/quiet_clock.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace rm {

/// Hands a task to the loop; thread-safe; never runs it before it has returned.
using loop_post = std::function<void(std::function<void()>)>;

/// Runs one actor at a time. Whom an actor has told something comes next, before those who waited: what follows from one event is done before
/// the next, and the first rule that breaches has its request on the wire before the other rules are asked. So that nobody waits for ever, one
/// that waited is taken after every `chain_at_once` turns. One actor that blocks (the disk) may be set apart: it has a thread of its own, which
/// is woken when all others have nothing left to do, or have been busy for long: waking it hardly ever stands between an event and its answer.
class loop_scheduler : public caf::scheduler::abstract_coordinator, public caf::execution_unit {
public:
  loop_scheduler(caf::actor_system& system, loop_post post);

  static constexpr int chain_at_once = 64;

  void enqueue(caf::resumable* job) override;
  /// From within a turn.
  void exec_later(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }
  bool detaches_utility_actors() const override { return true; }

  /// On the loop's thread, by a task of its own: runs what is ready now and not only when the loop comes to it.
  void run_here();
  /// From within a turn: whom this actor has told something, and whoever follows from that, has its turn before this one goes on. One of
  /// those may do the same, and no further ones.
  void run_told();

  /// Runs this actor on the other thread from its next turn on; replaces the one before.
  void set_apart(const caf::actor& who);

  /// The loop runs no more: from now on whoever makes an actor ready runs it. Call when the loop's thread has ended.
  void leave_loop();

protected:
  void start() override;
  void stop() override;

private:
  /// The other thread, as CAF sees it.
  struct other_unit : caf::execution_unit {
    other_unit(caf::actor_system* system, loop_scheduler& to) : caf::execution_unit{system}, to{to} {}
    void exec_later(caf::resumable* job) override { to.enqueue(job); }
    loop_scheduler& to;
  };

  void run();
  void run_one(caf::resumable* job);
  /// Whose turn it is; nobody: the run is over.
  caf::resumable* next();
  void run_apart();
  /// One turn of an actor; true when it wants another.
  bool turn(caf::resumable* job, caf::execution_unit* unit);

  loop_post post_;
  // Of whoever runs; handed over with `running_`.
  std::deque<caf::resumable*> chain_, woken_; // what this event led to; and the turn that is under way
  std::array<std::deque<caf::resumable*>, 2> aside_; // the chain of a turn that waits for those whom it has told
  std::size_t waiting_ = 0;                   // such turns
  int chained_ = 0;                           // turns from the chain in a row
  std::atomic<std::thread::id> runner_{};
  std::atomic<caf::resumable*> apart_{nullptr}; // only compared: it may be gone

  std::mutex mutex_; // guards the next ones
  std::deque<caf::resumable*> ready_, ready_apart_;
  bool running_ = false; // somebody runs, or will soon
  bool alone_ = false;   // the loop has ended
  bool stopping_ = false;
  std::condition_variable apart_wanted_;
  std::thread other_;
  quiet_clock clock_;
  std::thread timer_;
};

/// Has the memory of an actor come in that will be told something in a moment. Means nothing to what happens, only to how soon.
template <class Handle>
void fetch_soon(const Handle& who) {
  constexpr std::ptrdiff_t line = 64, lines = 22; // its counters, its mailbox and its state are one piece of memory
  const auto* at = reinterpret_cast<const char*>(caf::actor_cast<caf::actor_control_block*>(who));
  for (std::ptrdiff_t i = 0; i < lines; ++i)
    __builtin_prefetch(at + i * line);
}

/// See `run_told`; nothing where another scheduler runs.
template <class Self>
void let_told_run(Self* self) {
  if (auto* loop = dynamic_cast<loop_scheduler*>(self->context()))
    loop->run_told();
}

} // namespace rm
