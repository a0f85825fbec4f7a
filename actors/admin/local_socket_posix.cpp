// The local socket as a Unix domain socket.
#include "actors/admin/local_socket.hpp"

#include "actors/admin/socket_sessions.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace rm {
namespace {

using protocol = boost::asio::local::stream_protocol;

constexpr auto pause_after_failed_accept = std::chrono::milliseconds{100};

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw std::runtime_error{"cannot listen on the local socket " + path + ": " + why};
}

/// Who is who, read once at the start: a look-up per client could hang on a directory server, and with it all that the thread serves.
class user_directory {
public:
  explicit user_directory(const std::string& administrators) : own_{::geteuid()} {
    std::array<char, 16384> space{};
    group entry{};
    group* found = nullptr;
    if (!administrators.empty() && ::getgrnam_r(administrators.c_str(), &entry, space.data(), space.size(), &found) == 0 && found != nullptr)
      group_ = found->gr_gid;
    if (std::FILE* file = std::fopen("/etc/passwd", "re")) {
      passwd user{};
      passwd* next = nullptr;
      while (::fgetpwent_r(file, &user, space.data(), space.size(), &next) == 0 && next != nullptr)
        names_.emplace(next->pw_uid, next->pw_name);
      std::fclose(file);
    }
  }

  client_identity identify(int connection) const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
      return {false, "unknown"};
    const auto name = names_.find(peer.uid);
    const bool administrator = peer.uid == 0 || peer.uid == own_ || (group_ && (peer.gid == *group_ || has_group(connection, *group_)));
    return {administrator, name != names_.end() ? name->second : "uid " + std::to_string(peer.uid)};
  }

private:
  static bool has_group(int connection, gid_t wanted) {
    std::vector<gid_t> groups(64);
    socklen_t size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int failed = ::getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (failed != 0 && errno == ERANGE) {
      groups.resize(size / sizeof(gid_t));
      failed = ::getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    if (failed != 0)
      return false;
    groups.resize(size / sizeof(gid_t));
    return std::find(groups.begin(), groups.end(), wanted) != groups.end();
  }

  uid_t own_;
  std::optional<gid_t> group_;
  std::map<uid_t, std::string> names_;
};

struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const file_identity&, const file_identity&) = default;
};

std::optional<file_identity> identity_of(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return std::nullopt;
  return file_identity{found.st_dev, found.st_ino};
}

/// Removes what a crashed service left at the path; whatever else is there stays, and is an error.
void make_room(boost::asio::io_context& io, const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return;
  if (!S_ISSOCK(found.st_mode))
    fail(path, "something that is not a socket is there");
  protocol::socket probe{io};
  boost::system::error_code refused;
  probe.connect(protocol::endpoint{path}, refused);
  if (!refused)
    fail(path, "another service listens there");
  if (refused != boost::asio::error::connection_refused)
    fail(path, "whether another service listens there cannot be told: " + refused.message());
  if (::unlink(path.c_str()) != 0)
    fail(path, "what an earlier service left there cannot be removed: " + boost::system::error_code{errno, boost::system::system_category()}.message());
}

protocol::acceptor listen_at(boost::asio::io_context& io, const local_socket_settings& settings) {
  const std::string& path = settings.path;
  if (path.empty() || path.front() != '/')
    fail(path, "its path must be absolute");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    fail(path, "its path is too long: at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
  std::error_code made; // the usual folder under /run is gone after each boot; what cannot be made is told by the bind
  const auto folder = std::filesystem::path{path}.parent_path();
  if (std::filesystem::create_directory(folder, made)) // the socket's own mode says who may connect
    std::filesystem::permissions(folder, std::filesystem::perms{0755}, made);
  make_room(io, path);
  protocol::acceptor acceptor{io};
  boost::system::error_code error;
  acceptor.open(protocol{}, error);
  // On Linux the file takes its mode from the unbound socket, so it is never open to more people, not even for a moment.
  if (!error && ::fchmod(acceptor.native_handle(), settings.mode) != 0)
    error.assign(errno, boost::system::system_category());
  if (!error)
    acceptor.bind(protocol::endpoint{path}, error);
  if (!error && ::chmod(path.c_str(), settings.mode) != 0) // the umask may have taken some of it
    error.assign(errno, boost::system::system_category());
  if (!error)
    acceptor.listen(static_cast<int>(settings.limits.clients), error);
  if (error)
    fail(path, error.message());
  return acceptor;
}

class unix_socket : public client_port, public std::enable_shared_from_this<unix_socket> {
public:
  unix_socket(boost::asio::io_context& io, const local_socket_settings& settings, socket_sink sink)
    : path_{settings.path},
      people_{settings.administrators},
      sessions_{std::make_shared<socket_sessions<protocol::socket>>(io, settings.limits, std::move(sink))},
      acceptor_{listen_at(io, settings)},
      file_{identity_of(path_)},
      again_{io} {}

  void start() {
    const std::lock_guard hold{sessions_->guard()};
    accept();
  }

  void answer(uint64_t connection, std::string line) override { sessions_->answer(connection, std::move(line)); }
  void push(uint64_t connection, std::string_view topic, std::string line) override { sessions_->push(connection, topic, std::move(line)); }

  bool in_place() override { return file_ && identity_of(path_) == file_; }

  void close() override {
    const std::lock_guard hold{sessions_->guard()};
    if (sessions_->closed())
      return;
    sessions_->close();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    again_.cancel();
    if (file_ && identity_of(path_) == file_) // not a successor's
      ::unlink(path_.c_str());
  }

private:
  void accept() {
    acceptor_.async_accept([self = shared_from_this()](boost::system::error_code error, protocol::socket client) {
      const std::lock_guard hold{self->sessions_->guard()};
      if (self->sessions_->closed())
        return;
      if (error)
        return self->accept_later();
      const client_identity who = self->people_.identify(client.native_handle());
      self->sessions_->add(std::move(client), who);
      self->accept();
    });
  }

  /// Out of descriptors, most likely: without a pause this would spin.
  void accept_later() {
    again_.expires_after(pause_after_failed_accept);
    again_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      const std::lock_guard hold{self->sessions_->guard()};
      if (!error && !self->sessions_->closed())
        self->accept();
    });
  }

  std::string path_;
  user_directory people_;
  std::shared_ptr<socket_sessions<protocol::socket>> sessions_;
  protocol::acceptor acceptor_;
  std::optional<file_identity> file_;
  boost::asio::steady_timer again_;
};

} // namespace

std::unique_ptr<client_port> open_local_socket(boost::asio::io_context& io, const local_socket_settings& settings, socket_sink sink) {
  auto socket = std::make_shared<unix_socket>(io, settings, std::move(sink));
  socket->start();
  return std::make_unique<owned_port>(std::move(socket));
}

} // namespace rm
