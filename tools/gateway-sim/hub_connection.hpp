// The socket of one hub client: moves bytes between a WebSocket and a hub_session, and keeps the timers.
#pragma once
#include "server.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <memory>
#include <string>

namespace gateway_sim {

class hub_connection : public hub_peer, public std::enable_shared_from_this<hub_connection> {
public:
  hub_connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<server_parts> parts, hub_kind hub, std::string user,
                 std::string token);
  ~hub_connection() override;

  void start(boost::beast::http::request<boost::beast::http::string_body> upgrade);

  // hub_peer
  void send(std::shared_ptr<const std::string> record) override;
  void end(ending how, const std::string& error) override;

private:
  void on_open();
  void read();
  void on_read(const boost::beast::error_code& error);
  void write_next();
  void close_politely();
  void tick();
  bool token_is_over();
  void gone();

  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_;
  std::shared_ptr<server_parts> parts_;
  hub_kind hub_;
  std::string user_;
  std::string token_;
  uint64_t id_ = 0; // on the hub board; 0 = not there
  boost::beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<const std::string>> queue_;
  bool writing_ = false;
  bool close_after_writes_ = false;
  bool stalled_ = false;
  bool dead_ = false;
  boost::asio::steady_timer timer_;
  scheduler::time_point heard_{}; // the last message from the client
  scheduler::time_point spoke_{}; // the last record to the client
};

} // namespace gateway_sim
