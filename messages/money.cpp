#include "messages/money.hpp"

#include <algorithm>
#include <limits>

namespace rm {
namespace {

__extension__ using wide = __int128;

int64_t narrowed(wide value) {
  if (value > std::numeric_limits<int64_t>::max() || value < std::numeric_limits<int64_t>::min())
    throw amount_overflow("an amount is out of range");
  return static_cast<int64_t>(value);
}

/// n / d, half away from zero; d > 0.
wide rounded_quotient(wide n, wide d) {
  return n >= 0 ? (n + d / 2) / d : -((-n + d / 2) / d);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

namespace detail {

int64_t checked_add(int64_t a, int64_t b) {
  int64_t out = 0;
  if (__builtin_add_overflow(a, b, &out))
    throw amount_overflow("a sum of amounts is out of range");
  return out;
}

int64_t checked_subtract(int64_t a, int64_t b) {
  int64_t out = 0;
  if (__builtin_sub_overflow(a, b, &out))
    throw amount_overflow("a difference of amounts is out of range");
  return out;
}

int64_t checked_multiply(int64_t a, int64_t b) {
  int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out))
    throw amount_overflow("a product of amounts is out of range");
  return out;
}

namespace {

std::optional<int64_t> parse_decimal(std::string_view text, int digits, bool rounds) {
  constexpr wide limit = std::numeric_limits<int64_t>::max();
  std::size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '-' || text[i] == '+'))
    negative = text[i++] == '-';
  wide mantissa = 0;
  int fraction_digits = 0;
  bool any = false, after_point = false;
  for (; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (after_point)
        return std::nullopt;
      after_point = true;
    } else if (is_digit(text[i])) {
      any = true;
      if (mantissa > limit * 1000000) {
        if (!rounds || !after_point)
          return std::nullopt;
        continue; // so far behind the point it cannot change a digit that is kept
      }
      mantissa = mantissa * 10 + (text[i] - '0');
      fraction_digits += after_point ? 1 : 0;
    } else {
      break;
    }
  }
  if (!any)
    return std::nullopt;
  int exponent = 0;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    bool down = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
      down = text[i++] == '-';
    if (i == text.size())
      return std::nullopt;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      exponent = exponent * 10 + (text[i] - '0');
      if (exponent > 40 && !(rounds && down))
        return std::nullopt;
      exponent = std::min(exponent, 1000);
    }
    exponent = down ? -exponent : exponent;
  }
  if (i != text.size())
    return std::nullopt;
  int shift = digits - fraction_digits + exponent;
  for (; shift > 0 && mantissa != 0; --shift) {
    if (mantissa > limit)
      return std::nullopt;
    mantissa *= 10;
  }
  for (; shift < 0 && mantissa != 0; ++shift) {
    if (mantissa % 10 != 0 && !rounds)
      return std::nullopt; // more precise than we can hold: never rounded in silence
    if (shift == -1)
      mantissa += rounds ? 5 : 0; // the newest digit to go decides
    mantissa /= 10;
  }
  if (mantissa > limit)
    return std::nullopt;
  return static_cast<int64_t>(negative ? -mantissa : mantissa);
}

/// What nearly every number of the venue is: few digits, perhaps a point among them, all of them kept. Nothing: it is not that simple.
std::optional<int64_t> parse_plain(std::string_view text, int digits) {
  if (text.size() > 18)
    return std::nullopt;
  const bool negative = !text.empty() && text.front() == '-';
  int64_t mantissa = 0;
  int point = -1, count = 0;
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (is_digit(c)) {
      mantissa = mantissa * 10 + (c - '0');
      ++count;
    } else if (c == '.' && point < 0) {
      point = count;
    } else {
      return std::nullopt;
    }
  }
  int shift = digits - (point < 0 ? 0 : count - point);
  if (count == 0 || shift < 0)
    return std::nullopt;
  for (; shift > 0; --shift)
    if (__builtin_mul_overflow(mantissa, int64_t{10}, &mantissa))
      return std::nullopt;
  return negative ? -mantissa : mantissa;
}

} // namespace

std::optional<int64_t> parse_fixed(std::string_view text, int digits) {
  const auto plain = parse_plain(text, digits);
  return plain ? plain : parse_decimal(text, digits, false);
}

std::optional<int64_t> parse_rounded(std::string_view text, int digits) {
  const auto plain = parse_plain(text, digits);
  return plain ? plain : parse_decimal(text, digits, true);
}

std::string format_fixed(int64_t units, int digits, int least_digits) {
  const bool negative = units < 0;
  uint64_t rest = negative ? uint64_t{0} - static_cast<uint64_t>(units) : static_cast<uint64_t>(units);
  int shown = digits; // digits after the point
  for (; shown - 4 >= least_digits && rest % 10'000 == 0; shown -= 4) // nearly always whole cents
    rest /= 10'000;
  for (; shown > least_digits && rest % 10 == 0; --shown)
    rest /= 10;
  char text[32]; // 20 digits, sign and point, written from the end
  char* begin = text + sizeof text;
  int missing = shown; // digits that still come before the point
  const auto two = [&] {
    const auto pair = static_cast<unsigned>(rest % 100);
    rest /= 100;
    *--begin = static_cast<char>('0' + pair % 10);
    *--begin = static_cast<char>('0' + pair / 10);
  };
  const auto one = [&] {
    *--begin = static_cast<char>('0' + rest % 10);
    rest /= 10;
  };
  for (; missing >= 2; missing -= 2)
    two();
  if (missing == 1)
    one();
  if (shown > 0)
    *--begin = '.';
  while (rest >= 100)
    two();
  do
    one();
  while (rest != 0);
  if (negative)
    *--begin = '-';
  return {begin, text + sizeof text};
}

} // namespace detail

money to_cents(money amount) {
  constexpr int64_t cent = money::one / 100;
  return money::from_units(narrowed(rounded_quotient(amount.units(), cent) * cent));
}

money value_of_move(price from, price to, int64_t contracts, price tick_size, money tick_value) {
  if (!tick_size.is_positive())
    throw std::domain_error("tick size must be positive");
  wide product = wide{to.units()} - from.units();
  if (__builtin_mul_overflow(product, wide{contracts}, &product) || __builtin_mul_overflow(product, wide{tick_value.units()}, &product))
    throw amount_overflow("the value of a price move is out of range");
  return money::from_units(narrowed(rounded_quotient(product, tick_size.units())));
}

int64_t millionths_used(money measure, money limit) {
  if (!limit.is_positive())
    throw std::domain_error("a limit must be positive");
  if (!measure.is_positive())
    return 0;
  wide share = wide{measure.units()} * 1000000 / limit.units();
  return share > 1000000000 ? 1000000000 : static_cast<int64_t>(share);
}

} // namespace rm
