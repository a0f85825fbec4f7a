#include "actors/resets/market_hours.hpp"

namespace rm {

std::vector<session_span> cme_hours() {
  using namespace std::chrono_literals;
  session_span out;
  for (unsigned day : {0u, 1u, 2u, 3u, 4u}) // Sunday to Thursday evening; each ends on the next day
    out.days.set(day);
  out.from = 17h;
  out.to = 16h;
  out.timezone = "America/Chicago";
  return {out};
}

market_hours::market_hours(const market_hours_settings& settings)
  : standard_{settings.standard.empty() ? cme_hours() : settings.standard, settings.calendar, true} {
  for (const auto& [symbol, spans] : settings.by_symbol)
    by_symbol_.emplace(symbol_name{symbol}, session_schedule{spans, settings.calendar, true});
}

bool market_hours::open(const symbol_name& symbol, timestamp t) const {
  const auto own = by_symbol_.find(symbol);
  return own == by_symbol_.end() ? standard_.inside(t) : own->second.inside(t);
}

} // namespace rm
