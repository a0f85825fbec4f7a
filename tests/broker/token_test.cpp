#include "actors/broker/projectx/token.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rm;
using namespace rm::projectx;
using namespace std::chrono_literals;

namespace {

std::string base64url(std::string_view bytes, bool padded) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6)
      out += letters[bits >> (count - 6) & 63];
  }
  if (count > 0)
    out += letters[bits << (6 - count) & 63];
  while (padded && out.size() % 4 != 0)
    out += '=';
  return out;
}

std::string token_with(std::string_view claims, bool padded = false) { return "eyJhbGciOiJIUzI1NiJ9." + base64url(claims, padded) + ".c2lnbmF0dXJl"; }

constexpr timestamp now{1'750'000'000s};

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE("a token lives from its issue to its end, whatever this machine's clock says") {
  const auto token = token_with(R"({"sub":"1","iat":1000000,"exp":1086400})");
  CHECK(token_life(token, now) == 24h);
  CHECK(token_life(token, timestamp{}) == 24h);
  CHECK(token_life(token_with(R"({"iat":1000000,"exp":1000010})"), now) == 10s);
}

TEST_CASE("without a time of issue it lives from now on") {
  for (const bool padded : {false, true}) {
    CHECK(token_life(token_with(R"({"exp":1750003600})", padded), now) == 1h);
    CHECK(token_life(token_with(R"({"exp":1750003600,"name":"x"})", padded), now) == 1h);
  }
}

TEST_CASE("a clock that is days ahead does not have every new token renewed at once, again and again (B10)") {
  CHECK(token_life(token_with(R"({"exp":1749999000})"), now) == 24h);
  CHECK(token_life(token_with(R"({"exp":1750000000,"iat":1750000000})"), now) == 24h);
  CHECK(token_life(token_with(R"({"exp":1750000059})"), now) == 24h);
  CHECK(token_life(token_with(R"({"exp":1750000060})"), now) == 60s);
}

TEST_CASE("what does not say when it ends lives for the 24 hours that the venue promises, never longer") {
  for (const std::string& token : {std::string{"opaque"}, std::string{}, std::string{"a.b"}, std::string{"a.!!.c"}, token_with("no json"), token_with("{}"), token_with(R"({"exp":"soon"})"),
                                   token_with(R"({"exp":-5})"), token_with(R"({"exp":99999999999999})"), token_with(R"({"exp":1790000000})")}) {
    CAPTURE(token);
    CHECK(token_life(token, now) == 24h);
  }
}

TEST_SUITE_END();
