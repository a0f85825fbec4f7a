// What every rule is: looks at a view of the account, answers with a verdict. Pure: time is inside the view.
#pragma once

#include "messages/rule.hpp"

namespace rm {

/// One rule of one account, with its parameters and whatever it must remember between views.
class rule {
public:
  virtual ~rule() = default;

  /// Judges one view. Never throws for what a venue can send; a view that is not evaluable gives level `not_evaluable` with a reason,
  /// never `ok` (a rule that only counts may still find a breach in it). The caller fills in account, rule name, sequence, cause and
  /// event: see `judge`. A verdict is large: it is made in its place when every `return` of a function names the same one.
  virtual verdict evaluate(const account_view& view) = 0;

  /// Takes up what an earlier incarnation put into `verdict::memory`. Before the first view; an empty one says that nothing was kept.
  virtual void recall(const rule_memory&) {}
};

/// Beside what a rule kept, in the first question after its start: until when a lock of it lasts that stands.
inline const std::string locked_until_key = "locked until";

/// Asks a rule and completes its verdict.
inline verdict judge(rule& asked, const rule_name& name, const account_view& view) {
  verdict out = asked.evaluate(view);
  out.account = view.account;
  out.rule = name;
  out.sequence = view.sequence;
  out.evaluated = view.now;
  out.event = view.event;
  out.cause = view.cause;
  return out;
}

/// Whether the trading day in the view is the one in force, so that what is counted by the day can be believed. After a downtime the
/// kept day may be over, and until the reset actor has spoken nobody knows.
inline bool day_is_known(const account_view& view) { return view.evaluable || view.now < view.next_daily_reset; }

/// The verdict on a view that says too little.
inline verdict not_evaluable(std::string why) {
  verdict out;
  out.level = level::not_evaluable;
  out.reason = why.empty() ? "the account cannot be evaluated" : std::move(why);
  return out;
}

/// Makes a verdict one on a view that says too little. The rung that stands, and what is to be kept, stay.
inline void make_blind(verdict& out, std::string why) {
  verdict blind = not_evaluable(std::move(why));
  blind.rung = out.rung;
  blind.memory = std::move(out.memory);
  out = std::move(blind);
}

} // namespace rm
