#include "switches.hpp"

#include "wall_time.hpp"
#include "yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

namespace gateway_sim {

namespace {

using words = std::vector<std::string>;

struct entry {
  std::string name;
  std::string wanted; // what it takes, for the message; empty when `choices` say it
  words choices;
  std::function<bool(switches&, std::string_view)> set; // false = not understood
  std::function<std::string(const switches&)> text;
};

/// One of a few words, in the order of the enumeration's values.
template <class Value>
entry choice(const char* name, Value switches::*member, words all) {
  auto set = [member, all](switches& s, std::string_view value) {
    auto found = std::find(all.begin(), all.end(), value);
    if (found == all.end())
      return false;
    s.*member = static_cast<Value>(found - all.begin());
    return true;
  };
  auto text = [member, all](const switches& s) { return all[static_cast<std::size_t>(s.*member)]; };
  return {name, "", all, set, text};
}

entry flag(const char* name, bool switches::*member) {
  return choice(name, member, {"false", "true"});
}

std::string duration_text(std::chrono::nanoseconds d) {
  return d.count() == 0 ? "0" : decimal::from_nanos(d.count()).text() + "s";
}

entry duration(const char* name, std::chrono::nanoseconds switches::*member) {
  auto set = [member](switches& s, std::string_view value) {
    auto parsed = parse_duration(value);
    if (parsed)
      s.*member = *parsed;
    return parsed.has_value();
  };
  return {name, "a duration such as 250ms or 2s", {}, set,
          [member](const switches& s) { return duration_text(s.*member); }};
}

entry number(const char* name, int64_t switches::*member) {
  auto set = [member](switches& s, std::string_view value) {
    int64_t parsed = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc{} || end != value.data() + value.size() || parsed < 0)
      return false;
    s.*member = parsed;
    return true;
  };
  return {name, "a whole number", {}, set, [member](const switches& s) { return std::to_string(s.*member); }};
}

entry money(const char* name, decimal switches::*member) {
  auto set = [member](switches& s, std::string_view value) {
    auto parsed = decimal::parse(value);
    if (!parsed || parsed->nanos() < 0)
      return false;
    s.*member = *parsed;
    return true;
  };
  return {name, "an amount of money such as 1000 or 0", {}, set,
          [member](const switches& s) { return (s.*member).text(); }};
}

/// "14:30" or "14:30:05" as seconds since midnight.
std::optional<int64_t> second_of_day(std::string_view text) {
  auto t = parse_time("2000-01-01T" + std::string{text} + "Z");
  if (!t || (text.size() != 5 && text.size() != 8))
    return std::nullopt;
  return t->seconds() % 86'400;
}

std::string clock_text(int64_t seconds) {
  auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

entry hours(const char* name, std::optional<trading_hours> switches::*member) {
  auto set = [member](switches& s, std::string_view value) {
    if (value == "always") {
      s.*member = std::nullopt;
      return true;
    }
    auto dash = value.find('-');
    if (dash == std::string_view::npos)
      return false;
    auto from = second_of_day(value.substr(0, dash));
    auto to = second_of_day(value.substr(dash + 1));
    if (!from || !to || *from == *to)
      return false;
    s.*member = trading_hours{*from, *to};
    return true;
  };
  auto text = [member](const switches& s) {
    const auto& h = s.*member;
    return h ? clock_text(h->from) + "-" + clock_text(h->to) : std::string{"always"};
  };
  return {name, "always, or two times of the day in UTC such as 22:00-20:10 or 14:30:00-14:30:20", {}, set, text};
}

const std::vector<entry>& table() {
  using s = switches;
  static const std::vector<entry> entries = {
    choice("envelope", &s::wrapped, {"bare", "wrapped"}),
    choice("schema", &s::live2026, {"lean2025", "live2026"}),
    flag("unknown_fields", &s::unknown_fields),
    flag("rest_commissions", &s::rest_commissions),
    choice("rest_fees", &s::rest_fees_whole, {"fees_only", "with_commissions"}),
    choice("bracket_mode", &s::auto_oco, {"position", "auto_oco"}),
    flag("close_cancels_children", &s::close_cancels_children),
    choice("close_when_cannot_trade", &s::close_needs_can_trade, {"allow", "reject"}),
    choice("cancel_when_cannot_trade", &s::cancel_needs_can_trade, {"allow", "reject"}),
    choice("stop_limit", &s::refuse_stop_limit, {"accept", "reject"}),
    choice("partial_close_field", &s::compat_close_size, {"strict", "compat"}),
    choice("closed_market", &s::outside_hours_code, {"rejected", "outside_hours"}),
    choice("account_order", &s::accounts_descending, {"ascending", "descending"}),
    choice("market_trade", &s::trade_arrays, {"object", "array"}),
    flag("allow_reconnect", &s::allow_reconnect),
    choice("completion", &s::null_results, {"bare", "null"}),
    choice("repeated_subscription", &s::double_subscriptions, {"harmless", "doubles"}),
    choice("rate_window", &s::fixed_window, {"sliding", "fixed"}),
    choice("rate_refused", &s::refused_count, {"free", "counted"}),
    choice("rate_key", &s::rate_key, {"token", "user", "everyone"}),
    choice("date_header", &s::no_date, {"sent", "missing"}),
    choice("venue_mark", &s::mark_at_quote, {"last", "bid_ask"}),
    choice("event_order", &s::order_of_events,
           {"trade_position_account", "trade_account_position", "position_trade_account", "position_account_trade",
            "account_trade_position", "account_position_trade", "random", "random_all"}),
    choice("reversal", &s::reversal, {"one_event", "flat_then_new", "flat_same_id", "new_id"}),
    choice("partial_fill_events", &s::pieces, {"each", "order_at_end", "position_at_end"}),
    choice("snapshot", &s::snapshot, {"none", "state", "state_and_trades"}),
    choice("sessions", &s::sessions, {"allow", "evict", "evict_other_tokens", "refuse_new", "login_evicts"}),
    choice("logout_arguments", &s::logout, {"message", "text", "none", "null", "wrapped"}),
    choice("token_expiry", &s::at_expiry, {"stay", "close", "close_error", "cut", "mute"}),
    choice("quotes", &s::quotes, {"full", "partial", "frozen", "stale"}),
    choice("market_orders", &s::market_orders, {"fill", "reject_later", "rest"}),
    choice("stop_at_close", &s::stop_at_close, {"rests", "fills_before", "fills_after"}),
    hours("trading_hours", &s::hours),
    money("venue_loss_limit", &s::venue_loss_limit),
    duration("market_fill_delay", &s::market_fill_delay),
    duration("fill_pause", &s::fill_pause),
    duration("reply_delay", &s::reply_delay),
    duration("event_delay", &s::event_delay),
    duration("account_list_lag", &s::account_list_lag),
    duration("order_list_lag", &s::order_list_lag),
    duration("position_list_lag", &s::position_list_lag),
    duration("trade_list_lag", &s::trade_list_lag),
    duration("date_ahead", &s::date_ahead),
    duration("date_behind", &s::date_behind),
    duration("keep_alive", &s::keep_alive),
    duration("client_timeout", &s::client_timeout),
    duration("handshake_timeout", &s::handshake_timeout),
    duration("hub_life", &s::hub_life),
    duration("token_life", &s::token_life),
    number("event_seed", &s::event_seed),
    number("first_order_id", &s::first_order_id),
    number("fill_clip", &s::fill_clip),
    number("max_order_size", &s::max_order_size),
    number("slippage_ticks", &s::slippage_ticks),
    number("inbound_limit", &s::inbound_limit),
    number("fragment_bytes", &s::fragment_bytes),
    number("retry_after", &s::retry_after),
  };
  return entries;
}

const entry* find(std::string_view name) {
  auto found = std::find_if(table().begin(), table().end(), [&](const entry& e) { return e.name == name; });
  return found == table().end() ? nullptr : &*found;
}

std::string quoted(std::string_view text) {
  return "'" + std::string{text} + "'";
}

} // namespace

std::vector<std::string> switch_names() {
  words names;
  for (const auto& e : table())
    names.push_back(e.name);
  return names;
}

std::string set_switch(switches& s, std::string_view name, std::string_view value) {
  const auto* e = find(name);
  if (!e)
    return "unknown switch " + quoted(name) + ", did you mean " + quoted(nearest(name, switch_names())) + "?";
  if (e->set(s, value))
    return {};
  auto text = "switch " + quoted(name) + " is " + (e->choices.empty() ? e->wanted : listed(e->choices)) + ", not "
              + quoted(value);
  return e->choices.empty() ? text : text + ", did you mean " + quoted(nearest(value, e->choices)) + "?";
}

std::string switch_text(const switches& s, std::string_view name) {
  const auto* e = find(name);
  return e ? e->text(s) : std::string{};
}

std::vector<std::string> switch_words(std::string_view name) {
  const auto* e = find(name);
  return e ? e->choices : words{};
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
