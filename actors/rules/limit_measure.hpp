// A measure held against a limit: the breach, the warning rungs below it, and how far the measure may go before anything changes.
#pragma once

#include "messages/rule.hpp"

#include <limits>
#include <vector>

namespace rm {

/// An interval without its ends. The ends of int64_t stand for "no bound".
struct open_range {
  static constexpr int64_t unbounded = std::numeric_limits<int64_t>::max();
  int64_t low = -unbounded;
  int64_t high = unbounded;
};

/// Remembers which warning rungs stand. A rung is reached at its share of the limit, and stands until the measure is 10 % of the limit
/// below it (but at 0 at the latest): a measure that trembles on a rung warns once.
class limit_measure {
public:
  /// `limit` > 0 and `breach_at` > 0 in the measure's own units; `rungs` in millionths of the limit, ascending.
  limit_measure(int64_t limit, int64_t breach_at, const std::vector<int64_t>& rungs);

  /// Takes the newest measure; negative ones are on the good side.
  level read(int64_t measure);
  /// The highest rung that stands, in millionths of the limit; 0 = none.
  int64_t rung() const { return standing_ == 0 ? 0 : rungs_[standing_ - 1].share; }
  /// Every measure in here would leave the level and the rung of the last `read` as they are.
  open_range steady() const;
  int64_t limit() const { return limit_; }

private:
  struct step {
    int64_t share = 0; // millionths
    int64_t reached_at = 0;
    int64_t left_at = 0; // at or below
  };
  int64_t limit_ = 0;
  int64_t breach_at_ = 0;
  std::vector<step> rungs_;
  std::size_t standing_ = 0; // how many, from the lowest
  bool breached_ = false;
};

/// How much of `limit` is used, in millionths, at most 1000 times the limit; 0 when `measure` is not positive.
int64_t share_used(int64_t measure, int64_t limit);

} // namespace rm
