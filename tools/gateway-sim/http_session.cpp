#include "http_session.hpp"

#include "control.hpp"
#include "hub_connection.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cctype>

namespace gateway_sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr uint64_t largest_body = 16u << 20;

std::string url_decoded(std::string_view text) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1]))
        && std::isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    auto end = query.find('&');
    auto part = query.substr(0, end);
    if (part.starts_with(key) && part.size() > key.size() && part[key.size()] == '=')
      return url_decoded(part.substr(key.size() + 1));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return std::nullopt;
}

template <class Request>
std::string bearer(const Request& r) {
  std::string_view value{r[http::field::authorization].data(), r[http::field::authorization].size()};
  constexpr std::string_view scheme = "bearer ";
  if (value.size() < scheme.size())
    return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(value[i])) != scheme[i])
      return {};
  return std::string{value.substr(scheme.size())};
}

rest_reply bare(int status, std::string body = {}) {
  rest_reply r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

} // namespace

http_session::http_session(asio::ip::tcp::socket socket, std::shared_ptr<server_parts> parts)
  : stream_(std::move(socket)), parts_(std::move(parts)) {
  // nop
}

void http_session::read() {
  parser_.emplace();
  parser_->body_limit(largest_body);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                     auto read_at = steady_ns();
                     if (!error)
                       self->on_request(self->parser_->release(), read_at);
                   });
}

void http_session::on_request(request r, int64_t read_at) {
  keep_alive_ = r.keep_alive();
  version_ = r.version();
  head_ = r.method() == http::verb::head;
  std::string target{r.target()};
  auto mark = target.find('?');
  auto path = target.substr(0, mark);
  auto query = mark == std::string::npos ? std::string{} : target.substr(mark + 1);
  if (path.starts_with("/hubs/"))
    return on_hub(std::move(r), path, query);
  std::string method{r.method_string()};
  if (path.starts_with("/sim/")) {
    auto answer = control(parts_->venue, method, path, query, r.body());
    return reply(bare(answer.status, std::move(answer.body)));
  }
  on_api({method, path, bearer(r), std::move(r.body()), read_at});
}

void http_session::on_api(const rest_request& r) {
  auto fault = parts_->api.fault_for(r.path);
  if (!fault)
    return reply(parts_->api.handle(r));
  if (fault->mode != "delay")
    return reply(parts_->api.handle_faulty(r, *fault));
  parts_->venue.time.after(fault->delay, [self = shared_from_this(), r, f = *fault] {
    self->reply(self->parts_->api.handle_faulty(r, f));
  });
}

// -- hubs ----------------------------------------------------------------------------------------

void http_session::on_hub(request r, const std::string& path, const std::string& query) {
  auto hub_path = path.substr(0, path.find('/', 6));
  auto rest = path.substr(hub_path.size());
  if ((hub_path != "/hubs/user" && hub_path != "/hubs/market") || (!rest.empty() && rest != "/negotiate"))
    return reply(bare(404));
  if (auto fault = parts_->api.fault_for(hub_path)) {
    auto answer = parts_->api.handle_faulty({std::string{r.method_string()}, path, "", "", steady_ns()}, *fault);
    return reply(std::move(answer));
  }
  auto token = query_value(query, "access_token").value_or(bearer(r));
  auto user = parts_->venue.users.user_of(token, parts_->venue.now());
  if (!rest.empty() && r.method() != http::verb::post)
    return reply(bare(405));
  if (!user) {
    auto refused = bare(401);
    refused.bearer_challenge = true;
    return reply(std::move(refused));
  }
  if (!rest.empty())
    return negotiate(query);
  if (!beast::websocket::is_upgrade(r))
    return reply(bare(400, "Connection ID required"));
  if (auto id = query_value(query, "id")) {
    auto known = parts_->negotiated.find(*id);
    if (known == parts_->negotiated.end())
      return reply(bare(404, "No Connection with that ID"));
    if (known->second)
      return reply(bare(409));
    known->second = true;
  }
  auto hub = hub_path == "/hubs/user" ? hub_kind::user : hub_kind::market;
  if (parts_->venue.knobs.sessions == session_rule::refuse_new && parts_->venue.hubs.connected(hub, *user))
    return reply(bare(409, "There is a session already"));
  std::make_shared<hub_connection>(stream_.release_socket(), parts_, hub, *user, token)->start(std::move(r));
}

void http_session::negotiate(const std::string& query) {
  auto number = parts_->next_token++;
  auto id = base64url("connection-" + std::to_string(number) + "-" + std::to_string(steady_ns()));
  auto token = base64url("token-" + std::to_string(steady_ns()) + "-" + std::to_string(number));
  bool second = query_value(query, "negotiateVersion").value_or("0") != "0";
  parts_->negotiated[second ? token : id] = false;
  json_writer out;
  out.object().field("negotiateVersion", second ? 1 : 0).field("connectionId", id);
  if (second)
    out.field("connectionToken", token);
  out.key("availableTransports").array().object().field("transport", "WebSockets");
  out.key("transferFormats").array().value("Text").value("Binary").end_array().end_object().end_array().end_object();
  reply(bare(200, out.take()));
}

// -- answering -----------------------------------------------------------------------------------

void http_session::reply(rest_reply r) {
  if (r.never) { // keeps the socket open and silent for as long as a client could wait
    parts_->venue.time.after(std::chrono::minutes{10}, [self = shared_from_this()] {});
    return;
  }
  if (r.wait.count() > 0) {
    auto wait = std::exchange(r.wait, std::chrono::nanoseconds{0});
    parts_->venue.time.after(wait, [self = shared_from_this(), r = std::move(r)] { self->reply(r); });
    return;
  }
  if (r.cut) {
    beast::error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger{true, 0}, ignored);
    stream_.close();
    return;
  }
  write(r);
}

void http_session::write(const rest_reply& r) {
  response_ = {static_cast<http::status>(r.status), version_};
  response_.set(http::field::server, "gateway-sim");
  if (const auto& knobs = parts_->venue.knobs; !knobs.no_date)
    response_.set(http::field::date, http_text(parts_->venue.now().plus(knobs.date_ahead - knobs.date_behind)));
  if (!r.body.empty())
    response_.set(http::field::content_type, r.content_type);
  if (r.bearer_challenge)
    response_.set(http::field::www_authenticate, "Bearer error=\"invalid_token\"");
  if (r.retry_after > 0)
    response_.set(http::field::retry_after, std::to_string(r.retry_after));
  response_.keep_alive(keep_alive_);
  response_.body() = head_ ? std::string{} : r.body;
  response_.prepare_payload();
  if (r.truncated) // the header promises more than comes
    response_.body().resize(r.body.size() / 2);
  bool more = keep_alive_ && !r.truncated;
  http::async_write(stream_, response_, [self = shared_from_this(), more](const beast::error_code& error, std::size_t) {
    if (error)
      return;
    if (more)
      return self->read();
    beast::error_code ignored;
    self->stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  });
}

} // namespace gateway_sim
