#include "tools/risk-trader/sparkline.hpp"

#include <algorithm>
#include <cmath>

namespace rm {
namespace {

constexpr std::size_t dots_wide = 2, dots_high = 4; // of a braille cell

struct range {
  double low = 0, high = 0;
};

range range_of(const curve& what) {
  range out;
  const auto take = [&](double v) { out = {std::min(out.low, v), std::max(out.high, v)}; };
  if (what.low)
    take(*what.low);
  if (what.high)
    take(*what.high);
  for (const double v : what.values)
    if (std::isfinite(v))
      take(v);
  if (out.high <= out.low)
    out.high = out.low + 1;
  return out;
}

/// From the top, in dots.
std::size_t dot_of(double amount, const range& all, std::size_t dots) {
  const double share = (all.high - amount) / (all.high - all.low);
  return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(dots - 1)));
}

class canvas {
public:
  canvas(std::size_t columns, std::size_t rows) : columns_{columns}, cells_(columns * rows, 0) {}

  void set(std::size_t x, std::size_t y) {
    static constexpr unsigned char bits[dots_high][dots_wide] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[y / dots_high * columns_ + x / dots_wide] |= bits[y % dots_high][x % dots_wide];
  }

  std::string row(std::size_t r) const {
    std::string out;
    for (std::size_t x = 0; x < columns_; ++x) {
      const unsigned code = 0x2800U + cells_[r * columns_ + x]; // in UTF-8: three bytes
      out += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
    }
    return out;
  }

private:
  std::size_t columns_;
  std::vector<unsigned char> cells_;
};

} // namespace

std::vector<std::string> draw_curve(const curve& what, std::size_t columns, std::size_t rows) {
  std::vector<std::string> out;
  if (columns == 0 || rows == 0)
    return out;
  const auto all = range_of(what);
  const std::size_t wide = columns * dots_wide, high = rows * dots_high;
  canvas dots{columns, rows};
  for (const auto& limit : {what.low, what.high})
    if (limit)
      for (std::size_t x = 0; x < wide; x += 4)
        dots.set(x, dot_of(*limit, all, high));
  // The newest value stands at the right end; more values than dots are thinned out.
  const std::size_t count = what.values.size(), used = std::min(count, wide);
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < used; ++i) {
    const double v = what.values[used == count ? i : (i + 1) * count / used - 1];
    if (!std::isfinite(v)) {
      before.reset();
      continue;
    }
    const auto y = dot_of(v, all, high);
    const auto from = before.value_or(y);
    for (auto at = std::min(from, y); at <= std::max(from, y); ++at) // no gap between two neighbours
      dots.set(wide - used + i, at);
    before = y;
  }
  for (std::size_t r = 0; r < rows; ++r)
    out.push_back(dots.row(r));
  return out;
}

std::size_t row_of(const curve& what, double amount, std::size_t rows) {
  return rows == 0 ? 0 : dot_of(amount, range_of(what), rows * dots_high) / dots_high;
}

} // namespace rm
