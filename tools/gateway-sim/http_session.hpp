// One HTTP connection: reads requests, hands them to the REST or control interface, or turns into a hub
// connection when the client asks for a WebSocket.
#pragma once
#include "server.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <memory>
#include <optional>
#include <string>

namespace gateway_sim {

class http_session : public std::enable_shared_from_this<http_session> {
public:
  http_session(boost::asio::ip::tcp::socket socket, std::shared_ptr<server_parts> parts);
  void start() { read(); }

private:
  using request = boost::beast::http::request<boost::beast::http::string_body>;

  void read();
  void on_request(request r, int64_t read_at);
  void on_api(const rest_request& r);
  void on_hub(request r, const std::string& path, const std::string& query);
  void negotiate(const std::string& query);
  void reply(rest_reply r);
  void write(const rest_reply& r);

  boost::beast::tcp_stream stream_;
  std::shared_ptr<server_parts> parts_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  bool keep_alive_ = true;
  bool head_ = false;
  unsigned version_ = 11;
};

} // namespace gateway_sim
