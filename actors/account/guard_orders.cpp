// What an administrator orders of one account. Every order needs a name and a reason; refused, nothing has changed.
#include "actors/account/guard.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::string_view by_hand = "manual"; // the rule of what people did
constexpr duration longest_lock = std::chrono::days{366};

std::string names_of(const std::vector<lock>& locks) {
  std::string out;
  for (const auto& l : locks)
    out += (out.empty() ? "" : ", ") + l.rule.str();
  return out;
}

std::string signed_words(const std::string& by, const std::string& reason) { return reason + " (" + by + ")"; }

/// True: refused.
bool unsigned_order(const std::string& by, const std::string& reason, std::string& refused) {
  if (by.empty() || reason.empty())
    refused = "an order by hand needs a name and a reason";
  return !refused.empty();
}

} // namespace

/// False: refused, if it was not before. What begins or ends at a wrong time would silently not hold.
bool guard::is_time_sure(bool sure, std::string& refused) const {
  if (!sure && refused.empty())
    refused = "the PC's clock was just changed, or the machine slept, and the venue has not told the time yet: try again in a few seconds";
  return refused.empty();
}

account_effects guard::on_unlock(const unlock_order& order, std::string& refused) {
  account_effects out;
  if (unsigned_order(order.by, order.reason, refused))
    return out;
  advance(order.now);
  rest_in_doubt_ = true;
  if (locks_.empty())
    refused = "the account is not locked";
  else if (!order.rule.empty() && !locks_.find(order.rule))
    refused = "there is no lock of the rule " + order.rule.str() + "; locked by: " + names_of(locks_.all());
  if (!refused.empty())
    return out;
  ended(locks_.remove(order.rule), "unlocked by " + order.by + ": " + order.reason, out);
  enforce_locks({now_, 0}, out);              // what is left of them
  look(wake::settings, {now_, 0}, out);       // a rule that still breaches locks again at once
  return out;
}

account_effects guard::on_lock(const lock_order& order, std::string& refused) {
  account_effects out;
  if (unsigned_order(order.by, order.reason, refused))
    return out;
  advance(order.now);
  rest_in_doubt_ = true;
  if (order.mode == lock_mode::none)
    refused = "a lock is flat or reduce_only";
  else if (order.length < duration{} || order.length > longest_lock)
    refused = "a lock lasts at most 366 days";
  else if (order.length == duration{} && next_daily_ == timestamp{})
    refused = "the trading day is not known yet: try again in a moment, or say for how long";
  if (refused.empty() && !is_time_sure(order.sure || order.length == duration{}, refused))
    refused += ", or lock until the daily reset";
  if (!refused.empty())
    return out;
  verdict spoken;
  spoken.account = settings_.id;
  spoken.rule = rule_name{by_hand};
  spoken.reason = signed_words(order.by, order.reason);
  spoken.event = {now_, 0};
  spoken.lock = {order.mode, order.length == duration{} ? lock_end::daily_reset : lock_end::at_time, now_ + order.length};
  const bool keep_lock = lock_account(spoken, out);
  // The venue is read back in any case: what we hold to be flat might not be.
  if (order.mode == lock_mode::flat)
    close_all(spoken.reason, out);
  enforce_locks(spoken.event, out);
  if (keep_lock)
    save(out);
  return out;
}

account_effects guard::on_flatten(const flatten_order& order, std::string& refused) {
  account_effects out;
  if (unsigned_order(order.by, order.reason, refused))
    return out;
  advance(order.now);
  rest_in_doubt_ = true;
  close_all(signed_words(order.by, order.reason), out);
  return out;
}

void guard::close_all(const std::string& reason, account_effects& out) {
  if (case_open_ && open_goal_.flat)
    return; // under way, and it ends only when the venue itself says so
  enforcement_goal goal;
  goal.flat = true;
  open_enforcement(rule_name{by_hand}, reason, action::flatten, std::move(goal), {now_, 0}, out);
}

} // namespace rm
