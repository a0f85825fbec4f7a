#include "hub_board.hpp"

#include "json_edit.hpp"
#include "json_writer.hpp"

#include <algorithm>
#include <utility>

namespace gateway_sim {

namespace {

/// How often the stream of this event was subscribed to.
std::size_t wants(const subscriptions& s, const hub_event& e) {
  switch (e.to) {
    case stream::accounts: return s.accounts;
    case stream::orders: return s.orders.count(e.account);
    case stream::positions: return s.positions.count(e.account);
    case stream::trades: return s.trades.count(e.account);
    case stream::quotes: return s.quotes.count(e.contract);
    case stream::market_trades: return s.market_trades.count(e.contract);
    case stream::depth: return s.depth.count(e.contract);
  }
  return 0;
}

const char* text_of(logout_shape shape) {
  switch (shape) {
    case logout_shape::message: return R"({"message":"Logged in from another session."})";
    case logout_shape::text: return R"("Logged in from another session.")";
    case logout_shape::none: return "";
    case logout_shape::null: return "null";
    case logout_shape::wrapped: return R"({"action":2,"data":{"reason":"Logged in from another session."}})";
  }
  return "";
}

bool listens(const hub_client& c, std::optional<hub_kind> hub) {
  return !c.ended && c.session.ready() && (!hub || *hub == c.session.hub());
}

} // namespace

hub_client& hub_board::join(hub_kind hub, std::string user, hub_peer* peer, bool null_results, wall_time now) {
  auto id = next_++;
  auto [place, _] = clients_.emplace(
    id, hub_client{id, std::move(user), hub_session{hub, null_results}, peer, now, false});
  return place->second;
}

void hub_board::deliver(const hub_event& e) {
  std::shared_ptr<const std::string> bytes;
  for (auto& [id, c] : clients_) {
    auto times = listens(c, hub_of(e.to)) ? wants(c.session.wants(), e) : 0;
    if (times == 0)
      continue;
    if (!bytes)
      bytes = std::make_shared<const std::string>(e.record);
    for (std::size_t i = 0; i < (double_subscriptions ? times : 1); ++i)
      c.peer->send(bytes);
  }
}

void hub_board::send_to(hub_client& c, const hub_event& e) {
  if (!c.ended)
    c.peer->send(std::make_shared<const std::string>(e.record));
}

bool hub_board::wanted(stream to, const std::string& contract) const {
  hub_event e{to, 0, contract, {}, {}};
  return std::any_of(clients_.begin(), clients_.end(), [&](const auto& entry) {
    return listens(entry.second, hub_of(to)) && wants(entry.second.session.wants(), e) > 0;
  });
}

bool hub_board::connected(hub_kind hub, const std::string& user) const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const auto& entry) {
    return listens(entry.second, hub) && entry.second.user == user;
  });
}

void hub_board::publish(hub_event e) {
  if (delay.count() == 0 && late_.empty())
    return route(std::move(e));
  late_.push_back(std::move(e));
  time_.after(delay, [this] { // one job per event, each takes the oldest: the order stays
    auto first = std::move(late_.front());
    late_.pop_front();
    route(std::move(first));
  });
}

void hub_board::route(hub_event e) {
  std::erase_if(faults_, [&](const hub_fault& f) { return f.until && *f.until <= time_.now(); });
  auto hit = std::find_if(faults_.begin(), faults_.end(), [&](const hub_fault& f) {
    return (!f.hub || *f.hub == hub_of(e.to)) && (f.event.empty() || f.event == e.target);
  });
  if (hit == faults_.end())
    return deliver(e);
  auto fault = *hit;
  bool last = hit->count > 0 && --hit->count == 0;
  if (last)
    faults_.erase(hit);
  if (fault.mode == "lose")
    return;
  if (fault.mode == "delay")
    return time_.after(fault.delay, [this, e = std::move(e)] { deliver(e); });
  if (fault.mode == "reorder") {
    held_.push_back(std::move(e));
    if (!last)
      return;
    auto held = std::exchange(held_, {});
    for (auto i = held.rbegin(); i != held.rend(); ++i)
      deliver(*i);
    return;
  }
  if (fault.mode == "set")
    e.record = with_member(e.record, fault.field, fault.value);
  if (fault.mode == "remove")
    e.record = without_member(e.record, fault.field);
  deliver(e);
  if (fault.mode == "duplicate")
    deliver(e);
}

void hub_board::clear_faults() {
  faults_.clear();
  for (const auto& e : std::exchange(held_, {}))
    deliver(e);
}

std::size_t hub_board::broadcast(std::optional<hub_kind> hub, std::shared_ptr<const std::string> bytes) {
  std::size_t reached = 0;
  for (auto& [id, c] : clients_) {
    if (!listens(c, hub))
      continue;
    c.peer->send(bytes);
    ++reached;
  }
  return reached;
}

std::size_t hub_board::end(std::optional<hub_kind> hub, ending how, const std::string& error) {
  std::vector<hub_client*> hit;
  for (auto& [id, c] : clients_)
    if (listens(c, hub))
      hit.push_back(&c);
  for (auto* c : hit) {
    c->ended = true;
    c->peer->end(how, error);
  }
  return hit.size();
}

std::size_t hub_board::logout(std::optional<hub_kind> hub, const std::string& user, const spared& who, bool close) {
  auto bytes = std::make_shared<const std::string>(signalr::invocation("GatewayLogout", text_of(logout_arguments)));
  std::vector<hub_client*> hit;
  for (auto& [id, c] : clients_)
    if (listens(c, hub) && (user.empty() || c.user == user) && id != who.connection
        && (who.token.empty() || c.token != who.token))
      hit.push_back(&c);
  for (auto* c : hit) {
    c->peer->send(bytes);
    if (close) {
      c->ended = true;
      c->peer->end(ending::close, "");
    }
  }
  return hit.size();
}

bool hub_board::subscribed(std::optional<int64_t> account) const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const auto& entry) {
    const auto& c = entry.second;
    if (!listens(c, hub_kind::user))
      return false;
    const auto& w = c.session.wants();
    if (account)
      return w.covers(*account);
    return std::any_of(w.orders.begin(), w.orders.end(), [&](int64_t id) { return w.covers(id); });
  });
}

} // namespace gateway_sim
