// The clients of the local socket, whatever kind of stream they come by. Only the two platform files include this.
#pragma once

#include "actors/admin/frame.hpp"
#include "actors/admin/json_rpc.hpp"
#include "actors/admin/local_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace rm {

/// What the operating system says of a client.
struct client_identity {
  bool administrator = false;
  std::string user;
};

/// All connected clients. One mutex guards them and their streams: completion handlers and callers take it for a few microseconds and
/// never wait for a client under it. It is recursive because the sink may answer from inside its call.
template <class Stream>
class socket_sessions : public std::enable_shared_from_this<socket_sessions<Stream>> {
public:
  /// Where a client is only known once it has sent something, `recognise` says then who it is.
  using recogniser = std::function<client_identity(Stream&)>;

  socket_sessions(boost::asio::io_context& io, socket_limits limits, socket_sink sink, recogniser recognise = {})
    : io_{io}, limits_{limits}, sink_{std::move(sink)}, recognise_{std::move(recognise)} {}

  std::recursive_mutex& guard() { return guard_; }
  bool closed() const { return closed_; }

  /// Takes a new client in, or tells it that there are too many and hangs up. One that is only known once it has sent something is told
  /// then: it may be an administrator.
  void add(Stream stream, client_identity who) {
    const std::lock_guard hold{guard_};
    if (closed_)
      return;
    const std::size_t kept = who.administrator ? 0 : limits_.kept_for_administrators;
    const bool crowded = clients_.size() + kept >= limits_.clients;
    // Those beyond need a bound too: one of the silent goes, or else the stream is closed without a word.
    if (crowded && clients_.size() >= 2 * limits_.clients && !drop_a_silent_one())
      return;
    auto client = std::make_shared<session>(std::move(stream), io_, ++last_id_, std::move(who));
    client->credit = limits_.burst;
    clients_.emplace(client->id, client);
    watch(client);
    client->beyond = crowded;
    if (crowded && !recognise_)
      turn_away(client);
    else
      read(client);
  }

  void answer(uint64_t id, std::string line) {
    const std::lock_guard hold{guard_};
    const auto found = clients_.find(id);
    if (found == clients_.end())
      return;
    const auto client = found->second;
    if (client->unanswered > 0)
      --client->unanswered;
    send(client, std::move(line));
    deliver(client);
  }

  /// A client that still has something to read gets only the newest line of each topic, when it has read that.
  void push(uint64_t id, std::string_view topic, std::string line) {
    const std::lock_guard hold{guard_};
    const auto found = clients_.find(id);
    if (found == clients_.end() || found->second->leaving)
      return;
    const auto client = found->second;
    if (client->output.empty())
      send(client, std::move(line));
    else
      client->news[std::string{topic}] = std::move(line);
  }

  void close() {
    const std::lock_guard hold{guard_};
    closed_ = true;
    for (auto& [id, client] : clients_)
      hang_up(*client);
    clients_.clear();
  }

private:
  using clock = std::chrono::steady_clock;

  struct session {
    session(Stream s, boost::asio::io_context& io, uint64_t number, client_identity identity)
      : stream{std::move(s)}, timer{io}, slowed{io}, id{number}, who{std::move(identity)} {}

    Stream stream;
    boost::asio::steady_timer timer, slowed;
    uint64_t id;
    client_identity who;
    line_reader lines;
    std::array<char, 8192> input{};
    std::deque<framed_line> read;      // not delivered yet
    std::size_t unanswered = 0;        // delivered, no answer yet
    std::deque<std::string> output;
    std::map<std::string, std::string> news; // by topic: to be sent when all of `output` has been read
    std::size_t waiting = 0;           // bytes in `output` that are not written
    std::size_t written = 0;           // bytes of its front that are
    bool reading = false, writing = false, delivering = false;
    bool recognised = false;
    bool beyond = false;               // there was no room for it: it stays only if it turns out to be an administrator
    bool ended = false;                // the client sends no more
    bool leaving = false;              // hang up when all is written
    clock::time_point moved = clock::now(); // last byte in or out
    double credit = 0;                      // requests that it may still make at once
    clock::time_point credited = clock::now();
    bool slow = false;                      // it has asked too often: `slowed` goes on
  };
  using session_ptr = std::shared_ptr<session>;

  static wire_time now() {
    return {std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()),
            std::chrono::duration_cast<duration>(clock::now().time_since_epoch()).count()};
  }

  static void hang_up(session& client) {
    boost::system::error_code ignored;
    client.stream.close(ignored);
    client.timer.cancel();
    client.slowed.cancel();
  }

  void drop(const session_ptr& client) {
    if (clients_.erase(client->id) == 0)
      return;
    hang_up(*client);
    if (sink_.on_closed)
      sink_.on_closed(client->id);
  }

  void turn_away(const session_ptr& client) {
    client->leaving = true;
    send(client, error_line("null", {rpc_code::busy, "too many clients are connected"}));
  }

  /// The one that has waited longest of those for whom there was no room and who have not said a word. An administrator's program asks at
  /// once, so it is not the one.
  bool drop_a_silent_one() {
    const auto found = std::find_if(clients_.begin(), clients_.end(), [](const auto& entry) { return entry.second->beyond && !entry.second->recognised && !entry.second->leaving; });
    if (found == clients_.end())
      return false;
    drop(session_ptr{found->second});
    return true;
  }

  bool gone(const session_ptr& client) const { return closed_ || !clients_.contains(client->id); }

  // -- input ----------------------------------------------------------------------

  void read(const session_ptr& client) {
    if (client->reading || client->ended || client->leaving || !client->read.empty())
      return;
    client->reading = true;
    client->stream.async_read_some(boost::asio::buffer(client->input),
                                   [all = this->shared_from_this(), client](boost::system::error_code error, std::size_t size) {
                                     const std::lock_guard hold{all->guard_};
                                     all->on_read(client, error, size);
                                   });
  }

  void on_read(const session_ptr& client, boost::system::error_code error, std::size_t size) {
    client->reading = false;
    if (gone(client))
      return;
    if (error) {
      client->ended = true;
      return leave_when_done(client);
    }
    client->moved = clock::now();
    if (recognise_ && !std::exchange(client->recognised, true))
      client->who = recognise_(client->stream);
    if (std::exchange(client->beyond, false) && !client->who.administrator)
      return turn_away(client);
    std::vector<framed_line> lines;
    client->lines.feed({client->input.data(), size}, lines);
    std::move(lines.begin(), lines.end(), std::back_inserter(client->read));
    deliver(client);
  }

  void deliver(const session_ptr& client) {
    if (client->delivering || client->slow)
      return; // the sink has answered from inside its call, or the client asks too fast
    client->delivering = true;
    while (!gone(client) && !client->read.empty() && client->unanswered < limits_.unanswered && may_ask(client)) {
      framed_line line = std::move(client->read.front());
      client->read.pop_front();
      if (line.too_long) {
        send(client, error_line("null", {rpc_code::invalid_request, "a request must not be longer than 64 KiB"}));
        continue;
      }
      ++client->unanswered;
      if (sink_.on_line)
        sink_.on_line({client->id, client->who.administrator, client->who.user, std::move(line.text), now()});
    }
    client->delivering = false;
    if (gone(client))
      return;
    read(client);
    leave_when_done(client);
  }

  /// Counts a request; a client that has made too many goes on when it has waited its time.
  bool may_ask(const session_ptr& client) {
    const auto now = clock::now();
    client->credit = std::min(limits_.burst, client->credit + std::chrono::duration<double>(now - client->credited).count() * limits_.requests_per_second);
    client->credited = now;
    if (client->credit >= 1) {
      client->credit -= 1;
      return true;
    }
    client->slow = true;
    client->slowed.expires_after(std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>((1 - client->credit) / limits_.requests_per_second)));
    client->slowed.async_wait([all = this->shared_from_this(), client](boost::system::error_code error) {
      const std::lock_guard hold{all->guard_};
      client->slow = false;
      if (!error && !all->gone(client))
        all->deliver(client);
    });
    return false;
  }

  // -- output ---------------------------------------------------------------------

  void send(const session_ptr& client, std::string line) {
    if (gone(client))
      return;
    if (client->waiting > limits_.backlog)
      return drop(client);
    if (client->output.empty())
      client->moved = clock::now(); // it has had nothing to read until now
    line += '\n';
    client->waiting += line.size();
    client->output.push_back(std::move(line));
    write(client);
  }

  void write(const session_ptr& client) {
    if (client->writing || client->output.empty())
      return;
    client->writing = true;
    const std::string& front = client->output.front();
    client->stream.async_write_some(boost::asio::buffer(front.data() + client->written, front.size() - client->written),
                                    [all = this->shared_from_this(), client](boost::system::error_code error, std::size_t size) {
                                      const std::lock_guard hold{all->guard_};
                                      all->on_written(client, error, size);
                                    });
  }

  void on_written(const session_ptr& client, boost::system::error_code error, std::size_t size) {
    client->writing = false;
    if (gone(client))
      return;
    if (error)
      return drop(client);
    client->moved = clock::now();
    client->written += size;
    client->waiting -= size;
    if (client->written == client->output.front().size()) {
      client->output.pop_front();
      client->written = 0;
    }
    if (client->output.empty() && !client->news.empty())
      send(client, std::move(client->news.extract(client->news.begin()).mapped()));
    write(client);
    leave_when_done(client);
  }

  void leave_when_done(const session_ptr& client) {
    if (client->output.empty() && (client->leaving || (client->ended && client->unanswered == 0 && client->read.empty())))
      drop(client);
  }

  // -- those who do not move --------------------------------------------------------

  /// Looks at the client twice per shortest limit, so a limit is met within one and a half times its length.
  void watch(const session_ptr& client) {
    client->timer.expires_after(std::max<clock::duration>(std::min(limits_.stalled, limits_.idle) / 2, std::chrono::milliseconds{1}));
    client->timer.async_wait([all = this->shared_from_this(), client](boost::system::error_code error) {
      const std::lock_guard hold{all->guard_};
      if (!error && !all->gone(client))
        all->on_watch(client);
    });
  }

  void on_watch(const session_ptr& client) {
    const auto still = clock::now() - client->moved;
    // A client that waits for our answer is not to blame.
    const bool owes = client->lines.in_line() && client->unanswered == 0 && !client->slow;
    const bool idle = client->unanswered == 0 && client->output.empty() && !client->slow;
    if (((owes || !client->output.empty()) && still > limits_.stalled) || (idle && still > (client->beyond ? limits_.stalled : limits_.idle)))
      return drop(client);
    watch(client);
  }

  boost::asio::io_context& io_;
  const socket_limits limits_;
  const socket_sink sink_;
  const recogniser recognise_;
  std::recursive_mutex guard_;
  std::map<uint64_t, session_ptr> clients_;
  static inline std::atomic<uint64_t> last_id_ = 0; // of all ports of this process: an answer that comes late must not reach somebody else
  bool closed_ = false;
};

/// What the owner holds: letting go of it closes the port, while handlers under way keep the rest alive.
class owned_port : public client_port {
public:
  explicit owned_port(std::shared_ptr<client_port> port) : port_{std::move(port)} {}
  ~owned_port() override { port_->close(); }
  void answer(uint64_t connection, std::string line) override { port_->answer(connection, std::move(line)); }
  void push(uint64_t connection, std::string_view topic, std::string line) override { port_->push(connection, topic, std::move(line)); }
  bool in_place() override { return port_->in_place(); }
  void close() override { port_->close(); }

private:
  std::shared_ptr<client_port> port_;
};

} // namespace rm
