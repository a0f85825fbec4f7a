// A scheduler for CAF that runs the actors on an event loop that somebody else runs: the network's.
// An event is then read, judged and answered on one thread; nobody has to be woken in between, which on an idle machine costs more
// than all the rest together.
#pragma once

#include "messages/caf/quiet_clock.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace rm {

/// Hands a task to the loop; thread-safe; never runs it before it has returned.
using loop_post = std::function<void(std::function<void()>)>;

/// Runs one actor at a time, in the order in which they became ready. One actor that blocks (the disk) may be set apart: it has a thread of its
/// own, which is woken when all others have nothing left to do, or have been busy for long: waking it hardly ever stands between an event and its answer.
class loop_scheduler : public caf::scheduler::abstract_coordinator, public caf::execution_unit {
public:
  loop_scheduler(caf::actor_system& system, loop_post post);

  void enqueue(caf::resumable* job) override;
  void exec_later(caf::resumable* job) override { enqueue(job); }
  caf::actor_clock& clock() noexcept override { return clock_; }
  bool detaches_utility_actors() const override { return true; }

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
  void run_apart();
  /// One turn of an actor; true when it wants another.
  bool turn(caf::resumable* job, caf::execution_unit* unit);

  loop_post post_;
  std::mutex mutex_; // guards the next ones
  std::deque<caf::resumable*> ready_, ready_apart_;
  bool running_ = false; // somebody runs, or will soon
  bool alone_ = false;   // the loop has ended
  bool stopping_ = false;
  caf::resumable* apart_ = nullptr; // only compared: it may be gone
  std::condition_variable apart_wanted_;
  std::thread other_;
  quiet_clock clock_;
  std::thread timer_;
};

} // namespace rm
