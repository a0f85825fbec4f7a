// Whether the venue lets the account trade: events say so at once, lists may be old.
#pragma once

#include <chrono>
#include <cstdint>

namespace rm {

/// A list that was asked for before the newest event says nothing. Against an event that is not 10 s old, or when it gives back what was
/// taken, one list is not enough: two that were sent 10 s apart and say the same are. What a list takes away counts at once otherwise.
/// An event that gives back what another one took less than 5 s before may be an older one that came late: it counts as such a first list.
class can_trade_word {
public:
  static constexpr std::chrono::nanoseconds apart = std::chrono::seconds{10};
  static constexpr std::chrono::nanoseconds event_late = std::chrono::seconds{5};
  static constexpr std::chrono::nanoseconds read_again = apart + std::chrono::milliseconds{500}; // after a word that is doubted

  explicit can_trade_word(bool can = true) : can_{can} {}

  bool can() const { return can_; }
  /// Something else than the venue's lists says no.
  void forbid() { can_ = false; }
  /// True: it is doubted, as a list is.
  bool hear_event(bool can, int64_t steady_ns) {
    if (can && !can_ && event_ns_ != 0 && steady_ns - event_ns_ < event_late.count()) {
      if (!doubted_)
        doubted_ns_ = steady_ns;
      return doubted_ = true;
    }
    can_ = can;
    event_ns_ = steady_ns > event_ns_ ? steady_ns : event_ns_;
    return doubted_ = false;
  }
  /// `sent_ns`: when the list was asked for. True: it says something else than what holds, and is to be read again.
  bool hear_list(bool can, int64_t sent_ns) {
    if (event_ns_ != 0 && sent_ns <= event_ns_)
      return can != can_;
    if (can == can_) {
      doubted_ = false;
      return false;
    }
    const bool fresh_event = event_ns_ != 0 && sent_ns - event_ns_ < apart.count();
    const bool twice = doubted_ && sent_ns - doubted_ns_ >= apart.count();
    if (twice || (!can && !fresh_event)) {
      can_ = can;
      doubted_ = false;
      return false;
    }
    if (!doubted_)
      doubted_ns_ = sent_ns;
    doubted_ = true;
    return true;
  }

private:
  bool can_;
  bool doubted_ = false;
  int64_t event_ns_ = 0, doubted_ns_ = 0;
};

} // namespace rm
