// How a protocol's clauses are written; needs only the actor library's forward headers.
#pragma once

#include <caf/config.hpp>
#include <caf/fwd.hpp>
#include <caf/message.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#if CAF_VERSION < 1800
#  define RM_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type, category)
#else
#  define RM_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type)
#endif

/// Announces a message to CAF: gives it an ID and states that it never leaves the process.
#define RM_MESSAGE(block, type)                                                                    \
  CAF_ADD_TYPE_ID(block, (type))                                                                   \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)

namespace rm {

#if CAF_VERSION < 1800
/// One-way message: no reply.
template <class Message>
using accepts = caf::reacts_to<Message>;

/// Question with exactly one reply.
template <class Question, class Reply>
using answers = typename caf::replies_to<Question>::template with<Reply>;
#else
template <class Message>
using accepts = caf::result<void>(Message);

template <class Question, class Reply>
using answers = caf::result<Reply>(Question);
#endif

} // namespace rm
