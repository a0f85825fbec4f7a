#include "actors/admin/status_words.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>

namespace rm {
namespace {

constexpr double caution_from = 0.5, bad_above = 0.8; // design: green < 50 %, yellow 50 to 80 %, red > 80 %

struct range {
  char32_t first, last;
};
constexpr range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
                          {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
constexpr range of_no_width[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

template <std::size_t N>
bool within(const range (&ranges)[N], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges), [c](const range& r) { return c >= r.first && c <= r.last; });
}

std::size_t width_of(char32_t c) {
  if (c < 0x300)
    return 1;
  return within(of_no_width, c) ? 0 : within(wide, c) ? 2 : 1;
}

/// The character at `at`, which moves behind it. Of bytes that are no UTF-8 each is one character.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t out = more == 0 ? first : first & (0x3Fu >> more);
  for (int i = 0; i < more && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; ++i)
    out = out << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  return out;
}

} // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size();)
    out += width_of(next_character(text, at));
  return out;
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

std::string moment_text(timestamp at, timestamp now) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  if (day == std::chrono::floor<std::chrono::days>(now))
    return clock_text(at);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  return std::to_string(static_cast<unsigned>(date.day())) + " " + months[static_cast<unsigned>(date.month()) - 1] + " " + clock_text(at);
}

std::string without_controls(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    const auto ahead = [&](std::size_t n) { return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0u; };
    const bool turns = byte == 0xE2 && ((ahead(1) == 0x80 && ((ahead(2) >= 0xA8 && ahead(2) <= 0xAE) || ahead(2) == 0x8E || ahead(2) == 0x8F)) ||
                                        (ahead(1) == 0x81 && ahead(2) >= 0xA6 && ahead(2) <= 0xA9)); // the direction of writing, or a line's end
    if (turns)
      text.replace(i, 3, "?");
    else if (c1)
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

bool has_measure(const shown_rule& r) { return !r.used.empty() || !r.limit.empty(); }

std::string rule_figures(const shown_rule& r) {
  if (!has_measure(r))
    return r.state;
  return or_unknown(r.used) + " / " + or_unknown(r.limit) + (r.state == "ok" ? "" : " " + r.state);
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

std::vector<frame_line> lock_lines(const shown_lock& l, timestamp now) {
  frame_line who{{"[!!] LOCKED ", tone::bad}, {"(" + l.mode + ") by " + l.rule + " "}}, why{{"     " + l.reason}};
  if (l.until)
    who.insert(who.end(), {{"for "}, {countdown(*l.until - now), tone::bad}, {", until " + moment_text(*l.until, now) + " UTC"}});
  else
    who.push_back({l.until_condition == "can_trade" ? "until the venue lets it trade again" : "without a planned end"});
  if (l.attempts > 0)
    why.push_back({"   attempts: " + std::to_string(l.attempts), tone::caution});
  if (!l.durable)
    why.push_back({"   [!] not on disk yet", tone::caution});
  return {std::move(who), std::move(why)};
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
  for (std::size_t at = 0, seen = 0; at < text.size() && (seen += width_of(next_character(text, at))) <= kept;)
    end = at;
  return std::string{text.substr(0, end)} + (columns > 2 ? ".." : "");
}

} // namespace rm
