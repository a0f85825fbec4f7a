// What clients are shown besides live events: snapshots of new subscriptions, lists that lag, and the venue's own
// loss limit.
#include "world.hpp"

namespace gateway_sim {

// -- snapshots -----------------------------------------------------------------------------------

std::vector<engine_event> world::snapshot_of(const new_subscription& s) const {
  std::vector<engine_event> found;
  if (s.to == stream::accounts)
    for (const auto& [id, a] : book.accounts())
      found.push_back(account_changed{a});
  if (s.to == stream::orders)
    for (const auto* o : book.orders_of(s.account))
      if (o->working() || o->status == order_status::suspended)
        found.push_back(order_changed{*o});
  if (s.to == stream::positions)
    for (const auto& p : book.positions(s.account))
      found.push_back(position_changed{p});
  if (s.to == stream::trades && knobs.snapshot == snapshot_kind::state_and_trades)
    for (const auto* t : book.trades_of(s.account))
      found.push_back(trade_made{*t});
  return found;
}

void world::subscribed(uint64_t client, const std::vector<new_subscription>& made) {
  auto* c = hubs.find(client);
  if (!c || knobs.snapshot == snapshot_kind::none)
    return;
  for (const auto& s : made) {
    for (const auto& e : snapshot_of(s))
      hubs.send_to(*c, *hub_event_of(e));
    const auto* k = s.contract.empty() ? nullptr : book.find_contract(s.contract);
    if (k && s.to == stream::quotes)
      if (auto last = book.last_price(k->id))
        hubs.send_to(*c, quote_event(*k, *last));
  }
}

// -- lists that lag ------------------------------------------------------------------------------

void world::keep_past() {
  auto begin = [](auto& history, std::chrono::nanoseconds lag, auto&& fill) {
    if (lag.count() == 0)
      return history.stop();
    if (!history.running()) {
      history.start();
      fill();
    }
  };
  begin(past_accounts_, knobs.account_list_lag, [&] {
    for (const auto& [id, a] : book.accounts())
      past_accounts_.base(id, a);
  });
  begin(past_orders_, knobs.order_list_lag, [&] {
    for (const auto& [id, o] : book.orders())
      past_orders_.base(id, o);
  });
  begin(past_trades_, knobs.trade_list_lag, [&] {
    for (const auto& [id, t] : book.trades())
      past_trades_.base(id, t);
  });
  begin(past_positions_, knobs.position_list_lag, [&] {
    for (const auto& [id, a] : book.accounts())
      for (const auto& p : book.positions(id))
        past_positions_.base({id, p.contract}, p);
  });
}

void world::remember(const engine_event& e) {
  auto at = time.now();
  if (auto* o = std::get_if<order_changed>(&e))
    past_orders_.note(at, o->now.id, o->now);
  else if (auto* t = std::get_if<trade_made>(&e))
    past_trades_.note(at, t->now.id, t->now);
  else if (auto* p = std::get_if<position_changed>(&e))
    past_positions_.note(at, {p->now.account, p->now.contract}, p->now);
  else if (auto* a = std::get_if<account_changed>(&e))
    past_accounts_.note(at, a->now.id, a->now);
}

std::vector<const account*> world::accounts_shown() const {
  if (past_accounts_.running())
    return past_accounts_.at(time.now() - knobs.account_list_lag);
  std::vector<const account*> found;
  for (const auto& [id, a] : book.accounts())
    found.push_back(&a);
  return found;
}

std::vector<const order*> world::orders_shown(int64_t account) const {
  if (!past_orders_.running())
    return book.orders_of(account);
  auto found = past_orders_.at(time.now() - knobs.order_list_lag);
  std::erase_if(found, [&](const order* o) { return o->account != account; });
  return found;
}

std::vector<position> world::positions_shown(int64_t account) const {
  if (!past_positions_.running())
    return book.positions(account);
  std::vector<position> found;
  for (const auto* p : past_positions_.at(time.now() - knobs.position_list_lag))
    if (p->account == account && p->size != 0)
      found.push_back(*p);
  return found;
}

std::vector<const trade*> world::trades_shown(int64_t account) const {
  if (!past_trades_.running())
    return book.trades_of(account);
  auto found = past_trades_.at(time.now() - knobs.trade_list_lag);
  std::erase_if(found, [&](const trade* t) { return t->account != account; });
  return found;
}

// -- the venue's own loss limit --------------------------------------------------------------------

/// Open profit of all positions at the venue's mark: the last price, or one tick against the position.
decimal world::open_profit(int64_t account) const {
  decimal sum;
  for (const auto& p : book.positions(account)) {
    auto last = book.last_price(p.contract);
    if (!last)
      continue;
    int64_t direction = p.size > 0 ? 1 : -1;
    auto mark = knobs.mark_at_quote ? *last - direction : *last;
    sum += profit(*book.find_contract(p.contract), p.average, mark, std::abs(p.size), direction);
  }
  return sum;
}

void world::enforce_loss_limit() {
  if (knobs.venue_loss_limit.nanos() == 0)
    return;
  for (const auto& [id, a] : book.accounts())
    if (a.can_trade && a.gross - a.fees - a.commissions + open_profit(id) <= -knobs.venue_loss_limit)
      book.liquidate(id, false, now());
}

} // namespace gateway_sim
