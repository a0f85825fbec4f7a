#include "actors/account/day_record.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration first_width = 1s;

} // namespace

void day_record::begin(timestamp day_started) {
  day_started_ = day_started;
  newest_ = {};
  any_ = false;
  has_news_ = true; // what is kept of the day before goes
  width_ = first_width;
  span_ends_ = {};
  spans_.clear();
  down_.begin();
  up_.begin();
}

void day_record::restore(const day_curve& kept) {
  if (kept.day_started != day_started_ || kept.points.size() > most_points)
    return;
  for (const auto& [at, pnl] : kept.points)
    take(at, pnl);
  has_news_ = false;
}

void day_record::take(timestamp at, money pnl) {
  if (any_ && pnl == newest_.pnl)
    return;
  const day_point now{any_ ? std::max(at, newest_.at) : std::max(at, day_started_), pnl};
  newest_ = now;
  has_news_ = true;
  if (now.at >= span_ends_ || !any_) {
    open_span(now);
  } else {
    auto& last = spans_.back();
    if (pnl < last.low.pnl)
      last.low = now;
    if (pnl > last.high.pnl)
      last.high = now;
  }
  any_ = true;
  down_.take(now, true);
  up_.take(now, false);
}

void day_record::open_span(const day_point& now) {
  if (spans_.size() == most_spans)
    widen();
  const auto begun = day_started_ + (now.at - day_started_) / width_ * width_;
  span_ends_ = begun + width_;
  if (!spans_.empty() && spans_.back().begun == begun) { // widened until the newest span reaches to here
    auto& last = spans_.back();
    last.low = now.pnl < last.low.pnl ? now : last.low;
    last.high = now.pnl > last.high.pnl ? now : last.high;
    return;
  }
  spans_.push_back({begun, now, now});
}

/// Neighbours become one until half of the room is free.
void day_record::widen() {
  while (spans_.size() > most_spans / 2) {
    width_ *= 2;
    std::size_t kept = 0;
    for (const auto& next : spans_) {
      const auto begun = day_started_ + (next.begun - day_started_) / width_ * width_;
      if (kept > 0 && spans_[kept - 1].begun == begun) {
        auto& into = spans_[kept - 1];
        into.low = next.low.pnl < into.low.pnl ? next.low : into.low;
        into.high = next.high.pnl > into.high.pnl ? next.high : into.high;
      } else {
        spans_[kept++] = {begun, next.low, next.high};
      }
    }
    spans_.resize(kept);
  }
}

void day_record::climb::begin() {
  steps.clear();
  least = {};
  top = {};
}

void day_record::climb::take(const day_point& now, bool down) {
  const auto height = [down](const day_point& p) { return down ? -p.pnl : p.pnl; };
  if (height(now) <= height(top) || !height(now).is_positive())
    return;
  top = now;
  if (!steps.empty() && height(now) - height(steps.back()) < least)
    return;
  steps.push_back(now);
  if (steps.size() <= most_steps)
    return;
  least = money::from_units(std::max<int64_t>(1, height(now).units() / static_cast<int64_t>(most_steps / 2)));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (kept == 0 || height(steps[i]) - height(steps[kept - 1]) >= least)
      steps[kept++] = steps[i];
  steps.resize(kept);
}

day_curve day_record::curve() const {
  day_curve out{day_started_, {}};
  if (!any_)
    return out;
  for (const auto& each : spans_) {
    out.points.push_back(each.low);
    out.points.push_back(each.high);
  }
  for (const auto* way : {&down_, &up_}) {
    out.points.insert(out.points.end(), way->steps.begin(), way->steps.end());
    if (way->top.at != timestamp{})
      out.points.push_back(way->top);
  }
  std::stable_sort(out.points.begin(), out.points.end(), [](auto& a, auto& b) { return a.at < b.at; });
  out.points.erase(std::unique(out.points.begin(), out.points.end()), out.points.end());
  if (out.points.back() != newest_)
    out.points.push_back(newest_);
  return out;
}

} // namespace rm
