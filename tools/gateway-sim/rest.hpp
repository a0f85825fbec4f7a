// The venue's REST interface (projectx.md 1): one table of paths, each with one handler. No socket in here.
#pragma once
#include "rest_body.hpp"
#include "world.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gateway_sim {

struct rest_request {
  std::string method;
  std::string path; // without query
  std::string token; // of the Authorization header; empty = none
  std::string body;
  int64_t steady_ns = 0; // when its bytes had been read
};

struct rest_reply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  bool bearer_challenge = false; // send WWW-Authenticate
  int64_t retry_after = 0;       // seconds; 0 = no such header
  std::chrono::nanoseconds wait{0}; // before it is sent
  bool cut = false;              // close the socket instead of answering
  bool never = false;            // neither answer nor close
  bool truncated = false;        // half of the body, then the socket is closed
};

/// What a handler decided.
struct rest_answer {
  int64_t code = 0;                    // the endpoint's errorCode; 0 = success
  std::optional<std::string> message;
  std::string payload;                 // `"orders":[…]`, without the surrounding comma
  bool bad_request = false;            // the body was refused; answer with its problem text
  bool unauthorized = false;
};

struct rest_call {
  world& venue;
  rest_body& body;
  const rest_request& request;
  std::string user;
};

class rest_api {
public:
  explicit rest_api(world& venue) : venue_(venue) {}

  /// Executes a request at once; a fault may ask the caller to wait with it (`before`).
  rest_reply handle(const rest_request& request);

  /// A fault that delays the *execution* of this request; asked before `handle`.
  std::optional<rest_fault> fault_for(std::string_view path) { return venue_.faults.take(path, venue_.time.now()); }
  rest_reply handle_faulty(const rest_request& request, const rest_fault& fault);

private:
  rest_reply execute(const rest_request& request, request_entry& entry);
  void write_down(request_entry entry, const rest_reply& reply, const std::string& fault);

  world& venue_;
};

/// The body with keys and passwords replaced; text that is no JSON as a JSON string.
std::string redacted(const std::string& body);

using rest_handler = rest_answer (*)(rest_call&);

// The handlers, by file: rest_reads.cpp and rest_orders.cpp.

rest_answer login_key(rest_call&);
rest_answer login_app(rest_call&);
rest_answer validate(rest_call&);
rest_answer logout(rest_call&);
rest_answer account_search(rest_call&);
rest_answer contract_search(rest_call&);
rest_answer contract_search_by_id(rest_call&);
rest_answer contract_available(rest_call&);
rest_answer retrieve_bars(rest_call&);
rest_answer order_place(rest_call&);
rest_answer order_modify(rest_call&);
rest_answer order_cancel(rest_call&);
rest_answer order_search(rest_call&);
rest_answer order_search_open(rest_call&);
rest_answer order_search_by_id(rest_call&);
rest_answer order_query(rest_call&);
rest_answer position_search_open(rest_call&);
rest_answer position_close(rest_call&);
rest_answer position_partial_close(rest_call&);
rest_answer trade_search(rest_call&);

} // namespace gateway_sim
