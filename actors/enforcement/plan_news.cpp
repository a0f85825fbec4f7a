// How the plan takes the venue's news into its own book.
#include "actors/enforcement/plan.hpp"

#include "messages/overloaded.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace rm {
namespace {

constexpr duration venue_liquidation = std::chrono::seconds{2}; // what the venue needs to close positions itself

/// Whether the position was at some time since the order was made large enough for what is left of it, beside the older orders that cover it too.
bool may_have_covered(const order_update& order, const holdings& book, const venue_snapshot& snapshot) {
  if (!snapshot.has_trades || order.created == timestamp{})
    return true;
  std::vector<const trade_update*> since; // newest first
  for (auto& trade : snapshot.trades)
    if (trade.contract == order.contract && !trade.voided && trade.executed > order.created)
      since.push_back(&trade);
  std::sort(since.begin(), since.end(), [](auto* a, auto* b) { return std::pair{a->executed, a->id} > std::pair{b->executed, b->id}; });
  int64_t held = book.size_of(order.contract);
  const auto covers = [&] { return !book.increasing_orders({{order.contract, held}}).contains(order.id); };
  bool out = covers();
  for (auto* trade : since) {
    held -= sign_of(trade->side) * trade->size;
    out = out || covers();
  }
  return out;
}

} // namespace

void plan::seed(const account_view& view) {
  for (auto& p : view.positions) {
    if (book_.last_event_ns(p.contract) != 0 || book_.size_of(p.contract) != 0)
      continue; // its own news are here already
    book_.apply(position_update{view.account, p.contract, p.size, p.average_price, {}, {}});
    ledger_.take_adopted(p.contract, p.size, now_);
  }
  for (auto& o : view.orders) {
    if (book_.is_known(o.id))
      continue;
    order_update order;
    order.account = view.account;
    order.id = o.id;
    order.contract = o.contract;
    order.status = o.status;
    order.type = o.type;
    order.side = o.side;
    order.size = o.remaining;
    order.limit_price = o.limit_price;
    order.stop_price = o.stop_price;
    order.parent = o.parent;
    order.created = o.created;
    book_.apply(order);
  }
  if (can_trade_.can() && !view.can_trade) {
    liquidation_until_ = now_ + venue_liquidation;
    can_trade_.forbid();
  }
  note_covered();
}

plan_steps plan::on_event(const venue_event& event) {
  if (std::holds_alternative<quote>(event.what) || std::holds_alternative<contract_spec>(event.what))
    return {};
  plan_steps out;
  wire_time cause;
  std::visit(overloaded{
               [](const quote&) {}, [](const contract_spec&) {},
               [&](const venue_snapshot& snapshot) {
                 observe(snapshot.read_at);
                 hear_list(snapshot);
                 if (snapshot.generation >= book_.generation() && merge(snapshot, out).read_again)
                   doubt_ = now_;
               },
               [&](const auto& news) {
                 observe(news.seen.utc);
                 hear(news);
                 cause = news.seen;
               }},
             event.what);
  return decide(std::move(out), cause);
}

void plan::hear(const order_update& update) {
  auto found = closings_.find(update.contract);
  if (found != closings_.end()) {
    auto& state = found->second;
    const bool under_way = state.stage == attempt_stage::asked || state.stage == attempt_stage::sent;
    if (under_way && !state.order && update.size >= state.amount && !book_.is_known(update.id) && is_ours(update))
      state.order = update.id;
    if (state.order == update.id && !is_live(update.status) && update.status != order_status::filled) {
      state.order_failed = true;
      if (state.stage == attempt_stage::sent)
        state.fail(refusal::rejected, now_, reads_sent_);
    }
  }
  if (ledger_.take_order(update, now_))
    fill_mark_ = reads_sent_;
  if (book_.apply(update))
    reads_without_news_ = 0;
  note_covered();
}

void plan::hear(const position_update& update) {
  ledger_.take_position(update.contract, update.size, now_);
  if (book_.apply(update)) {
    reads_without_news_ = 0;
    fill_mark_ = reads_sent_;
  }
  note_covered();
}

void plan::hear(const trade_update& trade) {
  book_.apply(trade);
  if (ledger_.take_trade(trade, now_))
    fill_mark_ = reads_sent_;
}

void plan::hear(const account_update& account) {
  const bool could = can_trade_.can();
  can_trade_.hear_event(account.can_trade, account.seen.steady_ns);
  note_can_trade(could);
}

void plan::hear(const venue_nonsense& what) {
  if (book_.apply(what))
    reads_without_news_ = 0;
  if (case_ && what.position)
    note_unseen({what.contract});
}

void plan::hear_list(const venue_snapshot& snapshot) {
  if (!snapshot.has_account || snapshot.generation < book_.generation())
    return;
  const bool could = can_trade_.can();
  can_trade_.hear_list(snapshot.info.can_trade, snapshot.sent_steady_ns);
  note_can_trade(could);
}

void plan::note_can_trade(bool could) {
  if (can_trade_.can())
    liquidation_until_.reset();
  else if (could)
    liquidation_until_ = now_ + venue_liquidation;
}

void plan::hear(const link_changed& link) {
  if (link.generation < book_.generation())
    book_.forget_generation(); // another broker counts
  const bool live = link.status == link_status::live;
  if (live && !link_live_) {
    // What only failed because the line was down need not wait any longer.
    reads_without_news_ = 0;
    read_not_before_ = std::min(read_not_before_, now_);
    for (auto& [contract, state] : closings_)
      if (state.stage == attempt_stage::idle)
        state.not_before = std::min(state.not_before, now_);
  }
  link_live_ = live;
}

bool plan::is_child(const order_update& order) const {
  return order.status == order_status::suspended && order.parent && order.parent != order.id && book_.orders().contains(order.parent);
}

void plan::note_covered() {
  std::erase_if(covered_, [this](order_id id) { return !book_.orders().contains(id); });
  const auto increasing = book_.increasing_orders();
  for (auto& [id, order] : book_.orders())
    if (!is_child(order) && !increasing.contains(id))
      covered_.insert(id);
}

holdings::merge_result plan::merge(const venue_snapshot& snapshot, plan_steps& out) {
  for (auto& order : snapshot.orders)
    if (!is_live(order.status))
      continue; // of the past: what it filled is in the positions
    else if (!complete_)
      ledger_.take_listed(order);
    else if (ledger_.take_order(order, now_))
      fill_mark_ = reads_sent_;
  complete_ = complete_ || (snapshot.has_positions && snapshot.has_orders);
  std::set<contract_id> contracts;
  for (auto& [contract, position] : book_.positions())
    contracts.insert(contract);
  std::set<order_id> met_before;
  for (auto& [id, order] : book_.orders())
    met_before.insert(id);
  auto merged = book_.apply(snapshot);
  // What a list shows for the first time may have covered a position that has shrunk since: cut to size it still does. Where the list's own
  // trades say that it never did, it would turn the position and always would have.
  for (auto& [id, order] : book_.orders())
    if (!met_before.contains(id) && book_.is_protective(order) && may_have_covered(order, book_, snapshot))
      covered_.insert(id);
  for (auto& [contract, position] : book_.positions())
    contracts.insert(contract);
  for (auto& contract : contracts)
    ledger_.take_adopted(contract, book_.size_of(contract), now_);
  if (merged.changed) {
    reads_without_news_ = 0;
    note_covered();
  }
  if (case_)
    for (auto& difference : merged.differences)
      journal(out, "case", difference);
  return merged;
}

} // namespace rm
