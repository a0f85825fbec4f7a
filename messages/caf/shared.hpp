// One message for many receivers: its content is made once and shared, whoever reads it.
#pragma once

#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

namespace rm {

template <class Message>
caf::message shareable(Message what) {
  return caf::make_message(std::move(what));
}

/// `what` must be of a type that the receiver accepts, and the receiver must take it as const: who wants to change it gets a copy.
template <class Self, class Handle>
void tell_shared(Self* self, const Handle& to, const caf::message& what) {
#if CAF_VERSION < 10000
  caf::actor_cast<caf::abstract_actor*>(to)->enqueue(caf::make_mailbox_element(self->ctrl(), caf::make_message_id(), {}, what), self->context());
#else
  self->mail(what).send(caf::actor_cast<caf::actor>(to));
#endif
}

} // namespace rm
