#include "actors/admin/lasting_port.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using namespace std::chrono_literals;

struct harbour {
  boost::asio::io_context io;
  std::string why_not; // opening fails with this
  bool there = true;
  int opened = 0, closed = 0;
  std::vector<std::string> answers, said;
  std::vector<uint64_t> gone;
  socket_sink inner; // what the newest port calls
  std::unique_ptr<client_port> port;

  struct fake : client_port {
    explicit fake(harbour& of) : of{of} { ++of.opened; }
    void answer(uint64_t, std::string line) override { of.answers.push_back(std::move(line)); }
    void push(uint64_t, std::string_view, std::string line) override { of.answers.push_back(std::move(line)); }
    bool in_place() override { return of.there; }
    void close() override { ++of.closed; }
    harbour& of;
  };

  void open() {
    const auto make = [this](socket_sink sink) -> std::unique_ptr<client_port> {
      if (!why_not.empty())
        throw std::runtime_error{why_not};
      inner = std::move(sink);
      there = true;
      return std::make_unique<fake>(*this);
    };
    socket_sink sink;
    sink.on_line = [](const client_line&) {};
    sink.on_closed = [this](uint64_t connection) { gone.push_back(connection); };
    port = lasting_port(io, make, [this](const std::string& what) { said.push_back(what); }, 1ms)(std::move(sink));
  }
  void looks(int times) {
    for (int i = 0; i < times; ++i)
      io.run_one();
  }
};

} // namespace

TEST_CASE("a port that cannot be opened is no reason to end: it is tried again, and said once") {
  harbour h;
  h.why_not = "no such folder";
  h.open();
  h.looks(3);
  REQUIRE(h.said.size() == 1);
  CHECK(h.said[0].find("no such folder") == 0);
  CHECK(h.said[0].find("guarded all the same") != std::string::npos);
  h.port->answer(1, "nobody hears this");
  h.why_not.clear();
  h.looks(1);
  CHECK(h.opened == 1);
  REQUIRE(h.said.size() == 2);
  h.port->answer(1, "heard");
  CHECK(h.answers == std::vector<std::string>{"heard"});
}

TEST_CASE("a socket whose file was removed is opened anew, and who was connected is told to be gone") {
  harbour h;
  h.open();
  client_line line;
  for (uint64_t client : {4u, 5u, 6u}) {
    line.connection = client;
    h.inner.on_line(line);
  }
  h.inner.on_closed(5);
  h.looks(2);
  CHECK(h.opened == 1);
  h.there = false;
  h.looks(1);
  CHECK(h.closed == 1);
  CHECK(h.opened == 2);
  CHECK(h.gone == std::vector<uint64_t>{5, 4, 6});
  CHECK(h.said.size() == 2); // gone, and back
  h.port->close();
  CHECK(h.closed == 2);
  h.port.reset();
  h.io.run(); // nothing is under way any more
}

TEST_SUITE_END();
