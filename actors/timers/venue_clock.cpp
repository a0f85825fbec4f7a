#include "actors/timers/venue_clock.hpp"

namespace rm {
namespace {

constexpr duration half_a_second = std::chrono::milliseconds{500}; // the header has whole seconds, cut off
constexpr duration comparable = std::chrono::hours{1};             // after that even good clocks may be apart
constexpr duration fine = std::chrono::seconds{2};                 // what two such readings may differ by

std::string apart(timestamp pc, timestamp venue) {
  const auto by = pc > venue ? pc - venue : venue - pc;
  const auto minutes = std::chrono::round<std::chrono::minutes>(by).count();
  const std::string length = minutes >= 60 ? std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min" : std::to_string(minutes) + " min";
  return "the PC's clock says " + format_time(pc) + " and the venue's " + format_time(venue) + ": it is " + length + (pc > venue ? " ahead" : " behind");
}

} // namespace

bool venue_clock::is_near(timestamp a, timestamp b) { return a - b <= tolerated && b - a <= tolerated; }

timestamp venue_clock::put_right(timestamp pc, duration steady) const {
  const int64_t offset = offset_;
  if (offset == unknown)
    return pc;
  const timestamp venue{duration{offset} + steady};
  return is_near(pc, venue) ? pc : venue;
}

bool venue_clock::sure(timestamp pc, duration steady) const {
  const int64_t offset = offset_;
  if (offset == unknown)
    return known();
  return is_near(pc - duration{apart_}, timestamp{duration{offset} + steady});
}

bool venue_clock::borne_out(const reading& now, timestamp pc) {
  const int64_t offset = offset_;
  if (is_near(now.venue, pc) || (offset != unknown && is_near(now.venue, timestamp{duration{offset} + now.steady})))
    return true;
  const bool twice = candidate_ && is_near(carried_on(*candidate_, now.steady), now.venue);
  if (!twice)
    candidate_ = now;
  return twice;
}

void venue_clock::hear(const clock_sample& sample) {
  if (sample.heard - sample.sent > slowest || sample.heard < sample.sent || sample.heard_steady - sample.sent_steady > slowest)
    return; // the machine slept in between, or the clock was set: the next one tells
  std::lock_guard lock{mutex_};
  const reading now{sample.venue + half_a_second, sample.heard_steady};
  // The steady clock never runs too fast: a venue that is far behind it has been set back, or tells an old time.
  const bool behind = earlier_ && carried_on(*earlier_, now.steady) - now.venue > tolerated;
  if (behind) {
    distrusted_ = true;
    offset_ = unknown;
    told_nothing_ = true;
  }
  if (behind || !earlier_ || now.steady - earlier_->steady > comparable)
    earlier_ = now;
  if (distrusted_ && !is_near(now.venue, sample.heard))
    return set_trouble(apart(sample.heard, now.venue) + ", and the venue's clock does not run as it should; the PC's time is used");
  distrusted_ = false;
  if (!borne_out(now, sample.heard))
    return;
  candidate_.reset();
  const int64_t offset = offset_;
  const duration moved = offset == unknown ? duration::max() : now.venue - timestamp{duration{offset} + now.steady};
  if (moved > fine || moved < -fine)
    offset_ = (now.venue.time_since_epoch() - now.steady).count();
  apart_ = (sample.heard.time_since_epoch() - now.steady).count() - offset_;
  set_trouble(is_near(now.venue, sample.heard) ? std::string{} : apart(sample.heard, now.venue) + "; days and locks go by the venue's time");
}

void venue_clock::set_trouble(std::string what) {
  if (what == trouble_)
    return;
  trouble_ = std::move(what);
  ++trouble_number_;
}

std::string venue_clock::trouble() const {
  std::lock_guard lock{mutex_};
  return trouble_;
}

} // namespace rm
