// Exact decimal numbers for prices and money: whole multiples of 1e-9, never a double in between.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway_sim {

__extension__ typedef __int128 wide;

/// A decimal number as a count of billionths.
class decimal {
public:
  static constexpr int64_t scale = 1'000'000'000;

  constexpr decimal() = default;
  static constexpr decimal from_nanos(int64_t n) { return decimal{n}; }
  static constexpr decimal from_int(int64_t n) { return decimal{n * scale}; }

  /// Reads "-12.5" or "1e-4"; nothing when the text is no number, too large or finer than 1e-9.
  static std::optional<decimal> parse(std::string_view text);

  /// The nearest billionth; nothing for NaN, infinity or a number out of range. For JSON input only.
  static std::optional<decimal> from_json_number(double value);

  constexpr int64_t nanos() const { return nanos_; }

  /// The shortest exact text: 20125.25, -0.5, 3.
  std::string text() const;

  friend constexpr decimal operator+(decimal a, decimal b) { return decimal{a.nanos_ + b.nanos_}; }
  friend constexpr decimal operator-(decimal a, decimal b) { return decimal{a.nanos_ - b.nanos_}; }
  friend constexpr decimal operator-(decimal a) { return decimal{-a.nanos_}; }
  friend constexpr decimal operator*(decimal a, int64_t n) { return decimal{a.nanos_ * n}; }
  decimal& operator+=(decimal b) { nanos_ += b.nanos_; return *this; }
  decimal& operator-=(decimal b) { nanos_ -= b.nanos_; return *this; }
  friend constexpr auto operator<=>(decimal, decimal) = default;

private:
  constexpr explicit decimal(int64_t n) : nanos_(n) {}
  int64_t nanos_ = 0;
};

/// `numerator / denominator`, rounded half away from zero.
int64_t divide_rounded(wide numerator, wide denominator);

/// An exact fraction in lowest terms with a positive denominator; here always an average price in ticks.
struct fraction {
  int64_t numerator = 0;
  int64_t denominator = 1;

  /// The average of `sizes` at this price and `more` at `price`.
  fraction blended(int64_t size, int64_t more, int64_t price) const;
  bool operator==(const fraction&) const = default;
};

} // namespace gateway_sim
