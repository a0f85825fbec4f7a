// How many requests the venue still allows, and who may have them. Pure: time is an argument (nanoseconds of a steady clock).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace rm {

/// What a request is for, most protected first. Audits are readings that only look whether anything was missed. Bars have a window
/// of their own.
enum class lane : uint8_t { close, cancel, urgent_read, read, audit, bars };
constexpr std::size_t lane_count = 6;

struct budget_limits {
  int64_t requests = 200;
  int64_t window_ns = 60'000'000'000;
  int64_t bars = 50;
  int64_t bars_window_ns = 30'000'000'000;
  int64_t kept_for_protection = 20; // of `requests`: for cancel and close
  int64_t kept_for_closes = 10;     // of those: for closes alone
  int64_t kept_for_urgent_reads = 10; // beside those, from other reads: for what enforcement must read before it goes on
  int64_t audit_percent = 30;       // of `requests`: all audits together, however many accounts are exposed
};

/// Counts requests in sliding windows and keeps the last ones for what protects an account.
class rate_budget {
public:
  explicit rate_budget(budget_limits limits = {}) : limits_{limits} {}

  /// Takes one request's share, and gives nothing back for it, when a request of this kind may be written now; otherwise takes
  /// nothing and returns the earliest time at which asking again can help.
  std::optional<int64_t> take(lane what, int64_t now);
  /// The venue answered 429. Nobody asks before `retry_after_ns` is over (at most one window); where the venue did not say, cancel
  /// and close wait 1 s, doubled up to 8 s while it goes on, urgent reads three times as long, other reads half a window. One on bars is
  /// about their own window: only bars wait, and for half of it where the venue did not say.
  void on_refused(lane what, int64_t now, std::optional<int64_t> retry_after_ns);
  /// The venue answered something other than 429.
  void on_served(lane what) {
    if (what != lane::bars)
      refusals_in_a_row_ = 0;
  }

  /// Requests that could be made at `now` before the window is full, the kept ones included.
  int64_t left(int64_t now) const;

private:
  int64_t used(int64_t now) const;

  budget_limits limits_;
  std::deque<int64_t> sent_; // when, ascending; those still in the window and perhaps older ones
  std::deque<int64_t> audits_sent_; // those of them that were audits
  std::deque<int64_t> bars_sent_;
  int64_t closed_until_ = INT64_MIN;       // for everyone but bars
  int64_t bars_closed_until_ = INT64_MIN;
  int64_t urgent_closed_until_ = INT64_MIN; // for urgent reads
  int64_t reads_closed_until_ = INT64_MIN;  // for other reads
  int refusals_in_a_row_ = 0;
};

} // namespace rm
