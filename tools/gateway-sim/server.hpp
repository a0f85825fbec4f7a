// The loopback server: accepts connections and gives each to an http_session. One thread runs everything.
#pragma once
#include "rest.hpp"
#include "world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace gateway_sim {

/// The scheduler on asio timers.
class asio_scheduler : public scheduler {
public:
  explicit asio_scheduler(boost::asio::io_context& io) : io_(io) {}
  time_point now() const override { return std::chrono::steady_clock::now(); }
  void after(std::chrono::nanoseconds delay, std::function<void()> job) override;

private:
  boost::asio::io_context& io_;
};

/// Nanoseconds of the steady clock, the time base of /sim/requests and /sim/events.
int64_t steady_ns();

/// Everything a connection needs from the server. Connections share it: the last of them end after the server.
struct server_parts {
  server_parts(boost::asio::io_context& i, world& v) : io(i), venue(v), api(v) {}

  boost::asio::io_context& io;
  world& venue;
  rest_api api;
  std::map<std::string, bool> negotiated; // connection token -> used already
  uint64_t next_token = 1;
  bool open = true; // false: the venue is about to go, leave it alone
};

class server {
public:
  /// Binds 127.0.0.1; port 0 picks a free one. Throws boost::system::system_error.
  server(boost::asio::io_context& io, world& venue, uint16_t port);

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void start() { accept(); }
  void stop();

private:
  void accept();

  std::shared_ptr<server_parts> parts_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

} // namespace gateway_sim
