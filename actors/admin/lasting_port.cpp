#include "actors/admin/lasting_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <mutex>
#include <set>
#include <utility>

namespace rm {
namespace {

class port_keeper : public std::enable_shared_from_this<port_keeper> {
public:
  port_keeper(boost::asio::io_context& io, client_port_factory open, std::function<void(const std::string&)> say, std::chrono::milliseconds between, socket_sink sink)
    : open_{std::move(open)}, say_{std::move(say)}, sink_{std::move(sink)}, between_{between}, again_{io} {}

  void look() {
    const std::lock_guard hold{mutex_};
    if (ended_)
      return;
    if (port_ && !port_->in_place()) {
      port_->close();
      port_.reset();
      hang_up_on_all();
      trouble("the local socket is gone from its place");
    }
    if (!port_)
      try {
        port_ = open_(counting_sink());
        if (std::exchange(said_, false))
          say_("people's programs can connect again");
      } catch (const std::exception& why) {
        trouble(why.what());
      }
    again_.expires_after(between_);
    again_.async_wait([weak = weak_from_this()](boost::system::error_code failed) {
      if (const auto self = weak.lock(); self && !failed)
        self->look();
    });
  }

  std::shared_ptr<client_port> now() {
    const std::lock_guard hold{mutex_};
    return port_;
  }

  void close() {
    const std::lock_guard hold{mutex_};
    ended_ = true;
    again_.cancel();
    if (port_)
      port_->close();
    port_.reset();
  }

private:
  /// Passes everything on, and remembers who is connected.
  socket_sink counting_sink() {
    const auto note = [this](uint64_t connection, bool there) {
      const std::lock_guard hold{clients_mutex_};
      there ? void(clients_.insert(connection)) : void(clients_.erase(connection));
    };
    socket_sink out;
    out.on_line = [this, note](client_line line) {
      note(line.connection, true);
      sink_.on_line(std::move(line));
    };
    out.on_closed = [this, note](uint64_t connection) {
      note(connection, false);
      if (sink_.on_closed)
        sink_.on_closed(connection);
    };
    return out;
  }

  void hang_up_on_all() {
    std::set<uint64_t> gone;
    {
      const std::lock_guard hold{clients_mutex_};
      gone.swap(clients_);
    }
    for (const auto connection : gone)
      if (sink_.on_closed)
        sink_.on_closed(connection);
  }

  void trouble(const std::string& what) {
    if (!std::exchange(said_, true))
      say_(what + "; nobody can look or give orders until it is mended. The accounts are guarded all the same");
  }

  client_port_factory open_;
  std::function<void(const std::string&)> say_;
  socket_sink sink_;
  std::chrono::milliseconds between_;
  boost::asio::steady_timer again_;
  std::mutex mutex_;
  std::mutex clients_mutex_;
  std::set<uint64_t> clients_;
  std::shared_ptr<client_port> port_; // none while it cannot be opened
  bool said_ = false, ended_ = false;
};

class kept_port : public client_port {
public:
  explicit kept_port(std::shared_ptr<port_keeper> keeper) : keeper_{std::move(keeper)} { keeper_->look(); }
  ~kept_port() override { keeper_->close(); }

  void answer(uint64_t connection, std::string line) override {
    if (const auto port = keeper_->now())
      port->answer(connection, std::move(line));
  }
  void push(uint64_t connection, std::string_view topic, std::string line) override {
    if (const auto port = keeper_->now())
      port->push(connection, topic, std::move(line));
  }
  void close() override { keeper_->close(); }

private:
  std::shared_ptr<port_keeper> keeper_;
};

} // namespace

client_port_factory lasting_port(boost::asio::io_context& io, client_port_factory open, std::function<void(const std::string&)> say, std::chrono::milliseconds between) {
  return [&io, open = std::move(open), say = std::move(say), between](socket_sink sink) -> std::unique_ptr<client_port> {
    return std::make_unique<kept_port>(std::make_shared<port_keeper>(io, open, say, between, std::move(sink)));
  };
}

} // namespace rm
