// Fills: what the market touches, what a fill does to the position, the balance and the brackets.
#include "engine.hpp"

#include <algorithm>
#include <cstdlib>

namespace gateway_sim {

namespace {

constexpr int64_t money_grain = 100'000; // 0.0001

} // namespace

decimal profit(const contract& c, fraction average, int64_t exit, int64_t size, int64_t direction) {
  auto points = static_cast<wide>(exit) * average.denominator - average.numerator;
  auto money = points * (direction * size) * c.tick_value.nanos();
  return decimal::from_nanos(divide_rounded(money, static_cast<wide>(average.denominator) * money_grain)
                             * money_grain);
}

decimal average_price(const contract& c, fraction average) {
  return decimal::from_nanos(
    divide_rounded(static_cast<wide>(average.numerator) * c.tick_size.nanos(), average.denominator));
}

// -- filling -------------------------------------------------------------------------------------

void engine::start_market_order(int64_t id, wall_time now) {
  bool fills = rules.market_orders == market_order_fate::fill;
  if (fills && !rules.market_orders_wait)
    return fill_market(id, now);
  update(orders_.at(id), order_status::open, now);
  if (fills)
    events_.push_back(fill_due{id});
  else if (rules.market_orders == market_order_fate::reject_later)
    events_.push_back(reject_due{id});
}

void engine::fill_waiting(int64_t id, wall_time now) {
  auto found = orders_.find(id);
  if (found != orders_.end() && found->second.working() && found->second.type == order_type::market)
    fill_market(id, now);
}

void engine::reject_waiting(int64_t id, wall_time now) {
  auto found = orders_.find(id);
  if (found != orders_.end() && found->second.working() && found->second.type == order_type::market)
    update(found->second, order_status::rejected, now);
}

/// Takes the size of the next piece of a market fill: as the order says, else as the venue clips.
int64_t engine::next_piece(order& o) const {
  auto piece = o.remaining();
  if (!o.fill_in.empty()) {
    piece = o.fill_in.front();
    o.fill_in.erase(o.fill_in.begin());
  } else if (rules.fill_clip > 0) {
    piece = rules.fill_clip;
  }
  return std::clamp<int64_t>(piece, 1, o.remaining());
}

void engine::fill_market(int64_t id, wall_time now) {
  auto& o = orders_.at(id);
  while (o.working() && o.remaining() > 0) {
    fill(id, next_piece(o), slipped(o.side, *prices_[o.contract].last), now);
    if (rules.pieces_wait && o.working()) {
      events_.push_back(fill_due{id, true});
      return;
    }
  }
}

void engine::fill(int64_t id, int64_t size, int64_t ticks, wall_time now) {
  auto& o = orders_.at(id);
  o.filled += size;
  o.filled_ticks += ticks * size;
  update(o, o.remaining() == 0 ? order_status::filled : order_status::open, now);
  book_trade(o, size, ticks, now);
  if (o.stop_loss || o.take_profit)
    activate_children(o, ticks, now);
  if (!o.parent || o.status != order_status::filled)
    return;
  // One cancels the other.
  auto parent = orders_.find(*o.parent);
  if (parent == orders_.end())
    return;
  for (auto sibling : {parent->second.stop_loss, parent->second.take_profit}) {
    if (!sibling || *sibling == id)
      continue;
    auto& other = orders_.at(*sibling);
    if (other.working() || other.status == order_status::suspended)
      update(other, order_status::cancelled, now);
  }
}

void engine::book_trade(const order& o, int64_t size, int64_t ticks, wall_time now) {
  const auto& c = contract_of(o.contract);
  trade t;
  t.id = next_trade_++;
  t.account = o.account;
  t.contract = o.contract;
  t.created = now;
  t.price = ticks;
  t.fees = c.fee * size;
  t.commissions = c.commission * size;
  t.side = o.side;
  t.size = size;
  t.order = o.id;
  auto before = events_.size();
  t.profit_and_loss = apply_to_position(o, size, ticks, now);
  events_.insert(events_.begin() + static_cast<std::ptrdiff_t>(before), trade_made{t}); // trade first, then position
  trades_[t.id] = t;
  trades_by_account_[t.account].insert(t.id);
  auto& a = accounts_.at(o.account);
  auto made = t.profit_and_loss.value_or(decimal{});
  a.gross += made;
  a.fees += t.fees;
  a.commissions += t.commissions;
  a.balance += made - t.fees - t.commissions;
  events_.push_back(account_changed{a});
}

/// Moves the position and announces it; returns what the closed part made, nothing when none was closed.
std::optional<decimal> engine::apply_to_position(const order& o, int64_t size, int64_t ticks, wall_time now) {
  auto& row = positions_[{o.account, o.contract}];
  if (row.size == 0)
    row = {next_position_++, o.account, o.contract, now, 0, {ticks, 1}};
  auto direction = row.size == 0 ? sign_of(o.side) : (row.size > 0 ? 1 : -1);
  if (direction == sign_of(o.side)) {
    row.average = row.average.blended(std::abs(row.size), size, ticks);
    row.size += direction * size;
    events_.push_back(position_changed{row});
    return std::nullopt;
  }
  auto closed = std::min(size, std::abs(row.size));
  auto made = profit(contract_of(o.contract), row.average, ticks, closed, direction);
  auto left = size - closed;
  row.size -= direction * closed;
  bool flat_first = rules.reversal == reversal_shape::flat_then_new || rules.reversal == reversal_shape::flat_same_id;
  bool new_row = rules.reversal == reversal_shape::flat_then_new || rules.reversal == reversal_shape::new_id;
  if (left == 0 || flat_first)
    events_.push_back(position_changed{row});
  if (left > 0) {
    if (new_row) {
      row.id = next_position_++;
      row.created = now;
    }
    row.average = {ticks, 1};
    row.size = sign_of(o.side) * left;
    events_.push_back(position_changed{row});
  }
  return made;
}

// -- brackets ------------------------------------------------------------------------------------

void engine::activate_children(const order& entry, int64_t ticks, wall_time now) {
  auto parent = entry; // update() below may not move it, but a match can change it
  std::vector<int64_t> woken;
  for (auto child : {parent.take_profit, parent.stop_loss}) { // the target wakes first, as seen live
    if (!child)
      continue;
    auto& o = orders_.at(*child);
    bool first = o.status == order_status::suspended;
    if (!first && o.status != order_status::open)
      continue;
    o.size = parent.filled;
    if (first) {
      auto level = ticks + o.bracket_ticks;
      if (o.type == order_type::limit)
        o.limit = level;
      else
        o.stop = level;
      if (o.type == order_type::trailing_stop)
        o.trail = std::abs(o.bracket_ticks);
    }
    update(o, order_status::open, now);
    woken.push_back(o.id);
  }
  for (auto id : woken)
    match_order(id, true, now);
}

void engine::cancel_children(const order& entry, bool suspended_only, wall_time now) {
  for (auto child : {entry.stop_loss, entry.take_profit}) {
    if (!child)
      continue;
    auto& o = orders_.at(*child);
    if (o.status == order_status::suspended || (!suspended_only && o.working()))
      update(o, order_status::cancelled, now);
  }
}

void engine::cancel_brackets(int64_t account, const std::string& contract, wall_time now) {
  auto ids = working_[contract];
  for (auto id : ids) {
    auto& o = orders_.at(id);
    if (o.account == account && o.parent && o.working())
      update(o, order_status::cancelled, now);
  }
}

// -- matching ------------------------------------------------------------------------------------

/// Where the order fills at the last price, or nothing. A resting limit fills at its own price, a new one
/// at the better of the two.
std::optional<int64_t> engine::touch_price(order& o, int64_t last, bool resting) const {
  bool buy = o.side == order_side::buy;
  auto at_limit = [&]() -> std::optional<int64_t> {
    if (buy ? last <= *o.limit : last >= *o.limit)
      return resting ? *o.limit : last;
    return std::nullopt;
  };
  switch (o.type) {
    case order_type::limit:
    case order_type::join_bid:
    case order_type::join_ask:
      return at_limit();
    case order_type::stop:
    case order_type::trailing_stop:
      return (buy ? last >= *o.stop : last <= *o.stop) ? std::optional{slipped(o.side, last)} : std::nullopt;
    case order_type::stop_limit:
      if (!o.triggered && (buy ? last >= *o.stop : last <= *o.stop)) {
        o.triggered = true;
        resting = false;
      }
      return o.triggered ? at_limit() : std::nullopt;
    case order_type::market:
    case order_type::unknown:
      break;
  }
  return std::nullopt;
}

void engine::match_order(int64_t id, bool resting, wall_time now) {
  auto& o = orders_.at(id);
  const auto& market = prices_[o.contract];
  if (o.status != order_status::open || !market.last || !trading(o.contract, now))
    return;
  if (auto price = touch_price(o, *market.last, resting))
    fill(id, o.remaining(), *price, now);
}

void engine::match_contract(const std::string& contract, wall_time now) {
  auto last = *prices_[contract].last;
  auto ids = working_[contract]; // a copy: fills change the set
  for (auto id : ids) {
    auto& o = orders_.at(id);
    if (o.type == order_type::trailing_stop && o.status == order_status::open) {
      auto level = last + sign_of(o.side) * *o.trail;
      if (o.side == order_side::buy ? level < *o.stop : level > *o.stop)
        o.stop = level; // the venue moves it silently
    }
    match_order(id, true, now);
  }
}

void engine::set_price(const std::string& contract, int64_t ticks, wall_time now) {
  prices_[contract].last = ticks;
  match_contract(contract, now);
}

// -- fills by hand -------------------------------------------------------------------------------

outcome engine::fill_order(int64_t id, std::optional<int64_t> size, std::optional<int64_t> ticks, wall_time now) {
  auto found = orders_.find(id);
  if (found == orders_.end())
    return {refusal::order_not_found, std::nullopt, std::nullopt};
  auto& o = found->second;
  auto price = ticks ? ticks : o.limit ? o.limit : prices_[o.contract].last;
  if (!o.working() || !price)
    return {refusal::rejected, "Order is not working or there is no price.", std::nullopt};
  auto amount = size.value_or(o.remaining());
  if (amount <= 0 || amount > o.remaining())
    return {refusal::invalid_size, std::nullopt, std::nullopt};
  fill(id, amount, *price, now);
  return {refusal::none, std::nullopt, id};
}

outcome engine::foreign_fill(int64_t account, const std::string& contract, order_side side, int64_t size,
                             std::optional<int64_t> ticks, bool announce, wall_time now) {
  if (!accounts_.contains(account))
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  auto price = ticks ? ticks : last_price(contract);
  if (size <= 0 || !price)
    return {refusal::invalid_size, "A foreign fill needs a size and a price.", std::nullopt};
  place_request request;
  request.account = account;
  request.contract = contract;
  request.side = side;
  request.size = size;
  auto o = make_order(request, now);
  auto before = events_.size();
  store(o);
  fill(o.id, size, *price, now);
  if (!announce)
    events_.erase(std::remove_if(events_.begin() + static_cast<std::ptrdiff_t>(before), events_.end(),
                                 [](const engine_event& e) { return std::holds_alternative<order_changed>(e); }),
                  events_.end());
  return {refusal::none, std::nullopt, o.id};
}

outcome engine::void_trade(int64_t id, wall_time) {
  auto found = trades_.find(id);
  if (found == trades_.end() || found->second.voided)
    return {refusal::order_not_found, "No such trade, or it is void already.", std::nullopt};
  auto& t = found->second;
  t.voided = true;
  auto& a = accounts_.at(t.account);
  auto made = t.profit_and_loss.value_or(decimal{});
  a.gross -= made;
  a.fees -= t.fees;
  a.commissions -= t.commissions;
  a.balance -= made - t.fees - t.commissions;
  events_.push_back(trade_made{t});
  events_.push_back(account_changed{a});
  return {};
}

} // namespace gateway_sim
