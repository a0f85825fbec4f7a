// HTTP/1.1 to one host over connections that are made before they are needed.
#pragma once

#include "actors/broker/projectx/dialer.hpp"
#include "actors/broker/reconnect.hpp"
#include "actors/timers/venue_clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <mutex>
#include <optional>

namespace rm::projectx {

struct rest_settings {
  url base;
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds{5};
  std::chrono::nanoseconds request_timeout = std::chrono::seconds{10};
  std::shared_ptr<venue_clock> clock; // hears what time the answers say it is
  std::size_t warm_for_protection = 4;
  std::size_t warm_for_reads = 2;
  std::size_t most_for_protection = 20; // opened when more are under way at once
  std::size_t most_for_reads = 12; // slow ones must not hold up those of an open case
};

/// Which connections a request may use: reads never stand in the way of what protects.
enum class pool : uint8_t { protection, reads };

/// How a request ended. `not_sent`: surely not received. `unclear`: written, and no answer. `answered`: HTTP status and body.
enum class reply_kind : uint8_t { answered, unclear, not_sent };

struct http_reply {
  reply_kind kind = reply_kind::not_sent;
  int status = 0;
  std::string body;
  std::string why; // one line, where not answered
  std::optional<int64_t> retry_after_ns;
  int64_t sent_steady_ns = 0; // just before the write; 0: not sent
};

/// All answers are given on the io_context's thread, exactly one per request, none after `stop`.
class rest_client : public std::enable_shared_from_this<rest_client> {
public:
  using on_reply = std::function<void(http_reply)>;

  /// Told on the io_context's thread when no connection can be made (why), and when one was made (an empty text).
  using on_trouble = std::function<void(const std::string& why)>;

  rest_client(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, rest_settings settings, on_trouble told);

  /// Opens the warm connections and keeps them. On the io_context's thread.
  void start();
  /// Thread-safe. Where a warm connection is idle the request is written before this returns, on the caller's thread: no other thread
  /// has to wake up first. Otherwise it waits for a connection, at most the request timeout.
  void post(pool from, std::string_view path, std::string_view body, std::string_view bearer, on_reply done);
  /// Keeps connections at hand for so many requests at once that protect, within what the settings say. On the io_context's thread.
  void keep_ready(std::size_t requests);
  /// Thread-safe. The idle connections may be dead without looking so: others are made.
  void renew();
  /// Thread-safe.
  void stop();

private:
  struct connection;
  struct waiting {
    std::string bytes;
    on_reply done;
    int64_t deadline = 0;
  };
  struct line {
    std::size_t warm = 0, most = 0;
    std::size_t open = 0;    // idle and busy ones
    std::size_t dialling = 0;
    std::deque<std::shared_ptr<connection>> idle; // oldest first
    std::deque<waiting> queue;
    // A host that is back must be found at once: what protects may be waiting.
    reconnect patience{reconnect_settings{.cap = std::chrono::seconds{2}}};
    int64_t dial_not_before = 0;
    std::string trouble; // why the last attempt failed
  };

  std::string bytes_for(std::string_view path, std::string_view body, std::string_view bearer) const;
  /// Tries the idle connections; true when the request was written or is answered as unclear.
  bool write_now(pool from, const std::string& bytes, on_reply& done);
  void answer_later(on_reply done, http_reply reply);
  void hear_date(const connection& c) const;
  void await_reply(const std::shared_ptr<connection>& c);
  void finish(const std::shared_ptr<connection>& c, http_reply reply, bool reusable);
  void give_back(const std::shared_ptr<connection>& c);
  void serve(pool from);
  void refill(pool from);
  void dialled(pool from, std::unique_ptr<any_stream> stream, const std::string& why);
  void look_after_all();
  void look_again_in(std::chrono::nanoseconds delay);
  line& line_of(pool p) { return lines_[static_cast<std::size_t>(p)]; }

  asio::io_context& io_;
  std::shared_ptr<asio::ssl::context> tls_;
  rest_settings settings_;
  on_trouble told_;
  std::string head_; // the header fields that never change
  asio::steady_timer timer_;
  std::mutex mutex_; // guards what follows
  line lines_[2];
  bool stopped_ = false;
};

} // namespace rm::projectx
