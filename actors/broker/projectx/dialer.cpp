#include "actors/broker/projectx/dialer.hpp"

#include "actors/broker/projectx/trust_store.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>

#include <stdexcept>

namespace rm::projectx {
namespace {

class attempt : public std::enable_shared_from_this<attempt> {
public:
  using callback = std::function<void(std::unique_ptr<any_stream>, std::string)>;

  attempt(asio::io_context& io, url where, std::shared_ptr<asio::ssl::context> tls, callback done)
    : where_{std::move(where)}, tls_{std::move(tls)}, done_{std::move(done)}, resolver_{io}, socket_{io}, timer_{io} {}

  void run(std::chrono::nanoseconds timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([me = shared_from_this()](error_code ec) {
      if (!ec)
        me->give_up("timed out");
    });
    resolver_.async_resolve(where_.host, where_.port, [me = shared_from_this()](error_code ec, tcp::resolver::results_type found) {
      if (ec)
        me->give_up(ec.message());
      else
        me->connect(found);
    });
  }

private:
  void connect(const tcp::resolver::results_type& found) {
    if (!done_)
      return;
    asio::async_connect(socket_, found, [me = shared_from_this()](error_code ec, const tcp::endpoint&) {
      if (ec)
        me->give_up(ec.message());
      else
        me->connected();
    });
  }

  void connected() {
    if (!done_)
      return;
    error_code ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);
    socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
    if (!where_.tls) {
      stream_ = std::make_unique<any_stream>(std::move(socket_));
      return finish();
    }
    stream_ = std::make_unique<any_stream>(std::move(socket_), *tls_);
    auto& secure = *stream_->tls();
    error_code ec;
    secure.set_verify_mode(asio::ssl::verify_peer, ec);
    // The text is shared, not this attempt: the stream that holds the callback outlives it.
    secure.set_verify_callback([host = where_.host, check = asio::ssl::host_name_verification{where_.host}, why = untrusted_](bool trusted, asio::ssl::verify_context& seen) {
      const bool good = check(trusted, seen);
      if (!good && why->empty())
        *why = trusted ? "it was not issued for " + host : X509_verify_cert_error_string(X509_STORE_CTX_get_error(seen.native_handle()));
      return good;
    }, ec);
    // Servers that share an address choose their certificate by this name.
    if (ec || !SSL_set_tlsext_host_name(secure.native_handle(), where_.host.c_str()))
      return give_up("TLS could not be prepared");
    secure.async_handshake(asio::ssl::stream_base::client, [me = shared_from_this()](error_code e) {
      if (e)
        me->give_up("TLS: " + (me->untrusted_->empty() ? e.message() : "the host's certificate is refused: " + *me->untrusted_));
      else
        me->finish();
    });
  }

  void finish() {
    if (!done_)
      return;
    timer_.cancel();
    error_code ec;
    stream_->socket().non_blocking(true, ec);
    if (ec)
      return give_up(ec.message());
    std::exchange(done_, {})(std::move(stream_), {});
  }

  void give_up(const std::string& why) {
    if (!done_)
      return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    if (stream_)
      stream_->close(); // the handshake's handler still holds us, and so the stream
    std::exchange(done_, {})(nullptr, where_.host + ':' + where_.port + ": " + why);
  }

  url where_;
  std::shared_ptr<asio::ssl::context> tls_;
  callback done_;
  tcp::resolver resolver_;
  tcp_socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<any_stream> stream_;
  std::shared_ptr<std::string> untrusted_ = std::make_shared<std::string>(); // why the host's certificate was refused
};

} // namespace

std::shared_ptr<asio::ssl::context> make_tls_context(const std::string& ca_file) {
  auto out = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(out->native_handle(), TLS1_2_VERSION);
  out->set_verify_mode(asio::ssl::verify_peer);
  if (ca_file.empty()) {
    trust_system_store(*out);
    return out;
  }
  error_code ec;
  out->load_verify_file(ca_file, ec);
  if (ec)
    throw std::runtime_error{"ca_file " + ca_file + ": " + ec.message()};
  return out;
}

void dial(asio::io_context& io, const url& where, std::shared_ptr<asio::ssl::context> tls, std::chrono::nanoseconds timeout,
          std::function<void(std::unique_ptr<any_stream>, std::string)> done) {
  std::make_shared<attempt>(io, where, std::move(tls), std::move(done))->run(timeout);
}

} // namespace rm::projectx
