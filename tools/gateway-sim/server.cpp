#include "server.hpp"

#include "http_session.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace gateway_sim {

namespace asio = boost::asio;
using asio::ip::tcp;

void asio_scheduler::after(std::chrono::nanoseconds delay, std::function<void()> job) {
  auto timer = std::make_shared<asio::steady_timer>(io_);
  timer->expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(delay));
  timer->async_wait([timer, job = std::move(job)](const boost::system::error_code& error) {
    if (!error)
      job();
  });
}

int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

server::server(asio::io_context& io, world& venue, uint16_t port)
  : parts_(std::make_shared<server_parts>(io, venue)),
    acceptor_(io, tcp::endpoint{asio::ip::address_v4::loopback(), port}) {
  // nop
}

void server::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  parts_->open = false;
}

void server::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (!error) {
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay{true}, ignored);
      std::make_shared<http_session>(std::move(socket), parts_)->start();
    }
    accept();
  });
}

} // namespace gateway_sim
