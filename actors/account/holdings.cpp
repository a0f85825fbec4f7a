#include "actors/account/holdings.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t ended_kept = 4096;
constexpr std::size_t fills_ahead_kept = 256;
constexpr int64_t lists_lag_ns = 3'000'000'000;

bool same_terms(const order_update& a, const order_update& b, bool fills_too) {
  return a.status == b.status && a.size == b.size && (!fills_too || a.filled == b.filled) && a.limit_price == b.limit_price && a.stop_price == b.stop_price;
}

enum class order_group : uint8_t { stops, targets, others };

order_group group_of(order_type type) {
  switch (type) {
    case order_type::stop:
    case order_type::stop_limit:
    case order_type::trailing_stop: return order_group::stops;
    case order_type::limit:
    case order_type::join_bid:
    case order_type::join_ask: return order_group::targets;
    default: return order_group::others;
  }
}

std::string words(int64_t size) { return size == 0 ? "flat" : std::to_string(size); }

} // namespace

// -- the venue's words ----------------------------------------------------------

int64_t holdings::fills::sum() const {
  int64_t out = 0;
  for (auto& [id, size] : by_trades)
    out += size;
  return out;
}

void holdings::end(order_id id, int64_t list_sent_ns) {
  orders_.erase(id);
  doubted_orders_.erase(id);
  fills_.erase(id);
  if (auto known = ended_.find(id); known != ended_.end()) {
    known->second = list_sent_ns;
    return;
  }
  ended_.emplace(id, list_sent_ns);
  ended_in_order_.push_back(id);
  if (ended_in_order_.size() > ended_kept) {
    ended_.erase(ended_in_order_.front());
    order_event_ns_.erase(ended_in_order_.front());
    ended_in_order_.pop_front();
  }
}

void holdings::note_fill(const contract_id& contract, const wire_time& seen) {
  auto& newest = fill_ns_[contract];
  newest = std::max(newest, seen.steady_ns);
}

bool holdings::apply(const order_update& update) {
  if (is_over(update.seen))
    return false;
  unread_orders_.erase(update.id);
  if (auto ended = ended_.find(update.id); ended != ended_.end()) {
    const bool by_list = ended->second != 0;
    if (!is_live(update.status) || !by_list || update.seen.steady_ns <= ended->second) {
      if (by_list && !is_live(update.status))
        ended->second = 0;
      return false; // final states stick
    }
    ended_.erase(ended); // a list lacked it, but it lives: events win
    std::erase(ended_in_order_, update.id);
  }
  auto known = orders_.find(update.id);
  const bool fresh = known == orders_.end();
  auto traded = fills_.find(update.id);
  if (!fresh) {
    const auto& old = known->second;
    const int64_t told = traded == fills_.end() ? old.filled : traded->second.told;
    const bool older = update.updated != timestamp{} && update.updated < old.updated;
    if (is_live(update.status) && (older || update.filled < told))
      return false;
    if (update.updated == old.updated && update.filled == told && same_terms(update, old, false))
      return false;
  }
  if (update.filled > (fresh ? 0 : known->second.filled))
    note_fill(update.contract, update.seen);
  order_event_ns_[update.id] = update.seen.steady_ns;
  auto& contract_event = contract_event_ns_[update.contract];
  contract_event = std::max(contract_event, update.seen.steady_ns);
  doubted_orders_.erase(update.id);
  if (!is_live(update.status)) {
    end(update.id, 0);
    return true;
  }
  auto& kept = orders_[update.id];
  kept = update;
  if (traded != fills_.end()) {
    traded->second.told = update.filled;
    kept.filled = std::max(kept.filled, traded->second.sum());
  }
  return true;
}

bool holdings::apply(const position_update& update) {
  if (is_over(update.seen))
    return false;
  blurred_.erase(update.contract);
  position_event_ns_[update.contract] = std::max(position_event_ns_[update.contract], update.seen.steady_ns);
  contract_event_ns_[update.contract] = std::max(contract_event_ns_[update.contract], update.seen.steady_ns);
  doubted_positions_.erase(update.contract);
  auto known = positions_.find(update.contract);
  if (update.size == 0) {
    if (known == positions_.end())
      return false;
    positions_.erase(known);
    return true;
  }
  if (known != positions_.end() && known->second.size == update.size && known->second.average_price == update.average_price)
    return false;
  positions_[update.contract] = update;
  return true;
}

void holdings::apply(const trade_update& trade) {
  if (!trade.voided)
    note_fill(trade.contract, trade.seen);
  if (ended_.contains(trade.order))
    return;
  const auto order = orders_.find(trade.order);
  const auto [known, fresh] = fills_.try_emplace(trade.order);
  auto& fills = known->second;
  fills.by_trades[trade.id] = trade.voided ? 0 : trade.size;
  if (order != orders_.end()) {
    if (fresh)
      fills.told = order->second.filled;
    order->second.filled = std::max(fills.told, fills.sum());
  } else if (fresh) { // its order will be told later, or never
    fills_ahead_.push_back(trade.order);
    if (fills_ahead_.size() > fills_ahead_kept) {
      if (!orders_.contains(fills_ahead_.front()))
        fills_.erase(fills_ahead_.front());
      fills_ahead_.pop_front();
    }
  }
}

holdings::merge_result holdings::apply(const venue_snapshot& snapshot) {
  merge_result out;
  if (snapshot.generation < generation_)
    return out; // read over a connection that is gone
  const bool first = snapshot.generation > generation_ && snapshot.has_positions && snapshot.has_orders;
  if (snapshot.has_positions)
    merge_positions(snapshot, first, out);
  if (snapshot.has_orders)
    merge_orders(snapshot, first, out);
  merge_unread(snapshot);
  if (first) {
    generation_ = snapshot.generation;
    fresh_since_ns_ = snapshot.sent_steady_ns;
  }
  return out;
}

void holdings::merge_positions(const venue_snapshot& snapshot, bool first, merge_result& out) {
  std::map<contract_id, const position_update*> listed;
  for (auto& p : snapshot.positions)
    if (p.size != 0)
      listed[p.contract] = &p;
  std::set<contract_id> contracts;
  for (auto& [contract, unused] : listed)
    contracts.insert(contract);
  for (auto& [contract, unused] : positions_)
    contracts.insert(contract);
  for (auto& contract : contracts) {
    const auto* row = listed.contains(contract) ? listed[contract] : nullptr;
    const int64_t said = row ? row->size : 0;
    const int64_t held = size_of(contract);
    if (!row && snapshot.is_unread(contract))
      continue; // it may be the row that could not be read
    if (said == held) {
      doubted_positions_.erase(contract);
      if (row && row->average_price != positions_[contract].average_price && position_event_ns_[contract] < snapshot.sent_steady_ns) {
        positions_[contract].average_price = row->average_price;
        out.changed = true;
      }
      continue;
    }
    const int64_t event_ns = position_event_ns_.contains(contract) ? position_event_ns_[contract] : 0;
    if (event_ns >= snapshot.sent_steady_ns && event_ns != 0) {
      out.read_again = true; // the event is newer than the list
      continue;
    }
    auto doubt = doubted_positions_.find(contract);
    const bool twice = doubt != doubted_positions_.end() && doubt->second.size == said && doubt->second.sent_ns > event_ns &&
                       doubt->second.sent_ns < snapshot.sent_steady_ns;
    // A position that no event ever spoke of is taken at once: not knowing of it would be the greater danger.
    if (!first && !twice && event_ns != 0) {
      doubted_positions_[contract] = {said, snapshot.sent_steady_ns};
      out.read_again = true;
      continue;
    }
    doubted_positions_.erase(contract);
    out.differences.push_back(contract.str() + ": position " + words(held) + " here, " + words(said) + " at the venue; the venue's taken");
    if (row)
      positions_[contract] = *row;
    else
      positions_.erase(contract);
    out.changed = true;
  }
}

void holdings::merge_orders(const venue_snapshot& snapshot, bool first, merge_result& out) {
  std::set<order_id> listed;
  for (auto& order : snapshot.orders) {
    if (!is_live(order.status))
      continue;
    listed.insert(order.id);
    const int64_t event_ns = order_event_ns_.contains(order.id) ? order_event_ns_[order.id] : 0;
    if (event_ns >= snapshot.sent_steady_ns && event_ns != 0) {
      out.read_again |= ended_.contains(order.id);
      continue;
    }
    if (ended_.contains(order.id)) {
      // It is over, the list says that it lives: believe the list when it says so twice.
      auto doubt = doubted_orders_.find(order.id);
      if (!first && (doubt == doubted_orders_.end() || doubt->second >= snapshot.sent_steady_ns)) {
        doubted_orders_[order.id] = snapshot.sent_steady_ns;
        out.read_again = true;
        continue;
      }
      ended_.erase(order.id);
      std::erase(ended_in_order_, order.id);
    }
    auto known = orders_.find(order.id);
    doubted_orders_.erase(order.id);
    order_update row = order;
    if (known == orders_.end())
      out.differences.push_back("order " + to_string(order.id) + " was not known here");
    else
      row.filled = std::max(row.filled, known->second.filled); // lists lag; a fill is never taken back
    if (auto traded = fills_.find(order.id); traded != fills_.end())
      traded->second.told = std::max(traded->second.told, order.filled);
    if (known != orders_.end() && same_terms(known->second, row, true))
      continue;
    orders_[order.id] = row;
    out.changed = true;
  }
  std::vector<order_id> gone;
  for (auto& [id, order] : orders_) {
    if (listed.contains(id) || snapshot.is_unread(id) || (snapshot.lacks_suspended && order.status == order_status::suspended))
      continue;
    const int64_t event_ns = order_event_ns_.contains(id) ? order_event_ns_[id] : 0;
    if (event_ns >= snapshot.sent_steady_ns && event_ns != 0) {
      out.read_again = true;
      continue;
    }
    auto doubt = doubted_orders_.find(id);
    if (!first && (doubt == doubted_orders_.end() || doubt->second >= snapshot.sent_steady_ns)) {
      doubted_orders_[id] = snapshot.sent_steady_ns;
      out.read_again = true;
      continue;
    }
    gone.push_back(id);
  }
  for (auto id : gone) {
    out.differences.push_back("order " + to_string(id) + " is no longer at the venue");
    end(id, std::max<int64_t>(snapshot.sent_steady_ns, 1));
    out.changed = true;
  }
}

// -- what nobody could read -------------------------------------------------------

bool holdings::apply(const venue_nonsense& what) {
  if (is_over(what.seen))
    return false;
  if (what.position && !what.listed)
    blurred_[what.contract] = what.seen.steady_ns;
  if (!what.order || was_told_ended(what.order))
    return false;
  const auto [known, fresh] = unread_orders_.try_emplace(what.order);
  known->second.contract = what.contract.empty() ? known->second.contract : what.contract;
  known->second.seen_ns = std::max(known->second.seen_ns, what.seen.steady_ns);
  return fresh;
}

void holdings::merge_unread(const venue_snapshot& snapshot) {
  if (snapshot.has_positions)
    std::erase_if(blurred_, [&](auto& b) {
      const bool unread = b.first.empty() ? !snapshot.positions_unread.empty() : snapshot.is_unread(b.first);
      return !unread && b.second < snapshot.sent_steady_ns;
    });
  if (!snapshot.has_orders)
    return;
  for (auto id : snapshot.orders_unread)
    if (id && !was_told_ended(id))
      unread_orders_.try_emplace(id, unread_order{{}, snapshot.sent_steady_ns});
  for (auto& order : snapshot.orders)
    unread_orders_.erase(order.id);
  if (!snapshot.lacks_suspended || snapshot.never_lists_suspended)
    std::erase_if(unread_orders_, [&](auto& u) { return !snapshot.is_unread(u.first) && u.second.seen_ns + lists_lag_ns < snapshot.sent_steady_ns; });
}

// -- what is held -----------------------------------------------------------------

int64_t holdings::size_of(const contract_id& contract) const {
  auto i = positions_.find(contract);
  return i == positions_.end() ? 0 : i->second.size;
}

int64_t holdings::last_fill_ns(const contract_id& contract) const {
  auto i = fill_ns_.find(contract);
  return i == fill_ns_.end() ? 0 : i->second;
}

int64_t holdings::last_event_ns(const contract_id& contract) const {
  auto i = contract_event_ns_.find(contract);
  return i == contract_event_ns_.end() ? 0 : i->second;
}

// -- judgements -------------------------------------------------------------------

std::set<order_id> holdings::increasing_orders() const {
  return increasing_by([this](const contract_id& contract) { return size_of(contract); });
}

std::set<order_id> holdings::increasing_orders(const std::map<contract_id, int64_t>& sizes) const {
  return increasing_by([&](const contract_id& contract) {
    const auto i = sizes.find(contract);
    return i == sizes.end() ? 0 : i->second;
  });
}

template <class SizeOf>
std::set<order_id> holdings::increasing_by(SizeOf held_of) const {
  std::set<order_id> out;
  std::map<std::pair<contract_id, order_group>, int64_t> reducing; // contracts already spoken for, oldest orders first
  for (auto& [id, order] : orders_) {
    if (order.status == order_status::suspended && order.parent && orders_.contains(order.parent))
      continue;
    if (order.size > 0 && order.remaining() == 0)
      continue; // its trades say that it is filled; only its last word is still to come
    const int64_t held = held_of(order.contract);
    const bool reduces = held != 0 && (held > 0) == (order.side == side::sell);
    if (!reduces) {
      out.insert(out.end(), id);
      continue;
    }
    auto& spoken_for = reducing[{order.contract, group_of(order.type)}];
    if (spoken_for + order.remaining() > (held > 0 ? held : -held))
      out.insert(out.end(), id);
    else
      spoken_for += order.remaining();
  }
  return out;
}

bool holdings::is_protective(const order_update& order) const {
  if (order.status == order_status::suspended && order.parent && orders_.contains(order.parent))
    return false;
  const int64_t held = size_of(order.contract);
  return held != 0 && (held > 0) == (order.side == side::sell) && group_of(order.type) != order_group::others;
}

int64_t holdings::closing_under_way(const contract_id& contract) const {
  const int64_t held = size_of(contract);
  int64_t out = 0;
  for (auto& [id, order] : orders_)
    if (order.contract == contract && order.type == order_type::market && held != 0 && (held > 0) == (order.side == side::sell))
      out += order.remaining();
  return out;
}

} // namespace rm
