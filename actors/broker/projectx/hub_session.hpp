// A WebSocket to one SignalR hub that keeps itself connected and subscribed.
#pragma once

#include "actors/broker/projectx/dialer.hpp"
#include "actors/broker/projectx/signalr_codec.hpp"
#include "actors/broker/reconnect.hpp"
#include "actors/timers/venue_clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <tuple>

namespace rm::projectx {

/// A hub that says nothing for so long, not even a ping, is gone.
inline constexpr std::chrono::seconds silence_that_ends{20};

struct hub_settings {
  url where;
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds{5};
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds{15}; // upgrade, handshake and subscriptions together
  std::chrono::nanoseconds ping_every = std::chrono::seconds{10};
  std::chrono::nanoseconds silent_after = silence_that_ends; // without a byte from the hub it counts as down
  std::shared_ptr<venue_clock> clock;
};

/// One thing to ask of a hub after each connect.
struct subscription {
  std::string method;
  std::string argument; // JSON text; empty for none
  bool operator<(const subscription& o) const { return std::tie(method, argument) < std::tie(o.method, o.argument); }
};

/// What a hub tells its owner; all on the io_context's thread.
struct hub_events {
  std::function<std::string()> token; // for the next attempt; empty: there is none, try later
  std::function<void()> on_ready;     // connected, and every subscription so far was answered; again after later ones
  std::function<void(const std::string& why, bool unauthorized)> on_down; // was connecting or up; a new attempt follows by itself
  std::function<void(const hub_record&, const wire_time&)> on_event;      // an invocation
  std::function<void()> on_frame_end;                                     // behind the events of one read
  std::function<void(const std::string& what)> on_nonsense;               // a record that could not be understood
  std::function<void(const subscription&, const std::string& why)> on_refused; // answered with an error; it is asked for again by itself
  std::function<void(const subscription&)> on_granted; // one that had been refused on this connection was taken now
};

class hub_session : public std::enable_shared_from_this<hub_session> {
public:
  hub_session(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, hub_settings settings, hub_events events);
  ~hub_session();

  /// All on the io_context's thread.
  void start();
  /// Subscribes now, where connected, and after each connect. A known one is not repeated.
  void subscribe(subscription what);
  /// Where it was refused it is not asked for any more.
  void forget_refused(const subscription& what);
  /// Drops the connection, if any, and makes another one: after a pause, or as soon as its policy allows.
  void restart(const std::string& why, std::chrono::nanoseconds pause);
  /// There is a token now: a hub that waits for one need not wait longer.
  void token_arrived();
  bool is_ready() const { return state_ == state::up && pending_.empty(); }
  /// No callback after this.
  void stop();

private:
  enum class state : uint8_t { idle, dialling, upgrading, shaking, up, stopped };
  struct connection;

  void connect();
  void upgrade(std::unique_ptr<any_stream> stream);
  void shake_hands();
  void read();
  void on_bytes(std::string_view bytes, const wire_time& seen);
  void on_record(std::string_view record, const wire_time& seen);
  void on_completion(const hub_record& record);
  void came_up();
  void ask_for(const subscription& what);
  void write(std::string bytes);
  void write_next();
  void down(const std::string& why, bool unauthorized = false);
  void retry_in(std::chrono::nanoseconds delay);
  void tick();
  void ask_refused_again(int64_t now);
  /// Ends a connection without a word.
  void drop();

  asio::io_context& io_;
  std::shared_ptr<asio::ssl::context> tls_;
  hub_settings settings_;
  hub_events events_;
  std::unique_ptr<asio::steady_timer> retry_timer_, watch_timer_;
  reconnect patience_;
  state state_ = state::idle;
  bool wants_token_ = false;
  uint64_t attempt_ = 0; // what belongs to an earlier one is ignored
  std::shared_ptr<connection> connection_;
  record_splitter splitter_;
  hub_decoder decoder_;
  std::map<subscription, bool> subscriptions_; // true: asked for on this connection
  std::map<std::string, subscription, std::less<>> pending_; // by invocation id
  struct refused_one {
    reconnect patience;
    int64_t again_ns = 0; // 0: it has been asked for again
  };
  std::map<subscription, refused_one> refused_; // on this connection
  uint64_t last_invocation_ = 0;
  int64_t began_ns_ = 0, heard_ns_ = 0, pinged_ns_ = 0;
};

} // namespace rm::projectx
