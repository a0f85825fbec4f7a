// The edges of the rules, each by its name, on the whole service; then the same states over a restart.
#include "tests/support/restartable.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

parameter list_of(parameter item) {
  parameter out;
  out.type = parameter::kind::list;
  out.items = {std::move(item)};
  return out;
}
parameter map_of(std::string key, parameter value) {
  parameter out;
  out.type = parameter::kind::map;
  out.entries.emplace_back(std::move(key), std::move(value));
  return out;
}
parameter tier(const char* loss, const char* cooldown) { return map_of("tiers", list_of(block({{"loss", loss}, {"cooldown", cooldown}}))); }
parameter session(const char* from, const char* to) { return map_of("sessions", list_of(block({{"from", from}, {"to", to}, {"timezone", "UTC"}}))); }
rule_setup loss(const char* limit) { return {"daily_loss_limit", block({{"limit", limit}})}; }

} // namespace

TEST_SUITE_BEGIN("scenarios");

TEST_CASE("edge: fees alone carry the day over the limit; a voided trade brings it back, and the lock stays (N10)") {
  restartable s{{{"daily_realized_loss", block({{"limit", "5"}})}}};
  for (int i = 0; i < 8; ++i)
    s.order(i % 2 ? side::sell : side::buy, 1); // 0.62 each, at an unchanged price
  REQUIRE(s.status().view->realized_day == *money::parse("-4.96"));
  REQUIRE(s.status().locks.empty());
  s.order(side::buy, 1); // 5.58
  s.go(2s);
  CHECK(s.venue.size == 0);
  REQUIRE(s.lock_of("daily_realized_loss"));
  for (std::size_t i = 0; i < s.venue.trades.size(); ++i)
    s.venue.void_trade(i);
  s.go(3s);
  CHECK(s.status().view->realized_day == money{});
  CHECK(s.lock_of("daily_realized_loss"));
  s.go(3min); // and after the venue was read in full
  CHECK(s.status().view->realized_day == money{});
  CHECK(s.lock_of("daily_realized_loss"));
  for (auto& a : s.status().alarms)
    FAIL_CHECK(a.what);
}

TEST_CASE("edge: scale in, partial exit, flip in one order, full exit: money to the cent, trades counted, averages off the grid, shorts") {
  restartable s{{loss("5000"), {"max_trades_per_day", block({{"limit", "50"}})}}};
  s.trade_to("20000");
  s.order(side::sell, 1);
  s.trade_to("20000.25");
  s.order(side::sell, 2); // short 3 at 20000.1666…
  auto now = s.status();
  CHECK(now.view->unrealized == value_of_move(s.venue.average, s.venue.last, -3, *price::parse("0.25"), *money::parse("0.5")));
  CHECK(to_cents(now.view->unrealized) == *money::parse("-0.50"));
  CHECK(now.view->trades_today.size() == 2);
  s.trade_to("19990");
  CHECK(to_cents(s.status().view->unrealized) == *money::parse("61.00"));
  s.order(side::buy, 1);
  CHECK(s.status().view->trades_today.size() == 2);
  s.order(side::buy, 5); // closes two and is long three
  CHECK(s.status().view->trades_today.size() == 3);
  s.trade_to("20010");
  s.order(side::sell, 3);
  CHECK(s.status().view->trades_today.size() == 3);
  CHECK(s.status().view->realized_day == s.venue.net);
  CHECK(s.status().view->unrealized == money{});
  CHECK(s.status().view->round_trips.size() == 2);
  s.go(3min);
  CHECK(s.status().view->realized_day == s.venue.net);
  CHECK(s.status().alarms.empty());
}

TEST_CASE("edge: a trade first seen by reconcile is counted, judged and enforced like any other") {
  restartable s{{{"daily_realized_loss", block({{"limit", "200"}})}, {"max_trades_per_day", block({{"limit", "9"}})}}};
  s.venue.tells_trades = false;
  s.order(side::buy, 1);
  s.go(5s);
  CHECK(s.status().view->trades_today.size() == 1);
  s.trade_to("20065");
  s.order(side::sell, 1);
  s.order(side::buy, 1);
  s.go(5s);
  s.trade_to("20010");
  s.order(side::sell, 1);
  s.go(10s);
  CHECK(s.status().view->realized_day == s.venue.net);
  CHECK(s.status().view->trades_today.size() == 2);
  CHECK(s.lock_of("daily_realized_loss"));
}

TEST_CASE("edge: two rules breach on one event: one case, two locks; the flatten's own realized loss pushes a third over its limit (N14)") {
  restartable s{{loss("300"), {"max_drawdown", block({{"limit", "300"}})}, {"daily_realized_loss", block({{"limit", "300"}})}}};
  s.order(side::buy, 2);
  s.trade_to("20040"); // -340 open, and nothing realized but fees
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(std::count_if(s.venue.executed.begin(), s.venue.executed.end(), [](auto& r) { return r.kind == request_kind::close_position; }) == 1);
  CHECK(s.lock_of("daily_loss_limit"));
  CHECK(s.lock_of("max_drawdown"));
  CHECK(s.lock_of("daily_realized_loss")); // in the middle of the others' locks
}

TEST_CASE("edge: a cooldown ends inside a daily lock: the account stays locked and guarded") {
  restartable s{{loss("300"), {"cooldown_after_loss", tier("100", "5m")}}};
  s.order(side::buy, 2);
  s.trade_to("20040");
  s.go(3s);
  REQUIRE(s.lock_of("cooldown_after_loss"));
  REQUIRE(s.lock_of("daily_loss_limit"));
  s.go(5min);
  CHECK_FALSE(s.lock_of("cooldown_after_loss"));
  REQUIRE(s.lock_of("daily_loss_limit"));
  s.order(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("daily_loss_limit")->attempts == 1);
}

TEST_CASE("edge: a session start exactly at a lock's end: free from that instant on, not a moment later") {
  restartable s{{{"trading_hours", session("15:01", "20:00")}}};
  s.go(10s);
  s.order(side::buy, 1);
  s.go(2s);
  REQUIRE(s.venue.size == 0);
  const auto* held = s.lock_of("trading_hours");
  REQUIRE(held);
  const auto until = held->until;
  CHECK(format_time(until) == "2026-11-18T15:01:00.000Z");
  s.go(until - s.now - 200ms);
  CHECK(s.lock_of("trading_hours"));
  s.go(400ms);
  CHECK(s.status().state == account_state_name::active);
  s.order(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 1);
}

TEST_CASE("edge: two resets due after a long downtime: one daily and one weekly, in their order; a reset by hand beside them") {
  restartable s{{loss("300"), {"weekly_loss_limit", block({{"limit", "300"}})}}};
  s.order(side::buy, 2);
  s.trade_to("20040");
  s.go(2s);
  REQUIRE(s.lock_of("daily_loss_limit"));
  REQUIRE(s.lock_of("weekly_loss_limit"));
  const auto before = s.journal("reset").size();
  s.restart(std::chrono::days{10});
  CHECK(s.status().state == account_state_name::active);
  CHECK(s.status().view->realized_week == money{});
  const auto lines = s.journal("reset");
  REQUIRE(lines.size() == before + 2); // ten days, and one of each
  CHECK(lines[before].text.starts_with("weekly")); // Monday's came before today's
  CHECK(lines[before + 1].text.starts_with("daily"));
  s.restart();
  CHECK(s.journal("reset").size() == before + 2);
  auto done = s.ask_now<order_done>(s.house().accounts.at(s.venue.account).desk, reset_order{s.venue.account, reset_kind::daily, "admin", "a drill", s.now});
  CHECK(done);
  s.go(1s);
  CHECK(s.journal("reset").size() == before + 3);
}

TEST_CASE("edge: P&L recovers above the limit while the close is refused: the lock stays and the position goes (B4)") {
  restartable s{{loss("300")}};
  s.venue.refuse = [&](const venue_request& r) -> std::optional<venue_answer> {
    return r.kind == request_kind::close_position ? std::optional{fake_port_script::refused(r, refusal::pending)} : std::nullopt;
  };
  s.order(side::buy, 2);
  s.trade_to("20040");
  s.trade_to("20200");
  REQUIRE(s.venue.size == 2);
  s.venue.refuse = nullptr;
  s.go(30s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("daily_loss_limit"));
}

// -- I6: restart in each of these states ----------------------------------------------

TEST_CASE("I6 restart while a grace period is open: it runs on, neither shorter nor longer") {
  restartable s{{{"require_stop_loss", block({{"grace", "60s"}})}}};
  s.order(side::buy, 1);
  s.go(39s);
  s.restart();
  s.go(15s);
  CHECK(s.venue.size == 1);
  s.go(8s);
  CHECK(s.venue.size == 0);
}

TEST_CASE("I6 restart after a grace period that ended while it was down: closed as soon as the venue was read") {
  restartable s{{{"require_stop_loss", block({{"grace", "60s"}})}}};
  s.order(side::buy, 1);
  s.go(20s);
  s.restart(1h);
  s.go(2s);
  CHECK(s.venue.size == 0);
}

TEST_CASE("I6 restart after a warning: it is not given again, and the next one is") {
  restartable s{{loss("500")}};
  s.order(side::buy, 2);
  const auto warnings = [&] {
    const auto lines = s.journal("verdict");
    return std::count_if(lines.begin(), lines.end(), [](auto& e) { return e.text.starts_with("warn"); });
  };
  s.trade_to("20023"); // -408 and 1.24
  REQUIRE(warnings() == 1);
  s.trade_to("20030"); // -380: between the rung and where it is left
  s.restart();
  s.trade_to("20023");
  CHECK(warnings() == 1);
  s.trade_to("20100");
  s.trade_to("20023");
  CHECK(warnings() == 2);
}

TEST_CASE("I6 restart during a cooldown: it ends when it would have ended") {
  restartable s{{{"cooldown_after_loss", tier("100", "5m")}}};
  s.order(side::buy, 2);
  s.trade_to("20090");
  s.order(side::sell, 2);
  s.go(1s);
  const auto* before = s.lock_of("cooldown_after_loss");
  REQUIRE(before);
  const auto until = before->until;
  s.restart(1min);
  REQUIRE(s.lock_of("cooldown_after_loss"));
  CHECK(s.lock_of("cooldown_after_loss")->until == until);
  s.go(until - s.now + 1s);
  CHECK(s.status().state == account_state_name::active);
}

TEST_CASE("I6 restart under a peak: the drawdown is measured from it still (N4, N7)") {
  restartable s{{{"max_drawdown", block({{"limit", "200"}})}, {"trailing_stop", block({{"activate_at", "100"}, {"trail", "200"}})}}};
  s.order(side::buy, 2);
  s.trade_to("20165"); // +160
  s.restart();
  s.trade_to("20117"); // 192 below
  CHECK(s.venue.size == 2);
  s.trade_to("20114");
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("max_drawdown"));
}

TEST_CASE("I6 restart in the middle of a case: it is taken up and ends flat (B7)") {
  restartable s{{loss("300")}};
  s.venue.refuse = [&](const venue_request& r) -> std::optional<venue_answer> {
    return r.kind == request_kind::close_position ? std::optional{fake_port_script::refused(r, refusal::pending)} : std::nullopt;
  };
  s.order(side::buy, 2);
  s.trade_to("20040");
  REQUIRE(s.venue.size == 2);
  s.restart();
  CHECK(s.venue.size == 2);
  s.venue.refuse = nullptr;
  s.go(30s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("daily_loss_limit"));
}

TEST_CASE("I6 restart within a window of trades: they count on") {
  restartable s{{{"trade_frequency", map_of("per_hour", block({{"limit", "3"}, {"cooldown", "10m"}}))}}};
  s.order(side::buy, 1);
  s.order(side::buy, 1);
  s.restart();
  CHECK(s.status().locks.empty());
  s.order(side::buy, 1);
  REQUIRE(s.lock_of("trade_frequency"));
  s.order(side::buy, 1);
  s.go(3s);
  CHECK(s.venue.size == 3);
  s.restart();
  REQUIRE(s.lock_of("trade_frequency"));
  CHECK(s.lock_of("trade_frequency")->attempts == 1);
  CHECK(s.venue.size == 3); // what was allowed stays allowed
}

TEST_CASE("I6 restart while the venue forbids trading: locked until it says otherwise") {
  restartable s{{{"auth_guard", parameter{}}}};
  s.venue.can_trade = false;
  s.venue.tell_account();
  s.go(2s);
  REQUIRE(s.lock_of("auth_guard"));
  s.restart();
  REQUIRE(s.lock_of("auth_guard"));
  s.venue.can_trade = true;
  s.venue.tell_account();
  s.go(2s);
  CHECK(s.status().state == account_state_name::active);
}

TEST_CASE("I6 restart outside the session: the lock ends with the session's start all the same") {
  restartable s{{{"trading_hours", session("15:05", "20:00")}}};
  s.go(2s);
  REQUIRE(s.lock_of("trading_hours"));
  s.restart(1min);
  REQUIRE(s.lock_of("trading_hours"));
  s.restart(10min); // over while it was down
  CHECK(s.status().state == account_state_name::active);
}

TEST_CASE("B11 closed at the session's end once is not closed: who enters again is closed again, over a restart too") {
  restartable s{{{"trading_hours", session("14:00", "15:05")}}};
  s.order(side::buy, 2);
  REQUIRE(s.venue.size == 2);
  s.go(6min);
  CHECK(s.venue.size == 0);
  REQUIRE(s.lock_of("trading_hours"));
  CHECK(s.lock_of("trading_hours")->attempts == 0);
  s.order(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("trading_hours")->attempts == 1);
  s.restart(1min);
  s.order(side::sell, 1);
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("trading_hours")->attempts == 2);
}

TEST_CASE("T4 a loss seconds before the daily reset: the day's lock ends with it, the week's limit has not forgotten it") {
  restartable s{{loss("200"), {"weekly_loss_limit", block({{"limit", "250"}})}}};
  const timestamp reset = timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 18} + 22h};
  s.now = reset - 10s;
  s.go(1s);
  s.order(side::buy, 2);
  s.trade_to("19930");
  s.go(2s);
  REQUIRE(s.venue.size == 0);
  REQUIRE(s.lock_of("daily_loss_limit"));
  REQUIRE(s.lock_of("weekly_loss_limit"));
  SUBCASE("while it runs") { s.go(10s); }
  SUBCASE("while it is down") { s.restart(10s); }
  CHECK_FALSE(s.lock_of("daily_loss_limit"));
  REQUIRE(s.lock_of("weekly_loss_limit"));
  s.order(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("weekly_loss_limit")->attempts == 1);
}

TEST_CASE("I6 restart between trailing_stop's breach and its flat account: it goes on until flat, then begins anew") {
  restartable s{{{"trailing_stop", block({{"activate_at", "100"}, {"trail", "50"}})}}};
  s.venue.refuse = [&](const venue_request& r) -> std::optional<venue_answer> {
    return r.kind == request_kind::close_position ? std::optional{fake_port_script::refused(r, refusal::pending)} : std::nullopt;
  };
  s.order(side::buy, 2);
  s.trade_to("20160");
  s.trade_to("20140"); // 80 given back
  s.trade_to("20170"); // recovered
  s.restart();
  s.venue.refuse = nullptr;
  s.go(30s);
  CHECK(s.venue.size == 0);
  s.order(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 1);
}

TEST_SUITE_END();
