// SignalR framing and the conversation of one hub connection; routing and faults of the board.
#include "support.hpp"
#include "tools/gateway-sim/hub_board.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;
using namespace gateway_sim::test;

namespace {

std::string record(const std::string& text) {
  return text + '\x1e';
}

hub_session opened(hub_kind hub) {
  hub_session s{hub};
  auto r = s.on_text(record(R"({"protocol":"json","version":1})"));
  REQUIRE(r.records == std::vector<std::string>{record("{}")});
  return s;
}

std::string invoke(const std::string& target, const std::string& arguments, const char* id = "1") {
  return record(R"({"type":1,"target":")" + target + R"(","arguments":[)" + arguments + "]"
                + (id ? R"(,"invocationId":")" + std::string{id} + "\"}" : "}"));
}

struct fake_peer : hub_peer {
  void send(std::shared_ptr<const std::string> r) override { got.push_back(*r); }
  void end(ending how, const std::string&) override { ended = how; }
  std::vector<std::string> got;
  std::optional<ending> ended;
};

} // namespace

TEST_SUITE("gateway_sim hub") {

TEST_CASE("records are cut at the separator, however they arrive") {
  for (std::size_t piece : {1u, 2u, 3u, 7u, 100u}) {
    CAPTURE(piece);
    std::string bytes = record("{\"a\":1}") + record("") + record("{\"b\":2}") + "rest";
    signalr::record_buffer buffer;
    std::vector<std::string> got;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
      buffer.append(std::string_view{bytes}.substr(i, piece));
      while (auto r = buffer.next())
        got.push_back(*r);
    }
    CHECK(got == std::vector<std::string>{"{\"a\":1}", "", "{\"b\":2}"});
    CHECK(buffer.size() == 4);
  }
}

TEST_CASE("the handshake takes versions 0 and 1 of json and nothing else") {
  struct row {
    const char* text;
    bool good;
  };
  const row rows[] = {
    {R"({"protocol":"json","version":1})", true},  {R"({"protocol":"json","version":0})", true},
    {R"({"protocol":"json","version":2})", false}, {R"({"protocol":"messagepack","version":1})", false},
    {R"({"version":1})", false},                   {"nonsense", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    hub_session s{hub_kind::user};
    auto got = s.on_text(record(r.text));
    CHECK(s.ready() == r.good);
    CHECK(got.close == !r.good);
    CHECK((got.records.at(0) == record("{}")) == r.good);
  }
}

TEST_CASE("every hub method works in any case; a wrong call completes with an error") {
  struct row {
    hub_kind hub;
    std::string target;
    std::string arguments;
    const char* answer; // part of the completion
  };
  using enum hub_kind;
  const row rows[] = {
    {user, "SubscribeAccounts", "", R"("1"})"},
    {user, "SubscribeOrders", "7", R"("1"})"},
    {user, "subscribepositions", "7", R"("1"})"},
    {user, "SUBSCRIBETRADES", "7", R"("1"})"},
    {user, "UnsubscribeAccounts", "7", R"("1"})"},
    {user, "UnsubscribeOrders", "7", R"("1"})"},
    {user, "UnsubscribePositions", "7", R"("1"})"},
    {user, "UnsubscribeTrades", "7", R"("1"})"},
    {market, "SubscribeContractQuotes", R"("C")", R"("1"})"},
    {market, "SubscribeContractTrades", R"("C")", R"("1"})"},
    {market, "SubscribeContractMarketDepth", R"("C")", R"("1"})"},
    {market, "UnsubscribeContractQuotes", R"("C","D")", R"("1"})"},
    {market, "UnsubscribeContractTrades", R"("C")", R"("1"})"},
    {market, "UnsubscribeContractMarketDepth", R"("C")", R"("1"})"},
    {user, "SubscribeContractQuotes", R"("C")", "Unknown hub method 'SubscribeContractQuotes'"},
    {user, "Heartbeat", "1", "Unknown hub method 'Heartbeat'"},
    {user, "SubscribeOrders", R"("7")", "Failed to invoke 'SubscribeOrders' due to an error on the server."},
    {user, "SubscribeOrders", "", "Failed to invoke"},
    {user, "SubscribeOrders", "7,8", "Failed to invoke"},
    {market, "SubscribeContractQuotes", "7", "Failed to invoke"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.target);
    CAPTURE(r.arguments);
    auto s = opened(r.hub);
    auto got = s.on_text(invoke(r.target, r.arguments));
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].find(r.answer) != std::string::npos);
    CHECK(!got.close);
    auto silent = s.on_text(invoke(r.target, r.arguments, nullptr));
    CHECK(silent.records.empty());
  }
}

TEST_CASE("subscriptions are kept, repeated ids are harmless, pings say nothing, close closes") {
  auto s = opened(hub_kind::user);
  auto got = s.on_text(invoke("SubscribeOrders", "7", "x") + invoke("SubscribeOrders", "7", "x")
                       + invoke("SubscribePositions", "7", "x") + invoke("SubscribeTrades", "7", "x")
                       + record(R"({"type":6})"));
  CHECK(got.records.size() == 4);
  CHECK(got.subscribed);
  CHECK(s.wants().covers(7));
  s.on_text(invoke("UnsubscribeTrades", "7"));
  CHECK(!s.wants().covers(7));
  CHECK(s.on_text(record(R"({"type":7})")).close);
  auto broken = opened(hub_kind::user);
  auto reaction = broken.on_text(record("{half"));
  CHECK(reaction.close);
  CHECK(reaction.records.at(0).find(R"("type":7)") != std::string::npos);
}

TEST_CASE("the board sends an event to those who asked, as the faults allow") {
  fake_scheduler time;
  hub_board board{time};
  fake_peer a, b;
  auto subscribe = [&](hub_client& c, int64_t account) {
    c.session.on_text(record(R"({"protocol":"json","version":1})"));
    c.session.on_text(invoke("SubscribeOrders", std::to_string(account))
                      + invoke("SubscribePositions", std::to_string(account))
                      + invoke("SubscribeTrades", std::to_string(account)));
  };
  auto& first = board.join(hub_kind::user, "u", &a, false, {});
  auto& second = board.join(hub_kind::user, "u", &b, false, {});
  subscribe(first, 1);
  subscribe(second, 2);
  CHECK(board.subscribed(1));
  CHECK(!board.subscribed(3));
  auto say = [&](const char* text) { board.publish({stream::orders, 1, "", "GatewayUserOrder", text}); };
  say("plain");
  CHECK(a.got == std::vector<std::string>{"plain"});
  CHECK(b.got.empty());
  a.got.clear();

  SUBCASE("lose, then duplicate, then as ever") {
    board.add({hub_kind::user, "GatewayUserOrder", "lose", 1, {}});
    board.add({std::nullopt, "", "duplicate", 1, {}});
    say("1");
    say("2");
    say("3");
    CHECK(a.got == std::vector<std::string>{"2", "2", "3"});
  }
  SUBCASE("reorder turns a group round") {
    board.add({std::nullopt, "", "reorder", 3, {}});
    for (const char* text : {"1", "2", "3", "4"})
      say(text);
    CHECK(a.got == std::vector<std::string>{"3", "2", "1", "4"});
  }
  SUBCASE("delay") {
    board.add({std::nullopt, "", "delay", 1, std::chrono::seconds{1}});
    say("1");
    say("2");
    time.advance(std::chrono::seconds{1});
    CHECK(a.got == std::vector<std::string>{"2", "1"});
  }
  SUBCASE("freeze until cleared") {
    board.add({std::nullopt, "", "lose", 0, {}});
    say("1");
    say("2");
    board.clear_faults();
    say("3");
    CHECK(a.got == std::vector<std::string>{"3"});
  }
  SUBCASE("an ended client hears nothing more") {
    CHECK(board.end(hub_kind::user, ending::stall, "") == 2);
    CHECK(a.ended == ending::stall);
    say("1");
    CHECK(a.got.empty());
    CHECK(!board.subscribed(1));
  }
  SUBCASE("an evicted session is told so first") {
    CHECK(board.logout(std::nullopt, "u", {second.id, {}}, true) == 1);
    CHECK(a.got.at(0).find("GatewayLogout") != std::string::npos);
    CHECK(a.ended == ending::close);
    CHECK(!b.ended);
  }
}

} // TEST_SUITE
