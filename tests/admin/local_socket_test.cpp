#include "actors/admin/local_client.hpp"
#include "actors/admin/local_socket.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using namespace std::chrono_literals;

/// A socket file's path, or a pipe's name, that nobody else uses.
std::string fresh_address() {
  const std::string name = "rm-test-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  const bool pipes = how_to_look().find("sc query") != std::string::npos;
  return pipes ? "\\\\.\\pipe\\" + name : (std::filesystem::temp_directory_path() / name).string();
}

/// The service's end on the test's thread, the client's end on another one.
struct both_ends {
  local_socket_settings settings;
  boost::asio::io_context io;
  std::vector<client_line> lines;
  bool answering = true;
  std::unique_ptr<client_port> port;

  both_ends() { settings.path = fresh_address(); }
  ~both_ends() {
    port.reset();
    io.restart();
    io.poll();
  }

  void open() {
    socket_sink sink;
    sink.on_line = [this](client_line line) {
      lines.push_back(line);
      if (answering)
        port->answer(line.connection, "answer to " + line.line);
    };
    port = open_local_socket(io, settings, std::move(sink));
  }

  /// What the client made of it: what the conversation gave, or what was thrown.
  std::string outcome_of(const std::function<std::string(local_client&)>& conversation, std::chrono::milliseconds patience = 10s) {
    std::string out;
    std::thread client_thread{[&] {
      try {
        local_client client{settings.path, patience};
        out = conversation(client);
      } catch (const not_reachable& why) {
        out = why.what();
      }
      boost::asio::post(io, [this] { io.stop(); });
    }};
    const auto stay = boost::asio::make_work_guard(io);
    io.restart();
    io.run();
    client_thread.join();
    return out;
  }
  std::string where() const { return "the service is not reachable at " + settings.path + ": "; }
};

std::string ask_twice(local_client& client) {
  const std::string first = client.ask("hello");
  return first + ", " + client.ask("again");
}

} // namespace

TEST_CASE_FIXTURE(both_ends, "a client asks and is answered, as often as it likes, at any size") {
  open();
  CHECK(outcome_of(ask_twice) == "answer to hello, answer to again");
  const std::string big(60'000, 'b');
  CHECK(outcome_of([&](local_client& c) { return c.ask(big); }) == "answer to " + big);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].connection == lines[1].connection);
  CHECK(lines[2].connection != lines[0].connection);
  CHECK(lines[0].administrator); // the test and the service are one user
  CHECK(outcome_of([](local_client& c) { return c.ask(std::string(64 * 1024 + 1, 'x')) + c.ask("next"); }).find("64 KiB\"}}answer to next") != std::string::npos);
}

TEST_CASE_FIXTURE(both_ends, "a client that gets no answer is told plainly why") {
  CHECK(outcome_of(ask_twice).find(where()) == 0); // nobody there
  open();
  CHECK(outcome_of([](local_client& c) { return c.call("status", {}).result; }) == "what listens at " + settings.path + " does not answer like a risk manager");
  answering = false;
  CHECK(outcome_of(ask_twice, 20ms) == where() + "no answer within 20 ms");
  const auto hung_up = outcome_of([this](local_client& c) {
    boost::asio::post(io, [this] { port->close(); });
    return c.ask("hello");
  });
  CHECK(hung_up.find(where()) == 0);
  CHECK(hung_up.find("no answer within") == std::string::npos);
}

TEST_CASE_FIXTURE(both_ends, "one address has one service, and is free at once when that closes") {
  open();
  auto first = std::move(port);
  std::string refused;
  try {
    open();
  } catch (const std::runtime_error& why) {
    refused = why.what();
  }
  CHECK(refused.find("another service listens there") != std::string::npos);
  first->close();
  open();
  CHECK(outcome_of(ask_twice) == "answer to hello, answer to again");
}

TEST_SUITE_END();
