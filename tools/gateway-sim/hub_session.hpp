// One hub connection's conversation: handshake, invocations, subscriptions. Text in, records out; no socket.
#pragma once
#include "signalr.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

enum class hub_kind { user, market };

enum class stream { accounts, orders, positions, trades, quotes, market_trades, depth };

constexpr hub_kind hub_of(stream s) {
  return s <= stream::trades ? hub_kind::user : hub_kind::market;
}

constexpr std::string_view name_of(hub_kind hub) {
  return hub == hub_kind::user ? "user" : "market";
}

/// One subscription that was just made.
struct new_subscription {
  stream to = stream::accounts;
  int64_t account = 0;
  std::string contract;
};

/// What a connection asked to hear, and how often it asked.
struct subscriptions {
  std::size_t accounts = 0;
  std::multiset<int64_t> orders, positions, trades;
  std::multiset<std::string> quotes, market_trades, depth;

  /// Orders, positions and trades of this account.
  bool covers(int64_t account) const {
    return orders.contains(account) && positions.contains(account) && trades.contains(account);
  }
};

class hub_session {
public:
  explicit hub_session(hub_kind hub, bool null_results = false) : hub_(hub), null_results_(null_results) {}

  struct reaction {
    std::vector<std::string> records; // to send, in order
    std::vector<new_subscription> made;
    bool subscribed = false;          // the subscriptions changed
    bool close = false;               // close after sending
  };

  /// Takes what arrived in one WebSocket message, which may hold any number of records or parts of one.
  reaction on_text(std::string_view text);

  hub_kind hub() const { return hub_; }
  bool ready() const { return ready_; }
  const subscriptions& wants() const { return wants_; }
  std::size_t buffered() const { return buffer_.size(); }

private:
  void on_handshake(std::string_view record, reaction& out);
  void on_record(std::string_view record, reaction& out);

  hub_kind hub_;
  bool null_results_;
  bool ready_ = false;
  signalr::record_buffer buffer_;
  subscriptions wants_;
};

} // namespace gateway_sim
