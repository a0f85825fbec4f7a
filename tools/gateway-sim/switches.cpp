#include "switches.hpp"

#include "wall_time.hpp"

#include <algorithm>
#include <charconv>
#include <variant>

namespace gateway_sim {

namespace {

struct flag {
  bool switches::*member;
  std::string_view on;
  std::string_view off;
};

using duration_member = std::chrono::nanoseconds switches::*;
using number_member = int64_t switches::*;

struct entry {
  std::string_view name;
  std::variant<flag, duration_member, number_member> what;
};

const std::vector<entry>& table() {
  static const std::vector<entry> entries = {
    {"envelope", flag{&switches::wrapped, "wrapped", "bare"}},
    {"schema", flag{&switches::live2026, "live2026", "lean2025"}},
    {"rest_commissions", flag{&switches::rest_commissions, "true", "false"}},
    {"bracket_mode", flag{&switches::auto_oco, "auto_oco", "position"}},
    {"close_cancels_children", flag{&switches::close_cancels_children, "true", "false"}},
    {"reversal", flag{&switches::flat_before_flip, "flat_then_new", "one_event"}},
    {"close_when_cannot_trade", flag{&switches::close_needs_can_trade, "reject", "allow"}},
    {"sessions", flag{&switches::evict_sessions, "evict", "allow"}},
    {"partial_close_field", flag{&switches::compat_close_size, "compat", "strict"}},
    {"quotes", flag{&switches::partial_quotes, "partial", "full"}},
    {"market_trade", flag{&switches::trade_arrays, "array", "object"}},
    {"allow_reconnect", flag{&switches::allow_reconnect, "true", "false"}},
    {"completion", flag{&switches::null_results, "null", "bare"}},
    {"market_fill_delay", &switches::market_fill_delay},
    {"reply_delay", &switches::reply_delay},
    {"keep_alive", &switches::keep_alive},
    {"client_timeout", &switches::client_timeout},
    {"handshake_timeout", &switches::handshake_timeout},
    {"slippage_ticks", &switches::slippage_ticks},
    {"inbound_limit", &switches::inbound_limit},
    {"fragment_bytes", &switches::fragment_bytes},
    {"retry_after", &switches::retry_after},
  };
  return entries;
}

std::string quoted(std::string_view text) {
  return "'" + std::string{text} + "'";
}

} // namespace

std::vector<std::string> switch_names() {
  std::vector<std::string> names;
  for (const auto& e : table())
    names.emplace_back(e.name);
  return names;
}

std::string set_switch(switches& s, std::string_view name, std::string_view value) {
  auto found = std::find_if(table().begin(), table().end(), [&](const entry& e) { return e.name == name; });
  if (found == table().end())
    return "unknown switch " + quoted(name) + ", did you mean " + quoted(nearest(name, switch_names())) + "?";
  if (auto* f = std::get_if<flag>(&found->what)) {
    if (value != f->on && value != f->off)
      return "switch " + quoted(name) + " is " + std::string{f->on} + " or " + std::string{f->off} + ", not "
             + quoted(value);
    s.*(f->member) = value == f->on;
    return {};
  }
  if (auto* d = std::get_if<duration_member>(&found->what)) {
    auto parsed = parse_duration(value);
    if (!parsed)
      return "switch " + quoted(name) + " is a duration such as 250ms or 2s, not " + quoted(value);
    s.**d = *parsed;
    return {};
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < 0)
    return "switch " + quoted(name) + " is a whole number, not " + quoted(value);
  s.*std::get<number_member>(found->what) = number;
  return {};
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = ~std::size_t{0};
  for (const auto& candidate : known) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
      row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      auto diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j < row.size(); ++j) {
        auto above = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1)});
        diagonal = above;
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

} // namespace gateway_sim
