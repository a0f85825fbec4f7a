// Clients who are only known once they have sent something, as those of a named pipe are.
#include "actors/admin/socket_sessions.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using stream = boost::asio::local::stream_protocol::socket;

/// Room for four, two of them kept for administrators. Who is about to be recognised is `next`.
struct crowd {
  boost::asio::io_context io;
  client_identity next{false, "trader"};
  std::vector<std::string> heard;
  std::shared_ptr<socket_sessions<stream>> sessions;
  std::deque<stream> clients;

  crowd() {
    socket_limits limits;
    limits.clients = 4;
    limits.kept_for_administrators = 2;
    socket_sink sink;
    sink.on_line = [this](client_line line) {
      heard.push_back(line.user + ": " + line.line);
      sessions->answer(line.connection, "yes");
    };
    sessions = std::make_shared<socket_sessions<stream>>(io, limits, std::move(sink), [this](stream&) { return next; });
  }
  ~crowd() {
    sessions->close();
    settle();
  }
  void settle() {
    io.restart();
    while (io.poll() > 0)
      io.restart();
  }
  stream& connect() {
    stream service{io};
    boost::asio::local::connect_pair(clients.emplace_back(io), service);
    sessions->add(std::move(service), {false, "unknown"});
    settle();
    return clients.back();
  }
  /// What comes back; "<end>" where it was hung up on.
  std::string ask(stream& client) {
    boost::system::error_code error;
    boost::asio::write(client, boost::asio::buffer("hello\n", 6), error);
    settle();
    client.non_blocking(true);
    std::array<char, 200> answer{};
    const auto size = client.read_some(boost::asio::buffer(answer), error);
    return error == boost::asio::error::would_block ? "" : error ? "<end>" : std::string{answer.data(), size};
  }
};

constexpr auto busy = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32004,\"message\":\"too many clients are connected\"}}\n";

} // namespace

TEST_CASE_FIXTURE(crowd, "connecting often keeps no administrator out") {
  CHECK(ask(connect()) == "yes\n");
  CHECK(ask(connect()) == "yes\n");
  auto& third = connect();
  CHECK(ask(third) == busy);
  CHECK(ask(third) == "<end>");
  CHECK(ask(clients.front()) == "yes\n");
  for (int silent = 0; silent < 20; ++silent)
    connect();
  next = {true, "administrator"};
  auto& administrator = connect();
  CHECK(ask(administrator) == "yes\n");
  for (int silent = 0; silent < 20; ++silent)
    connect();
  CHECK(ask(administrator) == "yes\n");
  CHECK(heard == std::vector<std::string>{"trader: hello", "trader: hello", "trader: hello", "administrator: hello", "administrator: hello"});
}

TEST_SUITE_END();
