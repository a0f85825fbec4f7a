// The day's P&L as a small curve of braille dots, between the lines of its limits. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rm {

struct curve {
  std::vector<double> values;         // oldest first, evenly spaced
  std::optional<double> low, high;    // the limits; nothing where none is set
};

/// Rows of `columns` braille cells, top first. The limits are dashed lines; the curve is cut at its ends where it leaves the range
/// (limits, values and zero together). No values: empty cells.
std::vector<std::string> draw_curve(const curve& what, std::size_t columns, std::size_t rows);

/// The row, from the top, in which that amount lies.
std::size_t row_of(const curve& what, double amount, std::size_t rows);

} // namespace rm
