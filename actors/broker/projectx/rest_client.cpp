#include "actors/broker/projectx/rest_client.hpp"

#include "actors/broker/projectx/edge_clock.hpp"
#include "actors/broker/projectx/http_date.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace rm::projectx {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::uint64_t largest_body = 32u << 20;
constexpr auto calm = std::chrono::seconds{1};         // between two looks at the connections
constexpr auto hurried = std::chrono::milliseconds{50}; // while one is missing
constexpr int64_t longest_idle_ns = 90'000'000'000;    // routers forget a silent connection without telling anybody

std::optional<int64_t> retry_after(std::string_view text) {
  int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > 86'400)
    return std::nullopt;
  return seconds * 1'000'000'000;
}

} // namespace

/// Owned by whoever uses it: the line of idle ones, the thread that writes, or the io thread that reads.
struct rest_client::connection {
  connection(asio::io_context& io, pool from, std::unique_ptr<any_stream> stream) : from{from}, stream{std::move(stream)}, timer{io} {}

  pool from;
  std::unique_ptr<any_stream> stream;
  asio::steady_timer timer;
  beast::flat_buffer buffer;
  std::optional<http::response_parser<http::string_body>> parser;
  on_reply done;
  int64_t sent_ns = 0;
  timestamp sent{}; // by the PC's clock, as it is
  int64_t idle_since = 0;
  bool timed_out = false;
};

rest_client::rest_client(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, rest_settings settings, on_trouble told)
  : io_{io}, tls_{std::move(tls)}, settings_{std::move(settings)}, told_{std::move(told)}, timer_{io} {
  head_ = " HTTP/1.1\r\nHost: " + settings_.base.authority() + "\r\nContent-Type: application/json\r\nAccept: application/json\r\n";
  auto& protection = line_of(pool::protection);
  protection.warm = settings_.warm_for_protection;
  protection.most = settings_.most_for_protection;
  auto& reads = line_of(pool::reads);
  reads.warm = settings_.warm_for_reads;
  reads.most = settings_.most_for_reads;
}

void rest_client::start() { look_after_all(); }

void rest_client::keep_ready(std::size_t requests) {
  {
    std::lock_guard lock{mutex_};
    auto& l = line_of(pool::protection);
    const auto wanted = std::clamp(requests, settings_.warm_for_protection, std::max(settings_.warm_for_protection, l.most));
    if (std::exchange(l.warm, wanted) >= wanted)
      return;
  }
  refill(pool::protection);
}

void rest_client::stop() {
  std::deque<std::shared_ptr<connection>> idle;
  {
    std::lock_guard lock{mutex_};
    stopped_ = true;
    for (auto& l : lines_) {
      for (auto& c : l.idle)
        idle.push_back(std::move(c));
      l.idle.clear();
      l.queue.clear();
    }
  }
  asio::post(io_, [me = shared_from_this(), idle = std::move(idle)] { me->timer_.cancel(); });
}

std::string rest_client::bytes_for(std::string_view path, std::string_view body, std::string_view bearer) const {
  std::string out;
  out.reserve(head_.size() + path.size() + settings_.base.path.size() + body.size() + bearer.size() + 96);
  out.append("POST ").append(settings_.base.path).append(path).append(head_);
  if (!bearer.empty())
    out.append("Authorization: Bearer ").append(bearer).append("\r\n");
  char length[24];
  const auto end = std::to_chars(length, length + sizeof length, body.size()).ptr;
  out.append("Content-Length: ").append(length, end).append("\r\n\r\n").append(body);
  return out;
}

void rest_client::post(pool from, std::string_view path, std::string_view body, std::string_view bearer, on_reply done) {
  std::string bytes = bytes_for(path, body, bearer);
  bool others_wait = false;
  {
    std::lock_guard lock{mutex_};
    if (stopped_)
      return;
    others_wait = !line_of(from).queue.empty();
  }
  if (!others_wait && write_now(from, bytes, done))
    return;
  {
    std::lock_guard lock{mutex_};
    line_of(from).queue.push_back({std::move(bytes), std::move(done), steady_now() + settings_.request_timeout.count()});
  }
  asio::post(io_, [me = shared_from_this(), from] { me->serve(from); });
}

bool rest_client::write_now(pool from, const std::string& bytes, on_reply& done) {
  for (;;) {
    std::shared_ptr<connection> c;
    {
      std::lock_guard lock{mutex_};
      auto& l = line_of(from);
      if (stopped_ || l.idle.empty())
        return false;
      c = std::move(l.idle.back());
      l.idle.pop_back();
    }
    error_code ec = asio::error::connection_reset;
    std::size_t written = 0;
    if (c->stream->is_quiet_and_open()) {
      c->sent_ns = steady_now();
      c->sent = wall_now();
      written = asio::write(*c->stream, asio::buffer(bytes), ec);
    }
    if (!ec) {
      c->done = std::move(done);
      asio::post(io_, [me = shared_from_this(), c = std::move(c)] { me->await_reply(c); });
      return true;
    }
    const int64_t sent = c->sent_ns;
    {
      std::lock_guard lock{mutex_};
      --line_of(from).open;
    }
    asio::post(io_, [me = shared_from_this(), c = std::move(c), from] { me->refill(from); }); // ends the connection there, too
    if (written > 0) {
      // A part of it is out: an incomplete request is not carried out by any sane server, but nobody can know.
      http_reply reply;
      reply.kind = reply_kind::unclear;
      reply.why = "the connection broke while the request was written: " + ec.message();
      reply.sent_steady_ns = sent;
      answer_later(std::move(done), std::move(reply));
      return true;
    }
  }
}

void rest_client::answer_later(on_reply done, http_reply reply) {
  asio::post(io_, [me = shared_from_this(), done = std::move(done), reply = std::move(reply)]() mutable {
    {
      std::lock_guard lock{me->mutex_};
      if (me->stopped_)
        return;
    }
    done(std::move(reply));
  });
}

void rest_client::await_reply(const std::shared_ptr<connection>& c) {
  c->timed_out = false;
  c->timer.expires_after(settings_.request_timeout);
  c->timer.async_wait([weak = std::weak_ptr{c}](error_code ec) {
    auto c = weak.lock();
    if (ec || !c)
      return;
    c->timed_out = true;
    c->stream->close();
  });
  c->parser.emplace();
  c->parser->body_limit(largest_body);
  http::async_read(*c->stream, c->buffer, *c->parser, [me = shared_from_this(), c](error_code ec, std::size_t) {
    c->timer.cancel();
    http_reply reply;
    reply.sent_steady_ns = c->sent_ns;
    if (ec) {
      reply.kind = reply_kind::unclear;
      reply.why = c->timed_out ? "no answer in time" : "the connection broke before the answer was complete: " + ec.message();
      return me->finish(c, std::move(reply), false);
    }
    auto& message = c->parser->get();
    me->hear_date(*c);
    reply.kind = reply_kind::answered;
    reply.status = static_cast<int>(message.result_int());
    const auto after = message[http::field::retry_after];
    reply.retry_after_ns = retry_after({after.data(), after.size()});
    const bool reusable = message.keep_alive() && c->buffer.size() == 0 && !c->timed_out;
    reply.body = std::move(message.body());
    me->finish(c, std::move(reply), reusable);
  });
}

void rest_client::hear_date(const connection& c) const {
  if (!settings_.clock)
    return;
  const auto text = c.parser->get()[http::field::date];
  if (const auto date = parse_http_date({text.data(), text.size()}))
    settings_.clock->hear({*date, c.sent, wall_now(), std::chrono::nanoseconds{c.sent_ns}, std::chrono::nanoseconds{steady_now()}});
  else if (!settings_.clock->known())
    settings_.clock->hear_nothing();
}

void rest_client::renew() {
  std::deque<std::shared_ptr<connection>> old;
  {
    std::lock_guard lock{mutex_};
    for (auto& l : lines_) {
      l.open -= l.idle.size();
      for (auto& c : l.idle)
        old.push_back(std::move(c));
      l.idle.clear();
    }
  }
  asio::post(io_, [me = shared_from_this(), old = std::move(old)] { // they end there, too
    me->refill(pool::protection);
    me->refill(pool::reads);
  });
}

void rest_client::finish(const std::shared_ptr<connection>& c, http_reply reply, bool reusable) {
  const pool from = c->from;
  on_reply done = std::exchange(c->done, {});
  bool stopped = false;
  if (reusable) {
    give_back(c);
  } else {
    c->stream->close();
    std::lock_guard lock{mutex_};
    --line_of(from).open;
  }
  {
    std::lock_guard lock{mutex_};
    stopped = stopped_;
  }
  if (stopped)
    return;
  done(std::move(reply));
  serve(from);
}

void rest_client::give_back(const std::shared_ptr<connection>& c) {
  c->idle_since = steady_now();
  std::lock_guard lock{mutex_};
  if (!stopped_)
    line_of(c->from).idle.push_back(c);
}

void rest_client::serve(pool from) {
  for (;;) {
    waiting next;
    {
      std::lock_guard lock{mutex_};
      auto& l = line_of(from);
      if (stopped_ || l.queue.empty() || l.idle.empty())
        break;
      next = std::move(l.queue.front());
      l.queue.pop_front();
    }
    if (!write_now(from, next.bytes, next.done)) {
      std::lock_guard lock{mutex_};
      line_of(from).queue.push_front(std::move(next));
      break;
    }
  }
  refill(from);
}

void rest_client::refill(pool from) {
  std::size_t missing = 0;
  bool hurry = false;
  {
    std::lock_guard lock{mutex_};
    auto& l = line_of(from);
    if (stopped_)
      return;
    const std::size_t wanted = std::max(l.warm, l.queue.size());
    const std::size_t coming = l.idle.size() + l.dialling;
    const std::size_t room = l.most - std::min(l.most, l.open + l.dialling);
    missing = wanted > coming ? std::min(wanted - coming, room) : 0;
    hurry = missing > 0;
    if (steady_now() < l.dial_not_before)
      missing = 0;
    l.dialling += missing;
  }
  if (hurry)
    look_again_in(hurried);
  for (; missing > 0; --missing)
    dial(io_, settings_.base, tls_, settings_.connect_timeout, [me = shared_from_this(), from](std::unique_ptr<any_stream> stream, std::string why) {
      me->dialled(from, std::move(stream), why);
    });
}

void rest_client::dialled(pool from, std::unique_ptr<any_stream> stream, const std::string& why) {
  std::shared_ptr<connection> c;
  if (stream)
    c = std::make_shared<connection>(io_, from, std::move(stream));
  {
    std::lock_guard lock{mutex_};
    if (stopped_)
      return;
    auto& l = line_of(from);
    --l.dialling;
    const int64_t now = steady_now();
    if (!c) {
      l.trouble = why;
      l.dial_not_before = now + l.patience.on_down(now, chance()).count();
    } else {
      l.patience.on_up(now);
      ++l.open;
    }
  }
  told_(why);
  if (c)
    give_back(c);
  serve(from);
}

void rest_client::look_after_all() {
  bool hurry = false;
  const int64_t now = steady_now();
  for (pool from : {pool::protection, pool::reads}) {
    std::size_t count = 0;
    std::vector<waiting> late;
    std::string trouble;
    {
      std::lock_guard lock{mutex_};
      if (stopped_)
        return;
      auto& l = line_of(from);
      count = l.idle.size();
      trouble = l.trouble;
      while (!l.queue.empty() && l.queue.front().deadline <= now) {
        late.push_back(std::move(l.queue.front()));
        l.queue.pop_front();
      }
    }
    for (auto& w : late) {
      http_reply reply;
      reply.why = "no connection: " + (trouble.empty() ? std::string{"all are busy"} : trouble);
      answer_later(std::move(w.done), std::move(reply));
    }
    bool replaced_one = false;
    for (; count > 0; --count) { // one at a time, so that the others stay at hand
      std::shared_ptr<connection> c;
      {
        std::lock_guard lock{mutex_};
        auto& l = line_of(from);
        if (l.idle.empty())
          break;
        c = std::move(l.idle.front());
        l.idle.pop_front();
      }
      const bool old = !replaced_one && now - c->idle_since > longest_idle_ns;
      replaced_one = replaced_one || old;
      const bool good = !old && c->stream->is_quiet_and_open();
      std::lock_guard lock{mutex_};
      if (good && !stopped_)
        line_of(from).idle.push_back(std::move(c));
      else
        --line_of(from).open;
    }
    refill(from);
    std::lock_guard lock{mutex_};
    auto& l = line_of(from);
    hurry = hurry || !l.queue.empty() || l.idle.size() + l.dialling < l.warm;
  }
  look_again_in(hurry ? std::chrono::nanoseconds{hurried} : calm);
}

void rest_client::look_again_in(std::chrono::nanoseconds delay) {
  timer_.expires_after(delay);
  timer_.async_wait([me = shared_from_this()](error_code ec) {
    if (!ec)
      me->look_after_all();
  });
}

} // namespace rm::projectx
