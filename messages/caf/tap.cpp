#include "messages/caf/tap.hpp"

#include "messages/caf/compat.hpp"
#include "messages/caf/registration.hpp"

#include <caf/local_actor.hpp>
#include <caf/message_view.hpp>
#include <caf/send.hpp>

#include <stdexcept>

namespace rm {

void message_tap::begin(begin_trace trace) {
  end();
  if (trace.order.count <= 0)
    return;
  trace_ = std::move(trace);
  told_ = 0;
  begun_ = std::chrono::steady_clock::now();
  on_.store(true, std::memory_order_relaxed);
}

void message_tap::end() {
  on_.store(false, std::memory_order_relaxed);
  trace_.to = nullptr;
  const std::lock_guard hold{guard_};
  waiting_.clear();
}

void message_tap::arrived(const caf::mailbox_element* message) {
  const std::lock_guard hold{guard_};
  waiting_.insert_or_assign(message, std::chrono::steady_clock::now());
}

caf::invoke_message_result message_tap::watch(caf::mailbox_element& message, const std::function<caf::invoke_message_result()>& consume) {
  const auto start = std::chrono::steady_clock::now();
  traced seen;
  seen.after = start - begun_;
  {
    const std::lock_guard hold{guard_};
    if (const auto found = waiting_.find(&message); found != waiting_.end()) {
      seen.waited = start - found->second;
      waiting_.erase(found);
    }
  }
  if (seen.after > trace_.order.span) {
    end();
    return consume();
  }
  if (message.content().match_elements<traced>()) // who carries the trace would be told of that, and of being told
    return consume();
  seen.message = trace_.words ? trace_.words(message.content()) : ""; // before: a handler may take the content away
  seen.answer = message.mid.is_response();
  if (message.sender) // a thread that is no actor has none, and what the cast makes of nothing is not to be looked at
    if (const auto* sender = dynamic_cast<caf::local_actor*>(caf::actor_cast<caf::abstract_actor*>(message.sender)))
      seen.from = sender->name();
  try {
    const auto result = consume();
    seen.took = std::chrono::steady_clock::now() - start;
    tell(std::move(seen));
    return result;
  } catch (const std::exception& failure) {
    seen.took = std::chrono::steady_clock::now() - start;
    seen.failed = failure.what();
    tell(std::move(seen));
    throw;
  }
}

void message_tap::tell(traced what) {
  if (!on())
    return; // handling it ended the trace
  what.connection = trace_.order.connection;
  what.actor = trace_.order.actor;
  what.number = ++told_;
  post(trace_.to, std::move(what));
  if (told_ >= trace_.order.count)
    end();
}

caf::result<caf::message> on_foreign_message(message_tap& tap, const caf::message_view& message) {
  const auto& content = message.content();
  if (content.match_elements<drill>())
    throw std::runtime_error{"a drill, ordered by " + content.get_as<drill>(0).by};
  if (!content.match_elements<begin_trace>())
    return caf::sec::unexpected_message;
  tap.begin(content.get_as<begin_trace>(0));
  return caf::message{};
}

} // namespace rm
