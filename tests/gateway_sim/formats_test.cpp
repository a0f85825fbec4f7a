// Numbers, times and JSON text, the product table, tokens.
#include "support.hpp"
#include "tools/gateway-sim/auth.hpp"
#include "tools/gateway-sim/json_writer.hpp"
#include "tools/gateway-sim/rate_limit.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gateway_sim;

TEST_SUITE("gateway_sim formats") {

TEST_CASE("decimals are read and written exactly") {
  struct row {
    const char* in;
    const char* out; // null = refused
  };
  const row rows[] = {
    {"20125.25", "20125.25"}, {"-0.5", "-0.5"},         {"3", "3"},          {"0.00390625", "0.00390625"},
    {"5e-7", "0.0000005"},    {"1.5E3", "1500"},        {"+2.50", "2.5"},    {"0.0000000001", nullptr},
    {"", nullptr},            {"-", nullptr},           {"1.2.3", nullptr},  {"NaN", nullptr},
    {"1e", nullptr},          {"9999999999", nullptr},  {"1e300", nullptr},  {"12x", nullptr},
    {"-0", "0"},              {"9000000000", "9000000000"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.in);
    auto d = decimal::parse(r.in);
    CHECK(d.has_value() == (r.out != nullptr));
    if (d && r.out)
      CHECK(d->text() == r.out);
  }
  CHECK(decimal::from_json_number(20125.25)->text() == "20125.25");
  CHECK(decimal::from_json_number(0.1)->text() == "0.1");
  CHECK(!decimal::from_json_number(1e300));
}

TEST_CASE("times have the venue's two shapes") {
  auto t = *parse_time("2026-08-19T20:49:25.3938333+00:00");
  CHECK(hub_text(t) == "2026-08-19T20:49:25.3938333+00:00");
  CHECK(http_text(t) == "Wed, 19 Aug 2026 20:49:25 GMT");
  CHECK(rest_text(t) == "2026-08-19T20:49:25.393833+00:00");
  CHECK(rest_text(*parse_time("2026-08-19T20:49:25.500Z")) == "2026-08-19T20:49:25.5+00:00");
  CHECK(rest_text(*parse_time("2026-08-19")) == "2026-08-19T00:00:00+00:00");
  CHECK(parse_time("2026-08-19T15:49:25-05:00") == parse_time("2026-08-19T20:49:25Z"));
  for (const char* bad : {"", "2026-13-01", "2026-02-30", "2026-08-19T25:00", "yesterday", "2026-08-19T20:49:25+"})
    CHECK(!parse_time(bad));
}

TEST_CASE("durations need a unit") {
  using namespace std::chrono_literals;
  CHECK(*parse_duration("250ms") == 250ms);
  CHECK(*parse_duration("1.5s") == 1500ms);
  CHECK(*parse_duration("24h") == 24h);
  CHECK(*parse_duration("0") == 0s);
  for (const char* bad : {"", "5", "s", "-1s", "5 parsecs", "99999999999h"})
    CHECK(!parse_duration(bad));
}

TEST_CASE("JSON text is escaped and separated") {
  json_writer w;
  w.object().field("a", 1).key("b").array().value("x\"\n\x1f").value(true).null().end_array().key("c").object();
  w.end_object().field("d", decimal::from_nanos(250'000'000)).end_object();
  CHECK(w.text() == R"({"a":1,"b":["x\"\n\u001f",true,null],"c":{},"d":0.25})");
}

TEST_CASE("contracts are named as the venue names them") {
  auto c = *make_contract("ES", "Z6");
  CHECK(c.id == "CON.F.US.EP.Z26");
  CHECK(c.symbol_id == "F.US.EP");
  CHECK(c.name == "ESZ6");
  CHECK(c.display == "ESZ26");
  CHECK(c.tick_value.text() == "12.5");
  CHECK(make_contract("MNQ", "H27")->id == "CON.F.US.MNQ.H27");
  CHECK(!make_contract("MNQ", "A6"));
  CHECK(!make_contract("XX", "Z6"));
  CHECK(!make_contract("MNQ", "Z"));
  CHECK(c.ticks(*decimal::parse("5950.25")) == 23'801);
  CHECK(!c.ticks(*decimal::parse("5950.3")));
  CHECK(products().size() == 51);
}

TEST_CASE("tokens have three parts, end in time and can be renewed before") {
  auth users;
  users.add_user("demo", "key");
  users.set_token_life(std::chrono::seconds{10});
  wall_time now{10'000'000};
  CHECK(!users.login("demo", "wrong", now));
  CHECK(!users.login("nobody", "key", now));
  auto token = *users.login("demo", "key", now);
  CHECK(std::count(token.begin(), token.end(), '.') == 2);
  CHECK(users.user_of(token, now.plus(std::chrono::seconds{9})) == "demo");
  CHECK(users.renew(token, now.plus(std::chrono::seconds{9})));
  CHECK(!users.user_of(token, now.plus(std::chrono::seconds{10})));
  CHECK(!users.renew(token, now.plus(std::chrono::seconds{10})));
  CHECK(base64url("any carnal pleas") == "YW55IGNhcm5hbCBwbGVhcw");
}

TEST_CASE("the window of requests slides, per token") {
  rate_limit limit{{2, std::chrono::seconds{10}}};
  rate_limit::time_point t{};
  CHECK(limit.admit("a", t));
  CHECK(limit.admit("a", t + std::chrono::seconds{5}));
  CHECK(!limit.admit("a", t + std::chrono::seconds{9}));
  CHECK(limit.admit("b", t + std::chrono::seconds{9}));
  CHECK(limit.admit("a", t + std::chrono::seconds{10}));
  CHECK(limit.used("a") == 2);
}

} // TEST_SUITE
