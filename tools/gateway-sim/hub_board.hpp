// Who is connected to which hub, and which record goes to whom; hub faults are applied here.
#pragma once
#include "hub_session.hpp"
#include "scheduler.hpp"
#include "wall_time.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gateway_sim {

/// How a connection is ended on purpose.
enum class ending {
  cut,         // the socket disappears
  close,       // an orderly WebSocket close
  close_error, // a SignalR close record with an error, then the WebSocket close
  stall,       // the socket stays, nothing is ever sent or read again
};

/// The I/O side of a hub connection.
class hub_peer {
public:
  virtual ~hub_peer() = default;
  virtual void send(std::shared_ptr<const std::string> record) = 0;
  virtual void end(ending how, const std::string& error) = 0;
};

enum class stream { accounts, orders, positions, trades, quotes, market_trades, depth };

/// One event on its way to the subscribers of a stream.
struct hub_event {
  stream to = stream::accounts;
  int64_t account = 0;  // of orders, positions, trades
  std::string contract; // of quotes, market trades, depth
  std::string target;   // GatewayUserOrder, …
  std::string record;   // complete, with separator
};

struct hub_fault {
  std::optional<hub_kind> hub;
  std::string event; // target name; empty = any
  std::string mode;  // lose, duplicate, reorder, delay
  int64_t count = 1; // events; 0 = until cleared (not for reorder)
  std::chrono::nanoseconds delay{0};
};

struct hub_client {
  uint64_t id = 0;
  std::string user;
  hub_session session;
  hub_peer* peer = nullptr;
  wall_time since;
  bool ended = false; // stalled, cut or evicted: gets nothing any more
};

class hub_board {
public:
  explicit hub_board(scheduler& time) : time_(time) {}

  hub_client& join(hub_kind hub, std::string user, hub_peer* peer, bool null_results, wall_time now);
  void leave(uint64_t id) { clients_.erase(id); }

  /// Null when it has left.
  hub_client* find(uint64_t id) {
    auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : &found->second;
  }

  void publish(hub_event e);
  void add(hub_fault f) { faults_.push_back(std::move(f)); }
  void clear_faults();

  /// Sends the same bytes to every client of these hubs, subscribed or not.
  std::size_t broadcast(std::optional<hub_kind> hub, std::shared_ptr<const std::string> bytes);
  std::size_t end(std::optional<hub_kind> hub, ending how, const std::string& error);

  /// GatewayLogout, then an orderly close when asked; of one user when named, sparing one connection.
  std::size_t logout(std::optional<hub_kind> hub, const std::string& user, uint64_t spare, bool close);

  /// Somebody hears orders, positions and trades of this account; of any account when none is given.
  bool subscribed(std::optional<int64_t> account) const;

  const std::map<uint64_t, hub_client>& clients() const { return clients_; }

private:
  void deliver(const hub_event& e);

  scheduler& time_;
  std::map<uint64_t, hub_client> clients_;
  std::vector<hub_fault> faults_;
  std::vector<hub_event> held_; // by a reorder fault
  uint64_t next_ = 1;
};

constexpr hub_kind hub_of(stream s) {
  return s <= stream::trades ? hub_kind::user : hub_kind::market;
}

} // namespace gateway_sim
