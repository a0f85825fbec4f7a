#include "tools/screen/keys.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

std::vector<key> keys_in(std::string bytes) {
  std::vector<key> out;
  for (const auto& pressed : take_keys(bytes))
    out.push_back(pressed.key);
  return out;
}

} // namespace

TEST_SUITE("screen: keys") {
  TEST_CASE("arrows and their friends come as sequences") {
    CHECK(keys_in("\x1b[A\x1b[B\x1b[C\x1b[D") == std::vector{key::up, key::down, key::right, key::left});
    CHECK(keys_in("\x1bOA\x1b[5~\x1b[6~\x1b[3~\x1b[H\x1b[F") == std::vector{key::up, key::page_up, key::page_down, key::erase, key::home, key::end});
    CHECK(keys_in("\x1b[1;5C\x1b[99~") == std::vector{key::right, key::other});
  }

  TEST_CASE("a lone escape is the key itself") { CHECK(keys_in("\x1b") == std::vector{key::escape}); }

  TEST_CASE("control characters are keys") {
    CHECK(keys_in("\r\n\t\x7f\b\x03\x04") == std::vector{key::enter, key::enter, key::tab, key::backspace, key::backspace, key::interrupt, key::end_of_input});
  }

  TEST_CASE("what is not complete waits for the next read") {
    std::string bytes = "a\x1b[1";
    CHECK(take_keys(bytes).size() == 1);
    CHECK(bytes == "\x1b[1");
    bytes += "~b";
    const auto rest = take_keys(bytes);
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].key == key::home);
    CHECK(rest[1].text == "b");
    CHECK(bytes.empty());
  }

  TEST_CASE("a character of several bytes is one key") {
    std::string bytes = "\xC3\xA4\xE2\x82";
    const auto keys = take_keys(bytes);
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].text == "\xC3\xA4");
    CHECK(bytes == "\xE2\x82");
  }
}
