#include "actors/admin/status_words.hpp"

#include <algorithm>
#include <cmath>

namespace rm {
namespace {

constexpr double caution_from = 0.5, bad_above = 0.8; // design: green < 50 %, yellow 50 to 80 %, red > 80 %

} // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out = cut_to(text, columns);
  out.append(columns - std::min(columns, columns_of(out)), ' ');
  return out;
}

std::string right_aligned(std::string_view text, std::size_t columns) {
  const std::string cut = cut_to(text, columns);
  return std::string(columns - std::min(columns, columns_of(cut)), ' ') + cut;
}

std::string or_unknown(const std::string& text) { return text.empty() ? "?" : text; }

std::string clock_text(const std::optional<timestamp>& at) {
  const std::string text = at ? format_time(*at) : "";
  return text.size() >= 19 ? text.substr(11, 8) : "--:--:--";
}

std::string without_controls(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1)
      text.replace(i, 2, "?");
    else if (byte < 0x20 || byte == 0x7F)
      text[i] = '?';
  }
  return text;
}

std::string age_text(const std::optional<timestamp>& since, timestamp now) {
  return since && *since <= now ? countdown(now - *since) : "?";
}

tone tone_of_amount(const std::string& amount) {
  if (amount.empty())
    return tone::caution;
  return amount.starts_with('-') ? tone::bad : tone::good;
}

tone tone_of_rule(const shown_rule& r) {
  if (r.state == "breach" || r.state == "not_evaluable" || r.fraction > bad_above)
    return tone::bad;
  return r.state == "warn" || r.fraction >= caution_from ? tone::caution : tone::good;
}

std::string sign_of_rule(const shown_rule& r) {
  if (r.state == "disabled")
    return "[--] ";
  if (r.state == "not_evaluable")
    return "[??] ";
  const tone t = tone_of_rule(r);
  return t == tone::bad ? "[!!] " : t == tone::caution ? "[!]  " : "[ok] ";
}

std::string countdown(duration left) {
  using namespace std::chrono;
  const int64_t all = left > duration{} ? ceil<seconds>(left).count() : 0;
  const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const int64_t days_left = all / 86400, hours_left = all / 3600 % 24;
  const std::string clock = two(all / 60 % 60) + ":" + two(all % 60);
  return days_left > 0 ? std::to_string(days_left) + "d " + two(hours_left) + ":" + clock : std::to_string(hours_left) + ":" + clock;
}

std::string signed_amount(std::string_view amount) {
  if (amount.empty())
    return "?";
  const bool negative = amount.front() == '-';
  if (negative)
    amount.remove_prefix(1);
  const auto point = std::min(amount.find('.'), amount.size());
  std::string out = negative ? "-" : "+";
  for (std::size_t i = 0; i < point; ++i) {
    if (i > 0 && (point - i) % 3 == 0)
      out += ',';
    out += amount[i];
  }
  out += amount.substr(point);
  return out;
}

std::string bar(double fraction, std::size_t cells) {
  const double within = fraction > 0 ? std::min(fraction, 1.0) : 0.0; // NaN gives 0
  // A bar is full only when the limit is reached.
  const auto full = static_cast<std::size_t>(std::floor(within * static_cast<double>(cells)));
  return "[" + std::string(full, '#') + std::string(cells - full, '.') + "]";
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns)
    return std::string{text};
  const std::size_t kept = columns > 2 ? columns - 2 : columns;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && seen++ == kept)
      break;
  }
  return std::string{text.substr(0, end)} + (columns > 2 ? ".." : "");
}

} // namespace rm
