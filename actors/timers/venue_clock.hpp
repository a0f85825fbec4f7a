// The PC's clock held against the venue's: what time it is for everybody here.
#pragma once

#include "messages/timing.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

namespace rm {

/// What one answer of the venue tells of the time: its own (the server's Date header, whole seconds), and when the request went and the answer
/// came by the PC's two clocks.
struct clock_sample {
  timestamp venue{};
  timestamp sent{}, heard{};               // the PC's wall clock
  duration sent_steady{}, heard_steady{};  // the steady clock; only differences count
};

/// As long as the PC's wall clock is within a minute of the venue's it is the time. When it is not, the venue's time is, carried on by the
/// steady clock from the newest answer: days, weeks and locks neither begin nor end by a clock that was set. After a jump (the clock was set,
/// or the machine slept) the time goes on as if nothing had been, until the venue has answered.
///
/// A time that neither the PC nor the hours before bear out is taken when two answers agree. A venue whose clock stands still or is set back
/// is not believed: the PC's time holds then.
///
/// Pure; the edges bring the clocks' readings. Safe from any thread.
class venue_clock {
public:
  static constexpr std::chrono::seconds tolerated{60};
  static constexpr std::chrono::seconds slowest{10}; // an answer that took longer says nothing of now

  /// Somebody is there who can tell the venue's time: until he does, `known` is false.
  void expect() { expected_ = true; }
  void hear(const clock_sample& sample);
  /// The venue answers and does not say what time it is: the PC's clock is all there is.
  void hear_nothing() { told_nothing_ = true; }

  /// The time, from the PC's two clocks.
  timestamp put_right(timestamp pc, duration steady) const;
  /// Whether the time can be relied on: nobody was expected to tell, or he has.
  bool known() const { return !expected_ || told_nothing_ || offset_ != unknown; }
  /// Whether no clock has jumped since the venue last told the time: not so between a sleep, or a clock that was set, and its next answer,
  /// nor before its first one.
  bool sure(timestamp pc, duration steady) const;
  /// The clocks are more than a minute apart: both figures, for people. Else empty.
  std::string trouble() const;
  /// Changes whenever `trouble` may have.
  uint64_t trouble_number() const { return trouble_number_; }

private:
  static constexpr int64_t unknown = INT64_MIN;
  struct reading {
    timestamp venue{};
    duration steady{};
  };
  static bool is_near(timestamp a, timestamp b);
  static timestamp carried_on(const reading& from, duration steady) { return from.venue + (steady - from.steady); }
  bool borne_out(const reading& now, timestamp pc);
  void set_trouble(std::string what);

  std::atomic<bool> expected_{false}, told_nothing_{false};
  std::atomic<int64_t> offset_{unknown}; // venue time less steady clock, ns
  std::atomic<int64_t> apart_{0};        // PC's clock less that, ns, at the newest answer
  std::atomic<uint64_t> trouble_number_{0};
  mutable std::mutex mutex_; // guards what follows
  std::optional<reading> earlier_, candidate_; // within the last hour; not borne out yet
  bool distrusted_ = false;
  std::string trouble_;
};

} // namespace rm
