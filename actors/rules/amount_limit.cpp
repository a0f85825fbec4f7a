#include "actors/rules/amount_limit.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

/// `bound` moved by `by`; an end that is not there stays so, and one that leaves the range is taken for the range's end.
int64_t moved(int64_t bound, wide by) {
  if (bound == open_range::unbounded || bound == -open_range::unbounded)
    return bound;
  const wide out = wide{bound} + by;
  return static_cast<int64_t>(std::clamp<wide>(out, -open_range::unbounded, open_range::unbounded));
}

} // namespace

amount_limit::amount_limit(money limit, words texts, const common_parameters& common)
  : measure_{limit.units(), limit.units(), common.warn_at}, responder_{common.on_breach}, texts_{texts}, limit_text_{to_string(limit)} {}

verdict amount_limit::judge(const account_view& view, money measure, money shown) {
  verdict out;
  out.level = measure_.read(measure.units());
  out.rung = measure_.rung();
  out.used = used_.of(measure.is_positive() ? measure : money{});
  out.limit = limit_text_;
  out.fraction = share_used(measure.units(), measure_.limit());
  if (out.level == level::breach)
    responder_.answer(out, view);
  else
    responder_.rest();
  if (out.level != level::ok) {
    const char* verb = out.level == level::breach ? " reached the " : " is near the ";
    out.reason = texts_.figure + (' ' + to_string(to_cents(shown))) + verb + texts_.limit + ' ' + limit_text_;
  }
  return out;
}

void set_band(verdict& out, const account_view& view, money measure, const open_range& steady, bool falling) {
  const wide day = view.day_pnl().units();
  out.has_band = true;
  out.band.until = end_of_lock(out);
  if (falling) { // measure + day P&L stays the same
    const wide sum = wide{measure.units()} + day;
    out.band.low = money::from_units(moved(-steady.high, sum));
    out.band.high = money::from_units(moved(-steady.low, sum));
  } else {
    const wide gap = day - measure.units();
    out.band.low = money::from_units(moved(steady.low, gap));
    out.band.high = money::from_units(moved(steady.high, gap));
  }
}


} // namespace rm
