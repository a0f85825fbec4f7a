#include "decimal.hpp"

#include <cmath>
#include <limits>

namespace gateway_sim {

namespace {

constexpr wide largest = std::numeric_limits<int64_t>::max();
constexpr int64_t finest_average = 1'000'000'000; // a denominator beyond this is rounded to it

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

wide greatest_common_divisor(wide a, wide b) {
  while (b != 0) {
    wide rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

} // namespace

std::optional<decimal> decimal::parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  wide digits = 0;
  int exponent = 0;
  bool any = false;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
    } else if (is_digit(text[i])) {
      digits = digits * 10 + (text[i] - '0');
      exponent -= point ? 1 : 0;
      any = true;
      if (digits > largest * 1'000'000)
        return std::nullopt;
    } else {
      break;
    }
  }
  if (!any)
    return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E')
      return std::nullopt;
    ++i;
    int sign = 1;
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
      sign = text[i++] == '-' ? -1 : 1;
    if (i == text.size() || text.size() - i > 3)
      return std::nullopt;
    int value = 0;
    for (; i < text.size(); ++i) {
      if (!is_digit(text[i]))
        return std::nullopt;
      value = value * 10 + (text[i] - '0');
    }
    exponent += sign * value;
  }
  exponent += 9;
  for (; exponent > 0 && digits != 0; --exponent) {
    digits *= 10;
    if (digits > largest)
      return std::nullopt;
  }
  for (; exponent < 0 && digits != 0; ++exponent) {
    if (digits % 10 != 0)
      return std::nullopt;
    digits /= 10;
  }
  if (digits > largest)
    return std::nullopt;
  auto nanos = static_cast<int64_t>(digits);
  return decimal{negative ? -nanos : nanos};
}

std::optional<decimal> decimal::from_json_number(double value) {
  if (!std::isfinite(value) || std::fabs(value) > 9e9)
    return std::nullopt;
  return decimal{std::llround(value * static_cast<double>(scale))};
}

std::string decimal::text() const {
  bool negative = nanos_ < 0;
  auto magnitude = negative ? ~static_cast<uint64_t>(nanos_) + 1 : static_cast<uint64_t>(nanos_);
  auto whole = std::to_string(magnitude / scale);
  auto rest = std::to_string(magnitude % scale);
  rest.insert(0, 9 - rest.size(), '0');
  while (!rest.empty() && rest.back() == '0')
    rest.pop_back();
  return (negative ? "-" : "") + whole + (rest.empty() ? "" : "." + rest);
}

int64_t divide_rounded(wide numerator, wide denominator) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  wide half = denominator / 2;
  wide result = numerator < 0 ? -((-numerator + half) / denominator) : (numerator + half) / denominator;
  return static_cast<int64_t>(result);
}

fraction fraction::blended(int64_t size, int64_t more, int64_t price) const {
  wide top = static_cast<wide>(numerator) * size + static_cast<wide>(price) * more * denominator;
  wide bottom = static_cast<wide>(denominator) * (size + more);
  if (bottom == 0)
    return *this;
  wide common = greatest_common_divisor(top, bottom);
  if (common != 0) {
    top /= common;
    bottom /= common;
  }
  if (bottom > finest_average)
    return {divide_rounded(top * finest_average, bottom), finest_average};
  return {static_cast<int64_t>(top), static_cast<int64_t>(bottom)};
}

} // namespace gateway_sim
