#include "messages/money.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

using namespace rm;

TEST_SUITE_BEGIN("messages");

namespace {

money dollars(const char* text) { return money::parse(text).value(); }
price points(const char* text) { return price::parse(text).value(); }
constexpr int64_t most = std::numeric_limits<int64_t>::max();
constexpr int64_t least = std::numeric_limits<int64_t>::min();

struct tick_row {
  const char* root;
  const char* tick;
  const char* value;
  int64_t billionths;  // the tick in 1e-9 points
  int64_t millionths;  // its value in 1e-6 dollars
};

// The venue's list of contracts.
const tick_row venue_ticks[] = {
  {"EP", "0.25", "12.50", 250'000'000, 12'500'000},      {"MES", "0.25", "1.25", 250'000'000, 1'250'000},
  {"ENQ", "0.25", "5.00", 250'000'000, 5'000'000},       {"MNQ", "0.25", "0.50", 250'000'000, 500'000},
  {"RTY", "0.1", "5.00", 100'000'000, 5'000'000},        {"M2K", "0.1", "0.50", 100'000'000, 500'000},
  {"YM", "1", "5.00", 1'000'000'000, 5'000'000},         {"MYM", "1", "0.50", 1'000'000'000, 500'000},
  {"NKD", "5", "25", 5'000'000'000, 25'000'000},         {"CLE", "0.01", "10", 10'000'000, 10'000'000},
  {"MCLE", "0.01", "1", 10'000'000, 1'000'000},          {"NQM", "0.025", "12.50", 25'000'000, 12'500'000},
  {"NGE", "0.001", "10", 1'000'000, 10'000'000},         {"MNG", "0.001", "1", 1'000'000, 1'000'000},
  {"NQG", "0.005", "12.50", 5'000'000, 12'500'000},      {"RBE", "0.0001", "4.20", 100'000, 4'200'000},
  {"HOE", "0.0001", "4.20", 100'000, 4'200'000},         {"GCE", "0.1", "10", 100'000'000, 10'000'000},
  {"MGC", "0.1", "1", 100'000'000, 1'000'000},           {"SIE", "0.005", "25", 5'000'000, 25'000'000},
  {"SIL", "0.005", "5", 5'000'000, 5'000'000},           {"CPE", "0.0005", "12.50", 500'000, 12'500'000},
  {"MHG", "0.0005", "1.25", 500'000, 1'250'000},         {"PLE", "0.1", "5", 100'000'000, 5'000'000},
  {"EU6", "0.00005", "6.25", 50'000, 6'250'000},         {"M6E", "0.0001", "1.25", 100'000, 1'250'000},
  {"EEU", "0.0001", "6.25", 100'000, 6'250'000},         {"BP6", "0.0001", "6.25", 100'000, 6'250'000},
  {"M6B", "0.0001", "0.625", 100'000, 625'000},          {"DA6", "0.00005", "5", 50'000, 5'000'000},
  {"M6A", "0.0001", "1", 100'000, 1'000'000},            {"CA6", "0.00005", "5", 50'000, 5'000'000},
  {"JY6", "0.0000005", "6.25", 500, 6'250'000},          {"SF6", "0.00005", "6.25", 50'000, 6'250'000},
  {"NE6", "0.00005", "5", 50'000, 5'000'000},            {"MX6", "0.00001", "5", 10'000, 5'000'000},
  {"USA", "0.03125", "31.25", 31'250'000, 31'250'000},   {"ULA", "0.03125", "31.25", 31'250'000, 31'250'000},
  {"TYA", "0.015625", "15.625", 15'625'000, 15'625'000}, {"TNA", "0.015625", "15.625", 15'625'000, 15'625'000},
  {"FVA", "0.0078125", "7.8125", 7'812'500, 7'812'500},  {"TUA", "0.00390625", "7.8125", 3'906'250, 7'812'500},
  {"MBT", "5", "0.50", 5'000'000'000, 500'000},          {"GMET", "0.5", "0.05", 500'000'000, 50'000},
  {"HE", "0.025", "10", 25'000'000, 10'000'000},         {"GLE", "0.025", "10", 25'000'000, 10'000'000},
  {"ZCE", "0.25", "12.50", 250'000'000, 12'500'000}, 
  {"ZWA", "0.25", "12.50", 250'000'000, 12'500'000},     {"ZSE", "0.25", "12.50", 250'000'000, 12'500'000},     {"ZME", "0.1", "10", 100'000'000, 10'000'000},
  {"ZLE", "0.01", "6", 10'000'000, 6'000'000},
};

} // namespace

TEST_CASE("every tick and tick value of the venue is held exactly, and a move of n ticks is worth n tick values") {
  for (const auto& row : venue_ticks) {
    CAPTURE(row.root);
    const price tick = points(row.tick);
    const money value = dollars(row.value);
    CHECK(tick.units() == row.billionths);
    CHECK(value.units() == row.millionths);
    CHECK(price::parse(to_string(tick)) == tick);
    CHECK(money::parse(to_string(value)) == value);
    for (int64_t ticks : {int64_t{1}, int64_t{7}, int64_t{-3}, int64_t{401}})
      for (int64_t contracts : {int64_t{1}, int64_t{-1}, int64_t{3}, int64_t{-15}}) {
        const price from = tick * 100'000;
        CHECK(value_of_move(from, from + tick * ticks, contracts, tick, value) == value * (ticks * contracts));
      }
  }
}

TEST_CASE("scientific notation, as JSON writers use it for small ticks, is read exactly") {
  CHECK(points("5e-7") == points("0.0000005"));
  CHECK(points("2.5E-2") == points("0.025"));
  CHECK(dollars("1.5e3") == money::whole(1500));
  CHECK(dollars("0e-30") == money{});
}

TEST_CASE("amounts are read exactly or not at all") {
  const std::pair<const char*, int64_t> good[] = {
    {"0", 0},       {"-0", 0},         {"500", 500'000'000}, {"-120.5", -120'500'000},  {"+3.25", 3'250'000},
    {".5", 500'000}, {"7.", 7'000'000}, {"0.000001", 1},      {"1.230000000", 1'230'000}, {"9223372036854.775807", most},
  };
  for (const auto& [text, units] : good) {
    CAPTURE(text);
    REQUIRE(money::parse(text).has_value());
    CHECK(money::parse(text)->units() == units);
  }
  for (const char* text : {"", "-", "+", ".", "NaN", "nan", "Infinity", "-inf", "1,000", "1 ", " 1", "0x10", "1e", "1e+", "1e99", "--1", "1.2.3",
                           "0.0000001", "9223372036854.775808", "99999999999999999999999999999999999999999999", "5 USD", "1e-7"}) {
    CAPTURE(text);
    CHECK_FALSE(money::parse(text).has_value());
  }
}

TEST_CASE("text and amount are the same thing, whatever the amount") {
  const auto seed = rm::test::seed_of_this_run();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  for (int i = 0; i < 20'000; ++i) {
    const int64_t units = static_cast<int64_t>(random()) >> (random() % 63);
    if (units == least)
      continue;
    const auto m = money::from_units(units);
    const auto p = price::from_units(units);
    REQUIRE(money::parse(to_string(m)) == m);
    REQUIRE(price::parse(to_string(p)) == p);
  }
}

TEST_CASE("a number of few digits is read the short way, and means the same as read the long way") {
  std::mt19937_64 random{7};
  const auto below = [&](uint64_t n) { return random() % n; };
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string digits;
    for (auto left = below(21); left > 0; --left)
      digits += below(8) == 0 ? '.' : below(3) == 0 ? '0' : static_cast<char>('0' + below(10));
    const auto same = [&](auto shortly, auto at_length) { // with a plus it is always read the long way
      CAPTURE(digits);
      CHECK(shortly == at_length);
      read += shortly.has_value();
    };
    same(money::parse(digits), money::parse("+" + digits));
    same(price::parse(digits), price::parse("+" + digits));
    same(price::parse_rounded(digits), price::parse_rounded("+" + digits));
    const auto negative = money::parse("-" + digits);
    REQUIRE(negative.has_value() == money::parse("+" + digits).has_value());
    if (negative)
      CHECK(negative->units() == -money::parse("+" + digits)->units());
  }
  CHECK(read > 20'000);
}

TEST_CASE("at least two digits are shown, and never fewer than the amount has") {
  CHECK(to_string(money::whole(500)) == "500.00");
  CHECK(to_string(dollars("-512.5")) == "-512.50");
  CHECK(to_string(dollars("0.625")) == "0.625");
  CHECK(to_string(dollars("-0.000001")) == "-0.000001");
  CHECK(to_string(points("20125.25")) == "20125.25");
  CHECK(to_string(points("0.0000005")) == "0.0000005");
  CHECK(to_string(money::from_units(least)) == "-9223372036854.775808");
}

TEST_CASE("what leaves the range throws and is never wrapped") {
  const auto top = money::from_units(most), bottom = money::from_units(least), unit = money::from_units(1);
  CHECK_THROWS_AS(top + unit, amount_overflow);
  CHECK_THROWS_AS(bottom - unit, amount_overflow);
  CHECK_THROWS_AS(-bottom, amount_overflow);
  CHECK_THROWS_AS(top * 2, amount_overflow);
  CHECK_THROWS_AS(bottom * -1, amount_overflow);
  CHECK_THROWS_AS(money::whole(9'300'000'000'000), amount_overflow);
  CHECK_THROWS_AS(price::whole(10'000'000'000), amount_overflow);
  CHECK_THROWS_AS(value_of_move(price{}, price::from_units(most), most, price::from_units(1), top), amount_overflow);
  CHECK_THROWS_AS(value_of_move(price{}, price::whole(1'000'000), 1'000'000'000, price::from_units(1), money::whole(1)), amount_overflow);
  CHECK((top - unit) + unit == top);
}

TEST_CASE("a tick size that is not positive has no meaning") {
  for (int64_t units : {0, -250'000'000})
    CHECK_THROWS_AS(value_of_move(points("1"), points("2"), 1, price::from_units(units), dollars("0.5")), std::domain_error);
}

TEST_CASE("averages off the tick grid are valued to a millionth, half away from zero, the same for longs and shorts") {
  // MNQ bought once at 20000.00 and twice at 20000.25: average 20000.166666667
  const price average = points("20000.166666667"), mark = points("20001");
  const money up = value_of_move(average, mark, 3, points("0.25"), dollars("0.5"));
  CHECK(to_string(up) == "5.00"); // 4.999999998
  CHECK(value_of_move(average, mark, -3, points("0.25"), dollars("0.5")) == -up);
  CHECK(value_of_move(price{}, price::from_units(1), 1, price::from_units(2'000'000), dollars("1")).units() == 1);  // 0.5 of a unit
  CHECK(value_of_move(price{}, price::from_units(1), -1, price::from_units(2'000'000), dollars("1")).units() == -1);
  CHECK(value_of_move(price{}, price::from_units(1), 1, price::from_units(2'000'001), dollars("1")).units() == 0);
}

TEST_CASE("cents are rounded half away from zero") {
  const std::pair<const char*, const char*> rows[] = {{"1.004999", "1.00"}, {"1.005", "1.01"}, {"-1.005", "-1.01"}, {"-1.004999", "-1.00"}, {"2", "2.00"}, {"-0.001", "0.00"}};
  for (const auto& [exact, shown] : rows) {
    CAPTURE(exact);
    CHECK(to_string(to_cents(dollars(exact))) == shown);
  }
}

TEST_CASE("the share of a limit is never rounded up to the limit, and is 0 on the good side") {
  const money limit = money::whole(500);
  CHECK(millionths_used(limit, limit) == 1'000'000);
  CHECK(millionths_used(limit - money::from_units(1), limit) == 999'999);
  CHECK(millionths_used(dollars("70.5"), limit) == 141'000);
  CHECK(millionths_used(money{}, limit) == 0);
  CHECK(millionths_used(dollars("-300"), limit) == 0);
  CHECK(millionths_used(money::from_units(most), money::from_units(1)) == 1'000'000'000);
  CHECK_THROWS_AS(millionths_used(limit, money{}), std::domain_error);
}

TEST_CASE("what others have divided is rounded half away from zero, and nonsense stays nonsense") {
  const std::pair<const char*, int64_t> rows[] = {
    {"1.0000005", 1'000'001},  {"-1.0000005", -1'000'001}, {"1.00000049999999999999999999999999999", 1'000'000}, {"-12.333333333333334", -12'333'333},
    {"0.3333333333333333", 333'333}, {"1e-7", 0}, {"5e-7", 1}, {"1e-300", 0}, {"2.5", 2'500'000}, {"-4.999999999999e-7", 0}, {"9999999.9999996", 10'000'000'000'000},
  };
  for (auto& [text, units] : rows) {
    CAPTURE(text);
    REQUIRE(money::parse_rounded(text).has_value());
    CHECK(money::parse_rounded(text)->units() == units);
  }
  for (const char* text : {"", "NaN", "Infinity", "1e300", "1.2.3", "0x10", "99999999999999999999999", "1e-", "12345678901234567890123456789012345678901234567890"}) {
    CAPTURE(text);
    CHECK_FALSE(money::parse_rounded(text).has_value());
  }
}

TEST_SUITE_END();
