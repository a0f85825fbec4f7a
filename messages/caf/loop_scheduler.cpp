#include "messages/caf/loop_scheduler.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>

#include <utility>

namespace rm {
namespace {

/// After so many turns the loop gets its chance to read what has come in.
constexpr int turns_at_once = 200;

/// While one actor has its turn, the memory of the next comes in: where there are thousands of them it is in no cache.
void fetch(const caf::resumable* job) {
  constexpr std::ptrdiff_t line = 64, before = 4 * line, behind = 20 * line; // an actor and its state are one piece of memory around it
  const auto* at = reinterpret_cast<const char*>(job);
  for (auto i = -before; i < behind; i += line)
    __builtin_prefetch(at + i);
}

} // namespace

loop_scheduler::loop_scheduler(caf::actor_system& system, loop_post post)
  : abstract_coordinator{system}, execution_unit{&system}, post_{std::move(post)} {}

void loop_scheduler::set_apart(const caf::actor& who) {
  apart_ = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(who));
}

void loop_scheduler::enqueue(caf::resumable* job) {
  bool here = false;
  {
    std::lock_guard guard{mutex_};
    if (job == apart_ && !stopping_) {
      ready_apart_.push_back(job);
      if (!running_)
        apart_wanted_.notify_one();
      return; // otherwise it is woken when the others are done
    }
    ready_.push_back(job);
    if (running_)
      return;
    running_ = true;
    here = alone_;
  }
  if (here)
    run();
  else
    post_([this] { run(); });
}

void loop_scheduler::exec_later(caf::resumable* job) {
  if (runner_.load(std::memory_order_relaxed) == std::this_thread::get_id() && job != apart_)
    woken_.push_back(job);
  else
    enqueue(job);
}

bool loop_scheduler::turn(caf::resumable* job, caf::execution_unit* unit) {
  if (job->resume(unit, max_throughput()) == caf::resumable::resume_later)
    return true;
  caf::intrusive_ptr_release(job);
  return false;
}

caf::resumable* loop_scheduler::next() {
  if (chain_.empty() || chained_ >= chain_at_once) {
    std::lock_guard guard{mutex_};
    chained_ = 0;
    if (!ready_.empty()) {
      auto* job = ready_.front();
      ready_.pop_front();
      if (!ready_.empty())
        fetch(ready_.front());
      return job;
    }
    if (chain_.empty()) {
      runner_ = std::thread::id{};
      running_ = false;
      if (!ready_apart_.empty())
        apart_wanted_.notify_one();
      return nullptr;
    }
  }
  ++chained_;
  auto* job = chain_.front();
  chain_.pop_front();
  if (!chain_.empty())
    fetch(chain_.front());
  return job;
}

void loop_scheduler::run_one(caf::resumable* job) {
  if (turn(job, this)) {
    std::lock_guard guard{mutex_};
    ready_.push_back(job);
  }
  for (; !woken_.empty(); woken_.pop_back())
    chain_.push_front(woken_.back());
}

void loop_scheduler::run_here() {
  {
    std::lock_guard guard{mutex_};
    if (!running_ || alone_ || runner_ != std::thread::id{})
      return;
  }
  run(); // the run that was posted finds nothing left to do
}

void loop_scheduler::run_told() {
  if (runner_ != std::this_thread::get_id() || waiting_ == aside_.size() || woken_.empty())
    return;
  auto& aside = aside_[waiting_++];
  aside.swap(chain_);
  chain_.swap(woken_);
  for (int turns = 0; !chain_.empty() && turns < chain_at_once; ++turns) {
    auto* job = chain_.front();
    chain_.pop_front();
    run_one(job);
  }
  woken_.swap(chain_); // who is left comes next
  chain_.swap(aside);
  --waiting_;
}

void loop_scheduler::run() {
  runner_ = std::this_thread::get_id();
  int turns = 0;
  while (auto* job = next()) {
    run_one(job);
    if (++turns < turns_at_once)
      continue;
    turns = 0;
    {
      std::lock_guard guard{mutex_};
      if (alone_)
        continue;
      if (!ready_apart_.empty())
        apart_wanted_.notify_one(); // where the others never come to an end it would never be its turn
      runner_ = std::thread::id{};
    }
    return post_([this] { run(); });
  }
}

void loop_scheduler::run_apart() {
  other_unit unit{&abstract_coordinator::system(), *this};
  std::unique_lock guard{mutex_};
  for (;;) {
    apart_wanted_.wait(guard, [&] { return stopping_ || (!ready_apart_.empty()); });
    if (stopping_)
      return;
    auto* job = ready_apart_.front();
    ready_apart_.pop_front();
    guard.unlock();
    const bool again = turn(job, &unit);
    guard.lock();
    if (again)
      ready_apart_.push_back(job);
  }
}

void loop_scheduler::leave_loop() {
  clock_.end();
  if (timer_.joinable())
    timer_.join();
  {
    std::lock_guard guard{mutex_};
    alone_ = true;
    running_ = true; // a run that was posted to the loop will not come
  }
  run();
}

void loop_scheduler::start() {
  other_ = std::thread{[this] { run_apart(); }};
  timer_ = std::thread{[this] {
    abstract_coordinator::system().thread_started();
    clock_.run();
    abstract_coordinator::system().thread_terminates();
  }};
  abstract_coordinator::start();
}

void loop_scheduler::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    ready_.insert(ready_.end(), ready_apart_.begin(), ready_apart_.end());
    ready_apart_.clear();
    apart_wanted_.notify_one();
  }
  other_.join();
  leave_loop();
  stop_actors();
  std::lock_guard guard{mutex_};
  for (auto* jobs : {&chain_, &ready_}) {
    for (auto* job : *jobs)
      cleanup_and_release(job);
    jobs->clear();
  }
}

} // namespace rm
