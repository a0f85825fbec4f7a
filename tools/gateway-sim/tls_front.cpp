#include "tls_front.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>

namespace gateway_sim {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// One connection: two directions of bytes. What ends one side ends the other in the same way, cut or closed.
class tunnel : public std::enable_shared_from_this<tunnel> {
public:
  tunnel(tcp::socket socket, asio::ssl::context& context, asio::io_context& io)
    : outer_(std::move(socket), context), inner_(io) {}

  void start(uint16_t inner_port) {
    outer_.async_handshake(asio::ssl::stream_base::server,
                           [self = shared_from_this(), inner_port](const error_code& error) {
                             if (!error)
                               self->connect(inner_port);
                           });
  }

private:
  using buffer = std::array<char, 16384>;

  void connect(uint16_t port) {
    inner_.async_connect({asio::ip::address_v4::loopback(), port}, [self = shared_from_this()](const error_code& error) {
      if (error)
        return self->cut();
      error_code ignored;
      self->inner_.set_option(tcp::no_delay{true}, ignored);
      self->inward();
      self->outward();
    });
  }

  void inward() {
    outer_.async_read_some(asio::buffer(in_), [self = shared_from_this()](const error_code& error, std::size_t n) {
      if (error) { // the client is gone or said goodbye
        error_code ignored;
        self->inner_.shutdown(tcp::socket::shutdown_send, ignored);
        return;
      }
      asio::async_write(self->inner_, asio::buffer(self->in_.data(), n),
                        [self](const error_code& failed, std::size_t) {
                          if (failed)
                            return self->cut();
                          self->inward();
                        });
    });
  }

  void outward() {
    inner_.async_read_some(asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t n) {
      if (error == asio::error::eof)
        return self->finish();
      if (error)
        return self->cut();
      asio::async_write(self->outer_, asio::buffer(self->out_.data(), n),
                        [self](const error_code& failed, std::size_t) {
                          if (failed)
                            return self->cut();
                          self->outward();
                        });
    });
  }

  void finish() {
    outer_.async_shutdown([self = shared_from_this()](const error_code&) {
      error_code ignored;
      self->outer_.lowest_layer().close(ignored);
      self->inner_.close(ignored);
    });
  }

  /// The sockets disappear without a goodbye, as the server's own `cut` does.
  void cut() {
    error_code ignored;
    outer_.lowest_layer().set_option(asio::socket_base::linger{true, 0}, ignored);
    outer_.lowest_layer().close(ignored);
    inner_.close(ignored);
  }

  asio::ssl::stream<tcp::socket> outer_;
  tcp::socket inner_;
  buffer in_, out_;
};

} // namespace

tls_front::tls_front(asio::io_context& io, const std::string& certificate, const std::string& key, uint16_t port,
                     uint16_t inner_port)
  : io_(io),
    context_(asio::ssl::context::tls_server),
    acceptor_(io, tcp::endpoint{asio::ip::address_v4::loopback(), port}),
    inner_port_(inner_port) {
  context_.use_certificate_chain_file(certificate);
  context_.use_private_key_file(key, asio::ssl::context::pem);
}

void tls_front::stop() {
  error_code ignored;
  acceptor_.close(ignored);
}

void tls_front::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay{true}, ignored);
      std::make_shared<tunnel>(std::move(socket), context_, io_)->start(inner_port_);
    }
    accept();
  });
}

} // namespace gateway_sim
