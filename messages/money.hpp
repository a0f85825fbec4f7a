// Fixed-point money and prices. No double ever holds an amount, a price or a limit.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rm {

/// Thrown when a sum or product leaves the range of its type. A bug or nonsense from outside: never wrapped, never saturated.
struct amount_overflow : std::overflow_error {
  using std::overflow_error::overflow_error;
};

namespace detail {
int64_t checked_add(int64_t a, int64_t b);
int64_t checked_subtract(int64_t a, int64_t b);
int64_t checked_multiply(int64_t a, int64_t b);
/// Parses an optional sign, digits, an optional fraction and an optional exponent; nothing for any other text, for more precision
/// than `digits` after the point where the surplus is not zero, and for numbers out of range.
std::optional<int64_t> parse_fixed(std::string_view text, int digits);
/// The same, but more precision than `digits` is rounded half away from zero.
std::optional<int64_t> parse_rounded(std::string_view text, int digits);
std::string format_fixed(int64_t units, int digits, int least_digits);
} // namespace detail

/// A signed decimal number with a fixed count of digits after the point, in 64 bits.
template <class Tag, int Digits, int ShownDigits>
class fixed_point {
public:
  static constexpr int digits = Digits;
  static constexpr int64_t one = [] {
    int64_t scale = 1;
    for (int i = 0; i < Digits; ++i)
      scale *= 10;
    return scale;
  }();

  constexpr fixed_point() = default;
  /// Makes an amount from its smallest units (10^-Digits).
  static constexpr fixed_point from_units(int64_t units) {
    fixed_point out;
    out.units_ = units;
    return out;
  }
  /// Makes an amount from whole dollars or points. Throws amount_overflow.
  static fixed_point whole(int64_t count) { return from_units(detail::checked_multiply(count, one)); }
  /// Reads decimal text such as "-120.5" or "2.5e-7"; nothing for anything else, NaN and infinities included.
  static std::optional<fixed_point> parse(std::string_view text) {
    if (auto units = detail::parse_fixed(text, Digits))
      return from_units(*units);
    return std::nullopt;
  }
  /// The same for what others have divided: digits beyond the last one that is kept are rounded half away from zero.
  static std::optional<fixed_point> parse_rounded(std::string_view text) {
    if (auto units = detail::parse_rounded(text, Digits))
      return from_units(*units);
    return std::nullopt;
  }

  constexpr int64_t units() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool is_negative() const { return units_ < 0; }
  constexpr bool is_positive() const { return units_ > 0; }

  friend constexpr auto operator<=>(fixed_point, fixed_point) = default;
  friend fixed_point operator+(fixed_point a, fixed_point b) { return from_units(detail::checked_add(a.units_, b.units_)); }
  friend fixed_point operator-(fixed_point a, fixed_point b) { return from_units(detail::checked_subtract(a.units_, b.units_)); }
  friend fixed_point operator-(fixed_point a) { return from_units(detail::checked_subtract(0, a.units_)); }
  friend fixed_point operator*(fixed_point a, int64_t count) { return from_units(detail::checked_multiply(a.units_, count)); }
  fixed_point& operator+=(fixed_point other) { return *this = *this + other; }
  fixed_point& operator-=(fixed_point other) { return *this = *this - other; }

  /// Exact decimal text with at least ShownDigits after the point; `parse` gives the same amount back.
  friend std::string to_string(fixed_point x) { return detail::format_fixed(x.units_, Digits, ShownDigits); }
  friend std::ostream& operator<<(std::ostream& out, fixed_point x) { return out << to_string(x); }

private:
  int64_t units_ = 0;
};

/// An amount in the account's currency (USD), to a millionth; range about ±9.2e12.
using money = fixed_point<struct money_tag, 6, 2>;
/// A price in points, to 1e-9: exact for every tick of every contract the venue lists; range about ±9.2e9.
using price = fixed_point<struct price_tag, 9, 2>;

/// The amount rounded to whole cents, half away from zero, for people to read.
money to_cents(money amount);

/// What `contracts` (signed) are worth more when the price goes from `from` to `to`: (to − from) / tick_size × tick_value × contracts,
/// rounded half away from zero to a millionth. Throws std::domain_error when tick_size is not positive, amount_overflow when out of range.
money value_of_move(price from, price to, int64_t contracts, price tick_size, money tick_value);

/// How much of `limit` is used, in millionths (500'000 = one half); 0 when `measure` is not positive. `limit` must be positive.
int64_t millionths_used(money measure, money limit);

} // namespace rm
