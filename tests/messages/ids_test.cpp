#include "messages/ids.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <unordered_set>

using namespace rm;

TEST_SUITE_BEGIN("messages");

TEST_CASE("an account is not an order, and a number is neither") {
  CHECK_FALSE(std::is_convertible_v<account_id, order_id>);
  CHECK_FALSE(std::is_convertible_v<int64_t, account_id>);
  CHECK_FALSE(std::is_constructible_v<trade_id, order_id>);
  CHECK_FALSE(std::is_convertible_v<contract_id, rule_name>);
}

TEST_CASE("ids compare, hash and print by their value") {
  CHECK(order_id{3} < order_id{4});
  CHECK(to_string(order_id{4'000'000'000'000}) == "4000000000000");
  CHECK_FALSE(order_id{});
  CHECK(order_id{1});
  std::unordered_set<contract_id> seen{"CON.F.US.MNQ.Z25", "CON.F.US.MES.Z25", "CON.F.US.MNQ.Z25"};
  CHECK(seen.size() == 2);
  CHECK(contract_id{"A"} < contract_id{"B"});
  CHECK(contract_id{"A"} < contract_id{"AA"});
}

TEST_CASE("text ids compare as their texts do") {
  const std::string texts[] = {"", "A", "AA", "B", "CON.F.US.MNQ.Z25", "CON.F.US.MNQ.Z26", "CON.F.US.MN", "CON.F.US", "CON.F.USA", "con", "\xc3\xa9", "12345678", "123456789",
                               "1234567", std::string(39, 'x'), std::string(38, 'x'), std::string(38, 'x') + 'y', std::string("a\0", 2), "a"};
  for (auto& a : texts)
    for (auto& b : texts) {
      CAPTURE(a);
      CAPTURE(b);
      CHECK((contract_id{a} == contract_id{b}) == (a == b));
      CHECK((contract_id{a} < contract_id{b}) == (a < b));
      CHECK((contract_id{a} <=> contract_id{b}) == (a <=> b));
    }
}

TEST_CASE("a text id keeps as much as fits, and says what does not") {
  const std::string fits(39, 'x'), too_long(40, 'x');
  CHECK(rule_name::fits(fits));
  CHECK(rule_name{fits}.str() == fits);
  CHECK_FALSE(rule_name::fits(too_long));
  CHECK(rule_name{too_long}.view().size() == 39);
  CHECK(rule_name{}.empty());
}

TEST_SUITE_END();
