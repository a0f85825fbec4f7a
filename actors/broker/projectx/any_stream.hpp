// A TCP stream with or without TLS, as one type.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>

namespace rm::projectx {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;
/// Bound to an io_context at compile time: the usual `any_io_executor` costs calls and memory on each step of each read.
using tcp_socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

/// Not thread-safe; may be handed from one thread to another while no asynchronous operation is pending.
class any_stream {
public:
  using executor_type = tcp_socket::executor_type;
  using tls_stream = asio::ssl::stream<tcp_socket&>;

  explicit any_stream(tcp_socket socket) : socket_{std::move(socket)} {}
  any_stream(tcp_socket socket, asio::ssl::context& tls) : socket_{std::move(socket)}, tls_{std::make_unique<tls_stream>(socket_, tls)} {}
  any_stream(const any_stream&) = delete;
  any_stream& operator=(const any_stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  tcp_socket& socket() { return socket_; }
  tls_stream* tls() { return tls_.get(); }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& ec) {
    return tls_ ? tls_->read_some(buffers, ec) : socket_.read_some(buffers, ec);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& ec) {
    return tls_ ? tls_->write_some(buffers, ec) : socket_.write_some(buffers, ec);
  }
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_write_some(buffers, std::forward<Handler>(handler));
  }

  /// Ends all that is pending, at once and without ceremony.
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }
  /// True when the peer has neither closed an idle connection nor said anything that nobody asked for. Never blocks: the socket is in
  /// non-blocking mode since it was dialled. (A TLS stream takes its session tickets on the way.)
  bool is_quiet_and_open() {
    char byte = 0;
    error_code ec;
    read_some(asio::buffer(&byte, 1), ec);
    return ec == asio::error::would_block || ec == asio::error::try_again;
  }

private:
  tcp_socket socket_;
  std::unique_ptr<tls_stream> tls_;
};

/// Beast's ways to end a stream below a WebSocket.
inline void beast_close_socket(any_stream& stream) { stream.close(); }
inline void teardown(boost::beast::role_type, any_stream& stream, error_code& ec) {
  stream.close();
  ec = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, any_stream& stream, Handler&& handler) {
  stream.close();
  asio::post(stream.get_executor(), [h = std::forward<Handler>(handler)]() mutable { std::move(h)(error_code{}); });
}

} // namespace rm::projectx
