#include "actors/admin/local_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using namespace std::chrono_literals;

/// A service's end that answers each line with "answer to <line>", and clients in raw bytes; all on the test's thread.
struct socket_world {
  std::string folder = make_folder();
  local_socket_settings settings = settings_at(folder + "/socket");
  boost::asio::io_context io;
  std::vector<client_line> lines;
  std::vector<uint64_t> closed;
  bool answering = true;
  std::unique_ptr<client_port> port;
  std::vector<int> clients;

  static std::string make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rm-admin-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }
  static local_socket_settings settings_at(std::string path) {
    local_socket_settings out;
    out.path = std::move(path);
    return out;
  }
  ~socket_world() {
    for (const int fd : clients)
      ::close(fd);
    port.reset();
    io.restart();
    io.poll();
    std::filesystem::remove_all(folder);
  }

  void open() {
    socket_sink sink;
    sink.on_line = [this](client_line line) {
      lines.push_back(line);
      if (answering)
        port->answer(line.connection, "answer to " + line.line);
    };
    sink.on_closed = [this](uint64_t connection) { closed.push_back(connection); };
    port = open_local_socket(io, settings, std::move(sink));
  }

  int connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, settings.path.data(), settings.path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    clients.push_back(fd);
    settle();
    return fd;
  }
  void hang_up(int fd) {
    ::close(fd);
    std::erase(clients, fd);
    settle();
  }
  /// Sends as much as goes without waiting.
  std::size_t send(int fd, std::string_view bytes) {
    const auto size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    settle();
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }
  /// Sends all, while the service reads.
  void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t size = send(fd, bytes);
      REQUIRE(size > 0);
      bytes.remove_prefix(size);
    }
  }
  /// What has come; "<end>" behind it when the service has hung up.
  std::string received(int fd) {
    std::string out;
    char part[65536];
    for (;;) {
      settle();
      const auto size = ::recv(fd, part, sizeof part, MSG_DONTWAIT);
      if (size < 0)
        return out + (errno == EAGAIN ? "" : "<end>");
      if (size == 0)
        return out + "<end>";
      out.append(part, static_cast<std::size_t>(size));
    }
  }
  void settle() {
    io.restart();
    while (io.poll() > 0)
      io.restart();
  }
  /// Runs the service until the client was dropped; a limit of the service makes that happen.
  void run_until_closed(std::size_t count) {
    const auto too_long = std::chrono::steady_clock::now() + 10s;
    while (closed.size() < count && std::chrono::steady_clock::now() < too_long) {
      io.restart();
      io.run_one_for(100ms);
    }
    CHECK(closed.size() == count);
  }
};

std::string failure_of(socket_world& w) {
  try {
    w.open();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

} // namespace

TEST_CASE_FIXTURE(socket_world, "clients are heard, told apart, answered, and known by the operating system's word") {
  open();
  struct stat file {};
  REQUIRE(::stat(settings.path.c_str(), &file) == 0);
  CHECK((file.st_mode & 0777) == 0666);
  const int first = connect(), second = connect();
  send(first, "one\ntwo\n");
  send(second, "three\n");
  CHECK(received(first) == "answer to one\nanswer to two\n");
  CHECK(received(second) == "answer to three\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].connection == lines[1].connection);
  CHECK(lines[0].connection != lines[2].connection);
  CHECK(lines[0].administrator); // we are the service's own user
  CHECK_FALSE(lines[0].user.empty());
  CHECK(lines[0].received.utc > timestamp{});
  hang_up(first);
  CHECK(closed == std::vector<uint64_t>{lines[0].connection});
  port->answer(lines[0].connection, "late");
  CHECK(received(second) == "");
}

TEST_CASE_FIXTURE(socket_world, "a line over 64 KiB is answered with an error and the connection goes on") {
  open();
  const int fd = connect();
  send_all(fd, std::string(64 * 1024 + 1, 'x') + "\nnext\n");
  CHECK(received(fd) == "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"a request must not be longer than 64 KiB\"}}\nanswer to next\n");
}

TEST_CASE_FIXTURE(socket_world, "who sends all and hangs up its sending side still gets its answers") {
  answering = false;
  open();
  const int fd = connect();
  send(fd, "one\ntwo\n");
  ::shutdown(fd, SHUT_WR);
  CHECK(received(fd) == "");
  REQUIRE(lines.size() == 2);
  port->answer(lines[0].connection, "a");
  port->answer(lines[0].connection, "b");
  CHECK(received(fd) == "a\nb\n<end>");
}

TEST_CASE_FIXTURE(socket_world, "of a client with many unanswered requests nothing more is read") {
  answering = false;
  settings.limits.unanswered = 3;
  open();
  const int fd = connect();
  send(fd, "1\n2\n3\n4\n5\n");
  CHECK(lines.size() == 3);
  std::size_t sent = 0;
  const std::string much(1 << 16, '\n');
  for (std::size_t more = 1; more > 0; sent += more)
    more = send(fd, much);
  CHECK(sent < 4u << 20); // the rest waits on its own side
  port->answer(lines[0].connection, "a");
  settle();
  CHECK(lines.size() == 4);
  CHECK(lines.back().line == "4");
}

TEST_CASE_FIXTURE(socket_world, "who does not read is cut off, and holds up nobody") {
  answering = false;
  settings.limits.backlog = 1024 * 1024;
  open();
  const int slow = connect(), quick = connect();
  send(slow, "status\n");
  const std::string big(600 * 1024, 'x');
  const uint64_t id = lines[0].connection;
  for (int i = 0; i < 2; ++i)
    port->answer(id, big);
  settle();
  CHECK(closed.empty());
  send(quick, "status\n");
  port->answer(lines.back().connection, "here");
  CHECK(received(quick) == "here\n");
  for (int i = 0; i < 2; ++i)
    port->answer(id, big);
  settle();
  CHECK(closed == std::vector<uint64_t>{id});
}

TEST_CASE_FIXTURE(socket_world, "who stops in the middle of a line, or reads nothing, or stays without a word, is let go after a while") {
  struct row {
    bool line, answer;
    std::chrono::milliseconds stalled, idle;
  };
  const row rows[] = {{false, false, 20ms, 1h}, {true, true, 20ms, 1h}, {true, false, 1h, 20ms}};
  answering = false;
  for (const row& r : rows) {
    CAPTURE(r.line);
    CAPTURE(r.answer);
    closed.clear();
    lines.clear();
    settings.limits.stalled = r.stalled;
    settings.limits.idle = r.idle;
    port.reset();
    open();
    const int fd = connect();
    send(fd, r.line ? "whole\n" : "half");
    if (r.answer)
      port->answer(lines[0].connection, std::string(900 * 1024, 'x'));
    else if (r.line)
      port->answer(lines[0].connection, "short");
    run_until_closed(1);
    hang_up(fd);
  }
}

TEST_CASE_FIXTURE(socket_world, "an unanswered client is not let go: waiting for us is no fault") {
  answering = false;
  settings.limits.stalled = settings.limits.idle = 2ms;
  open();
  const int fd = connect();
  send(fd, "slow question\n");
  REQUIRE(lines.size() == 1);
  const auto until = std::chrono::steady_clock::now() + 30ms;
  while (std::chrono::steady_clock::now() < until)
    io.run_one_until(until), io.restart();
  CHECK(closed.empty());
  CHECK(received(fd) == "");
}

TEST_CASE_FIXTURE(socket_world, "of a client that has not read its news only the newest of each topic waits, and it is not cut off") {
  open();
  const int fd = connect();
  send(fd, "hello\n");
  CHECK(received(fd) == "answer to hello\n");
  const uint64_t id = lines[0].connection;
  const std::string big(900 * 1024, 'x'); // more than the system buffers
  port->push(id, "status", big);
  for (int i = 0; i < 100; ++i)
    port->push(id, "status", "status " + std::to_string(i));
  port->push(id, "logs", "log");
  port->push(id + 1, "status", "nobody is there");
  settle();
  CHECK(closed.empty());
  CHECK(received(fd) == big + "\nlog\nstatus 99\n");
}

TEST_CASE_FIXTURE(socket_world, "who asks too fast waits, and nobody with him") {
  settings.limits.burst = 3;
  settings.limits.requests_per_second = 0.001;
  open();
  const int greedy = connect(), modest = connect();
  send(greedy, "1\n2\n3\n4\n5\n");
  CHECK(received(greedy) == "answer to 1\nanswer to 2\nanswer to 3\n");
  send(modest, "hello\n");
  CHECK(received(modest) == "answer to hello\n");
  hang_up(greedy); // with a request that waits
  settle();
  send(modest, "again\n");
  CHECK(received(modest) == "answer to again\n");

  settings.limits.requests_per_second = 1000;
  port.reset();
  lines.clear();
  open();
  send(connect(), "1\n2\n3\n4\n5\n");
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (lines.size() < 5 && std::chrono::steady_clock::now() < until)
    io.run_one_until(until), io.restart();
  CHECK(lines.size() == 5);
}

TEST_CASE_FIXTURE(socket_world, "one client too many is told so and hung up on") {
  settings.limits.clients = 2;
  open();
  const int first = connect();
  connect();
  const int third = connect();
  CHECK(received(third) == "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32004,\"message\":\"too many clients are connected\"}}\n<end>");
  hang_up(first);
  const int fourth = connect();
  send(fourth, "hello\n");
  CHECK(received(fourth) == "answer to hello\n");
}

TEST_CASE_FIXTURE(socket_world, "a crashed service's file is replaced; a living service's and a stranger's are left alone") {
  open();
  {
    socket_world second;
    second.settings.path = settings.path;
    CHECK(failure_of(second).find("another service listens there") != std::string::npos);
  }
  // A service that was killed leaves its file behind with nobody listening.
  const std::string stale = folder + "/stale";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, stale.data(), stale.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
  socket_world heir;
  heir.settings.path = stale;
  CHECK(failure_of(heir) == "");
  CHECK(heir.received(heir.connect()) == "");

  const std::string precious = folder + "/precious";
  std::ofstream{precious} << "data";
  socket_world careless;
  careless.settings.path = precious;
  CHECK(failure_of(careless).find("not a socket") != std::string::npos);
  CHECK(std::filesystem::file_size(precious) == 4);

  socket_world lost;
  lost.settings.path = folder + "/no/such/folder";
  CHECK(failure_of(lost).find("No such file or directory") != std::string::npos);
  lost.settings.path = "/" + std::string(200, 'x');
  CHECK(failure_of(lost).find("too long") != std::string::npos);
}

TEST_CASE_FIXTURE(socket_world, "closing hangs up on all, removes the file, is final, and makes room for a successor at once") {
  open();
  const int fd = connect();
  send(fd, "one\n");
  const uint64_t id = lines[0].connection;
  port->close();
  CHECK(received(fd) == "answer to one\n<end>");
  CHECK_FALSE(std::filesystem::exists(settings.path));
  auto old = std::move(port);
  open();
  old->answer(id, "from beyond");
  old.reset(); // has closed already: must not touch the successor's file
  CHECK(std::filesystem::exists(settings.path));
  std::filesystem::remove(settings.path); // by somebody's hand, so that a third one can open
  old = std::move(port);
  open();
  old.reset();
  CHECK(std::filesystem::exists(settings.path));
  const int again = connect();
  send(again, "two\n");
  CHECK(received(again) == "answer to two\n");
}

TEST_SUITE_END();
