// What the locks forbid, and what may stay: positions and fills in every order that the venue may tell them in.
#include "actors/account/guard.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t attempts_kept = 1000;
constexpr std::size_t untraded_kept = 256;
constexpr duration fill_settles = 500ms;    // all news of one fill are expected together within this
constexpr duration unexplained_growth = 2s; // a position beyond what may stay, and neither a fill nor an order explains it

int64_t magnitude(int64_t size) { return size < 0 ? -size : size; }
bool same_side(int64_t a, int64_t b) { return (a > 0) == (b > 0); }

/// Whether `size` goes beyond `held`: larger on its side, or on the other side.
bool beyond(int64_t size, int64_t held) { return size != 0 && (held == 0 || !same_side(size, held) || magnitude(size) > magnitude(held)); }

bool contains(const std::vector<order_id>& ids, order_id id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

} // namespace

// -- exits, entries, attempts -----------------------------------------------------

/// What the position may be: as told, as the trades say it, as the orders' fills say it. They differ only between two news of one fill.
std::vector<int64_t> guard::sizes_of(const contract_id& contract) const {
  std::vector<int64_t> out{held_.size_of(contract)};
  const int64_t traded = ledger_.size_by_trades(contract);
  int64_t filled = traded;
  for (auto& [id, fill] : untraded_)
    if (fill.contract == contract)
      filled += fill.filled - (fill.filled > 0 ? 1 : -1) * ledger_.filled_of(id);
  out.push_back(traded);
  out.push_back(filled);
  return out;
}

/// Whether an order can only make a position smaller, whichever of its news came first.
bool guard::is_exit(const order_update& order) const {
  const int64_t traded = ledger_.filled_of(order.id);
  if (traded > 0 && traded >= (is_live(order.status) ? order.size : order.filled))
    return !ledger_.opened(order.id); // its trades have said what it was
  const int64_t amount = is_live(order.status) ? std::min(order.remaining(), order.size - traded) : order.size;
  const auto sizes = sizes_of(order.contract);
  return std::any_of(sizes.begin(), sizes.end(), [&](int64_t size) { return size != 0 && (size > 0) == (order.side == side::sell) && amount <= magnitude(size); });
}

bool guard::forbidden(const order_update& order) const {
  const auto mode = locks_.mode();
  if (mode == lock_mode::none || (is_live(order.status) && order.remaining() == 0))
    return false;
  // In a flat lock the only order that may live is an exit at the market: a close makes one.
  return !is_exit(order) || (mode == lock_mode::flat && order.type != order_type::market);
}

/// For an order of a list, which may have been judged before a restart: whether it was forbidden when it was made. An exit that has become
/// too large since, because others have reduced the position, is no attempt.
bool guard::was_forbidden(const order_update& order) const {
  if (!forbidden(order) || locks_.mode() == lock_mode::flat)
    return forbidden(order);
  int64_t size = held_.size_of(order.contract);
  for (auto& [id, trade] : ledger_.trades())
    if (trade.contract == order.contract && !trade.voided && trade.executed > order.created)
      size -= sign_of(trade.side) * trade.size;
  return size == 0 || (size > 0) != (order.side == side::sell) || order.remaining() > magnitude(size);
}

bool guard::is_admitted(const lock& l, const order_update& order) const {
  return contains(l.admitted, order.id) || (order.parent && contains(l.admitted, order.parent));
}

/// Bracket children are part of their entry's attempt.
void guard::count_attempt(order_id order, order_id parent, const contract_id& contract, const std::string& what, account_effects& out, timestamp executed) {
  const order_id key = parent ? parent : order;
  auto& counted = memory_.attempts;
  if (!key || contains(counted, key))
    return;
  rule_name strongest;
  for (auto& l : locks_.each()) {
    if (contains(l.admitted, key) || contains(l.admitted, order) || executed < l.since)
      continue;
    ++l.attempts;
    if (strongest.empty() || l.mode == locks_.mode())
      strongest = l.rule;
  }
  if (strongest.empty())
    return;
  counted.push_back(key);
  if (counted.size() > attempts_kept)
    counted.erase(counted.begin());
  note(out, "attempt", "during the lock: " + what + " (" + contract.str() + ")", strongest);
  save(out);
}

// -- what may stay ------------------------------------------------------------------

void guard::note_untraded(const order_update& update) {
  if (update.filled <= ledger_.filled_of(update.id))
    return;
  untraded_[update.id] = {update.contract, sign_of(update.side) * update.filled, now_};
  if (untraded_.size() > untraded_kept)
    untraded_.erase(untraded_.begin());
}

/// An order whose fill made the position that was there when the lock began, and whose own news only comes now.
void guard::admit_outstanding(const order_update& update) {
  const int64_t filled = sign_of(update.side) * (update.filled > 0 ? update.filled : update.size);
  for (auto& l : locks_.each()) {
    const int64_t ahead = outstanding_[l.rule][update.contract];
    if (ahead != 0 && same_side(filled, ahead) && magnitude(filled) <= magnitude(ahead) && !contains(l.admitted, update.id))
      l.admitted.push_back(update.id);
  }
}

bool guard::exceeds_known(order_id order, int64_t size) const {
  const auto known = held_.orders().find(order);
  return known != held_.orders().end() && size > known->second.size;
}

/// An order that is made larger is a new one under an old number: what a lock has found of it was less.
void guard::withdraw_admission(order_id order, account_effects& out) {
  bool was_admitted = false;
  for (auto& l : locks_.each())
    was_admitted |= std::erase(l.admitted, order) > 0;
  if (!was_admitted)
    return;
  note(out, "lock", "order " + to_string(order) + " was made larger: it counts as a new one");
  save(out);
}

/// Moves what may stay by a fill that was just booked: fills of admitted orders may stay, others may only make it smaller.
void guard::follow(const trade_update& trade, bool from_list) {
  for (auto& l : locks_.each()) {
    int64_t by = sign_of(trade.side) * trade.size;
    int64_t& ahead = outstanding_[l.rule][trade.contract];
    const int64_t before = ledger_.size_by_trades(trade.contract) - by + ahead;
    if (ahead != 0 && same_side(by, ahead)) { // the position that the lock found has shown this fill already
      const int64_t seen = std::min(magnitude(by), magnitude(ahead)) * (by > 0 ? 1 : -1);
      by -= seen;
      ahead -= seen;
      if (!contains(l.admitted, trade.order))
        l.admitted.push_back(trade.order);
    }
    if (l.mode != lock_mode::reduce_only || by == 0)
      continue;
    const bool past = from_list && !held_.is_known(trade.order) && trade.executed < l.since;
    const bool admitted = past || contains(l.admitted, trade.order);
    const int64_t after = before + by;
    int64_t& held = l.held[trade.contract];
    if (before == 0 || same_side(before, by)) {
      if (admitted)
        held = held == 0 || same_side(held, by) ? held + by : by;
    } else if (after == 0 || same_side(before, after)) {
      if (!beyond(after, held))
        held = after; // it shrank, and does not grow again
    } else {
      held = admitted ? after : 0;
    }
  }
}

/// Compares positions with trades. Where both say the same, that is the truth, and what may stay is never more.
void guard::settle_books() {
  std::set<contract_id> contracts;
  for (auto& [contract, position] : held_.positions())
    contracts.insert(contract);
  for (auto& [contract, running] : ledger_.running())
    contracts.insert(contract);
  for (auto& contract : contracts) {
    const int64_t size = held_.size_of(contract);
    if (!complete_ && !ledger_.running().contains(contract))
      continue; // the first reading will tell what was held before
    if (ledger_.size_by_trades(contract) != size) {
      auto& apart = apart_.try_emplace(contract, disagreement{now_, 0, -1}).first->second;
      if (const int64_t ahead = ledger_.size_by_trades(contract) - size; apart.ns < 0 || apart.ahead != ahead) {
        apart.ahead = ahead;
        apart.ns = news_ns_;
      }
      continue;
    }
    apart_.erase(contract);
    const auto average = size == 0 ? price{} : held_.positions().at(contract).average_price;
    if (size == 0 || average.is_positive()) // one that could not be read says nothing
      ledger_.anchor(contract, size, average);
    if (!complete_)
      continue; // both may know only a part
    for (auto& l : locks_.each()) {
      outstanding_[l.rule].erase(contract);
      if (l.mode == lock_mode::reduce_only && !beyond(size, l.held[contract]))
        l.held[contract] = size;
    }
  }
}

/// Signed contracts that a lock lets stay: what it found, and fills of admitted orders that only the order has told so far.
int64_t guard::may_stay(const lock& l, const contract_id& contract) const {
  const auto held = l.held.find(contract);
  const int64_t kept = held == l.held.end() ? 0 : held->second;
  int64_t told = 0;
  for (auto& [id, fill] : untraded_)
    if (fill.contract == contract && contains(l.admitted, id))
      told += fill.filled - (fill.filled > 0 ? 1 : -1) * ledger_.filled_of(id);
  if (const auto rule = outstanding_.find(l.rule); rule != outstanding_.end())
    if (const auto ahead = rule->second.find(contract); ahead != rule->second.end() && told != 0 && same_side(told, ahead->second))
      told = magnitude(told) <= magnitude(ahead->second) ? 0 : told - ahead->second;
  return told == 0 || (kept != 0 && !same_side(told, kept)) ? kept : kept + told;
}

/// The same with what live admitted orders could have added on that side, though nothing has told so yet.
int64_t guard::could_stay(const lock& l, const contract_id& contract, side s) const {
  int64_t out = may_stay(l, contract);
  for (auto& [id, order] : held_.orders())
    if (order.contract == contract && order.side == s && contains(l.admitted, id))
      out += sign_of(s) * order.remaining();
  return out;
}

/// Which of these orders increase by each account of the positions (of those contracts; of all).
std::set<order_id> guard::risky_by_every_account(std::set<order_id> risky, const std::set<contract_id>* of) const {
  for (std::size_t view = 1; view < 3 && !risky.empty(); ++view) {
    std::map<contract_id, int64_t> sizes;
    for (auto id : risky) {
      const auto& contract = held_.orders().at(id).contract;
      const auto all = sizes_of(contract);
      sizes[contract] = all[!of || of->contains(contract) ? std::min(view, all.size() - 1) : 0];
    }
    const auto others = held_.increasing_orders(sizes);
    std::erase_if(risky, [&](order_id id) { return !others.contains(id); });
  }
  return risky;
}

bool guard::is_open(const disagreement& apart) const { return now_ - apart.since >= trades_trusted_for && good_list_ns_ <= apart.ns; }

/// Contracts in which something may be held though no position says so: by their trades, or by a row that could not be read.
std::vector<contract_id> guard::unseen() const {
  std::vector<contract_id> out;
  for (auto& [contract, apart] : apart_)
    if (held_.size_of(contract) == 0 && is_open(apart))
      out.push_back(contract);
  for (auto& [key, trouble] : nonsense_)
    if (const auto& contract = trouble.position; !contract.empty() && held_.size_of(contract) == 0 && std::find(out.begin(), out.end(), contract) == out.end())
      out.push_back(contract);
  return out;
}

/// Whether a fill was told a moment ago and not all that belongs to it.
bool guard::is_settling(const contract_id& contract) const {
  const auto lately = [this](timestamp t) { return t <= now_ && now_ - t < fill_settles; };
  const auto apart = apart_.find(contract);
  return (apart != apart_.end() && lately(apart->second.since)) ||
         std::any_of(untraded_.begin(), untraded_.end(), [&](auto& fill) { return fill.second.contract == contract && lately(fill.second.told); });
}

std::optional<enforcement_goal> guard::violated_goal() {
  const auto mode = locks_.mode();
  if (mode == lock_mode::none)
    return std::nullopt;
  enforcement_goal goal;
  if (mode == lock_mode::flat) {
    goal.flat = true;
    const bool orders = std::any_of(held_.orders().begin(), held_.orders().end(), [&](auto& o) { return forbidden(o.second); });
    return !exposed() && !orders && held_.unread_orders().empty() ? std::nullopt : std::optional{goal};
  }
  goal.cancel_increasing = true;
  const auto hidden = unseen();
  const bool nothing_held = held_.flat() && hidden.empty();
  // Where something is held, one that cannot be read may be an exit.
  bool violated = std::any_of(held_.unread_orders().begin(), held_.unread_orders().end(), [&](auto& u) {
    const auto& contract = u.second.contract;
    return nothing_held || (!contract.empty() && held_.size_of(contract) == 0 && std::find(hidden.begin(), hidden.end(), contract) == hidden.end());
  });
  auto risky = held_.increasing_orders();
  if (!apart_.empty() || !untraded_.empty())
    risky = risky_by_every_account(std::move(risky));
  for (auto id : risky) {
    const auto& order = held_.orders().at(id);
    const bool admitted = std::all_of(locks_.all().begin(), locks_.all().end(), [&](auto& l) { return is_admitted(l, order); });
    violated |= order.type != order_type::market || (forbidden(order) && !admitted);
  }
  for (auto& [contract, position] : held_.positions()) {
    // Where the trades say the same as the position, its growth is known. Else their news may still be on the way.
    const bool certain = ledger_.size_by_trades(contract) == position.size;
    int64_t keep = magnitude(position.size);
    for (auto& l : locks_.all()) {
      if (l.mode != lock_mode::reduce_only)
        continue;
      const int64_t stays = certain ? may_stay(l, contract) : could_stay(l, contract, position.size > 0 ? side::buy : side::sell);
      if (beyond(position.size, stays))
        keep = std::min(keep, stays != 0 && same_side(stays, position.size) ? magnitude(stays) : 0);
    }
    if (keep == magnitude(position.size)) {
      over_since_.erase(contract);
      continue;
    }
    const auto since = over_since_.emplace(contract, now_).first->second;
    if (certain || now_ - since >= unexplained_growth) {
      goal.targets.push_back({contract, keep});
      violated = true;
    }
  }
  // What the trades alone tell of, where nothing may stay. Of what nobody can read nobody knows whether it may: the fail-safe is for that.
  for (auto& contract : hidden) {
    const int64_t traded = ledger_.size_by_trades(contract);
    const bool forbidden_here = std::any_of(locks_.all().begin(), locks_.all().end(), [&](auto& l) {
      return l.mode == lock_mode::reduce_only && could_stay(l, contract, traded > 0 ? side::buy : side::sell) == 0;
    });
    if (traded == 0 || !forbidden_here)
      continue;
    goal.targets.push_back({contract, 0});
    violated = true;
  }
  return violated ? std::optional{goal} : std::nullopt;
}

} // namespace rm
