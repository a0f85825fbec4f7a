#include "actors/broker/projectx/http_date.hpp"
#include "actors/broker/projectx/requests.hpp"
#include "actors/broker/projectx/port.hpp"
#include "actors/broker/projectx/url.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::projectx;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("broker");

TEST_CASE("the Date header") {
  const auto t = parse_http_date("Thu, 26 Nov 2026 18:30:16 GMT");
  REQUIRE(t);
  CHECK(format_time(*t) == "2026-11-26T18:30:16.000Z");
  CHECK(format_time(*parse_http_date("Mon, 29 Feb 2028 00:00:00 GMT")) == "2028-02-29T00:00:00.000Z");
  for (const char* wrong : {"", "now", "Thu, 26 Nov 2026 18:30:16 UTC", "Thu, 26 Nov 2026 24:30:16 GMT", "Thu, 31 Nov 2026 18:30:16 GMT", "Thu, 26 Nov -026 18:30:16 GMT",
                            "Thu, 26 Foo 2026 18:30:16 GMT", "Thursday, 26-Nov-26 18:30:16 GMT", "Thu, 26 Nov 2026 18:30:1x GMT", "2026-11-26T18:30:16.000000000Z"})
    CHECK_MESSAGE(!parse_http_date(wrong), wrong);
}

TEST_CASE("requests are written as the venue wants them") {
  venue_request r;
  r.account = account_id{126244};
  r.contract = "CON.F.US.MNQ.Z25";
  r.kind = request_kind::close_position;
  CHECK(call_for(r).path == "/api/Position/closeContract");
  CHECK(call_for(r).body == R"({"accountId":126244,"contractId":"CON.F.US.MNQ.Z25"})");
  r.kind = request_kind::reduce_position;
  r.size = 3;
  CHECK(call_for(r).path == "/api/Position/partialCloseContract");
  CHECK(call_for(r).body == R"({"accountId":126244,"contractId":"CON.F.US.MNQ.Z25","size":3})");
  r.kind = request_kind::cancel_order;
  r.order = order_id{3425270858};
  CHECK(call_for(r).path == "/api/Order/cancel");
  CHECK(call_for(r).body == R"({"accountId":126244,"orderId":3425270858})");
  r.kind = request_kind::modify_order;
  r.stop_price = price::parse("29547.0078125");
  CHECK(call_for(r).path == "/api/Order/modify");
  CHECK(call_for(r).body == R"({"accountId":126244,"orderId":3425270858,"size":3,"stopPrice":29547.0078125})");
  r.kind = request_kind::place_stop;
  r.side = side::buy;
  r.size = 2;
  r.tag = "riskmanager-stop-1";
  CHECK(call_for(r).path == "/api/Order/place");
  CHECK(call_for(r).body == R"({"accountId":126244,"contractId":"CON.F.US.MNQ.Z25","type":4,"side":0,"size":2,"stopPrice":29547.0078125,"customTag":"riskmanager-stop-1"})");
  CHECK(live_order_query(account_id{7}, 100)
        == R"({"filter":{"accountId":7,"statuses":[1,6,7,8]},"pageSize":100,"pageOffset":100,"sortBy":1,"sortDirection":0})");
  CHECK(trade_search(account_id{7}, {}).find("\"startTimestamp\":\"2015-01-01") != std::string::npos);
  CHECK(login("me", "a\"b\\c\n") == R"({"userName":"me","apiKey":"a\"b\\c\u000a"})");
}

TEST_CASE("an answer is judged by its envelope, per kind of request") {
  using enum request_kind;
  struct row {
    request_kind kind;
    int status;
    std::string_view body;
    request_outcome outcome;
    refusal why;
  };
  const auto no = [](int code) { return "{\"success\":false,\"errorCode\":" + std::to_string(code) + ",\"errorMessage\":null}"; };
  const std::string codes[] = {no(0), no(1), no(2), no(3), no(4), no(5), no(6), no(7), no(8), no(9)};
  const auto taken = request_outcome::accepted, refused = request_outcome::refused, unclear = request_outcome::unclear, not_sent = request_outcome::not_sent;
  const row rows[] = {
    {cancel_order, 200, R"({"success":true,"errorCode":0,"errorMessage":null})", taken, refusal::none},
    {cancel_order, 200, codes[1], refused, refusal::account},
    {cancel_order, 200, R"({"success":false,"errorCode":1,"errorMessage":"Trading is halted for this account."})", refused, refusal::account},
    {close_position, 200, R"({"success":false,"errorCode":6,"errorMessage":"Unavailable: pending."})", refused, refusal::pending},
    {cancel_order, 200, codes[2], refused, refusal::not_found},
    {cancel_order, 200, codes[3], refused, refusal::rejected},
    {cancel_order, 200, codes[4], refused, refusal::pending},
    {cancel_order, 200, codes[5], unclear, refusal::none},
    {cancel_order, 200, codes[0], unclear, refusal::none},
    {cancel_order, 200, codes[9], unclear, refusal::none},
    {cancel_order, 200, R"({"success":true,"errorCode":3,"errorMessage":null})", unclear, refusal::none},
    {cancel_order, 200, codes[6], refused, refusal::account},
    {cancel_order, 200, R"({"success":false,"errorCode":6,"errorMessage":"Follower accounts cannot cancel orders."})", refused, refusal::account},
    {cancel_order, 200, R"({"success":false,"errorCode":3})", refused, refusal::rejected},
    {modify_order, 200, codes[1], refused, refusal::account},
    {modify_order, 200, codes[2], refused, refusal::not_found},
    {modify_order, 200, codes[3], refused, refusal::rejected},
    {modify_order, 200, codes[4], refused, refusal::pending},
    {modify_order, 200, codes[5], unclear, refusal::none},
    {modify_order, 200, codes[6], refused, refusal::account},
    {modify_order, 200, codes[7], refused, refusal::not_found},
    {close_position, 200, codes[1], refused, refusal::account},
    {close_position, 200, codes[2], refused, refusal::not_found},
    {close_position, 200, codes[3], refused, refusal::not_found},
    {close_position, 200, codes[4], refused, refusal::rejected}, // an expired contract
    {close_position, 200, codes[5], refused, refusal::rejected},
    {close_position, 200, R"({"success":false,"errorCode":5,"errorMessage":"Trading is currently unavailable. The instrument is not in an active trading status"})", refused, refusal::outside_hours},
    {close_position, 200, codes[6], refused, refusal::pending},
    {close_position, 200, codes[7], unclear, refusal::none},
    {close_position, 200, codes[9], unclear, refusal::none},
    {close_position, 200, codes[8], refused, refusal::account},
    {reduce_position, 200, codes[1], refused, refusal::account},
    {reduce_position, 200, codes[2], refused, refusal::not_found},
    {reduce_position, 200, codes[3], refused, refusal::not_found},
    {reduce_position, 200, codes[4], refused, refusal::rejected},
    {reduce_position, 200, codes[5], refused, refusal::size},
    {reduce_position, 200, codes[6], refused, refusal::rejected},
    {reduce_position, 200, codes[7], refused, refusal::pending},
    {reduce_position, 200, codes[8], unclear, refusal::none},
    {reduce_position, 200, codes[9], refused, refusal::account},
    {close_position, 200, "<html>", unclear, refusal::none},
    {close_position, 200, "", unclear, refusal::none},
    {close_position, 200, R"({"orderId":17})", unclear, refusal::none},
    {close_position, 500, R"({"success":true})", unclear, refusal::none},
    {close_position, 503, "<html>", unclear, refusal::none},
    {close_position, 302, "", unclear, refusal::none},
    {close_position, 400, R"({"title":"One or more validation errors occurred."})", refused, refusal::unknown},
    {close_position, 404, "", refused, refusal::unknown},
    {close_position, 401, "", unclear, refusal::none},
    {reduce_position, 401, "", unclear, refusal::none},
    {place_stop, 401, "", unclear, refusal::none},
    {cancel_order, 401, "", not_sent, refusal::none},
    {modify_order, 401, "", not_sent, refusal::none},
    {close_position, 429, "", not_sent, refusal::none},
  };
  for (const row& r : rows) {
    CAPTURE(r.status);
    CAPTURE(r.body);
    const auto v = judge(r.kind, r.status, r.body);
    CHECK(v.outcome == r.outcome);
    CHECK(v.refusal == r.why);
    CHECK(v.detail.empty() == (r.outcome == taken));
  }
}

TEST_CASE("addresses are taken apart, and odd ones refused") {
  const auto api = parse_url("https://api.topstepx.com");
  REQUIRE(api);
  CHECK(api->tls);
  CHECK(api->host == "api.topstepx.com");
  CHECK(api->port == "443");
  CHECK(api->path == "");
  CHECK(api->authority() == "api.topstepx.com");
  CHECK_FALSE(api->is_loopback());
  const auto hub = parse_url("ws://127.0.0.1:8090/hubs/user/");
  REQUIRE(hub);
  CHECK_FALSE(hub->tls);
  CHECK(hub->path == "/hubs/user");
  CHECK(hub->authority() == "127.0.0.1:8090");
  CHECK(hub->is_loopback());
  CHECK(parse_url("http://[::1]:99/x")->authority() == "[::1]:99");
  CHECK_FALSE(parse_url("http://127.0.0.1.evil.example")->is_loopback());
  for (std::string_view bad : {"", "api.topstepx.com", "ftp://a", "http://", "http://:80", "http://a:", "http://a:x", "http://a:999999", "http://a?token=1", "http://u:p@a", "http://a b", "http://[::1"})
    CHECK_FALSE(parse_url(bad));
  CHECK(query_escaped("eyJ.a-b_c~/+=&") == "eyJ.a-b_c~%2F%2B%3D%26");
}

TEST_CASE("settings are checked without showing what is secret") {
  projectx_settings s;
  s.broker = "topstepx";
  s.api_url = "https://api.topstepx.com";
  s.user_hub_url = "https://rtc.topstepx.com/hubs/user";
  s.market_hub_url = "https://rtc.topstepx.com/hubs/market";
  s.user_name = "me";
  s.api_key = "secret";
  CHECK(problems_of(s).empty());
  s.api_url = "http://api.topstepx.com";
  REQUIRE(problems_of(s).size() == 1);
  CHECK(problems_of(s).front().starts_with("api_url"));
  s.allow_plain_text = true;
  CHECK(problems_of(s).empty());
  s.user_hub_url = "nonsense";
  s.user_name = "";
  s.request_timeout = 0s;
  CHECK(problems_of(s).size() == 3);
}

TEST_SUITE_END();
