#include "actors/admin/json_rpc.hpp"
#include "actors/admin/json_text.hpp"
#include "actors/admin/nearest.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;

rpc_refused refusal_of(std::string_view line) {
  auto parsed = parse_request(line);
  REQUIRE(std::holds_alternative<rpc_refused>(parsed));
  return std::get<rpc_refused>(parsed);
}

} // namespace

TEST_CASE("a request is read with its id, method and parameters") {
  auto parsed = parse_request(R"({"jsonrpc":"2.0","id":7,"method":"journal","params":{"account":126244,"since":"2h","all":true,"limit":null}})");
  REQUIRE(std::holds_alternative<rpc_request>(parsed));
  const auto& r = std::get<rpc_request>(parsed);
  CHECK(r.id == "7");
  CHECK(r.method == "journal");
  REQUIRE(r.params.size() == 4);
  CHECK(std::get<int64_t>(r.params.at("account")) == 126244);
  CHECK(std::get<std::string>(r.params.at("since")) == "2h");
  CHECK(std::get<bool>(r.params.at("all")));
  CHECK(std::holds_alternative<std::monostate>(r.params.at("limit")));
}

TEST_CASE("an id may be text and comes back as it was; parameters may be left out") {
  for (const std::string params : {"", R"(,"params":{})", R"(,"params":[])"}) {
    CAPTURE(params);
    auto parsed = parse_request(R"({"jsonrpc":"2.0","id":"a \"quoted\" one","method":"status")" + params + "}");
    REQUIRE(std::holds_alternative<rpc_request>(parsed));
    CHECK(std::get<rpc_request>(parsed).id == R"("a \"quoted\" one")");
    CHECK(std::get<rpc_request>(parsed).params.empty());
  }
}

TEST_CASE("what is no request is refused with the code of its fault and the id to answer to") {
  struct row {
    std::string line;
    rpc_code code;
    std::string id;
    std::string says;
  };
  const std::string deep(100, '[');
  const row rows[] = {
    {"hello", rpc_code::parse_error, "null", "not JSON"},
    {R"({"jsonrpc":"2.0","id":1,"method":"status")", rpc_code::parse_error, "null", "not JSON"},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", rpc_code::parse_error, "null", "not JSON"},
    {R"({"jsonrpc":"2.0","id":NaN,"method":"status"})", rpc_code::parse_error, "null", "not JSON"},
    {deep, rpc_code::parse_error, "null", "not JSON"},
    {"[]", rpc_code::invalid_request, "null", "batches"},
    {"42", rpc_code::invalid_request, "null", "object"},
    {"{}", rpc_code::invalid_request, "null", "jsonrpc"},
    {R"({"jsonrpc":"1.0","id":3,"method":"status"})", rpc_code::invalid_request, "3", "jsonrpc"},
    {R"({"jsonrpc":2.0,"id":3,"method":"status"})", rpc_code::invalid_request, "3", "jsonrpc"},
    {R"({"jsonrpc":"2.0","method":"status"})", rpc_code::invalid_request, "null", "id"},
    {R"({"jsonrpc":"2.0","id":null,"method":"status"})", rpc_code::invalid_request, "null", "id"},
    {R"({"jsonrpc":"2.0","id":1.5,"method":"status"})", rpc_code::invalid_request, "null", "id"},
    {R"({"jsonrpc":"2.0","id":{},"method":"status"})", rpc_code::invalid_request, "null", "id"},
    {R"({"jsonrpc":"2.0","id":3})", rpc_code::invalid_request, "3", "method"},
    {R"({"jsonrpc":"2.0","id":3,"method":7})", rpc_code::invalid_request, "3", "method"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","parms":{}})", rpc_code::invalid_request, "3", "did you mean 'params'?"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","params":"x"})", rpc_code::invalid_params, "3", "object"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","params":[1]})", rpc_code::invalid_params, "3", "object"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","params":{"a":1.5}})", rpc_code::invalid_params, "3", "'a'"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","params":{"a":{}}})", rpc_code::invalid_params, "3", "'a'"},
    {R"({"jsonrpc":"2.0","id":3,"method":"status","params":{"a":18446744073709551615}})", rpc_code::invalid_params, "3", "'a'"},
  };
  for (const row& r : rows) {
    CAPTURE(r.line);
    const auto refused = refusal_of(r.line);
    CHECK(static_cast<int>(refused.error.code) == static_cast<int>(r.code));
    CHECK(refused.id == r.id);
    CHECK(refused.error.message.find(r.says) != std::string::npos);
  }
}

TEST_CASE("answers are one line, and the client's end reads back what was written") {
  CHECK(result_line("7", R"({"a":0.141})") == R"({"jsonrpc":"2.0","id":7,"result":{"a":0.141}})");
  CHECK(error_line("null", {rpc_code::parse_error, "a \"b\"\nc"}) == R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a \"b\"\nc"}})");

  const auto done = parse_answer(7, result_line("7", R"({"a":0.141})"));
  REQUIRE(done);
  CHECK(done->done);
  CHECK(done->result == R"({"a":0.141})"); // numbers keep their spelling
  const auto failed = parse_answer(7, error_line("7", {rpc_code::not_permitted, "no"}));
  REQUIRE(failed);
  CHECK_FALSE(failed->done);
  CHECK(failed->code == -32001);
  CHECK(failed->message == "no");
  for (const std::string_view nonsense : {"", "{}", "<html>", R"({"jsonrpc":"2.0","id":8,"result":1})", R"({"jsonrpc":"2.0","id":7,"error":{}})"})
    CHECK_FALSE(parse_answer(7, nonsense));
}

TEST_CASE("a client's request is what the service reads") {
  const auto parsed = parse_request(request_line(3, "journal", {{"account", std::string{"a\"b"}}, {"limit", int64_t{5}}, {"all", true}, {"none", {}}}));
  REQUIRE(std::holds_alternative<rpc_request>(parsed));
  const auto& r = std::get<rpc_request>(parsed);
  CHECK(r.id == "3");
  CHECK(r.method == "journal");
  CHECK(r.params == parameters{{"account", std::string{"a\"b"}}, {"limit", int64_t{5}}, {"all", true}, {"none", {}}});
}

TEST_CASE("JSON text is always valid UTF-8 without raw control characters") {
  struct row {
    std::string_view in, out;
  };
  const row rows[] = {
    {"plain", "\"plain\""},
    {"a\"\\\n\r\t", R"("a\"\\\n\r\t")"},
    {std::string_view{"\0\x1b\x7f", 3}, R"("\u0000\u001b\u007f")"},
    {"\u00e9\u20ac\U0001F600", "\"\u00e9\u20ac\U0001F600\""},
    {"cut \xe2\x82", "\"cut \uFFFD\uFFFD\""},
    {"\xc0\xaf", "\"\uFFFD\uFFFD\""},         // an overlong slash
    {"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""}, // a surrogate
    {"\xf5", "\"\uFFFD\""},
  };
  for (const row& r : rows)
    CHECK(quoted_json(r.in) == r.out);
}

TEST_CASE("millionths are written as the number they are") {
  struct row {
    int64_t in;
    std::string_view out;
  };
  for (const row& r : {row{0, "0"}, row{141'000, "0.141"}, row{1'000'000, "1"}, row{1'250'001, "1.250001"}, row{1, "0.000001"}, row{-500'000, "-0.5"},
                       row{INT64_MIN, "-9223372036854.775808"}})
    CHECK(millionths_json(r.in) == r.out);
}

TEST_CASE("the nearest name is told when it is near") {
  const std::vector<std::string> names{"journal", "status", "version"};
  CHECK(nearest_name("statsu", names) == "status");
  CHECK(nearest_name("jurnal", names) == "journal");
  CHECK(nearest_name("flatten", names) == "");
  CHECK(nearest_name("", names) == "");
  CHECK(nearest_name(std::string(5000, 's'), names) == "");
  CHECK(hint_for("versoin", names) == ", did you mean 'version'?");
  CHECK(hint_for("zzzzzzz", names) == "");
}

TEST_CASE("news of a topic are read back as they were written, and nothing else is taken for them") {
  const auto news = parse_push(push_line("status", R"({"a":1.50,"b":[]})"));
  REQUIRE(news);
  CHECK(news->topic == "status");
  CHECK(news->result == R"({"a":1.50,"b":[]})"); // numbers keep their spelling
  const auto trouble = parse_push(push_trouble_line("locks", {rpc_code::unknown_account, "there is no account"}));
  REQUIRE(trouble);
  CHECK(trouble->trouble);
  CHECK(trouble->topic == "locks");
  CHECK(trouble->result == "there is no account");
  CHECK_FALSE(parse_push(result_line("1", "{}")));
  CHECK_FALSE(parse_push("garbage"));
  CHECK_FALSE(parse_push(R"({"jsonrpc":"2.0","id":1,"method":"status","params":{}})"));
}

TEST_SUITE_END();
