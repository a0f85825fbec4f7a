// The day's P&L so far in a few points: enough for a curve, and to say when it first went how far. Pure, bounded, and cheap with every quote.
#pragma once

#include "messages/storage.hpp"

namespace rm {

/// Keeps of each span of time the lowest and the highest amount with their times (spans grow as the day does), and beside these the steps
/// down and up by which the day came to its extremes.
class day_record {
public:
  static constexpr std::size_t most_spans = 128, most_steps = 32;
  static constexpr std::size_t most_points = 2 * most_spans + 2 * most_steps + 3;

  /// A day begins; what was before is forgotten.
  void begin(timestamp day_started);
  /// Takes up what was kept of the same day; of another one nothing.
  void restore(const day_curve& kept);

  /// The day's P&L is that now. Times before the newest one count as that one. A day's record
  /// grows a few times, and then allocates no more.
  void take(timestamp at, money pnl);

  /// Ascending, at most `most_points`; the newest amount comes last.
  day_curve curve() const;
  /// Something has changed since `told`.
  bool has_news() const { return has_news_; }
  void told() { has_news_ = false; }

private:
  /// The way to an extreme.
  struct climb {
    std::vector<day_point> steps;
    money least; // between two steps
    day_point top;
    void take(const day_point& now, bool down);
    void begin();
  };
  struct span {
    timestamp begun{};
    day_point low, high;
  };
  void open_span(const day_point& now);
  void widen();

  timestamp day_started_{};
  day_point newest_;
  bool any_ = false, has_news_ = false;
  duration width_{};
  timestamp span_ends_{};
  std::vector<span> spans_;
  climb down_, up_;
};

} // namespace rm
