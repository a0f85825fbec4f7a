// CAF's clock for delayed messages and request timeouts, which wakes its thread only when something is due earlier than what it already
// waits for. The library's own wakes it for every request, and that wake stands on the way of the request itself.
#pragma once

#include <caf/detail/simple_actor_clock.hpp>

#include <condition_variable>
#include <mutex>

namespace rm {

class quiet_clock : public caf::detail::simple_actor_clock {
public:
  using super = caf::detail::simple_actor_clock;

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override {
    change([&] { super::set_ordinary_timeout(t, self, type, id); });
  }
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override {
    change([&] { super::set_request_timeout(t, self, id); });
  }
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override {
    change([&] { super::set_multi_timeout(t, self, type, id); });
  }
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override {
    change([&] { super::cancel_ordinary_timeout(self, type); });
  }
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override {
    change([&] { super::cancel_request_timeout(self, id); });
  }
  void cancel_timeouts(caf::abstract_actor* self) override {
    change([&] { super::cancel_timeouts(self); });
  }
  void schedule_message(time_point t, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) override {
    change([&] { super::schedule_message(t, std::move(receiver), std::move(content)); });
  }
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender, caf::message content) override {
    change([&] { super::schedule_message(t, std::move(target), std::move(sender), std::move(content)); });
  }
  void cancel_all() override {
    change([&] { super::cancel_all(); });
  }

  /// Fires what is due, until `end`.
  void run() {
    std::unique_lock guard{mutex_};
    while (!ended_) {
      if (schedule_.empty()) {
        awaited_ = time_point::max();
        changed_.wait(guard);
      } else {
        awaited_ = schedule_.begin()->first;
        if (changed_.wait_until(guard, awaited_) == std::cv_status::timeout || now() >= awaited_)
          trigger_expired_timeouts();
      }
    }
    super::cancel_all();
  }

  void end() {
    std::lock_guard guard{mutex_};
    ended_ = true;
    changed_.notify_one();
  }

private:
  template <class Change>
  void change(Change make) {
    std::lock_guard guard{mutex_};
    make();
    if (!schedule_.empty() && schedule_.begin()->first < awaited_) {
      awaited_ = schedule_.begin()->first;
      changed_.notify_one();
    }
  }

  std::mutex mutex_; // guards everything; firing only puts messages into mailboxes
  std::condition_variable changed_;
  time_point awaited_ = time_point::max();
  bool ended_ = false;
};

} // namespace rm
