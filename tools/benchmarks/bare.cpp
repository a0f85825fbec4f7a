// The floor that the risk manager is measured against: a bare Beast program that reads the same hub frame and writes the same request.
// One thread, blocking, no JSON, no rules, no books. Ends when the hub closes.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = boost::asio::ip::tcp;

namespace {

tcp::socket connect_to(boost::asio::io_context& io, const std::string& port) {
  tcp::socket out{io};
  out.connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(std::stoi(port))});
  out.set_option(tcp::no_delay{true});
  return out;
}

std::string exchange(tcp::socket& socket, beast::flat_buffer& buffer, const std::string& request) {
  boost::asio::write(socket, boost::asio::buffer(request));
  http::response<http::string_body> answer;
  http::read(socket, buffer, answer);
  return answer.body();
}

std::string request_for(const std::string& port, const std::string& path, const std::string& body, const std::string& token) {
  return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/json\r\nAccept: application/json\r\n" +
         (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string token_in(const std::string& body) {
  const auto at = body.find("\"token\":\"");
  if (at == std::string::npos)
    throw std::runtime_error("no token in the answer to the login");
  const auto begin = at + 9;
  return body.substr(begin, body.find('"', begin) - begin);
}

} // namespace

/// bare PORT USER KEY ACCOUNT: writes a cancel for each order that a frame of the user hub shows as open.
int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "use: bare PORT USER KEY ACCOUNT\n";
    return 2;
  }
  const std::string port = argv[1], user = argv[2], key = argv[3], account = argv[4];
  try {
    boost::asio::io_context io;
    beast::flat_buffer buffer;
    tcp::socket rest = connect_to(io, port);
    const auto token = token_in(exchange(rest, buffer, request_for(port, "/api/Auth/loginKey", R"({"userName":")" + user + R"(","apiKey":")" + key + "\"}", "")));

    websocket::stream<tcp::socket> hub{connect_to(io, port)};
    hub.read_message_max(16 << 20);
    hub.handshake("127.0.0.1:" + port, "/hubs/user?access_token=" + token);
    hub.text(true);
    const auto say = [&](const std::string& text) { hub.write(boost::asio::buffer(text + '\x1e')); };
    say(R"({"protocol":"json","version":1})");
    say(R"({"type":1,"target":"SubscribeAccounts","arguments":[]})");
    for (auto what : {"Orders", "Positions", "Trades"})
      say(R"({"type":1,"target":"Subscribe)" + std::string{what} + R"(","arguments":[)" + account + "]}");
    std::cout << "bare: ready" << std::endl;
    beast::flat_buffer frame;
    auto last_ping = std::chrono::steady_clock::now();
    for (;;) {
      frame.clear();
      hub.read(frame);
      const std::string_view text{static_cast<const char*>(frame.data().data()), frame.size()};
      if (text.find("\"status\":1,") == std::string_view::npos) {
        if (text.find("\"type\":6}") != std::string_view::npos)
          say(R"({"type":6})");
        continue;
      }
      const auto id = text.find("\"id\":") + 5;
      const std::string order{text.substr(id, text.find_first_not_of("0123456789", id) - id)};
      exchange(rest, buffer, request_for(port, "/api/Order/cancel", R"({"accountId":)" + account + R"(,"orderId":)" + order + "}", token));
      if (const auto now = std::chrono::steady_clock::now(); now - last_ping > std::chrono::seconds{10}) { // who says nothing for 30 s is sent away
        last_ping = now;
        say(R"({"type":6})");
      }
    }
  } catch (const std::exception& e) {
    std::cerr << "bare: " << e.what() << "\n";
    return 1;
  }
}
