#include "actors/account/day_replay.hpp"

#include "actors/account/ledger.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

/// The mark at which a position would be worth that much.
std::optional<price> mark_for(const valued_position& held, money worth, const contract_spec& spec) {
  const wide per_price = wide{held.size} * spec.tick_value.units();
  if (per_price == 0 || !spec.tick_size.is_positive() || !held.average_price.is_positive())
    return std::nullopt;
  const wide mark = held.average_price.units() + wide{worth.units()} * spec.tick_size.units() / per_price;
  return mark > 0 && mark <= INT64_MAX ? std::optional{price::from_units(static_cast<int64_t>(mark))} : std::nullopt;
}

/// The books as they were, step by step.
class player {
public:
  explicit player(const account_day& day) : day_{day} {
    books_.begin_week(day.week_started);
    books_.begin_day(day.curve.day_started);
    books_.restore({}, {}, std::nullopt, day.trips);
    for (const auto& [contract, spec] : day.specs)
      books_.apply(spec);
    for (const auto& [id, trade] : sorted(day.trades))
      moves_.push_back({trade->executed, trade, nullptr, nullptr});
    for (const auto& each : day.adjustments)
      moves_.push_back({each.at, nullptr, &each, nullptr});
    for (const auto& each : day.curve.points)
      moves_.push_back({each.at, nullptr, nullptr, &each});
    std::stable_sort(moves_.begin(), moves_.end(), [](auto& a, auto& b) { return a.at < b.at; });
  }

  std::vector<std::shared_ptr<const account_view>> play() {
    std::vector<std::shared_ptr<const account_view>> out;
    for (const auto& next : moves_) {
      if (next.trade)
        books_.apply(*next.trade);
      else if (next.adjusted)
        books_.adjust(*next.adjusted);
      else
        pnl_ = next.point->pnl;
      if (next.at >= day_.curve.day_started && !next.adjusted)
        out.push_back(view_at(next.at, next.trade ? wake::fill : wake::mark));
    }
    if (day_.now)
      out.push_back(day_.now);
    return out;
  }

private:
  struct move {
    timestamp at{};
    const trade_update* trade;
    const adjustment* adjusted;
    const day_point* point;
  };

  static std::map<std::pair<timestamp, trade_id>, const trade_update*> sorted(const std::vector<trade_update>& trades) {
    std::map<std::pair<timestamp, trade_id>, const trade_update*> out;
    for (const auto& trade : trades)
      if (!trade.voided)
        out.emplace(std::pair{trade.executed, trade.id}, &trade);
    return out;
  }

  std::shared_ptr<const account_view> view_at(timestamp at, wake cause) {
    auto view = std::make_shared<account_view>();
    view->account = day_.account;
    view->sequence = ++sequence_;
    view->cause = cause;
    view->now = at;
    view->event = {at, 0};
    view->link_live = true;
    if (day_.now)
      view->balance = day_.now->balance, view->day = day_.now->day, view->next_weekly_reset = day_.now->next_weekly_reset;
    view->day_started = day_.curve.day_started;
    view->next_daily_reset = day_.next_daily_reset;
    view->realized_day = books_.realized_day();
    view->realized_week = books_.realized_week();
    view->trades_today = books_.trades_today();
    view->recent_trades = books_.recent_trades();
    view->last_trade = books_.last_trade();
    view->round_trips = books_.closed_trips();
    put_positions(*view);
    peak_ = std::max(peak_, view->day_pnl());
    view->peak_day = peak_;
    return view;
  }

  /// What the day's P&L has beside the realized is the positions'; nothing when there are none.
  void put_positions(account_view& view) {
    for (const auto& [contract, running] : books_.running())
      if (running.size != 0)
        view.positions.push_back({contract, running.size, running.average, std::nullopt, std::nullopt});
    if (!view.positions.empty())
      view.unrealized = pnl_ - view.realized_day;
    const bool alone = view.positions.size() == 1;
    for (auto& held : view.positions) {
      const auto spec = day_.specs.find(held.contract);
      if (spec == day_.specs.end())
        continue;
      if (alone) {
        held.mark = mark_for(held, view.unrealized, spec->second);
        held.unrealized = view.unrealized;
      }
      view.contracts.push_back({held.contract, symbol_of(held.contract), spec->second.tick_size, spec->second.tick_value, held.mark});
    }
  }

  const account_day& day_;
  ledger books_;
  std::vector<move> moves_;
  money pnl_, peak_;
  uint64_t sequence_ = 0;
};

} // namespace

std::vector<std::shared_ptr<const account_view>> replay_day(const account_day& day) {
  if (day.curve.day_started == timestamp{})
    return {};
  try {
    return player{day}.play();
  } catch (const amount_overflow&) { // nobody has that much: nothing can be said of such a day
    return {};
  }
}

} // namespace rm
