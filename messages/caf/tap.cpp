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
  if (!trace_)
    trace_ = std::make_unique<needed>();
  trace_->trace = std::move(trace);
  trace_->told = 0;
  trace_->begun = std::chrono::steady_clock::now();
  on_.store(true, std::memory_order_release);
}

void message_tap::end() {
  on_.store(false, std::memory_order_release);
  if (!trace_)
    return;
  trace_->trace.to = nullptr;
  const std::lock_guard hold{trace_->guard};
  trace_->waiting.clear();
}

void message_tap::arrived(const caf::mailbox_element* message) {
  const std::lock_guard hold{trace_->guard};
  trace_->waiting.insert_or_assign(message, std::chrono::steady_clock::now());
}

caf::invoke_message_result message_tap::watch(caf::mailbox_element& message, const std::function<caf::invoke_message_result()>& consume) {
  const auto start = std::chrono::steady_clock::now();
  traced seen;
  seen.after = start - trace_->begun;
  {
    const std::lock_guard hold{trace_->guard};
    if (const auto found = trace_->waiting.find(&message); found != trace_->waiting.end()) {
      seen.waited = start - found->second;
      trace_->waiting.erase(found);
    }
  }
  if (seen.after > trace_->trace.order.span) {
    end();
    return consume();
  }
  if (message.content().match_elements<traced>()) // who carries the trace would be told of that, and of being told
    return consume();
  seen.message = trace_->trace.words ? trace_->trace.words(message.content()) : ""; // before: a handler may take the content away
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
    end(); // it ends by that, and who carries traces must not keep himself
    throw;
  }
}

void message_tap::tell(traced what) {
  if (!on())
    return; // handling it ended the trace
  what.connection = trace_->trace.order.connection;
  what.actor = trace_->trace.order.actor;
  what.number = ++trace_->told;
  post(trace_->trace.to, std::move(what));
  if (trace_->told >= trace_->trace.order.count)
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
