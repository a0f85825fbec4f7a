// The locks of one account: a set, each with its own rule and its own end. Pure.
#pragma once

#include "messages/rule.hpp"

namespace rm {

/// The account is free when the set is empty. A lock is never shortened or weakened by another (I3).
class lock_set {
public:
  lock_set() = default;
  explicit lock_set(std::vector<lock> locks) : locks_{std::move(locks)} {}

  /// Adds a lock. Where its rule has one already, the stronger mode and the later end of the two stay, and the older `since`, reason,
  /// attempts and held sizes with them; but locks by hand of two modes stand side by side. True when anything changed.
  bool add(lock added);
  /// Takes out the locks whose time has come by `now`; returns them.
  std::vector<lock> expire(timestamp now);
  /// Takes out the locks that a reset ends: those of its kind that began before its boundary or were planned until it; returns them.
  std::vector<lock> end_by_reset(reset_kind kind, timestamp boundary);
  /// Takes out the locks that end when the venue lets the account trade again; returns them.
  std::vector<lock> end_by_can_trade();
  /// Takes out a rule's lock by hand; empty rule: all. Returns them.
  std::vector<lock> remove(const rule_name& rule);

  /// The strongest mode in force.
  lock_mode mode() const;
  bool empty() const { return locks_.empty(); }
  const std::vector<lock>& all() const { return locks_; }
  lock* find(const rule_name& rule); // the first of that rule; only a lock until canTrade stands beside another one of its rule
  /// For counting attempts and moving held sizes.
  std::vector<lock>& each() { return locks_; }

private:
  template <class Predicate>
  std::vector<lock> take(Predicate ends);

  std::vector<lock> locks_;
};

} // namespace rm
