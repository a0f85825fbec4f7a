#include "actors/resets/session_schedule.hpp"

#include <algorithm>

namespace rm {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

} // namespace

session_schedule::session_schedule(const std::vector<session_span>& spans, const calendar_settings& calendar, bool respect_holidays) {
  for (const auto& span : spans)
    spans_.push_back({span, zone_clock{span.timezone}});
  if (!respect_holidays)
    return;
  for (const auto& date : calendar.holidays)
    holidays_.push_back(sys_days{date});
  std::sort(holidays_.begin(), holidays_.end());
  auto closes = calendar.early_closes;
  std::sort(closes.begin(), closes.end(), [](auto& a, auto& b) { return sys_days{a.date} < sys_days{b.date}; });
  for (const auto& close : closes) {
    const zone_clock clock{close.timezone.empty() ? calendar.timezone : close.timezone};
    early_.push_back(clock.instant(sys_days{close.date}, close.time));
    early_days_.push_back(sys_days{close.date});
  }
}

void session_schedule::add_spans(sys_days first, sys_days last, const zoned_span& of, intervals& out) const {
  const bool next_day = of.span.to <= of.span.from;
  for (sys_days date = first; date <= last; date += days{1}) {
    if (!of.span.days.test(std::chrono::weekday{date}.c_encoding()))
      continue;
    const sys_days belongs = next_day ? date + days{1} : date;
    if (std::binary_search(holidays_.begin(), holidays_.end(), belongs))
      continue;
    const timestamp begin = of.clock.instant(date, of.span.from);
    timestamp end = of.clock.instant(belongs, of.span.to);
    for (auto i = std::lower_bound(early_days_.begin(), early_days_.end(), date); i != early_days_.end() && *i <= belongs; ++i) {
      const timestamp close = early_[static_cast<std::size_t>(i - early_days_.begin())];
      if (close > begin || *i == belongs) // what begins in the evening after an early close is the next day's
        end = std::min(end, close);
    }
    if (begin < end)
      out.push_back({begin, end, true});
  }
}

session_schedule::interval session_schedule::find(timestamp t) const {
  const sys_days today = std::chrono::floor<days>(t);
  for (const days ahead : {days{10}, horizon}) {
    intervals all;
    for (const auto& span : spans_)
      add_spans(today - days{3}, today + ahead, span, all);
    std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
    interval now{today - days{2}, today + ahead - days{2}, false};
    for (const auto& next : all) {
      if (now.on && next.begin <= now.end) {
        now.end = std::max(now.end, next.end); // touching: one session
      } else if (next.begin <= t) {
        now = next;
      } else if (now.on && now.end > t) {
        break;
      } else {
        now = {now.on ? now.end : now.begin, next.begin, false};
        break;
      }
    }
    if (now.on && now.end <= t)
      now = {now.end, today + ahead - days{2}, false}; // it was the last one
    if (now.end < today + ahead - days{2} || ahead == horizon)
      return now;
  }
  return {t, t + horizon, false}; // not reached
}

const session_schedule::interval& session_schedule::around(timestamp t) const {
  if (t < known_.begin || t >= known_.end)
    known_ = find(t);
  return known_;
}

} // namespace rm
