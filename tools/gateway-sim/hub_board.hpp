// Who is connected to which hub, and which record goes to whom; hub faults are applied here.
#pragma once
#include "hub_session.hpp"
#include "scheduler.hpp"
#include "switches.hpp"
#include "wall_time.hpp"

#include <deque>
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
  std::string mode;  // lose, duplicate, reorder, delay, set, remove
  int64_t count = 1; // events; 0 = until cleared (not for reorder)
  std::chrono::nanoseconds delay{0};
  std::string field = {}; // of `set` and `remove`
  std::string value = {}; // JSON text
  std::optional<scheduler::time_point> until = std::nullopt; // then it is over, whatever the count
};

struct hub_client {
  uint64_t id = 0;
  std::string user;
  hub_session session;
  hub_peer* peer = nullptr;
  wall_time since;
  bool ended = false; // stalled, cut or evicted: gets nothing any more
  std::string token = {};
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

  /// An event for one client only, past all faults: what a subscription sends at once.
  void send_to(hub_client& c, const hub_event& e);

  /// Somebody is subscribed to this stream of the contract.
  bool wanted(stream to, const std::string& contract) const;

  /// The user has a live connection to this hub.
  bool connected(hub_kind hub, const std::string& user) const;
  void add(hub_fault f) { faults_.push_back(std::move(f)); }
  void clear_faults();

  /// Sends the same bytes to every client of these hubs, subscribed or not.
  std::size_t broadcast(std::optional<hub_kind> hub, std::shared_ptr<const std::string> bytes);
  std::size_t end(std::optional<hub_kind> hub, ending how, const std::string& error);

  /// Whom a GatewayLogout spares.
  struct spared {
    uint64_t connection = 0;
    std::string token = {};
  };

  /// GatewayLogout, then an orderly close when asked; of one user when named.
  std::size_t logout(std::optional<hub_kind> hub, const std::string& user, const spared& who, bool close);

  std::chrono::nanoseconds delay{0};  // of every event, in order
  bool double_subscriptions = false;  // an event comes as often as its stream was subscribed to
  logout_shape logout_arguments = logout_shape::message;

  /// Somebody hears orders, positions and trades of this account; of any account when none is given.
  bool subscribed(std::optional<int64_t> account) const;

  const std::map<uint64_t, hub_client>& clients() const { return clients_; }

private:
  void deliver(const hub_event& e);
  void route(hub_event e);

  scheduler& time_;
  std::map<uint64_t, hub_client> clients_;
  std::vector<hub_fault> faults_;
  std::vector<hub_event> held_; // by a reorder fault
  std::deque<hub_event> late_;  // by `delay`
  uint64_t next_ = 1;
};

} // namespace gateway_sim
