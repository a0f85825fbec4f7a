// Which live orders the goal forbids, and what is done about each.
#include "actors/enforcement/plan.hpp"

#include "messages/joined.hpp"

#include <algorithm>
#include <cstdlib>

namespace rm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr duration settling = milliseconds{500};      // events of one fill are expected together within this
constexpr duration market_order_grace = seconds{1};   // a market order that seems too large has mostly just been filled
constexpr duration orphan_grace = milliseconds{200};  // the venue cancels children with their parent, or does not
constexpr duration last_word_expected = seconds{2};   // of an order with nothing left to fill
constexpr duration close_progress = seconds{1};       // a close under way: stops are cut afterwards
constexpr int proofs_for_order = 1;
constexpr int cuts_tried = 3;

bool is_stop(order_type t) { return t == order_type::stop || t == order_type::stop_limit || t == order_type::trailing_stop; }

bool same_kind(order_type a, order_type b) {
  auto group = [](order_type t) { return is_stop(t) ? 1 : t == order_type::limit ? 2 : 3; };
  return group(a) == group(b);
}

} // namespace

bool plan::is_ours(const order_update& order) const {
  auto i = closings_.find(order.contract);
  if (i == closings_.end())
    return false;
  const auto& state = i->second;
  if (state.order)
    return state.order == order.id;
  const bool under_way = state.stage == attempt_stage::asked || state.stage == attempt_stage::sent;
  return under_way && order.type == order_type::market && !order.tagged && sign_of(order.side) * state.from <= 0; // from 0: nobody knew what
}

int64_t plan::spoken_for(const order_update& order, const std::set<order_id>& increasing) const {
  int64_t out = 0;
  for (auto& [id, other] : book_.orders())
    if (id < order.id && other.contract == order.contract && other.side == order.side && same_kind(other.type, order.type) &&
        !is_child(other) && !increasing.contains(id))
      out += other.remaining();
  return out;
}

plan::judgement plan::judge(const order_update& order, const std::set<order_id>& increasing) const {
  const auto& goal = case_->goal;
  const bool named = names(goal, order.id);
  if (is_child(order) && !named)
    return {}; // goes with its parent
  const int64_t held = book_.size_of(order.contract);
  const bool reduces = held != 0 && (held > 0) == (order.side == side::sell);
  const bool grows = increasing.contains(order.id);
  if (!named && held == 0 && case_->unseen.contains(order.contract) && (order.type == order_type::market ? !order.tagged : is_stop(order.type)))
    return {}; // the close of what cannot be read, or what protects it
  if (order.type == order_type::market && reduces && !grows)
    return {}; // an exit on its way, ours or not
  if (order.size > 0 && order.remaining() == 0 && !named) {
    const auto until = std::max(ledger_.newest(order.contract), order.seen.utc) + last_word_expected;
    return goal.flat ? judgement{now_ < until ? fate::waits : fate::goes, 0, until} : judgement{};
  }
  const bool covered = covered_.contains(order.id);
  const bool targeted = !goal.flat && keep_of(goal, order.contract).has_value();
  const bool forbidden =
    named || (grows && (goal.flat || goal.cancel_increasing || (targeted && (goal.cancel_orders_of_targets || covered))));
  if (!forbidden)
    return {};

  const auto newest = ledger_.newest(order.contract);
  if (order.type == order_type::market && (covered || is_ours(order))) {
    const auto until = std::max(newest, order.seen.utc) + market_order_grace;
    if (now_ < until)
      return {fate::waits, 0, until};
  }
  const int64_t expected = held + ledger_.pending(order.contract, now_);
  if (!named && expected != held && expected != 0 && (expected > 0) == (order.side == side::sell) &&
      order.remaining() <= std::abs(expected) && now_ < newest + settling)
    return {fate::waits, 0, newest + settling}; // protects what was just filled
  auto entry = book_.orders().find(order.parent);
  if (!named && entry != book_.orders().end() && entry->second.side != order.side && now_ < order.seen.utc + settling)
    return {fate::waits, 0, order.seen.utc + settling}; // came alive: its entry's fill is about to be told
  if (auto parent = gone_parents_.find(order.parent); order.status == order_status::suspended && parent != gone_parents_.end())
    if (now_ < parent->second + orphan_grace)
      return {fate::waits, 0, parent->second + orphan_grace};
  if (!named && covered && book_.is_protective(order)) {
    auto close = closings_.find(order.contract);
    const bool under_way = close != closings_.end() &&
                           (close->second.stage == attempt_stage::asked || close->second.stage == attempt_stage::sent);
    if (under_way && now_ < close->second.since + close_progress)
      return {fate::waits, 0, close->second.since + close_progress};
    auto known = order_attempts_.find(order.id);
    const bool refused = known != order_attempts_.end() && known->second.cut_refused;
    if (expected == 0 || (expected > 0) != (held > 0))
      return {fate::waits, 0, newest + fill_ledger::patience}; // until the position is told
    const int64_t allowed = std::min(std::abs(held), std::abs(expected)) - spoken_for(order, increasing);
    if (allowed > 0 && !refused)
      return {fate::is_cut, order.filled + allowed, {}};
  }
  return {fate::goes, 0, {}};
}

void plan::handle_orders(plan_steps& out, const std::set<order_id>& increasing, bool covered) {
  for (auto& [id, order] : book_.orders()) {
    if (covered_.contains(id) != covered)
      continue;
    const auto verdict = judge(order, increasing);
    if (verdict.fate == fate::stays)
      continue;
    at_goal_ = false;
    if (verdict.fate == fate::waits)
      want_time(verdict.until);
    else
      handle_order(out, order, verdict);
  }
}

/// An order that cannot be read may be one that increases, or what protects a position; or it is over, and then a cancel does no harm.
plan::fate plan::fate_of_unread(order_id id, const contract_id& contract) const {
  const auto& goal = case_->goal;
  if (names(goal, id))
    return fate::goes;
  const auto may_hold = [&](const contract_id& c) { return book_.size_of(c) != 0 || case_->unseen.contains(c); };
  const bool could_exit = contract.empty() ? !book_.flat() || !case_->unseen.empty() : may_hold(contract);
  const bool targeted = goal.cancel_orders_of_targets && !contract.empty() && keep_of(goal, contract).has_value();
  if (!goal.flat && !goal.cancel_increasing && !targeted)
    return fate::stays;
  return could_exit ? fate::waits : fate::goes;
}

/// Each goes by its number as soon as nothing is held that it could protect.
void plan::handle_unread_orders(plan_steps& out) {
  for (auto& [id, known] : book_.unread_orders()) {
    if (book_.orders().contains(id))
      continue; // goes by what was known of it
    const auto what = fate_of_unread(id, known.contract);
    if (what == fate::stays)
      continue;
    at_goal_ = false;
    if (what == fate::waits) {
      want_read(read_sent_at_ + settling);
      continue;
    }
    order_update order;
    order.id = id;
    order.contract = known.contract;
    handle_order(out, order, {fate::goes, 0, {}});
  }
}

void plan::handle_order(plan_steps& out, const order_update& order, const judgement& verdict) {
  auto& state = order_attempts_[order.id];
  if (state.stage == attempt_stage::asked)
    return;
  const bool cut = verdict.fate == fate::is_cut && !state.cut_refused && state.tries < cuts_tried;
  const auto kind = cut ? request_kind::modify_order : request_kind::cancel_order;
  if (cut && state.stage == attempt_stage::sent && state.kind == kind && verdict.size > state.size) {
    want_read(state.read_due(proofs_for_order)); // was cut further already; only the news lag
    return;
  }
  if (state.tries > 0 && (state.kind != kind || (cut && state.size != verdict.size))) {
    const bool cut_refused = state.cut_refused || (verdict.fate == fate::is_cut && !cut);
    state = {}; // another request than the one before
    state.cut_refused = cut_refused;
  }
  if (!state.may_ask(now_, proofs_for_order)) {
    want_time(state.next_try(proofs_for_order));
    if (state.stage != attempt_stage::idle)
      want_read(state.read_due(proofs_for_order));
    return;
  }
  venue_request request;
  request.kind = kind;
  request.order = order.id;
  request.contract = order.contract;
  request.size = cut ? verdict.size : 0;
  const auto id = to_string(order.id), size = std::to_string(order.remaining());
  const auto what = order.size == 0 ? joined({"order ", id, " (it cannot be read)"})
                                    : joined({"order ", id, " (", name_of(order.side), " ", size, " ", order.contract.view(), " ", name_of(order.type), ")"});
  send(out, state, std::move(request), cut ? joined({"cut ", what, " to ", std::to_string(verdict.size)}) : joined({"cancel ", what}));
}

} // namespace rm
