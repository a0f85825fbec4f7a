#include "actors/account/locks.hpp"

#include <algorithm>

namespace rm {
namespace {

const rule_name by_hand{"manual"};

/// Whether `a` ends later than `b` of the same rule; where a reset's time is not known the longer cycle counts as later.
bool ends_later(const lock& a, const lock& b) {
  if (a.end == b.end || (a.until != timestamp{} && b.until != timestamp{}))
    return a.until > b.until;
  return a.end > b.end; // in the enum's order: at_time, daily_reset, weekly_reset, can_trade
}

} // namespace

bool lock_set::add(lock added) {
  // A lock that waits for the venue's word and one that waits for a time stand side by side: neither outlasts the other for sure.
  // So do two of different modes that people ordered: a minute of flat within half an hour of reduce_only is a minute of flat.
  const auto same = [&](const lock& l) {
    return l.rule == added.rule && (l.end == lock_end::can_trade) == (added.end == lock_end::can_trade) && (l.rule != by_hand || l.mode == added.mode);
  };
  const auto covers = [&](const lock& l) { return l.rule == by_hand && added.rule == by_hand && l.mode > added.mode && !ends_later(added, l); };
  if (std::any_of(locks_.begin(), locks_.end(), covers))
    return false;
  const auto known = std::find_if(locks_.begin(), locks_.end(), same);
  if (known == locks_.end()) {
    locks_.push_back(std::move(added));
    return true;
  }
  bool changed = false;
  if (added.mode > known->mode) {
    known->mode = added.mode;
    changed = true;
  }
  if (ends_later(added, *known)) {
    known->end = added.end;
    known->until = added.until;
    changed = true;
  }
  if (changed)
    known->durable = false;
  return changed;
}

template <class Predicate>
std::vector<lock> lock_set::take(Predicate ends) {
  std::vector<lock> out;
  auto first = std::stable_partition(locks_.begin(), locks_.end(), [&](const lock& l) { return !ends(l); });
  out.assign(std::make_move_iterator(first), std::make_move_iterator(locks_.end()));
  locks_.erase(first, locks_.end());
  return out;
}

std::vector<lock> lock_set::expire(timestamp now) {
  return take([&](const lock& l) { return l.end == lock_end::at_time && l.until <= now; });
}

std::vector<lock> lock_set::end_by_reset(reset_kind kind, timestamp boundary) {
  const auto end = kind == reset_kind::daily ? lock_end::daily_reset : lock_end::weekly_reset;
  // A lock may begin after the boundary and before the reset is said: it was planned until this reset, and it is about the old day.
  return take([&](const lock& l) { return l.end == end && (l.since < boundary || (l.until != timestamp{} && l.until <= boundary)); });
}

std::vector<lock> lock_set::end_by_can_trade() {
  return take([](const lock& l) { return l.end == lock_end::can_trade; });
}

std::vector<lock> lock_set::remove(const rule_name& rule) {
  return take([&](const lock& l) { return rule.empty() || l.rule == rule; });
}

lock_mode lock_set::mode() const {
  lock_mode out = lock_mode::none;
  for (auto& l : locks_)
    out = std::max(out, l.mode);
  return out;
}

lock* lock_set::find(const rule_name& rule) {
  auto i = std::find_if(locks_.begin(), locks_.end(), [&](const lock& l) { return l.rule == rule; });
  return i == locks_.end() ? nullptr : &*i;
}

} // namespace rm
