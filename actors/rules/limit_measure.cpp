#include "actors/rules/limit_measure.hpp"

#include "messages/money.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;
constexpr wide million = 1'000'000;
constexpr wide hysteresis = 100'000; // millionths of the limit

} // namespace

limit_measure::limit_measure(int64_t limit, int64_t breach_at, const std::vector<int64_t>& rungs) : limit_{limit}, breach_at_{breach_at} {
  for (int64_t share : rungs) {
    const wide at = wide{limit} * share;
    const wide left = wide{limit} * (share - hysteresis) / million; // rounded towards 0; below 0 it is 0 anyway
    rungs_.push_back({share, static_cast<int64_t>((at + million - 1) / million), static_cast<int64_t>(left < 0 ? 0 : left)});
  }
}

level limit_measure::read(int64_t measure) {
  while (standing_ < rungs_.size() && measure >= rungs_[standing_].reached_at)
    ++standing_;
  while (standing_ > 0 && measure <= rungs_[standing_ - 1].left_at)
    --standing_;
  breached_ = measure >= breach_at_;
  return breached_ ? level::breach : standing_ > 0 ? level::warn : level::ok;
}

open_range limit_measure::steady() const {
  open_range out;
  if (!breached_)
    out.high = breach_at_;
  if (standing_ < rungs_.size())
    out.high = std::min(out.high, rungs_[standing_].reached_at);
  if (standing_ > 0)
    out.low = rungs_[standing_ - 1].left_at;
  if (breached_)
    out.low = std::max(out.low, breach_at_ - 1);
  return out;
}

int64_t share_used(int64_t measure, int64_t limit) {
  if (measure <= 0 || limit <= 0)
    return 0;
  int64_t scaled = 0;
  if (!__builtin_mul_overflow(measure, int64_t{million}, &scaled)) // nearly always, and much cheaper
    return std::min<int64_t>(scaled / limit, 1000 * int64_t{million});
  const wide share = wide{measure} * million / limit;
  return static_cast<int64_t>(std::min<wide>(share, 1000 * million));
}

} // namespace rm
