#include "actors/broker/projectx/hub_session.hpp"

#include "actors/broker/projectx/edge_clock.hpp"
#include "actors/broker/projectx/json.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <deque>

namespace rm::projectx {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct hub_session::connection {
  explicit connection(std::unique_ptr<any_stream> s) : stream{std::move(s)}, socket{*stream} {}

  std::unique_ptr<any_stream> stream;
  websocket::stream<any_stream&, false> socket; // no compression
  websocket::response_type response;
  beast::flat_buffer buffer;
  std::deque<std::string> outgoing; // the first one is being written
};

namespace {
constexpr std::size_t read_at_once = 64u << 10;
} // namespace

hub_session::hub_session(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, hub_settings settings, hub_events events)
  : io_{io}, tls_{std::move(tls)}, settings_{std::move(settings)}, events_{std::move(events)},
    retry_timer_{std::make_unique<asio::steady_timer>(io)}, watch_timer_{std::make_unique<asio::steady_timer>(io)} {}

hub_session::~hub_session() = default;

void hub_session::start() {
  if (state_ != state::idle)
    return;
  tick();
  connect();
}

void hub_session::stop() {
  state_ = state::stopped;
  ++attempt_;
  events_ = {};
  retry_timer_->cancel();
  watch_timer_->cancel();
  drop();
}

void hub_session::token_arrived() {
  if (state_ == state::idle && wants_token_)
    retry_in(std::chrono::nanoseconds{0});
}

void hub_session::subscribe(subscription what) {
  const auto [place, is_new] = subscriptions_.try_emplace(std::move(what), false);
  if (is_new && state_ == state::up) {
    place->second = true;
    ask_for(place->first);
  }
}

void hub_session::forget_refused(const subscription& what) {
  if (refused_.erase(what) > 0)
    subscriptions_.erase(what);
}

void hub_session::restart(const std::string&, std::chrono::nanoseconds pause) {
  if (state_ == state::stopped)
    return;
  ++attempt_;
  drop();
  state_ = state::idle;
  wants_token_ = false; // the pause is kept, whatever arrives meanwhile
  retry_in(pause);
}

// -- connecting -----------------------------------------------------------------

void hub_session::connect() {
  wants_token_ = events_.token().empty();
  if (wants_token_)
    return retry_in(std::chrono::milliseconds{500});
  state_ = state::dialling;
  began_ns_ = steady_now();
  dial(io_, settings_.where, tls_, settings_.connect_timeout,
       [me = shared_from_this(), attempt = ++attempt_](std::unique_ptr<any_stream> stream, const std::string& why) {
         if (attempt != me->attempt_)
           return;
         if (stream)
           me->upgrade(std::move(stream));
         else
           me->down(why);
       });
}

void hub_session::upgrade(std::unique_ptr<any_stream> stream) {
  state_ = state::upgrading;
  const std::string target = settings_.where.path + "?access_token=" + query_escaped(events_.token());
  connection_ = std::make_shared<connection>(std::move(stream));
  auto& ws = connection_->socket;
  ws.read_message_max(record_splitter::largest_record);
  ws.text(true);
  ws.auto_fragment(false);
  ws.control_callback([weak = weak_from_this(), attempt = attempt_](websocket::frame_type, beast::string_view) {
    if (auto me = weak.lock(); me && attempt == me->attempt_)
      me->heard_ns_ = steady_now(); // a ping is a sign of life, too
  });
  ws.async_handshake(connection_->response, settings_.where.authority(), target,
                     [me = shared_from_this(), c = connection_, attempt = attempt_](error_code ec) {
                       if (attempt != me->attempt_)
                         return;
                       if (!ec)
                         return me->shake_hands();
                       const auto status = c->response.result_int();
                       const bool refused = ec == websocket::error::upgrade_declined;
                       me->down(refused ? "the hub answered HTTP " + std::to_string(status) : ec.message(), refused && (status == 401 || status == 403));
                     });
}

void hub_session::shake_hands() {
  state_ = state::shaking;
  heard_ns_ = pinged_ns_ = steady_now();
  splitter_.reset();
  pending_.clear();
  refused_.clear();
  for (auto& [what, asked] : subscriptions_)
    asked = false;
  write(handshake_request());
  read();
}

void hub_session::came_up() {
  state_ = state::up;
  for (auto& [what, asked] : subscriptions_) {
    asked = true;
    ask_for(what);
  }
  if (pending_.empty()) {
    patience_.on_up(steady_now());
    events_.on_ready();
  }
}

void hub_session::ask_for(const subscription& what) {
  std::string id = std::to_string(++last_invocation_);
  write(invocation(id, what.method, what.argument));
  pending_.emplace(std::move(id), what);
  began_ns_ = steady_now(); // they are to be answered in time, too
}

// -- reading --------------------------------------------------------------------

void hub_session::read() {
  auto& c = *connection_;
  c.socket.async_read_some(c.buffer, read_at_once, [me = shared_from_this(), c = connection_, attempt = attempt_](error_code ec, std::size_t) {
    const wire_time seen = wire_now(me->settings_.clock); // before anything else: latency is counted from here
    if (attempt != me->attempt_)
      return;
    if (ec) {
      if (ec == websocket::error::closed)
        return me->down("the hub closed the connection (" + std::to_string(static_cast<int>(c->socket.reason().code)) + ")");
      return me->down(ec == websocket::error::message_too_big ? "a message of more than 16 MiB" : ec.message());
    }
    me->heard_ns_ = seen.steady_ns;
    const auto bytes = c->buffer.data();
    me->on_bytes({static_cast<const char*>(bytes.data()), bytes.size()}, seen);
    if (attempt != me->attempt_)
      return;
    c->buffer.consume(c->buffer.size());
    me->read();
  });
}

void hub_session::on_bytes(std::string_view bytes, const wire_time& seen) {
  const auto attempt = attempt_;
  const bool sane = splitter_.feed(bytes, [&](std::string_view record) {
    if (attempt == attempt_)
      on_record(record, seen);
  });
  if (attempt != attempt_)
    return;
  if (!sane)
    return down("a record of more than 16 MiB without an end");
  events_.on_frame_end();
}

void hub_session::on_record(std::string_view record, const wire_time& seen) {
  std::string why;
  if (state_ == state::shaking) {
    if (read_handshake(record, why))
      came_up();
    else
      down(why);
    return;
  }
  if (record.empty())
    return; // keep-alive of some proxies
  hub_record r;
  if (!decoder_.read(record, r, why))
    return events_.on_nonsense(why);
  switch (r.kind) {
    case record_kind::invocation: return events_.on_event(r, seen);
    case record_kind::completion: return on_completion(r);
    case record_kind::close:
      // `allowReconnect` is not asked: whether to come back is our own decision, and it is always yes.
      return down("the hub said goodbye" + (r.failed ? ": " + one_line(r.error) : std::string{}));
    case record_kind::ping:
    case record_kind::other: return;
  }
}

void hub_session::on_completion(const hub_record& r) {
  const auto i = pending_.find(r.id);
  if (i == pending_.end())
    return;
  const subscription what = std::move(i->second);
  pending_.erase(i);
  const auto attempt = attempt_;
  if (r.failed) {
    auto& again = refused_[what];
    const int64_t now = steady_now();
    again.again_ns = now + again.patience.on_down(now, chance()).count();
    events_.on_refused(what, one_line(r.error));
  } else if (refused_.erase(what) > 0) {
    events_.on_granted(what);
  }
  if (attempt == attempt_ && pending_.empty()) {
    patience_.on_up(steady_now());
    events_.on_ready();
  }
}

// -- writing --------------------------------------------------------------------

void hub_session::write(std::string bytes) {
  connection_->outgoing.push_back(std::move(bytes));
  if (connection_->outgoing.size() == 1)
    write_next();
}

void hub_session::write_next() {
  auto& c = *connection_;
  c.socket.async_write(asio::buffer(c.outgoing.front()), [me = shared_from_this(), c = connection_, attempt = attempt_](error_code ec, std::size_t) {
    if (attempt != me->attempt_)
      return;
    if (ec)
      return me->down(ec.message());
    c->outgoing.pop_front();
    if (!c->outgoing.empty())
      me->write_next();
  });
}

// -- watching over it -----------------------------------------------------------

void hub_session::tick() {
  watch_timer_->expires_after(std::chrono::seconds{1});
  watch_timer_->async_wait([me = shared_from_this()](error_code ec) {
    if (!ec && me->state_ != state::stopped)
      me->tick();
  });
  const int64_t now = steady_now();
  const bool half_made = state_ == state::upgrading || state_ == state::shaking || (state_ == state::up && !pending_.empty());
  if (half_made && now - began_ns_ > settings_.handshake_timeout.count())
    return down("no answer to the handshake or a subscription in time");
  if (state_ != state::up)
    return;
  if (now - heard_ns_ > settings_.silent_after.count())
    return down("silent for " + std::to_string((now - heard_ns_) / 1'000'000'000) + " s");
  if (now - pinged_ns_ >= settings_.ping_every.count()) {
    pinged_ns_ = now;
    write(ping_record());
  }
  ask_refused_again(now);
}

/// A connection without one of its subscriptions looks healthy and says nothing: it is asked for until it is there.
void hub_session::ask_refused_again(int64_t now) {
  for (auto& [what, again] : refused_) {
    if (again.again_ns == 0 || now < again.again_ns)
      continue;
    again.again_ns = 0;
    ask_for(what);
  }
}

void hub_session::down(const std::string& why, bool unauthorized) {
  if (state_ == state::stopped)
    return;
  ++attempt_;
  drop();
  state_ = state::idle;
  retry_in(patience_.on_down(steady_now(), chance()));
  events_.on_down(why, unauthorized);
}

void hub_session::retry_in(std::chrono::nanoseconds delay) {
  retry_timer_->expires_after(delay);
  retry_timer_->async_wait([me = shared_from_this()](error_code ec) {
    if (!ec && me->state_ == state::idle)
      me->connect();
  });
}

void hub_session::drop() {
  if (!connection_)
    return;
  connection_->stream->close();
  connection_.reset(); // its handlers still hold it until they have run
  pending_.clear();
}

} // namespace rm::projectx
