#include "hub_board.hpp"

#include <algorithm>
#include <utility>

namespace gateway_sim {

namespace {

bool wants(const subscriptions& s, const hub_event& e) {
  switch (e.to) {
    case stream::accounts: return s.accounts;
    case stream::orders: return s.orders.contains(e.account);
    case stream::positions: return s.positions.contains(e.account);
    case stream::trades: return s.trades.contains(e.account);
    case stream::quotes: return s.quotes.contains(e.contract);
    case stream::market_trades: return s.market_trades.contains(e.contract);
    case stream::depth: return s.depth.contains(e.contract);
  }
  return false;
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
    if (!listens(c, hub_of(e.to)) || !wants(c.session.wants(), e))
      continue;
    if (!bytes)
      bytes = std::make_shared<const std::string>(e.record);
    c.peer->send(bytes);
  }
}

void hub_board::publish(hub_event e) {
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
  deliver(e);
  deliver(e); // duplicate
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

std::size_t hub_board::logout(std::optional<hub_kind> hub, const std::string& user, uint64_t spare, bool close) {
  auto bytes = std::make_shared<const std::string>(
    signalr::invocation("GatewayLogout", R"({"message":"Logged in from another session."})"));
  std::vector<hub_client*> hit;
  for (auto& [id, c] : clients_)
    if (listens(c, hub) && (user.empty() || c.user == user) && id != spare)
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
