#include "actors/enforcement/stop_keeper.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration settling = 2s;       // a taken request's news come within this
constexpr duration placing = 5s;        // the same for a new order, which must not be placed twice
constexpr duration after_silence = 10s; // nobody knows what became of it
constexpr duration set_back = 5s;       // as in the plan: an older time than this is a clock that was set

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

bool is_stop(order_type type) { return type == order_type::stop || type == order_type::stop_limit || type == order_type::trailing_stop; }

side protective_side(int64_t size) { return size > 0 ? side::sell : side::buy; }

} // namespace

stop_steps stop_keeper::on_wish(const adjust_stops& wish, const holdings& held, bool busy) {
  for (auto& change : wish.stops) // a new wish is a new chance
    if (auto known = attempts_.find({change.order, change.order ? contract_id{} : change.contract}); known != attempts_.end())
      known->second.refusals = 0;
  if (wish.stops.empty())
    wishes_.erase(wish.rule);
  else
    wishes_[wish.rule] = wish;
  return on_news(held, busy, wish.now);
}

void stop_keeper::observe(timestamp t) {
  if (t == timestamp{})
    return;
  if (t + set_back < now_) {
    for (auto& [what, state] : attempts_)
      state.not_before -= now_ - t;
    now_ = t;
  }
  now_ = std::max(now_, t);
}

stop_steps stop_keeper::on_news(const holdings& held, bool busy, timestamp now) {
  observe(now);
  stop_steps out;
  if (!busy && held.generation() != 0) // before the first reading nobody knows what is held
    decide(held, out);
  return out;
}

bool stop_keeper::on_answer(const venue_answer& answer, const holdings& held, bool busy, stop_steps& out) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [&](auto& a) { return a.second.under_way && a.second.under_way == answer.id; });
  if (found == attempts_.end())
    return false;
  observe(answer.answered);
  auto& [what, state] = *found;
  state.under_way = {};
  const bool placed = !what.order;
  out.push_back(journal_entry{now_, account_, "answer", rule_,
                              std::string{name_of(answer.kind)} + " " + std::string{name_of(answer.outcome)} + (answer.detail.empty() ? "" : ": " + answer.detail), answer.latency_ns});
  switch (answer.outcome) {
    case request_outcome::accepted:
      state.refusals = 0;
      state.not_before = now_ + (placed ? placing : settling);
      break;
    case request_outcome::refused:
    case request_outcome::not_sent:
      ++state.refusals;
      state.not_before = now_ + std::chrono::seconds{1 << std::min(state.refusals, 6)};
      if (state.refusals == most_refusals)
        out.push_back(journal_entry{now_, account_, "alarm", rule_, "a stop could not be moved after " + std::to_string(most_refusals) + " tries; it stays where it is", -1});
      break;
    case request_outcome::unclear: state.not_before = now_ + after_silence; break;
  }
  out.push_back(look_at{state.not_before});
  auto more = on_news(held, busy, now_);
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return true;
}

void stop_keeper::decide(const holdings& held, stop_steps& out) {
  std::erase_if(attempts_, [&](auto& a) { return !a.second.under_way && a.first.order && !held.orders().contains(a.first.order); });
  tidy(held, out);
  for (auto& [rule, wish] : wishes_) {
    rule_ = rule;
    event_ = wish.event;
    for (auto& change : wish.stops)
      change.order ? move(change, held, out) : place(change, held, out);
  }
}

/// Stops of ours that no longer fit their position.
void stop_keeper::tidy(const holdings& held, stop_steps& out) {
  std::map<contract_id, int64_t> left; // of each position, for our stops
  for (auto& [id, order] : held.orders()) {
    if (!order.ours)
      continue;
    rule_ = "trade_management";
    event_ = order.seen;
    const int64_t size = held.size_of(order.contract);
    auto& room = left.try_emplace(order.contract, magnitude(size)).first->second;
    const bool fits = size != 0 && order.side == protective_side(size) && room > 0;
    venue_request request;
    request.order = id;
    request.contract = order.contract;
    if (!fits) {
      request.kind = request_kind::cancel_order;
      send({id, {}}, request, "cancel our stop " + to_string(id) + ": its position is gone", out);
    } else if (order.remaining() > room) {
      request.kind = request_kind::modify_order;
      request.size = order.filled + room;
      send({id, {}}, request, "cut our stop " + to_string(id) + " to " + std::to_string(room), out);
    }
    room = std::max<int64_t>(0, room - order.remaining());
  }
}

void stop_keeper::move(const stop_change& change, const holdings& held, stop_steps& out) {
  const auto found = held.orders().find(change.order);
  const int64_t size = held.size_of(change.contract);
  if (found == held.orders().end() || size == 0 || found->second.side != protective_side(size) || !found->second.stop_price)
    return;
  const auto& order = found->second;
  const bool tighter = order.side == side::sell ? change.stop_price > *order.stop_price : change.stop_price < *order.stop_price;
  if (!tighter)
    return;
  venue_request request;
  request.kind = request_kind::modify_order;
  request.order = order.id;
  request.contract = order.contract;
  request.stop_price = change.stop_price;
  send({order.id, {}}, request, "move stop " + to_string(order.id) + " from " + to_string(*order.stop_price) + " to " + to_string(change.stop_price), out);
}

void stop_keeper::place(const stop_change& change, const holdings& held, stop_steps& out) {
  const int64_t size = held.size_of(change.contract);
  if (size == 0 || change.side != protective_side(size))
    return;
  int64_t missing = magnitude(size);
  for (auto& [id, order] : held.orders())
    if (order.contract == change.contract && order.side == change.side && is_stop(order.type))
      missing -= order.remaining();
  if (missing <= 0)
    return;
  venue_request request;
  request.kind = request_kind::place_stop;
  request.contract = change.contract;
  request.side = change.side;
  request.size = std::min(missing, change.size);
  request.stop_price = change.stop_price;
  send({{}, change.contract}, request, "place a stop for " + std::to_string(request.size) + " " + change.contract.str() + " at " + to_string(change.stop_price), out);
}

bool stop_keeper::may_send(const key& what, stop_steps& out) {
  const auto& state = attempts_[what];
  if (state.under_way || state.refusals >= most_refusals)
    return false;
  if (now_ >= state.not_before)
    return true;
  out.push_back(look_at{state.not_before});
  return false;
}

void stop_keeper::send(const key& what, venue_request request, const std::string& words, stop_steps& out) {
  if (!may_send(what, out))
    return;
  request.id = next_();
  request.account = account_;
  request.rule = rule_;
  request.event = event_;
  if (request.kind == request_kind::place_stop) // unique for ever, also over restarts
    request.tag = std::string{own_stop_tag} + std::to_string(now_.time_since_epoch().count()) + "-" + to_string(request.id);
  attempts_[what].under_way = request.id;
  out.push_back(journal_entry{now_, account_, "request", rule_, words, -1});
  out.push_back(std::move(request));
}

} // namespace rm
