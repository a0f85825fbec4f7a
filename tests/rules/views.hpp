// Views of an account for tests of rules, and rules made the way the service makes them.
#pragma once

#include "actors/rules/catalogue.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <ostream>

namespace rm {

inline std::ostream& operator<<(std::ostream& out, level l) { return out << name_of(l); }
inline std::ostream& operator<<(std::ostream& out, action a) { return out << name_of(a); }
inline std::ostream& operator<<(std::ostream& out, lock_mode m) { return out << name_of(m); }
inline std::ostream& operator<<(std::ostream& out, lock_end e) { return out << name_of(e); }

} // namespace rm

namespace rm::test {

using namespace std::chrono_literals;

inline money dollars(const char* text) { return money::parse(text).value(); }

/// 2025-12-22 15:00 UTC, a Monday.
inline constexpr timestamp noon = timestamp{std::chrono::sys_days{std::chrono::year{2025} / 12 / 22}} + std::chrono::hours{15};

/// An account that holds nothing and has done nothing today.
inline account_view calm_view() {
  account_view view;
  view.account = account_id{126244};
  view.sequence = 1;
  view.now = noon;
  view.link_live = true;
  view.day = std::chrono::year{2025} / 12 / 22;
  view.day_started = noon - 17h;
  view.next_daily_reset = noon + 7h;
  view.lists_read = timestamp::max(); // all the time
  view.next_weekly_reset = noon + 7h + 24h * 6;
  return view;
}

/// A view with that much realized and unrealized today.
inline account_view money_view(const char* realized, const char* unrealized) {
  account_view view = calm_view();
  view.realized_day = view.realized_week = dollars(realized);
  view.unrealized = dollars(unrealized);
  if (view.day_pnl() > view.peak_day)
    view.peak_day = view.day_pnl();
  return view;
}

inline valued_position held(const char* contract, int64_t size) {
  valued_position out;
  out.contract = contract;
  out.size = size;
  return out;
}

inline working_order working(int64_t id, const char* contract, side s, int64_t remaining, bool increases = true) {
  working_order out;
  out.id = order_id{id};
  out.contract = contract;
  out.side = s;
  out.type = order_type::limit;
  out.status = order_status::open;
  out.remaining = remaining;
  out.increases = increases;
  return out;
}

// -- blocks of a configuration ----------------------------------------------------

inline parameter text(std::string value) {
  parameter out;
  out.type = parameter::kind::scalar;
  out.text = std::move(value);
  return out;
}

inline parameter map(std::vector<std::pair<std::string, parameter>> entries) {
  parameter out;
  out.type = parameter::kind::map;
  out.entries = std::move(entries);
  return out;
}

inline parameter list(std::vector<parameter> items) {
  parameter out;
  out.type = parameter::kind::list;
  out.items = std::move(items);
  return out;
}

/// A small block that is right for that rule, with limits around `amount`.
inline parameter sample_block(const std::string& rule, const std::string& amount = "5") {
  if (rule == "max_contracts_per_instrument")
    return map({{"default_limit", text(amount)}, {"limits", map({{"ES", text("1")}})}});
  if (rule == "trading_hours")
    return map({{"sessions", list({map({{"from", text("00:00")}, {"to", text("23:00")}, {"timezone", text("UTC")}})})}});
  if (rule == "session_block")
    return map({{"blocks", list({map({{"from", text("23:00")}, {"to", text("23:30")}, {"timezone", text("UTC")}})})}});
  if (rule == "trailing_stop")
    return map({{"activate_at", text(amount)}, {"trail", text(amount)}});
  if (rule == "symbol_block")
    return map({{"symbols", list({text("CL")})}});
  if (rule == "cooldown_after_loss")
    return map({{"tiers", list({map({{"loss", text(amount)}, {"cooldown", text("5m")}})})}});
  if (rule == "trade_frequency" || rule == "require_stop_loss" || rule == "auth_guard" || rule == "trade_management")
    return parameter{};
  const bool target = rule.find("profit") != std::string::npos;
  return map({{target ? "target" : "limit", text(amount)}});
}

/// Makes a rule that must be right.
inline std::unique_ptr<rule> made(const char* name, const parameter& block) {
  problems found;
  auto out = make_rule(name, block, name, found);
  for (const auto& p : found)
    FAIL_CHECK(p.path << ": " << p.text);
  REQUIRE(out != nullptr);
  return out;
}

/// What is wrong with a block, one "path: text" per line.
inline std::string wrong_with(const char* name, const parameter& block) {
  problems found;
  const auto out = make_rule(name, block, name, found);
  CHECK((found.empty() || out == nullptr));
  std::string lines;
  for (const auto& p : found)
    lines += (lines.empty() ? "" : "\n") + p.path + ": " + p.text;
  return lines;
}

} // namespace rm::test
