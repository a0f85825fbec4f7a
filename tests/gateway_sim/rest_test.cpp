// The REST interface without a socket: binding errors, envelopes, codes, faults, limits.
#include "support.hpp"
#include "tools/gateway-sim/rest.hpp"

#include <doctest/doctest.h>

using namespace gateway_sim;
using namespace gateway_sim::test;

namespace {

struct desk_over_http {
  fake_scheduler time;
  world venue;
  rest_api api{venue};
  std::string token;

  explicit desk_over_http(const std::string& more = "")
    : venue(read_scenario("accounts: [{id: 7}]\ncontracts: [{root: MNQ, month: Z6, price: 20000},"
                          "{root: MES, month: U6, price: 100, active: false}]\n" + more),
            time, [this] { return wall_time{17'000'000'000'000'000}.plus(time.now().time_since_epoch()); }, 1) {
    token = *venue.users.login("demo", "demo-key-0001", venue.now());
  }
  rest_reply post(const std::string& path, const std::string& body) {
    return api.handle({"POST", "/api/" + path, token, body, 0});
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("gateway_sim rest") {

TEST_CASE("each endpoint has its own numbers for a refusal, always with HTTP 200") {
  struct row {
    const char* path;
    const char* body;
    int code;
  };
  const row rows[] = {
    {"Account/search", R"({"onlyActiveAccounts":true})", 0},
    {"Contract/searchById", R"({"contractId":"CON.F.US.MNQ.Z26"})", 0},
    {"Contract/searchById", R"({"contractId":"MNQ"})", 1},
    {"Contract/available", R"({"live":false})", 0},
    {"Order/place", R"({"accountId":8,"contractId":"CON.F.US.MNQ.Z26","type":2,"side":0,"size":1})", 1},
    {"Order/place", R"({"accountId":7,"contractId":"CON.F.US.MNQ.Z26","type":2,"side":0,"size":0})", 2},
    {"Order/place", R"({"accountId":7,"contractId":"CON.F.US.MNQ.H26","type":2,"side":0,"size":1})", 8},
    {"Order/place", R"({"accountId":7,"contractId":"CON.F.US.MES.U26","type":2,"side":0,"size":1})", 9},
    {"Order/place", R"({"ACCOUNTID":7,"contractId":"CON.F.US.MNQ.Z26","type":2,"side":0,"size":1,"new":{}})", 0},
    {"Order/modify", R"({"accountId":8,"orderId":1})", 1},
    {"Order/modify", R"({"accountId":7,"orderId":1})", 2},
    {"Order/cancel", R"({"accountId":7,"orderId":3425270858})", 2},
    {"Order/searchOpen", R"({"accountId":8})", 1},
    {"Order/search", R"({"accountId":8,"startTimestamp":"2020-01-01T00:00:00Z"})", 1},
    {"Order/searchById", R"({"accountId":7,"orderId":1})", 1},
    {"Order/v2/query", R"({"filter":{"accountId":8}})", 1},
    {"Position/searchOpen", R"({"accountId":7})", 0},
    {"Position/closeContract", R"({"accountId":7,"contractId":"CON.F.US.MNQ.Z26"})", 2},
    {"Position/closeContract", R"({"accountId":7,"contractId":"CON.F.US.MNQ.H26"})", 3},
    {"Position/partialCloseContract", R"({"accountId":8,"contractId":"CON.F.US.MNQ.Z26","size":1})", 1},
    {"Trade/search", R"({"accountId":8})", 1},
    {"Auth/validate", "", 0},
    {"auth/logout", "{}", 0},
  };
  for (const auto& r : rows) {
    CAPTURE(r.path);
    CAPTURE(r.body);
    desk_over_http d;
    auto reply = d.post(r.path, r.body);
    CHECK(reply.status == 200);
    CAPTURE(reply.body);
    CHECK(has(reply.body, "\"errorCode\":" + std::to_string(r.code) + ","));
    CHECK(has(reply.body, r.code == 0 ? "\"success\":true" : "\"success\":false"));
    CHECK(has(reply.body, "\"errorMessage\":"));
  }
}

TEST_CASE("a body that does not bind is a ProblemDetails with 400") {
  struct row {
    const char* path;
    const char* body;
    const char* names;
  };
  const row rows[] = {
    {"Auth/loginKey", R"({"userName":"demo"})", "apiKey"},
    {"Account/search", "{}", "onlyActiveAccounts"},
    {"Account/search", "", "non-empty"},
    {"Account/search", "{", "not valid JSON"},
    {"Account/search", "[]", "could not be converted"},
    {"Account/search", R"({"onlyActiveAccounts":"yes"})", "System.Boolean"},
    {"Order/searchOpen", R"({"accountId":"7"})", "System.Int32"},
    {"Order/searchOpen", R"({"accountId":7.5})", "System.Int32"},
    {"Order/searchOpen", R"({"accountId":3000000000})", "System.Int32"},
    {"Order/search", R"({"accountId":7,"startTimestamp":"yesterday"})", "System.DateTimeOffset"},
    {"Order/place", R"({"accountId":7,"contractId":"C","type":2,"side":0,"size":1,"limitPrice":"5"})", "System.Decimal"},
    {"Order/v2/query", R"({"pageSize":10})", "filter"},
    {"Order/v2/query", R"({"filter":{}})", "filter.accountId"},
    {"Position/partialCloseContract", R"({"accountId":7,"contractId":"C","closeSize":1})", "size"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.path);
    CAPTURE(r.body);
    desk_over_http d;
    auto reply = d.post(r.path, r.body);
    CHECK(reply.status == 400);
    CHECK(has(reply.body, "\"errors\":{"));
    CHECK(has(reply.body, r.names));
  }
}

TEST_CASE("an order of a given price goes round exactly") {
  desk_over_http d;
  auto placed = d.post("Order/place", R"({"accountId":7,"contractId":"CON.F.US.MNQ.Z26","type":1,"side":0,"size":2,
    "limitPrice":19990.25,"stopPrice":null,"customTag":"x","stopLossBracket":{"ticks":-20,"type":4},
    "takeProfitBracket":null})");
  CHECK(placed.body == R"({"orderId":3425270858,"success":true,"errorCode":0,"errorMessage":null})");
  auto open = d.post("Order/searchOpen", R"({"accountId":7})").body;
  CHECK(has(open, R"("limitPrice":19990.25,"stopPrice":null,"fillVolume":0,"filledPrice":null,"customTag":"x"})"));
  CHECK(!has(open, "x-SL"));
  auto all = d.post("Order/v2/query", R"({"filter":{"accountId":7,"statuses":[8]},"includeTotalCount":true})").body;
  CHECK(has(all, R"("customTag":"x-SL","parentOrderId":3425270858)"));
  CHECK(has(all, R"("totalCount":1)"));
}

TEST_CASE("no token, an old token and an unknown path") {
  desk_over_http d{"token_life: 10s\n"};
  CHECK(d.api.handle({"POST", "/api/Account/search", "", "{}", 0}).status == 401);
  CHECK(d.api.handle({"POST", "/api/Account/search", "a.b.c", "{}", 0}).bearer_challenge);
  CHECK(d.post("Order/unknown", "{}").status == 404);
  CHECK(d.api.handle({"GET", "/api/Order/search", d.token, "", 0}).status == 405);
  d.time.advance(std::chrono::seconds{10});
  CHECK(d.post("Account/search", R"({"onlyActiveAccounts":true})").status == 401);
}

TEST_CASE("two budgets: bars, and everything else") {
  desk_over_http d{"rate_limits: {general: {requests: 2, window: 10s}, bars: {requests: 1, window: 5s}}\n"
                   "switches: {retry_after: 7}\n"};
  const std::string bars = R"({"contractId":"CON.F.US.MNQ.Z26","live":false,"startTime":"1970-01-01T00:00:00Z",
    "endTime":"2100-01-01T00:00:00Z","unit":2,"unitNumber":5,"limit":10,"includePartialBar":true})";
  auto got = d.post("History/retrieveBars", bars);
  CHECK(has(got.body, R"("o":20000.0,"h":20000.0)"));
  CHECK(d.post("History/retrieveBars", bars).status == 429);
  CHECK(d.post("Position/searchOpen", R"({"accountId":7})").status == 200);
  CHECK(d.post("Position/searchOpen", R"({"accountId":7})").status == 200);
  auto refused = d.post("Position/searchOpen", R"({"accountId":7})");
  CHECK(refused.status == 429);
  CHECK(refused.retry_after == 7);
  d.time.advance(std::chrono::seconds{5});
  CHECK(d.post("History/retrieveBars", bars).status == 200);
}

TEST_CASE("a fault hits its path as often as ordered and is written down") {
  desk_over_http d;
  d.venue.faults.add({"/api/Position/closeContract", "success_false", 2, {}, 5, std::nullopt});
  d.venue.faults.add({"/api/Order/*", "execute_then_500", 1, {}, 1, std::nullopt});
  CHECK(!d.api.fault_for("/api/Position/searchOpen"));
  for (int i = 0; i < 2; ++i) {
    auto fault = d.api.fault_for("/api/Position/closeContract");
    REQUIRE(fault);
    auto reply = d.api.handle_faulty({"POST", "/api/Position/closeContract", d.token, "{}", 0}, *fault);
    CHECK(reply.body == R"({"success":false,"errorCode":5,"errorMessage":null})");
  }
  CHECK(!d.api.fault_for("/api/Position/closeContract"));
  auto fault = d.api.fault_for("/api/Order/place");
  REQUIRE(fault);
  auto reply = d.api.handle_faulty(
    {"POST", "/api/Order/place", d.token,
     R"({"accountId":7,"contractId":"CON.F.US.MNQ.Z26","type":2,"side":0,"size":1})", 0}, *fault);
  CHECK(reply.status == 500);
  CHECK(d.venue.book.positions(7).size() == 1);
  CHECK(d.venue.log.requests().back().fault == "execute_then_500");
}

TEST_CASE("secrets never reach the journal") {
  CHECK(redacted(R"({"userName":"u","apiKey":"s3cret","PASSWORD":"s3cret"})")
        == R"({"userName":"u","apiKey":"***","PASSWORD":"***"})");
  CHECK(redacted("") == "null");
  CHECK(!has(redacted("apiKey=s3cret"), "s3cret"));
}

} // TEST_SUITE
