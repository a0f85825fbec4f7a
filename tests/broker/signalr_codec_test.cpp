#include "actors/broker/projectx/signalr_codec.hpp"

#include <doctest/doctest.h>

using namespace rm::projectx;

namespace {

/// All records of a stream that comes in pieces of the given size.
std::vector<std::string> split(std::string_view stream, std::size_t piece) {
  record_splitter splitter;
  std::vector<std::string> out;
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size())))
    REQUIRE(splitter.feed(stream.substr(0, piece), [&](std::string_view r) { out.emplace_back(r); }));
  return out;
}

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE("records come out the same however the stream is cut") {
  const std::string stream = "{}\x1E{\"type\":6}\x1E{\"type\":1,\"target\":\"A\",\"arguments\":[]}\x1E\x1E{\"half";
  const std::vector<std::string> expected{"{}", "{\"type\":6}", "{\"type\":1,\"target\":\"A\",\"arguments\":[]}", ""};
  for (std::size_t piece = 1; piece <= stream.size(); ++piece)
    CHECK(split(stream, piece) == expected);
}

TEST_CASE("half a record is kept, and forgotten with the connection") {
  record_splitter splitter;
  int count = 0;
  CHECK(splitter.feed("{\"type\"", [&](std::string_view) { ++count; }));
  CHECK(count == 0);
  CHECK(splitter.has_half_record());
  splitter.reset();
  CHECK(splitter.feed(":6}\x1E", [&](std::string_view r) {
    ++count;
    CHECK(r == ":6}");
  }));
  CHECK(count == 1);
}

TEST_CASE("a record of 10 MB is read, one without an end is not kept for ever") {
  record_splitter splitter;
  std::string text = "{\"type\":1,\"target\":\"X\",\"arguments\":[\"" + std::string(10'000'000, 'a') + "\"]}\x1E";
  hub_decoder decoder;
  bool read = false;
  CHECK(splitter.feed(text, [&](std::string_view record) {
    hub_record r;
    std::string why;
    read = decoder.read(record, r, why) && r.arguments.at(0).text().size() == 10'000'000;
  }));
  CHECK(read);
  const std::string piece(1u << 20, 'a');
  bool sane = true;
  int pieces = 0;
  for (; sane && pieces < 100; ++pieces)
    sane = splitter.feed(piece, [](std::string_view) {});
  CHECK_FALSE(sane);
  CHECK(pieces == 17);
}

TEST_CASE("each record type is known by its number") {
  hub_decoder decoder;
  hub_record r;
  std::string why;
  REQUIRE(decoder.read(R"({"type":1,"target":"GatewayUserOrder","arguments":[{"action":1,"data":{"id":5}}]})", r, why));
  CHECK(r.kind == record_kind::invocation);
  CHECK(same_name(r.target, "gatewayuserorder"));
  REQUIRE(decoder.read(R"({"type":3,"invocationId":"17","result":null})", r, why));
  CHECK(r.kind == record_kind::completion);
  CHECK(r.id == "17");
  CHECK_FALSE(r.failed);
  REQUIRE(decoder.read(R"({"type":3,"invocationId":"17","error":"no"})", r, why));
  CHECK(r.failed);
  CHECK(r.error == "no");
  REQUIRE(decoder.read(R"({"type":6})", r, why));
  CHECK(r.kind == record_kind::ping);
  REQUIRE(decoder.read(R"({"type":7,"error":"Connection closed with an error.","allowReconnect":false})", r, why));
  CHECK(r.kind == record_kind::close);
  CHECK(r.failed);
  REQUIRE(decoder.read(R"({"type":9,"sequenceId":1})", r, why));
  CHECK(r.kind == record_kind::other);
}

TEST_CASE("what is not a record says why") {
  for (std::string_view bad : {"", "<html>", "{\"type\":1,\"target\":\"A\"", "{}", "[]", "{\"type\":\"1\"}", R"({"type":1,"arguments":[]})", R"({"type":1,"target":"A","arguments":{}})", "\xff\xfe"}) {
    hub_decoder decoder;
    hub_record r;
    std::string why;
    CHECK_FALSE(decoder.read(bad, r, why));
    CHECK(why != "");
  }
}

TEST_CASE("the handshake is accepted, refused or not one at all") {
  CHECK(handshake_request() == "{\"protocol\":\"json\",\"version\":1}\x1E");
  std::string why;
  CHECK(read_handshake("{}", why));
  CHECK_FALSE(read_handshake(R"({"error":"Requested protocol is not available."})", why));
  CHECK(why.find("not available") != std::string::npos);
  CHECK_FALSE(read_handshake("<html>", why));
  CHECK_FALSE(read_handshake("[]", why));
}

TEST_CASE("invocations carry their id as text") {
  CHECK(invocation("7", "SubscribeOrders", "126244") == "{\"type\":1,\"invocationId\":\"7\",\"target\":\"SubscribeOrders\",\"arguments\":[126244]}\x1E");
  CHECK(invocation("8", "SubscribeAccounts", "") == "{\"type\":1,\"invocationId\":\"8\",\"target\":\"SubscribeAccounts\",\"arguments\":[]}\x1E");
  CHECK(ping_record() == "{\"type\":6}\x1E");
}

TEST_CASE("payloads are found wrapped, bare and in lists") {
  struct row {
    std::string_view arguments;
    std::vector<int64_t> ids;
  };
  const row rows[] = {
    {R"([{"action":1,"data":{"id":5}}])", {5}},
    {R"([{"id":5}])", {5}},
    {R"([[{"action":0,"data":{"id":5}},{"action":2,"data":{"id":6}}]])", {5, 6}},
    {R"([{"action":1,"data":[{"id":5},{"id":6}]}])", {5, 6}},
    {R"([{"id":5},{"id":6}])", {5, 6}},
    {R"([])", {}},
    {R"([null])", {0}}, // its reader will say that this is no object
  };
  for (const row& x : rows) {
    CAPTURE(x.arguments);
    json_reader reader;
    std::string why;
    REQUIRE(reader.parse(x.arguments, why));
    std::vector<int64_t> ids;
    for_each_payload(reader.root(), [&](json_value v) { ids.push_back(v["id"].integer().value_or(0)); });
    CHECK(ids == x.ids);
  }
}

TEST_SUITE_END();
