// How far marks may go before the account has anything to say: while it rests, its broker keeps quotes to itself.
#include "actors/account/guard.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

__extension__ using wide = __int128;

constexpr duration kept_at_most = std::chrono::seconds{1}; // the broker tells one quote a second all the same
constexpr int early_at_most = 3;                           // some come early before other news, in their order
constexpr int64_t most_room = 1'000'000'000 * money::one;  // more does not matter

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/// What the whole position is worth, in units; to share what may still be won and lost.
wide exposure(const valued_position& held, const contract_spec& spec) {
  return wide{magnitude(held.size)} * held.mark->units() * spec.tick_value.units() / spec.tick_size.units();
}

/// How far the mark must go, in units, until `size` contracts are worth `amount` more; rounded down.
int64_t distance(wide amount, int64_t size, const contract_spec& spec) {
  return static_cast<int64_t>(std::min<wide>(amount * spec.tick_size.units() / (wide{spec.tick_value.units()} * magnitude(size)), most_room));
}

} // namespace

// -- what has happened -----------------------------------------------------------

/// Whatever else the broker tells, it has ended the rest by then.
void guard::hear_news(const venue_event& event) {
  if (event.number != 0) {
    news_heard_ = event.number;
    told_rest_.reset();
  }
  early_quotes_ = 0;
  rest_in_doubt_ = true;
}

/// Before it is taken. A quote outside has ended the rest. Quotes that come too often say that the broker did not take our word, because
/// something else was under way to us; then it is said again.
void guard::hear_quote(const quote& update) {
  if (!told_rest_) {
    rest_in_doubt_ |= answers_owed_ == 0;
    return;
  }
  const auto& marks = told_rest_->what.marks;
  const auto named = std::find_if(marks.begin(), marks.end(), [&](auto& m) { return m.band.contract == update.contract; });
  const auto mark = update.mark();
  const bool inside = named != marks.end() && mark && *mark > named->band.low && *mark < named->band.high;
  const bool early = update.seen.utc - ledger_.marked_at(update.contract) < kept_at_most;
  early_quotes_ = early ? early_quotes_ + 1 : 0;
  if (inside && early_quotes_ <= early_at_most)
    return;
  early_quotes_ = 0;
  told_rest_.reset();
  rest_in_doubt_ = true;
}

void guard::note_question(rule_seat& rule, uint64_t sequence) {
  rule.asked = sequence;
  if (!std::exchange(rule.owes, true))
    ++answers_owed_;
}

// -- what follows ------------------------------------------------------------------

/// Only an account of which all is known, that is free and at which nothing is under way.
bool guard::may_rest() const {
  if (now_ == timestamp{} || link_.status != link_status::live || !complete_ || !nonsense_.empty() || !held_.unread_orders().empty() || !locks_.empty() || case_open_ || !to_resume_.empty() ||
      !apart_.empty() || orders_settling_ || !unasked_.empty())
    return false;
  const auto& now = judge();
  return now.judgeable() && all_rest(wake::mark, ledger_.realized_day() + now.worth.unrealized);
}

/// Day P&L up to which nothing happens, exclusive: beyond its peak the peak moves.
money guard::top_of_rest() const { return std::min(rest_on_mark_.band.high(), memory_.peak_day + money::from_units(1)); }

/// Whether what the broker was told is still true, of an account that has perhaps changed.
bool guard::rests_well(const told_rest& told) const {
  if (told.changes != changes_ || !may_rest())
    return false;
  const auto& joint = rest_on_mark_.band;
  const money realized = ledger_.realized_day();
  return realized + told.worst > joint.low() && realized + told.best < top_of_rest() && told.what.until <= joint.until() &&
         std::all_of(told.what.marks.begin(), told.what.marks.end(), [&](auto& m) {
           const auto* watched = joint.of(m.band.contract);
           return !watched || (m.band.low >= watched->low && m.band.high <= watched->high);
         });
}

/// Each position gets a share of what may still be won and lost, by its worth. What the shares allow is then what all may do at once.
bool guard::share_room(const judgement& now, told_rest& out) const {
  const auto& joint = rest_on_mark_.band;
  const wide pnl = wide{ledger_.realized_day().units()} + now.worth.unrealized.units();
  const wide up = std::min<wide>(wide{top_of_rest().units()} - 1 - pnl, most_room);
  const wide down = std::min<wide>(pnl - 1 - joint.low().units(), most_room);
  if (up < 0 || down < 0)
    return false;
  const auto& positions = now.worth.positions;
  wide all = 0;
  for (auto& held : positions) {
    const auto* spec = ledger_.spec_of(held.contract);
    if (!spec || !held.mark || !held.unrealized)
      return false;
    all += exposure(held, *spec);
  }
  for (auto& contract : watched_) {
    const auto* heard = ledger_.quote_of(contract);
    const auto mark = heard ? heard->mark() : std::nullopt;
    if (!mark || !mark->is_positive())
      continue; // it is told
    const int64_t tenth = mark->units() / 10;
    int64_t fall = tenth, rise = tenth;
    const auto held = std::find_if(positions.begin(), positions.end(), [&](auto& p) { return p.contract == contract; });
    if (held != positions.end()) {
      const auto& spec = *ledger_.spec_of(contract);
      const auto worth = exposure(*held, spec);
      const auto way = [&](wide room) { return distance(room * worth / all, held->size, spec); };
      rise = std::min(rise, way(held->size > 0 ? up : down));
      fall = std::min(fall, way(held->size > 0 ? down : up));
    }
    mark_band band{contract, price::from_units(mark->units() - fall - 1), price::from_units(mark->units() + rise + 1)};
    if (const auto* watched = joint.of(contract)) {
      band.low = std::max(band.low, watched->low);
      band.high = std::min(band.high, watched->high);
    }
    if (*mark <= band.low || *mark >= band.high)
      return false;
    if (held != positions.end()) {
      const auto& spec = *ledger_.spec_of(contract);
      const price lowest = price::from_units(band.low.units() + 1), highest = price::from_units(band.high.units() - 1);
      if (highest.units() / 10 > held->average_price.units() || held->average_price.units() / 10 > lowest.units())
        return false; // there the price would make no sense
      const auto at = [&](price to) { return value_of_move(held->average_price, to, held->size, spec.tick_size, spec.tick_value); };
      out.worst += std::min(at(lowest), at(highest));
      out.best += std::max(at(lowest), at(highest));
    }
    out.what.marks.push_back({band, heard->seen.steady_ns});
  }
  return !out.what.marks.empty();
}

std::optional<guard::told_rest> guard::find_rest() {
  if (!may_rest())
    return std::nullopt;
  told_rest out;
  out.what.account = settings_.id;
  out.what.heard = news_heard_;
  out.what.until = rest_on_mark_.band.until();
  out.changes = changes_;
  try {
    if (!share_room(judge(), out) || !rests_well(out))
      return std::nullopt;
  } catch (const amount_overflow&) {
    return std::nullopt; // at the far ends it is worth what nobody can have
  }
  return out;
}

std::optional<rest_marks> guard::rest_wanted() {
  if (!std::exchange(rest_in_doubt_, false))
    return std::nullopt;
  const bool waiting = answers_owed_ > 0;
  if (told_rest_ && !(waiting && rest_is_over_) && rests_well(*told_rest_))
    return std::nullopt;
  const bool was_told = std::exchange(told_rest_, {}).has_value();
  if (!waiting) {
    rest_is_over_ = false;
    told_rest_ = find_rest();
  }
  if (told_rest_)
    return told_rest_->what;
  return was_told ? std::optional{rest_marks{settings_.id, news_heard_, {}, {}}} : std::nullopt;
}

} // namespace rm
