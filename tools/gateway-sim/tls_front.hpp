// TLS in front of the server: a second port that takes the encryption off and passes the bytes on to the first.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <string>

namespace gateway_sim {

class tls_front {
public:
  /// Listens on 127.0.0.1:`port` (0 picks a free one) and connects on to `inner_port`. Certificate chain and key are
  /// PEM files. Throws boost::system::system_error.
  tls_front(boost::asio::io_context& io, const std::string& certificate, const std::string& key, uint16_t port,
            uint16_t inner_port);

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void start() { accept(); }
  void stop();

private:
  void accept();

  boost::asio::io_context& io_;
  boost::asio::ssl::context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  uint16_t inner_port_;
};

} // namespace gateway_sim
