// Sees the messages of one actor while somebody wants to. As long as nobody does, it costs an actor one branch per message.
#pragma once

#include "messages/inspection.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace rm {

/// To any actor: tell `to` of each message (`traced`) from now on, at most `order.count` and no longer than `order.span`; replaces the
/// trace before. A trace of no messages ends it.
struct begin_trace {
  trace_order order;
  caf::actor to;
  std::string (*words)(const caf::type_erased_tuple&) = nullptr; // what to call a message
};

/// Every actor has one, and hardly any is ever traced: what a trace needs is made when the first begins.
class message_tap {
public:
  bool on() const noexcept { return on_.load(std::memory_order_acquire); }

  /// Called by the actor itself.
  void begin(begin_trace trace);
  /// A message was put into the mailbox. Any thread.
  void arrived(const caf::mailbox_element* message);
  /// Handles a message by `consume`, and tells of it.
  caf::invoke_message_result watch(caf::mailbox_element& message, const std::function<caf::invoke_message_result()>& consume);

private:
  using time_point = std::chrono::steady_clock::time_point;

  void end();
  void tell(traced what);

  struct needed {
    begin_trace trace;
    int64_t told = 0;
    time_point begun{};
    std::mutex guard; // of the next one
    std::unordered_map<const caf::mailbox_element*, time_point> waiting;
  };

  std::atomic<bool> on_{false};
  std::unique_ptr<needed> trace_; // stays once it was made: other threads may still look at it
};

/// What every actor understands beside its own protocol: a drill and a trace. Others are refused.
caf::result<caf::message> on_foreign_message(message_tap& tap, const caf::message_view& message);

} // namespace rm
