#include "hub_connection.hpp"

#include <boost/beast/core/buffers_to_string.hpp>

#include <algorithm>
#include <utility>

namespace gateway_sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr auto timer_step = std::chrono::milliseconds{250};

} // namespace

hub_connection::hub_connection(asio::ip::tcp::socket socket, std::shared_ptr<server_parts> parts, hub_kind hub, std::string user,
                               std::string token)
  : socket_(std::move(socket)),
    parts_(std::move(parts)),
    hub_(hub),
    user_(std::move(user)),
    token_(std::move(token)),
    timer_(parts_->io) {
  // nop
}

hub_connection::~hub_connection() {
  gone();
}

void hub_connection::start(beast::http::request<beast::http::string_body> upgrade) {
  socket_.set_option(websocket::stream_base::decorator(
    [](websocket::response_type& r) { r.set(beast::http::field::server, "gateway-sim"); }));
  socket_.read_message_max(static_cast<std::size_t>(parts_->venue.knobs.inbound_limit));
  auto held = std::make_shared<beast::http::request<beast::http::string_body>>(std::move(upgrade));
  socket_.async_accept(*held, [self = shared_from_this(), held](const beast::error_code& error) {
    if (!error)
      self->on_open();
  });
}

void hub_connection::on_open() {
  auto& venue = parts_->venue;
  socket_.text(true);
  socket_.auto_fragment(venue.knobs.fragment_bytes > 0);
  if (venue.knobs.fragment_bytes > 0)
    socket_.write_buffer_bytes(static_cast<std::size_t>(std::max<int64_t>(8, venue.knobs.fragment_bytes)));
  heard_ = spoke_ = venue.time.now();
  auto& client = venue.hubs.join(hub_, user_, this, venue.knobs.null_results, venue.now());
  client.token = token_;
  id_ = client.id;
  if (venue.knobs.sessions == session_rule::evict)
    venue.hubs.logout(hub_, user_, {id_, {}}, true);
  if (venue.knobs.sessions == session_rule::evict_other_tokens)
    venue.hubs.logout(std::nullopt, user_, {id_, token_}, true);
  if (venue.knobs.hub_life.count() > 0)
    venue.time.after(venue.knobs.hub_life, [weak = weak_from_this()] {
      if (auto self = weak.lock(); self && !self->dead_)
        self->end(ending::close, "");
    });
  tick();
  read();
}

void hub_connection::read() {
  socket_.async_read(buffer_, [self = shared_from_this()](const beast::error_code& error, std::size_t) {
    self->on_read(error);
  });
}

void hub_connection::on_read(const beast::error_code& error) {
  if (stalled_)
    return; // silent for ever; `end` keeps the socket alive
  if (error) {
    gone();
    return;
  }
  heard_ = parts_->venue.time.now();
  auto* client = parts_->venue.hubs.find(id_);
  if (!client)
    return;
  auto text = beast::buffers_to_string(buffer_.data());
  buffer_.consume(buffer_.size());
  auto reaction = client->session.on_text(text);
  for (auto& record : reaction.records)
    send(std::make_shared<const std::string>(std::move(record)));
  if (reaction.close || static_cast<int64_t>(client->session.buffered()) > parts_->venue.knobs.inbound_limit) {
    close_after_writes_ = true;
    if (!writing_)
      close_politely();
    return;
  }
  parts_->venue.subscribed(id_, reaction.made);
  if (reaction.subscribed)
    parts_->venue.clients_changed();
  read();
}

// -- sending -------------------------------------------------------------------------------------

void hub_connection::send(std::shared_ptr<const std::string> record) {
  if (dead_ || stalled_ || close_after_writes_)
    return;
  queue_.push_back(std::move(record));
  if (!writing_)
    write_next();
}

void hub_connection::write_next() {
  if (queue_.empty() || dead_ || stalled_) {
    writing_ = false;
    if (close_after_writes_ && !dead_ && !stalled_)
      close_politely();
    return;
  }
  writing_ = true;
  auto record = queue_.front();
  queue_.pop_front();
  spoke_ = parts_->venue.time.now();
  event_entry entry;
  entry.at = parts_->venue.now();
  entry.hub = name_of(hub_);
  entry.connection = id_;
  entry.text = record;
  entry.steady_ns = steady_ns();
  parts_->venue.log.add(std::move(entry));
  socket_.async_write(asio::buffer(*record),
                      [self = shared_from_this(), record](const beast::error_code& error, std::size_t) {
                        if (error)
                          self->gone();
                        self->write_next();
                      });
}

// -- ending --------------------------------------------------------------------------------------

void hub_connection::end(ending how, const std::string& error) {
  switch (how) {
    case ending::cut: {
      beast::error_code ignored;
      auto& socket = beast::get_lowest_layer(socket_).socket();
      socket.set_option(asio::socket_base::linger{true, 0}, ignored);
      beast::get_lowest_layer(socket_).close();
      dead_ = true;
      return;
    }
    case ending::stall:
      stalled_ = true;
      beast::get_lowest_layer(socket_).cancel(); // not even a pong from now on
      parts_->venue.time.after(std::chrono::minutes{10}, [self = shared_from_this()] {});
      return;
    case ending::close_error:
      send(std::make_shared<const std::string>(signalr::close(error, parts_->venue.knobs.allow_reconnect)));
      [[fallthrough]];
    case ending::close:
      close_after_writes_ = true;
      if (!writing_)
        close_politely();
      return;
  }
}

void hub_connection::close_politely() {
  if (std::exchange(dead_, true))
    return;
  socket_.async_close(websocket::close_code::normal, [self = shared_from_this()](const beast::error_code&) {
    self->gone();
  });
}

void hub_connection::gone() {
  dead_ = true;
  timer_.cancel();
  if (id_ == 0 || !parts_->open)
    return;
  parts_->venue.hubs.leave(std::exchange(id_, 0));
}

/// What the switch token_expiry says about a connection whose token has ended; true = it is closed.
bool hub_connection::token_is_over() {
  auto& venue = parts_->venue;
  auto how = venue.knobs.at_expiry;
  if (how == expiry_end::stay || venue.users.user_of(token_, venue.now()))
    return false;
  auto* client = venue.hubs.find(id_);
  if (how == expiry_end::mute) {
    client->ended = true;
    return false;
  }
  client->ended = true;
  end(how == expiry_end::cut ? ending::cut : how == expiry_end::close ? ending::close : ending::close_error,
      "Connection closed with an error.");
  return true;
}

void hub_connection::tick() {
  timer_.expires_after(timer_step);
  timer_.async_wait([weak = weak_from_this()](const beast::error_code& error) {
    auto self = weak.lock();
    if (error || !self || self->dead_ || self->stalled_)
      return;
    auto& venue = self->parts_->venue;
    auto now = venue.time.now();
    const auto* client = venue.hubs.find(self->id_);
    if (!client)
      return;
    bool ready = client->session.ready();
    auto patience = ready ? venue.knobs.client_timeout : venue.knobs.handshake_timeout;
    if (now - self->heard_ >= patience) {
      self->end(ready ? ending::close_error : ending::close, "Connection closed with an error.");
      return;
    }
    if (self->token_is_over())
      return;
    if (ready && venue.knobs.keep_alive.count() > 0 && now - self->spoke_ >= venue.knobs.keep_alive)
      self->send(std::make_shared<const std::string>(signalr::ping()));
    self->tick();
  });
}

} // namespace gateway_sim
