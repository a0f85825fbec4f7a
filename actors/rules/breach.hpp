// What a breach leads to: the action, the lock, and when the lock ends.
#pragma once

#include "messages/rule.hpp"

#include <memory>

namespace rm {

/// What a breach of a rule leads to: its own default, or what `on_breach` says.
struct breach_response {
  rm::action action = rm::action::flatten;
  lock_request lock;   // mode none: no lock
  duration lock_for{}; // of a lock that ends `at_time`; 0: the rule itself says until when
  std::shared_ptr<timestamp> locked_until{}; // by an earlier incarnation of the rule, as far as is known; may be empty
};

/// Puts a response into verdicts. Remembers since when a breach stands, so that a lock of a given length does not grow with every
/// view of the same breach, nor with a restart in the middle of it; when it has passed and the breach still stands, a new one begins.
class responder {
public:
  explicit responder(const breach_response& response) : response_{response} {}

  const breach_response& response() const { return response_; }
  /// Fills action and lock of a breach.
  void answer(verdict& out, const account_view& view);
  /// There is no breach at the moment.
  void rest() { until_ = earlier() = {}; }

private:
  timestamp& earlier() { return response_.locked_until ? *response_.locked_until : nothing_; }

  breach_response response_;
  timestamp until_{}, nothing_{};
};

/// A time that never comes.
constexpr timestamp never = timestamp::max();

/// Gives a verdict the band of a measure that no mark moves: nothing new before `until` whatever the P&L does.
void set_endless_band(verdict& out, timestamp until = never);
/// When a breach wants to be looked at again because its lock of a given length ends; `never` for others.
timestamp end_of_lock(const verdict& judged);

} // namespace rm
