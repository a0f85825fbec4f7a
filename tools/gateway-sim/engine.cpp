// Orders as clients see them: placing, changing, cancelling. Fills are in engine_matching.cpp, closes in engine_close.cpp.
#include "engine.hpp"

#include <cstdlib>
#include <stdexcept>

namespace gateway_sim {

namespace {

constexpr int64_t largest_trail = 1000;
constexpr int64_t least_bracket = 4;

} // namespace

// -- what exists ---------------------------------------------------------------------------------

void engine::add_account(account a) {
  a.start_balance = a.balance;
  accounts_[a.id] = std::move(a);
}

void engine::add_contract(contract c) {
  prices_[c.id];
  contracts_.push_back(std::move(c));
}

void engine::seed_position(int64_t account, const std::string& contract, int64_t size, fraction average,
                           wall_time now) {
  positions_[{account, contract}] = {next_position_++, account, contract, now, size, average};
}

std::vector<position> engine::positions(int64_t account) const {
  std::vector<position> found;
  for (auto i = positions_.lower_bound({account, ""}); i != positions_.end() && i->first.first == account; ++i)
    if (i->second.size != 0)
      found.push_back(i->second);
  return found;
}

const account* engine::find_account(int64_t id) const {
  auto i = accounts_.find(id);
  return i == accounts_.end() ? nullptr : &i->second;
}

const order* engine::find_order(int64_t id) const {
  auto i = orders_.find(id);
  return i == orders_.end() ? nullptr : &i->second;
}

std::vector<const order*> engine::orders_of(int64_t account) const {
  std::vector<const order*> found;
  if (auto ids = orders_by_account_.find(account); ids != orders_by_account_.end())
    for (auto id : ids->second)
      found.push_back(&orders_.at(id));
  return found;
}

std::vector<const trade*> engine::trades_of(int64_t account) const {
  std::vector<const trade*> found;
  if (auto ids = trades_by_account_.find(account); ids != trades_by_account_.end())
    for (auto id : ids->second)
      found.push_back(&trades_.at(id));
  return found;
}

const order* engine::find_tag(int64_t account, const std::string& tag) const {
  auto i = tags_.find({account, tag});
  return i == tags_.end() ? nullptr : find_order(i->second);
}

const position* engine::find_position(int64_t account, const std::string& contract) const {
  auto i = positions_.find({account, contract});
  return i == positions_.end() || i->second.size == 0 ? nullptr : &i->second;
}

std::optional<int64_t> engine::last_price(const std::string& contract) const {
  auto i = prices_.find(contract);
  return i == prices_.end() ? std::nullopt : i->second.last;
}

market_state engine::market(const std::string& contract) const {
  auto i = prices_.find(contract);
  return i == prices_.end() ? market_state::open : i->second.state;
}

const contract* engine::find_contract(std::string_view name) const {
  for (const auto& c : contracts_)
    if (c.id == name)
      return &c;
  for (const auto& c : contracts_)
    if (c.goes_by(name))
      return &c;
  return nullptr;
}

contract& engine::contract_of(const std::string& id) {
  for (auto& c : contracts_)
    if (c.id == id)
      return c;
  throw std::logic_error("no such contract: " + id);
}

// -- placing -------------------------------------------------------------------------------------

order engine::make_order(const place_request& request, wall_time now) {
  order o;
  o.id = next_order_++;
  o.account = request.account;
  o.contract = request.contract;
  o.created = o.updated = now;
  o.type = request.type;
  o.side = request.side;
  o.size = request.size;
  o.tag = request.tag;
  o.fill_in = request.fill_in;
  return o;
}

void engine::store(const order& o) {
  orders_[o.id] = o;
  orders_by_account_[o.account].insert(o.id);
  if (!o.tag.empty())
    tags_.try_emplace({o.account, o.tag}, o.id);
  if (o.working())
    working_[o.contract].insert(o.id);
  events_.push_back(order_changed{o});
}

void engine::update(order& o, order_status status, wall_time now) {
  o.status = status;
  o.updated = now;
  if (o.working())
    working_[o.contract].insert(o.id);
  else
    working_[o.contract].erase(o.id);
  events_.push_back(order_changed{o});
}

outcome engine::reject(order o, refusal why, std::string message) {
  o.status = order_status::rejected;
  o.why = message;
  store(o);
  return {why, std::move(message), o.id};
}

std::optional<std::string> engine::bracket_error(const place_request& request) const {
  if (!request.stop_loss && !request.take_profit)
    return std::nullopt;
  if (!rules.auto_oco)
    return "Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.";
  bool buy = request.side == order_side::buy;
  auto direction = [&](bool below) {
    return std::string{"Ticks should be "} + (below ? "less" : "greater") + " than zero when "
           + (buy ? "longing." : "shorting.");
  };
  if (auto& b = request.stop_loss) {
    if (b->type != order_type::stop && b->type != order_type::trailing_stop)
      return "Invalid stop loss type (" + std::to_string(static_cast<int>(b->type)) + ").";
    if (b->ticks * sign_of(request.side) >= 0)
      return "Invalid stop loss ticks (" + std::to_string(b->ticks) + "). " + direction(buy);
    if (std::abs(b->ticks) < least_bracket)
      return "Invalid stop loss ticks (" + std::to_string(b->ticks) + "). Minimum distance is 4 ticks.";
  }
  if (auto& b = request.take_profit) {
    if (b->type != order_type::limit)
      return "Invalid take profit type (" + std::to_string(static_cast<int>(b->type)) + ").";
    if (b->ticks * sign_of(request.side) <= 0)
      return "Invalid take profit ticks (" + std::to_string(b->ticks) + "). " + direction(!buy);
    if (std::abs(b->ticks) < least_bracket)
      return "Invalid take profit ticks (" + std::to_string(b->ticks) + "). Minimum distance is 4 ticks.";
  }
  return std::nullopt;
}

/// Sets the order's prices in ticks, or says what is wrong with them.
std::optional<std::string> engine::price_error(const place_request& request, const contract& c, order& o) const {
  auto last = last_price(c.id);
  auto on_grid = [&](decimal price, const char* what, std::optional<int64_t>& into) -> std::optional<std::string> {
    into = c.ticks(price);
    if (!into)
      return "Invalid " + std::string{what} + ". Price is not aligned to tick size.";
    return std::nullopt;
  };
  bool wants_limit = o.type == order_type::limit || o.type == order_type::stop_limit;
  if (wants_limit) {
    if (!request.limit)
      return "Invalid limit price. Limit price not set.";
    if (auto wrong = on_grid(*request.limit, "limit price", o.limit))
      return wrong;
  }
  if (has_stop(o.type)) {
    if (!request.stop)
      return "Invalid stop price. Stop price not set.";
    if (auto wrong = on_grid(*request.stop, "stop price", o.stop))
      return wrong;
    if (last && (o.side == order_side::buy ? *o.stop <= *last : *o.stop >= *last))
      return std::string{"Invalid stop price. Price must be "}
             + (o.side == order_side::buy ? "above" : "below") + " the last price.";
  }
  if (o.type == order_type::join_bid || o.type == order_type::join_ask) {
    if (!last)
      return "Invalid price. There is no market to join.";
    o.limit = *last + (o.type == order_type::join_ask ? 1 : -1);
  }
  if (o.type == order_type::trailing_stop) {
    if (!request.trail)
      return "Trail Distance not set.";
    if (!last)
      return "Cannot trail without a last price.";
    auto distance = c.price(*last) - *request.trail;
    o.trail = std::abs(distance.nanos()) / c.tick_size.nanos();
    if (*o.trail == 0)
      return "Trail Distance not set.";
    if (*o.trail > largest_trail)
      return "Trail Distance exceeds maximum (1000).";
    o.stop = *last + sign_of(o.side) * *o.trail;
  }
  if (o.type == order_type::market && !last)
    return "Invalid price. There is no last price.";
  return std::nullopt;
}

outcome engine::place(const place_request& request, wall_time now) {
  auto holder = accounts_.find(request.account);
  if (holder == accounts_.end())
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  const auto* c = find_contract(request.contract);
  if (!c || c->id != request.contract)
    return {refusal::contract_not_found, std::nullopt, std::nullopt};
  if (!c->active)
    return {refusal::contract_not_active, std::nullopt, std::nullopt};
  bool tag_used = !request.tag.empty() && tags_.contains({request.account, request.tag});
  auto o = make_order(request, now);
  if (tag_used)
    return reject(o, refusal::rejected, "The custom tag is already in use.");
  if (!holder->second.can_trade)
    return reject(o, refusal::account_rejected, "Account is not allowed to trade.");
  if (!trading(c->id, now))
    return reject(o, rules.outside_hours_code ? refusal::outside_hours : refusal::rejected,
                  "Trading is currently unavailable. The instrument is not in an active trading status.");
  if (request.type == order_type::unknown || (request.type == order_type::stop_limit && rules.refuse_stop_limit))
    return reject(o, refusal::rejected, "Invalid order type.");
  if (request.size <= 0)
    return reject(o, refusal::rejected, "Invalid order size.");
  if (rules.max_order_size > 0 && request.size > rules.max_order_size)
    return reject(o, refusal::rejected, "Order size exceeds the maximum of " + std::to_string(rules.max_order_size) + ".");
  if (auto wrong = bracket_error(request))
    return reject(o, refusal::rejected, *wrong);
  if (auto wrong = price_error(request, *c, o))
    return reject(o, refusal::rejected, *wrong);
  bool at_market = o.type == order_type::market;
  o.status = at_market ? order_status::pending : order_status::open;
  add_children(o, request);
  if (at_market)
    start_market_order(o.id, now);
  else
    match_order(o.id, false, now);
  return {refusal::none, std::nullopt, o.id};
}

/// Stores the entry and its suspended children in the order the venue shows them: stop, entry, target.
void engine::add_children(order& entry, const place_request& request) {
  auto child = [&](const bracket& b, const char* suffix) {
    order o;
    o.id = next_order_++;
    o.account = entry.account;
    o.contract = entry.contract;
    o.created = o.updated = entry.created;
    o.status = order_status::suspended;
    o.type = b.type;
    o.side = entry.side == order_side::buy ? order_side::sell : order_side::buy;
    o.size = entry.size;
    o.tag = entry.tag.empty() ? "" : entry.tag + suffix;
    o.parent = entry.id;
    o.bracket_ticks = b.ticks;
    return o;
  };
  std::optional<order> stop, target;
  if (request.stop_loss)
    stop = child(*request.stop_loss, "-SL");
  if (request.take_profit)
    target = child(*request.take_profit, "-TP");
  if (stop) {
    entry.stop_loss = stop->id;
    store(*stop);
  }
  if (target) {
    entry.take_profit = target->id;
    if (stop)
      target->linked = stop->id;
  }
  store(entry);
  if (target)
    store(*target);
}

// -- changing ------------------------------------------------------------------------------------

outcome engine::modify(const modify_request& request, wall_time now) {
  if (!accounts_.contains(request.account))
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  auto found = orders_.find(request.order);
  if (found == orders_.end() || found->second.account != request.account)
    return {refusal::order_not_found, std::nullopt, std::nullopt};
  auto& o = found->second;
  if (o.status != order_status::open)
    return {refusal::rejected, "Order is not in a modifiable state.", std::nullopt};
  const auto& c = contract_of(o.contract);
  auto changed = o;
  if (request.size) {
    if (*request.size <= o.filled)
      return {refusal::rejected, "Invalid order size.", std::nullopt};
    changed.size = *request.size;
  }
  auto set = [&](const std::optional<decimal>& price, std::optional<int64_t>& into) {
    if (!price || !into)
      return true;
    into = c.ticks(*price);
    return into.has_value();
  };
  if (!set(request.limit, changed.limit) || (o.type != order_type::trailing_stop && !set(request.stop, changed.stop)))
    return {refusal::rejected, "Invalid price. Price is not aligned to tick size.", std::nullopt};
  auto last = last_price(o.contract);
  if (request.stop && has_stop(o.type) && last
      && (o.side == order_side::buy ? *changed.stop <= *last : *changed.stop >= *last))
    return {refusal::rejected, "Invalid stop price.", std::nullopt};
  if (request.trail && o.type == order_type::trailing_stop && last) {
    changed.trail = std::abs((c.price(*last) - *request.trail).nanos()) / c.tick_size.nanos();
    changed.stop = *last + sign_of(o.side) * *changed.trail;
  }
  o = changed;
  update(o, order_status::open, now);
  match_order(o.id, false, now);
  return {};
}

outcome engine::cancel(int64_t account, int64_t id, wall_time now) {
  if (!accounts_.contains(account))
    return {refusal::account_not_found, std::nullopt, std::nullopt};
  auto found = orders_.find(id);
  if (found == orders_.end() || found->second.account != account)
    return {refusal::order_not_found, std::nullopt, std::nullopt};
  if (rules.cancel_needs_can_trade && !accounts_.at(account).can_trade)
    return {refusal::account_rejected, std::nullopt, std::nullopt};
  auto& o = found->second;
  if (!o.working() && o.status != order_status::suspended)
    return {refusal::rejected, "Order is not in a cancellable state.", std::nullopt};
  update(o, order_status::cancelled, now);
  cancel_children(o, true, now);
  return {};
}

} // namespace gateway_sim
