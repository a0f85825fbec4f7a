// What an account knows of one of its rules: the newest word, and what the rule is still to say. With ten thousand accounts an event finds all
// of this in no cache, so it is kept close together: what every look at the rule needs comes first, what only people want to see last.
#pragma once

#include "messages/rule.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rm {

struct alignas(64) rule_seat {
  /// A verdict's band without room for marks that it does not have.
  struct kept_band {
    money low, high;   // exclusive
    timestamp until{}; // exclusive
    std::vector<mark_band> marks;

    bool is(const quiet_band& b) const {
      const auto same = [](const mark_band& x, const mark_band& y) { return x.contract == y.contract && x.low == y.low && x.high == y.high; };
      return low == b.low && high == b.high && until == b.until && std::equal(marks.begin(), marks.end(), b.marks.begin(), b.marks.end(), same);
    }
  };

  rule_name name;
  uint8_t wakes = 0;           // bit by bit the events that it needs
  rm::level level = level::ok; // of its newest verdict; means nothing before it has spoken
  bool has_spoken = false;
  bool has_band = false;
  bool owes = false;          // it was asked and has not answered
  bool guards_alone = false;  // its newest verdict is a breach that acts and makes no lock
  bool warned_before = false; // it was started again: a rung that was given stands until its measure has left it
  uint64_t sequence = 0;      // of the view of its newest verdict …
  uint64_t asked = 0;         // … and of the newest that it was asked about

  kept_band band;
  timestamp armed{};     // it wants to be asked then
  timestamp evaluated{}; // here and below: of the newest verdict, as people are shown it
  int64_t fraction = 0;
  std::vector<stop_change> stops; // wanted by it
  std::string used, limit, reason;

  explicit rule_seat(rule_name n, const std::vector<wake>& needs) : name{n} {
    for (const wake w : needs)
      wakes |= bit(w);
  }

  static_assert(wake_count <= 8, "a bit for each event in `wakes`");
  static uint8_t bit(wake w) { return static_cast<uint8_t>(1U << static_cast<unsigned>(w)); }
  bool needs(wake w) const { return (wakes & bit(w)) != 0; }
  /// Everybody looks at what has begun anew, and at the time.
  bool wakes_on(wake w) const { return w == wake::reset || w == wake::settings || w == wake::clock || needs(w); }
  /// It has spoken, and could judge.
  bool speaks() const { return has_spoken && level != level::not_evaluable; }

  /// Takes its word. True when the account may rest where it rested before: neither the band is another, nor whether there is one.
  bool hear(const verdict& v) {
    const bool spoke = speaks();
    has_spoken = true;
    level = v.level;
    guards_alone = v.level == level::breach && v.lock.mode == lock_mode::none && v.action > action::warn;
    sequence = v.sequence;
    evaluated = v.evaluated;
    fraction = v.fraction;
    used = v.used;
    limit = v.limit;
    reason = v.reason;
    const bool same = has_band == v.has_band && (!has_band || band.is(v.band));
    if (!same) {
      has_band = v.has_band;
      band.low = v.band.low;
      band.high = v.band.high;
      band.until = v.band.until;
      band.marks.assign(v.band.marks.begin(), v.band.marks.end());
    }
    return same && spoke == speaks();
  }
  /// It was started again and has forgotten everything.
  void forget() {
    has_spoken = false;
    stops.clear();
    armed = {};
    warned_before = true;
  }
};

/// The rules of one account by name, in one piece of memory.
class rule_seats {
public:
  void reserve(std::size_t count) { seats_.reserve(count); }
  /// Adds a rule; one of that name is replaced.
  void add(rule_name name, const std::vector<wake>& needs) {
    const auto at = place_of(name);
    if (at != seats_.end() && at->name == name) {
      silent_ -= !at->speaks();
      *at = rule_seat{name, needs};
    } else {
      seats_.insert(at, rule_seat{name, needs});
    }
    ++silent_;
  }
  /// nullptr when there is none of that name.
  rule_seat* find(const rule_name& name) {
    const auto at = place_of(name);
    return at != seats_.end() && at->name == name ? &*at : nullptr;
  }
  bool hear(rule_seat& rule, const verdict& v) {
    silent_ -= !rule.speaks();
    const bool same = rule.hear(v);
    silent_ += !rule.speaks();
    return same;
  }
  void forget(rule_seat& rule) {
    silent_ += rule.speaks();
    rule.forget();
  }
  /// Whether all have spoken, and could judge.
  bool all_speak() const { return silent_ == 0; }

  std::size_t size() const { return seats_.size(); }
  auto begin() { return seats_.begin(); }
  auto end() { return seats_.end(); }
  auto begin() const { return seats_.begin(); }
  auto end() const { return seats_.end(); }

private:
  std::vector<rule_seat>::iterator place_of(const rule_name& name) {
    return std::lower_bound(seats_.begin(), seats_.end(), name, [](auto& s, auto& n) { return s.name < n; });
  }
  std::vector<rule_seat> seats_;
  std::size_t silent_ = 0; // how many have not spoken, or could not judge
};

} // namespace rm
