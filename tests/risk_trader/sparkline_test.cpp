#include "tools/risk-trader/sparkline.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace rm;

namespace {

/// Which dots of a cell are set, from the text of a row.
unsigned dots_of(const std::string& row, std::size_t column) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(row[column * 3 + i]); };
  return ((byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU)) & 0xFFU;
}

bool any_dot(const std::vector<std::string>& rows, std::size_t row, std::size_t column) { return dots_of(rows[row], column) != 0; }

} // namespace

TEST_SUITE("risk-trader: curve") {
  TEST_CASE("no values: empty cells of the right size, limits as dashed lines") {
    const auto rows = draw_curve({{}, -500.0, 500.0}, 10, 3);
    REQUIRE(rows.size() == 3);
    for (const auto& row : rows)
      CHECK(row.size() == 30);
    CHECK(dots_of(rows[0], 0) == 0x01); // the upper limit: the topmost dot of every second cell
    CHECK(dots_of(rows[0], 1) == 0);
    CHECK(dots_of(rows[2], 0) == 0x40);
    CHECK_FALSE(any_dot(rows, 1, 0));
  }

  TEST_CASE("a falling value goes down without a gap, newest at the right end") {
    const auto rows = draw_curve({{0, -500}, -500.0, 500.0}, 4, 4);
    CHECK_FALSE(any_dot(rows, 1, 3)); // above zero there is nothing
    CHECK((dots_of(rows[3], 3) & 0x80) != 0); // the last dot stands on the limit
    CHECK(any_dot(rows, 2, 3));
    CHECK_FALSE(any_dot(rows, 2, 2)); // two values take one cell
  }

  TEST_CASE("more values than dots are thinned out, the newest stays") {
    std::vector<double> many(1000, 0.0);
    many.back() = 100;
    const auto rows = draw_curve({many, {}, 100.0}, 5, 2);
    CHECK((dots_of(rows[0], 4) & 0x08) != 0);
  }

  TEST_CASE("values beyond the limits widen the range; what is no number leaves a gap") {
    const auto rows = draw_curve({{-600, std::numeric_limits<double>::quiet_NaN(), -600}, -500.0, {}}, 2, 2);
    CHECK((dots_of(rows[1], 1) & 0x80) != 0);
    CHECK((dots_of(rows[1], 1) & 0x40) == 0);
    CHECK(draw_curve({{1}, {}, {}}, 0, 3).empty());
  }

  TEST_CASE("a row is known for an amount") {
    const curve c{{}, -500.0, 500.0};
    CHECK(row_of(c, 500, 5) == 0);
    CHECK(row_of(c, 0, 5) == 2);
    CHECK(row_of(c, -500, 5) == 4);
    CHECK(row_of(c, -9000, 5) == 4);
  }
}
