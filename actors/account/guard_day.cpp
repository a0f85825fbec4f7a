// The guard's record of the day: for people, and for trying another rule on it.
#include "actors/account/guard.hpp"

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration between_saves = 10s; // of a day that goes on: what a crash may cost its curve

} // namespace

void guard::note_day(const judgement& now) {
  if (now.judgeable())
    record_.take(now_, ledger_.realized_day() + now.worth.unrealized);
}

void guard::keep_day(account_effects& out) {
  if (!record_.has_news() || now_ < next_day_save_ || !memory_.day.ok())
    return;
  record_.told();
  next_day_save_ = now_ + between_saves;
  out.push_back(save_day{settings_.id, record_.curve()});
}

account_day guard::day() const {
  account_day out;
  out.account = settings_.id;
  out.curve = record_.curve();
  out.week_started = memory_.week_started;
  out.next_daily_reset = next_daily_;
  for (const auto& [id, trade] : ledger_.trades()) {
    out.trades.push_back(trade);
    if (const auto* spec = ledger_.spec_of(trade.contract))
      out.specs.emplace(trade.contract, *spec);
  }
  out.trips = ledger_.carried_trips();
  out.adjustments = ledger_.adjustments();
  if (view_)
    out.now = make_view(judge(), wake::clock, {now_, 0}, view_sequence_);
  return out;
}

} // namespace rm
