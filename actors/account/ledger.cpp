#include "actors/account/ledger.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

constexpr int64_t most_units = 1'000'000'000 * money::one; // no account has that; sums of thousands of such still fit

/// An amount that makes sense. Throws amount_overflow for others.
money sane(money amount) {
  if (amount.units() > most_units || amount.units() < -most_units)
    throw amount_overflow{"an amount of " + to_string(amount) + " makes no sense"};
  return amount;
}

/// What a trade did to the balance; 0 once it is voided.
money net(const trade_update& trade) {
  if (trade.voided)
    return {};
  return sane(sane(trade.profit_and_loss.value_or(money{})) - sane(trade.fees) - sane(trade.commissions.value_or(money{})));
}

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

price mean(price a, int64_t a_size, price b, int64_t b_size) {
  const wide sum = wide{a.units()} * magnitude(a_size) + wide{b.units()} * magnitude(b_size);
  return price::from_units(static_cast<int64_t>(sum / (wide{magnitude(a_size)} + magnitude(b_size))));
}

} // namespace

ledger::ledger(duration stale_after)
  : fresh_{[stale_after](const contract_id&, timestamp seen, timestamp now) { return now - seen <= stale_after; }} {}

void ledger::restore(std::vector<trade_update> trades, const std::vector<counted_trade>& counted, std::optional<timestamp> last_trade,
                     const std::vector<carried_trip>& carried) {
  trips_.carry(carried);
  std::sort(trades.begin(), trades.end(), [](auto& a, auto& b) { return std::pair{a.executed, a.id} < std::pair{b.executed, b.id}; });
  for (auto& trade : trades)
    apply(trade);
  running_.clear();
  // Of the day's trades exactly those count that were counted. An older one is an entry when it has no profit.
  for (auto& [id, trade] : trades_)
    if (entries_.contains(id) && (trade.executed >= day_started_ || trade.profit_and_loss))
      uncount(trade);
  for (auto& c : counted) {
    auto& order = orders_[c.order];
    order.at = c.at;
    order.newest = std::max(order.newest, c.at);
    order.entries.insert(c.fills.begin(), c.fills.end());
    entries_.insert(c.fills.begin(), c.fills.end());
  }
  list_counted();
  last_trade_ = last_trade;
}

bool ledger::apply(const trade_update& trade) {
  if (auto known = trades_.find(trade.id); known != trades_.end())
    return correct(known->second, trade);
  trade_update taken = trade;
  if (auto rate = commission_rate_.find(taken.contract); !taken.commissions && rate != commission_rate_.end())
    learn_fees(taken, rate->second);
  if (!taken.commissions)
    list_fees_ == list_fees::whole ? take_whole_fees(taken) : estimate(taken);
  trade_update nothing = taken;
  nothing.voided = true;
  book(nothing, taken);
  trades_.emplace(taken.id, taken);
  if (trade.commissions && !taken.estimated)
    learn_rate(taken);
  if (taken.voided) {
    uncount(taken);
    return true;
  }
  follow_trip(taken);
  const bool turned = move(taken);
  if (turned)
    turns_.insert(taken.id);
  auto& order = orders_[taken.order];
  order.filled += taken.size;
  order.newest = std::max(order.newest, taken.executed);
  if (!taken.profit_and_loss || turned || entries_.contains(taken.id))
    count(taken);
  return true;
}

bool ledger::correct(trade_update& known, const trade_update& word) {
  const bool whole = word.commissions && !word.estimated;
  if (whole && known.estimated)
    learn_fees(known, rate_of(word));
  else if (!whole && known.commissions && !known.estimated)
    learn_fees(word, rate_of(known));
  trade_update now = known;
  if (whole) {
    now.fees = word.fees;
    now.commissions = word.commissions;
    now.estimated = false;
  } else if (known.estimated || list_fees_ == list_fees::alone) {
    now.fees = word.fees;
  } else if (list_fees_ == list_fees::whole) {
    now.fees = word.fees - known.commissions.value_or(money{});
  } // else nobody knows whether the commissions are in these fees, and the cost of the trade is known already
  if (word.profit_and_loss)
    now.profit_and_loss = word.profit_and_loss;
  now.voided |= word.voided; // a voided trade does not come back
  const bool voided = now.voided && !known.voided;
  const bool closes = now.profit_and_loss && !known.profit_and_loss;
  if (!voided && !closes && net(now) == net(known) && now.estimated == known.estimated)
    return false;
  book(known, now);
  known = now;
  if (whole && !now.voided)
    learn_rate(word);
  if (voided) {
    auto& running = running_[now.contract];
    running.size -= sign_of(now.side) * now.size;
    orders_[now.order].filled -= now.size;
  }
  if (voided || (closes && !turns_.contains(now.id)))
    uncount(now);
  trips_.rebuild(now.contract, fills_of(now.contract));
  return true;
}

std::vector<round_trips::fill> ledger::fills_of(const contract_id& contract) const {
  std::vector<round_trips::fill> out;
  for (auto& [id, trade] : trades_)
    if (trade.contract == contract && !trade.voided)
      out.push_back({&trade, net(trade)});
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return std::pair{a.trade->executed, a.trade->id} < std::pair{b.trade->executed, b.trade->id}; });
  return out;
}

void ledger::follow_trip(const trade_update& trade) {
  if (!trips_.add({&trade, net(trade)}))
    trips_.rebuild(trade.contract, fills_of(trade.contract));
}

/// Moves the sums by what changed between two words on a trade. Changes nothing when it throws.
void ledger::book(const trade_update& before, const trade_update& after) {
  const money amount = net(after) - net(before);
  const money week = after.executed >= week_started_ ? sane(realized_week_ + amount) : realized_week_;
  const money day = after.executed >= day_started_ ? sane(realized_day_ + amount) : realized_day_;
  realized_week_ = week;
  realized_day_ = day;
  if (after.executed < kept_since())
    return;
  kept_total_ += amount;
  // The balance knew of it before we did. Only a trade that is taken back moves it again.
  const bool taken_back = after.voided && !before.voided;
  if (reference_.known && after.executed <= reference_.since && !taken_back)
    reference_.carry -= amount;
}

/// Moves the position by a fill; true when that turned it.
bool ledger::move(const trade_update& trade) {
  auto& running = running_[trade.contract];
  const int64_t by = sign_of(trade.side) * trade.size;
  const int64_t before = running.size;
  running.size += by;
  const bool grows = before == 0 || (before > 0) == (by > 0);
  const bool turned = before != 0 && running.size != 0 && (before > 0) != (running.size > 0);
  if (running.size == 0)
    running.average = {};
  else if (turned || before == 0)
    running.average = trade.price;
  else if (grows && running.average.is_positive())
    running.average = mean(running.average, before, trade.price, by);
  return turned;
}

void ledger::apply(const contract_spec& spec) { specs_[spec.id] = spec; }

void ledger::apply(const quote& quote) { quotes_[quote.contract] = quote; }

void ledger::age_marks(duration by) {
  for (auto& [contract, heard] : quotes_)
    heard.seen.utc -= by;
}

void ledger::anchor(const contract_id& contract, int64_t signed_size, price average) { running_[contract] = {signed_size, average}; }

// -- days -------------------------------------------------------------------------

void ledger::sum_up() {
  realized_day_ = realized_week_ = {};
  money kept;
  for (auto& [id, trade] : trades_) {
    if (trade.executed >= day_started_)
      realized_day_ += net(trade);
    if (trade.executed >= week_started_)
      realized_week_ += net(trade);
    if (trade.executed >= kept_since())
      kept += net(trade);
  }
  reference_.carry += kept_total_ - kept; // what falls out of the kept trades stays in the balance
  kept_total_ = kept;
  std::erase_if(adjustments_, [&](auto& a) {
    const bool old = a.at < kept_since();
    if (old)
      reference_.carry += a.amount;
    return old;
  });
  for (auto& a : adjustments_) {
    if (a.at >= day_started_)
      realized_day_ += a.amount;
    if (a.at >= week_started_)
      realized_week_ += a.amount;
  }
}

void ledger::begin_day(timestamp boundary) {
  day_started_ = boundary;
  sum_up();
  list_counted();
}

void ledger::begin_week(timestamp boundary) {
  const auto needed = std::min({boundary, week_started_, day_started_});
  if (boundary < week_started_)
    trips_.forget_carried(); // the trades that it was made of come again
  week_started_ = boundary;
  const auto falls_out = [&](const trade_update& t) { return t.executed < boundary && t.executed < day_started_; };
  std::set<contract_id> contracts;
  for (auto& [id, trade] : trades_)
    contracts.insert(trade.contract);
  for (auto& contract : contracts) {
    auto old = fills_of(contract);
    std::erase_if(old, [&](auto& f) { return !falls_out(*f.trade); });
    trips_.begin_week(contract, old);
  }
  std::erase_if(trades_, [&](auto& t) { return falls_out(t.second); });
  std::erase_if(turns_, [&](trade_id id) { return !trades_.contains(id); });
  for (auto& contract : contracts)
    trips_.rebuild(contract, fills_of(contract));
  // An order that was filled in part before the week still knows that it was counted then.
  std::erase_if(orders_, [&](auto& o) { return o.second.newest < needed; });
  entries_.clear();
  for (auto& [id, order] : orders_)
    entries_.insert(order.entries.begin(), order.entries.end());
  sum_up();
  list_counted();
}

// -- figures ------------------------------------------------------------------------

std::optional<price> ledger::mark_of(const contract_id& contract) const {
  const auto known = quotes_.find(contract);
  return known == quotes_.end() ? std::nullopt : known->second.mark();
}

const quote* ledger::quote_of(const contract_id& contract) const {
  const auto known = quotes_.find(contract);
  return known == quotes_.end() ? nullptr : &known->second;
}

timestamp ledger::marked_at(const contract_id& contract) const {
  const auto known = quotes_.find(contract);
  return known == quotes_.end() ? timestamp{} : known->second.seen.utc;
}

ledger::valuation ledger::value(const holdings& held, timestamp now, const std::set<contract_id>& distrusted) const {
  valuation out;
  value(held, now, distrusted, out);
  return out;
}

void ledger::value(const holdings& held, timestamp now, const std::set<contract_id>& distrusted, valuation& out) const {
  out.priced = true;
  out.why.clear();
  out.unrealized = {};
  out.positions.clear();
  const auto cannot = [&](const contract_id& contract, const char* why) {
    out.priced = false;
    if (out.why.empty())
      out.why = contract.str() + ": " + why;
  };
  const auto value_one = [&](const contract_id& contract, int64_t size, price average, valued_position* row) {
    const auto* spec = spec_of(contract);
    const auto known = quotes_.find(contract);
    if (!spec || !spec->tick_size.is_positive() || !spec->tick_value.is_positive())
      return cannot(contract, "tick size and value are not known");
    const auto mark = known == quotes_.end() ? std::nullopt : known->second.mark();
    if (!mark)
      return cannot(contract, "no price yet");
    // Ten times the entry, or a tenth of it, is a broken feed and no market.
    if (!mark->is_positive() || !average.is_positive() || mark->units() / 10 > average.units() || average.units() / 10 > mark->units())
      return cannot(contract, "the price makes no sense");
    if (!fresh_(contract, known->second.seen.utc, now))
      cannot(contract, "the price is stale");
    try {
      const auto worth = [&](int64_t count, price from) {
        return sane(value_of_move(from, *mark, count, spec->tick_size, spec->tick_value));
      };
      out.unrealized = sane(out.unrealized + worth(size, average));
      if (row) {
        row->mark = mark;
        if (row->average_price.is_positive())
          row->unrealized = worth(row->size, row->average_price);
      }
    } catch (const amount_overflow&) {
      cannot(contract, "what it is worth makes no sense");
    }
  };
  for (auto& [contract, position] : held.positions()) {
    valued_position row{contract, position.size, position.average_price, std::nullopt, std::nullopt};
    const auto traded = running_.find(contract);
    const bool by_trades = traded != running_.end() && traded->second.size != position.size && !distrusted.contains(contract) &&
                           (traded->second.size == 0 || traded->second.average.is_positive());
    if (!by_trades)
      value_one(contract, position.size, position.average_price, &row);
    else // 0: it is closed, or its trade was voided or is still to come; its price must be known all the same
      value_one(contract, traded->second.size, traded->second.size == 0 ? position.average_price : traded->second.average, &row);
    out.positions.push_back(row);
  }
  for (auto& [contract, traded] : running_)
    if (traded.size != 0 && traded.average.is_positive() && held.size_of(contract) == 0 && !distrusted.contains(contract))
      value_one(contract, traded.size, traded.average, nullptr);
}

const trade_update* ledger::find(trade_id id) const {
  auto i = trades_.find(id);
  return i == trades_.end() ? nullptr : &i->second;
}

int64_t ledger::filled_of(order_id order) const {
  auto i = orders_.find(order);
  return i == orders_.end() ? 0 : i->second.filled;
}

bool ledger::opened(order_id order) const {
  auto i = orders_.find(order);
  return i != orders_.end() && !i->second.entries.empty();
}

int64_t ledger::size_by_trades(const contract_id& contract) const {
  auto i = running_.find(contract);
  return i == running_.end() ? 0 : i->second.size;
}

const contract_spec* ledger::spec_of(const contract_id& contract) const {
  auto i = specs_.find(contract);
  return i == specs_.end() ? nullptr : &i->second;
}

} // namespace rm
