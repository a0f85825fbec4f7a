#include "actors/timers/pulse.hpp"

#include <algorithm>
#include <cstdio>

namespace rm {
namespace {

std::string seconds_text(duration d) {
  char text[48];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(d).count());
  return text;
}

} // namespace

beat pulse::look(timestamp now, duration steady) {
  beat out;
  if (!last_) {
    out.tick_accounts = out.sign_of_life = true;
  } else {
    const duration slept = steady - last_->steady;
    const duration jump = (now - last_->wall) - slept;
    if (jump > tolerated)
      out.news = "the wall clock jumped ahead by " + seconds_text(jump) + " (set, or the machine slept)";
    else if (jump < -tolerated)
      out.news = "the wall clock was set back by " + seconds_text(-jump);
    else if (slept > tolerated)
      out.news = "no timer ran for " + seconds_text(slept) + " (the machine slept or was overloaded)";
    if (!out.news.empty())
      out.gone = slept + std::max(jump, duration{});
    out.tick_accounts = !out.news.empty() || steady - last_tick_ >= between_ticks;
    out.sign_of_life = !out.news.empty() || steady - last_sign_ >= between_signs;
  }
  if (out.tick_accounts)
    last_tick_ = steady;
  if (out.sign_of_life)
    last_sign_ = steady;
  last_ = reading{now, steady};
  return out;
}

} // namespace rm
