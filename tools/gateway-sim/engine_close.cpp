// Closing: closeContract and partial closes, the venue's own liquidation, and what is done to an account as a whole.
#include "engine.hpp"

#include <cstdlib>

namespace gateway_sim {

outcome engine::close(int64_t account, const std::string& name, std::optional<int64_t> size, wall_time now) {
  auto holder = accounts_.find(account);
  if (holder == accounts_.end())
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  const auto* c = find_contract(name);
  if (!c || c->id != name)
    return {refusal::contract_not_found, std::nullopt, std::nullopt};
  const auto* held = find_position(account, name);
  if (!held)
    return {refusal::position_not_found, std::nullopt, std::nullopt};
  const auto side = held->size > 0 ? order_side::sell : order_side::buy;
  if (rules.stop_at_close == stop_at_close::fills_before && trading(name, now)) {
    fill_stops(account, name, side, now);
    held = find_position(account, name);
    if (!held || (held->size > 0) != (side == order_side::sell))
      return {refusal::position_not_found, std::nullopt, std::nullopt};
  }
  if (!c->active)
    return {refusal::contract_not_active, std::nullopt, std::nullopt};
  if (size && (*size <= 0 || *size > std::abs(held->size)))
    return {refusal::invalid_size, std::nullopt, std::nullopt};
  if (rules.close_needs_can_trade && !holder->second.can_trade)
    return {refusal::account_rejected, std::nullopt, std::nullopt};
  if (!trading(name, now) || !prices_[name].last)
    return {refusal::market_closed, std::nullopt, std::nullopt};
  place_request request;
  request.account = account;
  request.contract = name;
  request.side = side;
  request.size = size.value_or(std::abs(held->size));
  if (rules.max_order_size > 0 && request.size > rules.max_order_size)
    return {refusal::rejected, std::nullopt, std::nullopt};
  auto o = make_order(request, now);
  o.protects = true;
  store(o);
  start_market_order(o.id, now);
  if (rules.stop_at_close == stop_at_close::fills_after)
    fill_stops(account, name, side, now);
  if (rules.close_cancels_children && !find_position(account, name))
    cancel_brackets(account, name, now);
  return {refusal::none, std::nullopt, o.id};
}

/// Fills every working stop of this side at the last price, whatever its own price.
void engine::fill_stops(int64_t account, const std::string& contract, order_side side, wall_time now) {
  auto ids = working_[contract]; // a copy: fills change the set
  for (auto id : ids) {
    const auto& o = orders_.at(id);
    bool stop = has_stop(o.type) || o.type == order_type::trailing_stop;
    if (o.account == account && o.side == side && stop && o.status == order_status::open && prices_[contract].last)
      fill(id, o.remaining(), slipped(side, *prices_[contract].last), now);
  }
}

bool engine::trading(const std::string& contract, wall_time now) const {
  constexpr int64_t day = 86'400;
  return market(contract) == market_state::open && (!rules.hours || rules.hours->contain(now.seconds() % day));
}

// -- things done to an account -------------------------------------------------------------------

outcome engine::set_account(int64_t id, std::optional<bool> can_trade, std::optional<decimal> balance,
                            wall_time) {
  auto found = accounts_.find(id);
  if (found == accounts_.end())
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  auto& a = found->second;
  if (can_trade)
    a.can_trade = *can_trade;
  if (balance) {
    a.adjustments += *balance - a.balance;
    a.balance = *balance;
  }
  events_.push_back(account_changed{a});
  return {};
}

outcome engine::liquidate(int64_t id, bool can_trade_after, wall_time now) {
  auto found = accounts_.find(id);
  if (found == accounts_.end())
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  for (const auto* o : orders_of(id))
    if (o->working() || o->status == order_status::suspended)
      update(orders_.at(o->id), order_status::cancelled, now);
  for (const auto& p : positions(id)) {
    place_request request;
    request.account = id;
    request.contract = p.contract;
    request.side = p.size > 0 ? order_side::sell : order_side::buy;
    request.size = std::abs(p.size);
    auto o = make_order(request, now);
    store(o);
    auto price = last_price(p.contract);
    fill(o.id, request.size, price ? *price : p.average.numerator / p.average.denominator, now);
  }
  found->second.can_trade = can_trade_after;
  events_.push_back(account_changed{found->second});
  return {};
}

void engine::set_market(const std::string& contract, market_state state) {
  prices_[contract].state = state;
}

} // namespace gateway_sim
