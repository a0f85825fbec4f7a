// The venue's books: orders, fills, positions, trades.
#include "tests/support/wild_venue.hpp"

#include <algorithm>

namespace rm::test {
namespace {

contract_spec make_spec(const char* id, const char* symbol, const char* tick, const char* value) {
  contract_spec out;
  out.id = id;
  out.symbol = symbol;
  out.tick_size = price::parse(tick).value();
  out.tick_value = money::parse(value).value();
  return out;
}

bool same_side(int64_t a, int64_t b) { return (a > 0) == (b > 0); }

std::string words(const order_update& o) {
  return std::string{name_of(o.side)} + " " + std::to_string(o.size) + " " + o.contract.str() + " " + std::string{name_of(o.type)} + " " + to_string(o.id);
}

const money fee = money::parse("0.37").value();
const money commission = money::parse("0.25").value();

} // namespace

wild_venue::wild_venue(uint64_t seed) : dice_{seed} {
  for (auto& [spec, last] : {std::pair{make_spec("CON.F.US.MNQ.Z26", "MNQ", "0.25", "0.5"), 20000},
                             {make_spec("CON.F.US.MES.Z26", "MES", "0.25", "1.25"), 6000},
                             {make_spec("CON.F.US.MCLE.Z26", "MCL", "0.01", "1"), 70}}) {
    auto& b = books[spec.id];
    b.spec = spec;
    b.last = price::whole(last);
  }
}

bool wild_venue::flat() const {
  return std::all_of(books.begin(), books.end(), [](auto& b) { return b.second.size == 0; });
}

money wild_venue::net_since(timestamp start) const {
  money out;
  for (auto& t : trades)
    if (!t.voided && t.executed >= start)
      out += t.profit_and_loss.value_or(money{}) - t.fees - *t.commissions;
  return out;
}

void wild_venue::say(std::string line) { log.push_back(format_time(now) + " " + std::move(line)); }

void wild_venue::remember() {
  ++changes;
  moment m{now, {}, {}};
  for (auto& [id, b] : books)
    m.positions[id] = {b.size, b.average};
  for (auto& [id, o] : orders)
    m.orders.push_back(o);
  past_.push_back(std::move(m));
  while (past_.size() > 2 && past_[1].at < now - std::chrono::seconds{15})
    past_.pop_front();
}

// -- orders -----------------------------------------------------------------------

order_update wild_venue::make_order(const contract_id& contract, side s, order_type type, int64_t size, price at, bool tagged) {
  order_update o;
  o.account = account;
  o.id = order_id{++last_order_};
  o.contract = contract;
  o.side = s;
  o.type = type;
  o.size = size;
  o.status = type == order_type::market ? order_status::pending : order_status::open;
  if (type == order_type::limit)
    o.limit_price = at;
  else if (type == order_type::stop)
    o.stop_price = at;
  o.tagged = tagged;
  o.created = o.updated = now;
  return o;
}

void wild_venue::accept(order_update o) {
  const auto id = o.id;
  const bool market = o.type == order_type::market;
  orders[id] = o;
  remember();
  emit(std::move(o), stream::orders);
  if (market)
    market_fill_soon(id);
  else
    match(id);
}

order_id wild_venue::place(const contract_id& contract, side s, order_type type, int64_t size, price at, bool tagged) {
  auto o = make_order(contract, s, type, size, at, tagged);
  say("the trader: " + words(o) + (at == price{} ? "" : " at " + to_string(at)));
  if (!can_trade) {
    o.status = order_status::rejected;
    const auto id = o.id;
    emit(std::move(o), stream::orders);
    return id;
  }
  const auto id = o.id;
  accept(std::move(o));
  return id;
}

order_id wild_venue::place_bracket(const contract_id& contract, side s, order_type type, int64_t size, price at, price stop, price target) {
  if (!can_trade)
    return {};
  auto entry = make_order(contract, s, type, size, at, true);
  auto loss = make_order(contract, opposite(s), order_type::stop, size, stop, true);
  auto gain = make_order(contract, opposite(s), order_type::limit, size, target, true);
  say("the trader: a bracket, " + words(entry));
  for (auto* child : {&loss, &gain}) {
    child->status = order_status::suspended;
    child->parent = entry.id;
    orders[child->id] = *child;
  }
  orders[gain.id].linked = loss.id;
  emit(orders[loss.id], stream::orders);
  const auto id = entry.id;
  accept(std::move(entry));
  emit(orders.contains(gain.id) ? orders[gain.id] : gain, stream::orders);
  return id;
}

void wild_venue::cancel(order_id id, order_status how) {
  const auto i = orders.find(id);
  if (i == orders.end())
    return;
  auto o = i->second;
  orders.erase(i);
  o.status = how;
  o.updated = now;
  remember();
  emit(std::move(o), stream::orders);
  if (mood.orphans)
    return;
  std::vector<order_id> children;
  for (auto& [other, child] : orders)
    if (child.parent == id && child.status == order_status::suspended)
      children.push_back(other);
  for (auto child : children)
    cancel(child);
}

void wild_venue::move(order_id id, price at) {
  const auto i = orders.find(id);
  if (i == orders.end() || i->second.status != order_status::open || i->second.type == order_type::market)
    return;
  auto& o = i->second;
  (o.type == order_type::limit ? o.limit_price : o.stop_price) = at;
  o.updated = now;
  say("the trader moves " + words(o) + " to " + to_string(at));
  remember();
  emit(o, stream::orders);
  match(id);
}

/// Fills a resting order whose price was reached.
void wild_venue::match(order_id id) {
  const auto i = orders.find(id);
  if (i == orders.end() || i->second.status != order_status::open || now < halted_until)
    return;
  const auto& o = i->second;
  const price last = books[o.contract].last;
  const bool buy = o.side == side::buy;
  const bool hit = o.type == order_type::limit ? (buy ? last <= *o.limit_price : last >= *o.limit_price)
                                               : o.type == order_type::stop && (buy ? last >= *o.stop_price : last <= *o.stop_price);
  if (hit)
    fill(id, dice_.percent(mood.piece) ? dice_.from_to(1, o.remaining()) : o.remaining());
}

void wild_venue::market_fill_soon(order_id id) {
  const auto wait = now < halted_until ? halted_until - now : duration{};
  later(wait + pause(1, std::max<int64_t>(mood.fill_ms, 1)), [this, id] {
    const auto i = orders.find(id);
    if (i == orders.end())
      return;
    if (now >= halted_until)
      fill(id, dice_.percent(mood.piece) ? dice_.from_to(1, i->second.remaining()) : i->second.remaining());
    if (orders.contains(id))
      market_fill_soon(id);
  });
}

// -- fills ------------------------------------------------------------------------

void wild_venue::fill(order_id id, int64_t amount) {
  auto& o = orders.at(id);
  auto& b = books.at(o.contract);
  const price at = o.type == order_type::limit ? *o.limit_price : b.last;
  o.filled += amount;
  o.filled_price = at;
  o.updated = now;
  o.status = o.remaining() == 0 ? order_status::filled : order_status::open;
  const auto done = o;
  if (!is_live(done.status))
    orders.erase(id);

  trade_update t;
  t.account = account;
  t.id = trade_id{++last_trade_};
  t.order = id;
  t.contract = done.contract;
  t.side = done.side;
  t.size = amount;
  t.price = at;
  t.fees = fee * amount;
  t.commissions = commission * amount;
  t.executed = now;
  const int64_t by = sign_of(done.side) * amount, before = b.size;
  if (before != 0 && !same_side(before, by)) {
    const int64_t closed = std::min(std::abs(before), amount) * (before > 0 ? 1 : -1);
    t.profit_and_loss = to_cents(value_of_move(b.average, at, closed, b.spec.tick_size, b.spec.tick_value));
  }
  b.size += by;
  b.changed = now;
  if (before == 0 || (b.size != 0 && !same_side(before, b.size)))
    b.average = at;
  else if (std::abs(b.size) > std::abs(before))
    b.average = price::from_units((b.average.units() * std::abs(before) + at.units() * amount) / std::abs(b.size));
  const auto ours = ours_.find(id);
  const bool turned = b.size != 0 && before != 0 && !same_side(before, b.size);
  if (ours == ours_.end())
    b.foreign_fill = now;
  else if ((std::abs(b.size) > std::abs(before) || turned) && b.foreign_fill < ours->second)
    faults.push_back("I4 our own order " + words(done) + " made " + std::to_string(before) + " into " + std::to_string(b.size));
  say(std::string{ours == ours_.end() ? "" : "our "} + words(done) + " fills " + std::to_string(amount) + " at " + to_string(at) + ": " + std::to_string(before) +
      " -> " + std::to_string(b.size));
  trades.push_back(t);
  remember();
  emit(done, stream::orders);
  emit(t, stream::trades);
  tell_position(done.contract);
  tell_account();
  if (done.status == order_status::filled)
    after_fill(done);
}

/// Wakes the children of an entry; ends the other leg of a bracket, and what is left of one whose position is gone.
void wild_venue::after_fill(const order_update& filled) {
  std::vector<order_id> woken, gone;
  const bool flat_now = books.at(filled.contract).size == 0;
  for (auto& [id, o] : orders) {
    if (o.parent && o.parent == filled.id && o.status == order_status::suspended) {
      o.status = order_status::open;
      o.updated = now;
      woken.push_back(id);
    } else if (o.parent && ((filled.parent && o.parent == filled.parent) || (!mood.orphans && flat_now && o.contract == filled.contract && o.status == order_status::open))) {
      gone.push_back(id);
    }
  }
  if (!woken.empty())
    remember();
  for (auto id : woken)
    emit(orders.at(id), stream::orders);
  for (auto id : gone)
    cancel(id);
  for (auto id : woken)
    match(id);
}

void wild_venue::set_price(const contract_id& contract, price p) {
  books.at(contract).last = p;
  tell_quote(contract);
  std::vector<order_id> resting;
  for (auto& [id, o] : orders)
    if (o.contract == contract && o.status == order_status::open && o.type != order_type::market)
      resting.push_back(id);
  for (auto id : resting)
    match(id);
}

void wild_venue::void_trade() {
  if (trades.empty())
    return;
  auto& t = dice_.of(trades);
  if (t.voided || t.executed < now - std::chrono::minutes{10})
    return;
  t.voided = true;
  say("trade " + to_string(t.id) + " is voided");
  emit(t, stream::trades);
  tell_account();
}

void wild_venue::liquidate() {
  if (!can_trade)
    return;
  can_trade = false;
  say("canTrade false: the venue closes all");
  tell_account();
  later(pause(300, 1500), [this] {
    if (can_trade)
      return;
    const auto all = orders;
    for (auto& [id, o] : all)
      if (o.type != order_type::market)
        cancel(id);
    for (auto& [contract, b] : books)
      if (b.size != 0)
        accept(make_order(contract, b.size > 0 ? side::sell : side::buy, order_type::market, std::abs(b.size), {}, false));
  });
}

void wild_venue::allow_trading() {
  if (can_trade)
    return;
  can_trade = true;
  say("canTrade true");
  tell_account();
}

} // namespace rm::test
