#include "rest.hpp"

#include "json_edit.hpp"
#include "json_writer.hpp"

#include <algorithm>

namespace gateway_sim {

namespace {

struct endpoint {
  std::string_view path;
  rest_handler handler;
  bool needs_token = true;
  bool optional_body = false;
  std::string_view list = {}; // the payload's list, null in the fault null_list
  bool bars = false;          // counts in the bars budget
};

constexpr endpoint endpoints[] = {
  {"/api/Auth/loginKey", login_key, false},
  {"/api/Auth/loginApp", login_app, false},
  {"/api/Auth/validate", validate, true, true},
  {"/api/Auth/logout", logout, true, true},
  {"/api/Account/search", account_search, true, false, "accounts"},
  {"/api/Contract/search", contract_search, true, false, "contracts"},
  {"/api/Contract/searchById", contract_search_by_id, true, false, "contract"},
  {"/api/Contract/available", contract_available, true, false, "contracts"},
  {"/api/History/retrieveBars", retrieve_bars, true, false, "bars", true},
  {"/api/Order/place", order_place, true, false, "orderId"},
  {"/api/Order/modify", order_modify},
  {"/api/Order/cancel", order_cancel},
  {"/api/Order/search", order_search, true, false, "orders"},
  {"/api/Order/searchOpen", order_search_open, true, false, "orders"},
  {"/api/Order/searchById", order_search_by_id, true, false, "order"},
  {"/api/Order/v2/query", order_query, true, false, "orders"},
  {"/api/Position/searchOpen", position_search_open, true, false, "positions"},
  {"/api/Position/closeContract", position_close},
  {"/api/Position/partialCloseContract", position_partial_close},
  {"/api/Trade/search", trade_search, true, false, "trades"},
};

} // namespace

const std::vector<std::string>& fault_paths() {
  static const auto all = [] {
    std::vector<std::string> paths = {"*", "/hubs/user", "/hubs/market", "/api/Status/ping"};
    for (const auto& e : endpoints)
      paths.emplace_back(e.path);
    return paths;
  }();
  return all;
}

namespace {

const endpoint* find_endpoint(std::string_view path) {
  auto found = std::find_if(std::begin(endpoints), std::end(endpoints), [&](const endpoint& e) {
    return e.path.size() == path.size()
           && std::equal(path.begin(), path.end(), e.path.begin(), [](unsigned char a, unsigned char b) {
                return std::tolower(a) == std::tolower(b);
              });
  });
  return found == std::end(endpoints) ? nullptr : found;
}

std::string envelope(const rest_answer& a) {
  json_writer out;
  out.object();
  if (!a.payload.empty())
    out.raw(a.payload);
  out.field("success", a.code == 0).field("errorCode", a.code).key("errorMessage");
  if (a.message)
    out.value(*a.message);
  else
    out.null();
  out.end_object();
  return out.take();
}

rest_reply unauthorized() {
  rest_reply r;
  r.status = 401;
  r.bearer_challenge = true;
  return r;
}

/// Whose budget a request counts in.
std::string rate_payer(rate_key key, const rest_request& request, const std::optional<std::string>& user) {
  if (key == rate_key::everyone)
    return "(everyone)";
  return !user ? "(login)" : key == rate_key::user ? "user " + *user : request.token;
}

rest_reply plain(int status) {
  rest_reply r;
  r.status = status;
  return r;
}

boost::json::value hidden(boost::json::value v) {
  if (!v.is_object())
    return v;
  for (auto& member : v.as_object())
    for (std::string_view secret : {"apikey", "password", "verifykey", "token"}) {
      std::string name{member.key()};
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      if (name == secret)
        member.value() = "***";
    }
  return v;
}

} // namespace

std::string redacted(const std::string& body) {
  if (body.empty())
    return "null";
  boost::json::error_code error;
  auto parsed = boost::json::parse(boost::json::string_view{body.data(), body.size()}, error);
  if (error)
    return json_quoted("(not JSON, " + std::to_string(body.size()) + " bytes)");
  return boost::json::serialize(hidden(std::move(parsed)));
}

rest_reply rest_api::execute(const rest_request& request, request_entry& entry) {
  if (request.path == "/api/Status/ping") {
    rest_reply pong;
    pong.content_type = "text/plain; charset=utf-8";
    pong.body = "pong";
    return request.method == "GET" ? pong : plain(405);
  }
  const auto* e = find_endpoint(request.path);
  if (!e)
    return plain(404);
  if (request.method != "POST")
    return plain(405);
  auto user = venue_.users.user_of(request.token, venue_.now());
  if (e->needs_token && !user)
    return unauthorized();
  auto& limit = e->bars ? venue_.bars_limit : venue_.general_limit;
  if (!limit.admit(rate_payer(venue_.knobs.rate_key, request, e->needs_token ? user : std::nullopt), venue_.time.now())) {
    auto r = plain(429);
    r.retry_after = venue_.knobs.retry_after;
    return r;
  }
  rest_body body{request.body, e->optional_body};
  rest_call call{venue_, body, request, user.value_or("")};
  rest_answer answer;
  if (body.ok())
    answer = e->handler(call);
  rest_reply reply;
  if (answer.unauthorized)
    return unauthorized();
  if (answer.bad_request || !body.ok()) {
    reply.status = 400;
    reply.content_type = "application/problem+json; charset=utf-8";
    reply.body = body.problem();
    return reply;
  }
  entry.success = answer.code == 0;
  entry.error_code = answer.code;
  entry.error_message = answer.message;
  reply.body = envelope(answer);
  if (venue_.knobs.unknown_fields)
    reply.body = with_unknown_members(reply.body);
  return reply;
}

void rest_api::write_down(request_entry entry, const rest_reply& reply, const std::string& fault) {
  entry.status = reply.cut || reply.never ? 0 : reply.status;
  entry.fault = fault;
  venue_.log.add(std::move(entry));
}

namespace {

request_entry entry_of(const world& venue, const rest_request& request) {
  request_entry e;
  e.at = venue.now();
  e.steady_ns = request.steady_ns;
  e.method = request.method;
  e.path = request.path;
  e.body = redacted(request.body);
  return e;
}

} // namespace

rest_reply rest_api::handle(const rest_request& request) {
  auto entry = entry_of(venue_, request);
  auto reply = execute(request, entry);
  reply.wait = venue_.knobs.reply_delay;
  write_down(std::move(entry), reply, "");
  venue_.pump();
  return reply;
}

rest_reply rest_api::handle_faulty(const rest_request& request, const rest_fault& fault) {
  constexpr std::string_view executed = "execute_then_";
  auto entry = entry_of(venue_, request);
  rest_reply reply;
  std::string_view mode = fault.mode;
  bool after = mode.starts_with(executed);
  if (after || mode == "delay" || mode == "set" || mode == "remove" || mode == "truncate")
    reply = execute(request, entry);
  if (after)
    mode.remove_prefix(executed.size());
  if (mode == "html") {
    reply = plain(200);
    reply.content_type = "text/html";
    reply.body = "<html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>";
  } else if (mode == "empty") {
    reply = plain(200);
  } else if (mode == "error500" || mode == "500") {
    reply = plain(500);
  } else if (mode == "success_false" || mode == "null_list" || mode == "empty_list" || mode == "pretend") {
    rest_answer answer;
    if (mode == "success_false") {
      answer.code = fault.error_code;
      answer.message = fault.error_message;
    }
    const auto* e = find_endpoint(request.path);
    if (e && !e->list.empty())
      answer.payload = json_quoted(e->list) + (mode == "pretend" && e->list == "orderId" ? ":1"
                                             : mode == "empty_list" || mode == "pretend" ? ":[]"
                                                                                         : ":null");
    entry.success = answer.code == 0;
    entry.error_code = answer.code;
    entry.error_message = answer.message;
    reply = plain(200);
    reply.body = envelope(answer);
  } else if (mode == "timeout") {
    reply.never = true;
  } else if (mode == "drop") {
    reply.cut = true;
  } else if (mode == "truncate") {
    reply.truncated = true;
  } else if (mode == "400" || mode == "404") {
    reply = plain(mode == "400" ? 400 : 404);
  } else if (mode == "401") {
    reply = unauthorized();
  } else if (mode == "429") {
    reply = plain(429);
    reply.retry_after = venue_.knobs.retry_after;
  } else if (mode == "set") {
    reply.body = with_member(reply.body, fault.field, fault.value);
  } else if (mode == "remove") {
    reply.body = without_member(reply.body, fault.field);
  } else if (mode == "delay" && after) {
    reply.wait = fault.delay;
  } // a plain delay: the caller waited before
  write_down(std::move(entry), reply, fault.mode);
  venue_.pump();
  return reply;
}

} // namespace gateway_sim
