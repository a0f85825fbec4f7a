// N9: every action that a rule's configuration may name, on a view that breaches the rule: the verdict asks for it, and names what it
// is to be done to.
#include "tests/rules/views.hpp"

#include <algorithm>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

constexpr const char* mnq = "CON.F.US.MNQ.Z25";

/// A view in which every rule of `tight_block` is in breach: 4 MNQ long without a stop, 900 lost and open, 1 000 of it from the peak, a
/// losing round trip, many trades, an entry at work; and the venue forbids trading.
account_view bad_day(const std::string& rule) {
  account_view view = calm_view();
  const bool gains = rule.find("profit") != std::string::npos;
  view.realized_day = view.realized_week = dollars(gains ? "600" : "-600");
  view.unrealized = dollars(gains ? "300" : "-300");
  view.peak_day = gains ? view.day_pnl() : dollars("400");
  view.contracts.push_back({mnq, "MNQ", *price::parse("0.25"), dollars("0.5"), price::parse("20000")});
  auto p = held(mnq, 4);
  p.average_price = *price::parse("20000");
  p.mark = price::parse("20000");
  p.unrealized = view.unrealized;
  view.positions.push_back(p);
  view.orders.push_back(working(7, mnq, side::buy, 2));
  view.trades_today = view.recent_trades = {noon - 2min, noon - 1min};
  view.last_trade = noon - 1min;
  view.round_trips.push_back({mnq, noon - 2min, noon - 1min, dollars("-500")});
  view.can_trade = false;
  view.cause = wake::fill;
  return view;
}

parameter tight_block(const std::string& rule) {
  if (rule == "trading_hours")
    return map({{"sessions", list({map({{"from", text("01:00")}, {"to", text("02:00")}, {"timezone", text("UTC")}})})}});
  if (rule == "session_block")
    return map({{"blocks", list({map({{"from", text("01:00")}, {"to", text("23:00")}, {"timezone", text("UTC")}})})}});
  if (rule == "symbol_block")
    return map({{"symbols", list({text("MN?")})}});
  return sample_block(rule, rule == "max_contracts" || rule == "max_contracts_per_instrument" || rule == "max_trades_per_day" ? "1" : "100");
}

} // namespace

TEST_CASE("N9 each rule asks for each action that its configuration may name, and says what it is about") {
  for (const auto& entry : rule_catalogue()) {
    if (entry.actions == std::vector<action>{action::none})
      continue; // trade_management moves stops and has no breach
    for (const action asked : entry.actions) {
      CAPTURE(entry.name);
      CAPTURE(std::string{name_of(asked)});
      auto block = tight_block(entry.name);
      block.type = parameter::kind::map;
      block.entries.emplace_back("on_breach", map({{"action", text(std::string{name_of(asked)})}}));
      const auto rule = made(entry.name.c_str(), block);
      auto view = bad_day(entry.name);
      verdict out = rule->evaluate(view);
      if (entry.name == "require_stop_loss") { // after its grace
        view.now += 61s;
        out = rule->evaluate(view);
      }
      if (entry.name == "trailing_stop") { // from its peak
        view.realized_day = dollars("2000");
        (void)rule->evaluate(view);
        view.realized_day = dollars("200");
        out = rule->evaluate(view);
      }
      REQUIRE(out.level == level::breach);
      CHECK(out.action == asked);
      CHECK_FALSE(out.reason.empty());
      const bool locks = out.lock.mode != lock_mode::none;
      switch (asked) {
        case action::none: FAIL_CHECK("nothing would be done"); break;
        case action::warn: CHECK_FALSE(locks); break;
        case action::cancel_order: CHECK(out.lock.mode == lock_mode::reduce_only); break; // the lock cancels entries, these and later ones
        case action::reduce_to_limit: CHECK((!out.targets.empty() && !out.cancel.empty())); break;
        case action::close_position: CHECK((out.targets.size() == 1 && out.targets[0].keep == 0)); break;
        case action::flatten: break; // the action says it all
      }
      CHECK(locks == (entry.standard.lock.mode != lock_mode::none && asked != action::warn));
    }
  }
}

TEST_CASE("a lock of a given length begins anew with a new breach, also before the old one's end") {
  for (const auto& entry : rule_catalogue()) {
    const auto& name = entry.name;
    // These have no calm view in between that differs in nothing but the breach, or a time of their own.
    if (name == "trade_management" || name == "trade_frequency" || name == "trading_hours" || name == "session_block" || name == "require_stop_loss" || name == "trailing_stop")
      continue;
    CAPTURE(name);
    auto block = tight_block(name);
    block.type = parameter::kind::map;
    block.entries.emplace_back("on_breach", map({{"action", text("flatten")}, {"lock", map({{"mode", text("flat")}, {"until", text("30m")}})}}));
    const auto rule = made(name.c_str(), block);
    auto breach = bad_day(name), calm = calm_view();
    CHECK(rule->evaluate(breach).lock.until == noon + 30min);
    calm.now = noon + 10min;
    REQUIRE(rule->evaluate(calm).level == level::ok);
    breach.now = noon + 20min;
    for (auto& trip : breach.round_trips)
      trip.closed = breach.now;
    const verdict again = rule->evaluate(breach);
    REQUIRE(again.level == level::breach);
    CHECK(again.lock.until == noon + 50min);
    CHECK(again.band.until <= noon + 50min);
  }
}

TEST_CASE("what a rule's limit is where its block does not say") {
  const std::pair<const char*, const char*> usual[] = {{"max_contracts", "5"}, {"max_contracts_per_instrument", "3"}, {"daily_loss_limit", "500.00"},
    {"daily_profit_target", "500.00"}, {"weekly_loss_limit", "1000.00"}, {"max_trades_per_day", "10"}, {"require_stop_loss", "1m"}, {"cooldown_after_loss", "100.00"}};
  for (const auto& [name, limit] : usual) {
    CAPTURE(name);
    CHECK(made(name, parameter{})->evaluate(calm_view()).limit == limit);
  }
}

TEST_CASE("how long a window's cooldown is, and what max_contracts counts, where the block does not say") {
  account_view view = calm_view();
  view.trades_today = view.recent_trades = {noon};
  view.last_trade = noon;
  const std::pair<const char*, duration> usual[] = {{"per_minute", 60s}, {"per_hour", 30min}, {"per_session", 1h}};
  for (const auto& [window, cooldown] : usual) {
    CAPTURE(window);
    CHECK(made("trade_frequency", map({{window, map({{"limit", text("1")}})}}))->evaluate(view).lock.until == noon + cooldown);
  }
  view.positions = {held(mnq, 4), held("CON.F.US.EP.Z25", -4)};
  CHECK(made("max_contracts", map({{"limit", text("5")}}))->evaluate(view).level == level::ok); // net
}

TEST_CASE("max_contracts_per_instrument: what one symbol does never hides what another has done") {
  constexpr const char* es = "CON.F.US.EP.Z25";
  const auto block = map({{"limits", map({{"ES", text("1")}, {"MNQ", text("5")}})}});
  account_view view = calm_view();
  view.contracts.push_back({es, "ES", *price::parse("0.25"), dollars("12.5"), price::parse("6800")});
  view.contracts.push_back({mnq, "MNQ", *price::parse("0.25"), dollars("0.5"), price::parse("20000")});
  SUBCASE("a breach, and a warning after it") {
    view.positions = {held(es, 2), held(mnq, 4)};
    const verdict out = made("max_contracts_per_instrument", block)->evaluate(view);
    CHECK(out.level == level::breach);
    REQUIRE(out.targets.size() == 1);
    CHECK(out.targets[0].contract == es);
    CHECK(out.targets[0].keep == 1);
  }
  SUBCASE("the highest rung counts") {
    view.positions = {held(es, 1), held(mnq, 1)};
    CHECK(made("max_contracts_per_instrument", block)->evaluate(view).rung == 800'000);
  }
  SUBCASE("orders of both are too many") {
    view.orders = {working(7, es, side::buy, 2), working(8, mnq, side::sell, 6)};
    CHECK(made("max_contracts_per_instrument", block)->evaluate(view).cancel == std::vector<order_id>{order_id{7}, order_id{8}});
  }
}

TEST_CASE("what each rule does at a breach where its block does not say: the table of rules.md") {
  const auto flat = lock_mode::flat, none = lock_mode::none, less = lock_mode::reduce_only;
  const auto day = lock_end::daily_reset, week = lock_end::weekly_reset, timed = lock_end::at_time;
  struct row {
    const char* rule;
    rm::action action;
    lock_mode mode;
    lock_end end;
  };
  const row table[] = {
    {"max_contracts", action::reduce_to_limit, none, day}, {"max_contracts_per_instrument", action::reduce_to_limit, none, day},
    {"daily_realized_loss", action::flatten, flat, day}, {"daily_loss_limit", action::flatten, flat, day}, {"daily_profit_target", action::flatten, flat, day},
    {"trading_hours", action::flatten, flat, timed}, {"weekly_loss_limit", action::flatten, flat, week}, {"max_drawdown", action::flatten, flat, day},
    {"max_trades_per_day", action::cancel_order, less, day}, {"trade_frequency", action::cancel_order, less, timed}, {"session_block", action::flatten, flat, timed},
    {"trailing_stop", action::flatten, none, day}, {"max_exposure", action::reduce_to_limit, none, day}, {"position_loss_limit", action::close_position, none, day},
    {"position_profit_target", action::close_position, none, day}, {"cooldown_after_loss", action::flatten, flat, timed}, {"require_stop_loss", action::close_position, none, day},
    {"symbol_block", action::close_position, none, day}, {"auth_guard", action::flatten, flat, lock_end::can_trade}, {"trade_management", action::none, none, day},
    {"daily_realized_profit", action::flatten, flat, day},
  };
  CHECK(std::size(table) == rule_catalogue().size());
  for (const auto& row : table) {
    CAPTURE(row.rule);
    const auto* entry = find_rule(row.rule);
    REQUIRE(entry);
    CHECK(entry->standard.action == row.action);
    CHECK(entry->standard.lock.mode == row.mode);
    if (row.mode != none)
      CHECK(entry->standard.lock.end == row.end);
  }
}

TEST_CASE("max_exposure: what has no mark counts at its average price, and orders alone are only cancelled") {
  account_view view = calm_view();
  view.contracts.push_back({mnq, "MNQ", *price::parse("0.25"), dollars("0.5"), {}});
  const auto rule = made("max_exposure", map({{"limit", text("100000")}})); // one MNQ is 40 000
  auto p = held(mnq, 2);
  p.average_price = *price::parse("20000");
  view.positions = {p};
  view.orders = {working(7, mnq, side::buy, 1)};
  verdict out = rule->evaluate(view);
  CHECK(out.level == level::breach);
  CHECK(out.action == action::cancel_order);
  CHECK(out.cancel == std::vector<order_id>{order_id{7}});
  CHECK(out.targets.empty());
  view.positions[0].size = 3;
  out = rule->evaluate(view);
  CHECK(out.action == action::reduce_to_limit);
  REQUIRE(out.targets.size() == 1);
  CHECK(out.targets[0].keep == 2);
}

TEST_CASE("require_stop_loss: a stop in another contract covers nothing") {
  const auto rule = made("require_stop_loss", parameter{});
  account_view view = calm_view();
  view.positions = {held(mnq, 2)};
  auto elsewhere = working(7, "CON.F.US.EP.Z25", side::sell, 2, false);
  elsewhere.type = order_type::stop;
  view.orders = {elsewhere};
  CHECK(rule->evaluate(view).level == level::warn);
  view.now += 60s;
  CHECK(rule->evaluate(view).level == level::breach);
}

TEST_CASE("session_block holds on every day where it does not say which") {
  account_view view = calm_view();
  view.now += 24h * 5; // a Saturday
  CHECK(made("session_block", tight_block("session_block"))->evaluate(view).level == level::breach);
}

TEST_CASE("cooldown_after_loss: a lock to the daily reset is one, and not for the tier's time") {
  auto block = sample_block("cooldown_after_loss", "100");
  block.entries.emplace_back("on_breach", map({{"action", text("flatten")}, {"lock", map({{"mode", text("flat")}, {"until", text("daily_reset")}})}}));
  const verdict out = made("cooldown_after_loss", block)->evaluate(bad_day("cooldown_after_loss"));
  REQUIRE(out.level == level::breach);
  CHECK(out.lock.end == lock_end::daily_reset);
  CHECK(out.lock.until == noon + 7h);
}

TEST_CASE("auth_guard hears at once what the venue says of the account") {
  const auto* entry = find_rule("auth_guard");
  REQUIRE(entry);
  CHECK(std::find(entry->wakes.begin(), entry->wakes.end(), wake::account) != entry->wakes.end());
}

TEST_CASE("edge: trading_hours over midnight, from Sunday evening on, cut short on the day before a holiday (T1, T5)") {
  rule_context context;
  context.calendar.timezone = "America/Chicago";
  context.calendar.holidays = {std::chrono::year{2025} / 12 / 25};
  context.calendar.early_closes = {{std::chrono::year{2025} / 12 / 24, 12h + 15min, ""}};
  problems found;
  const auto nights = map({{"sessions", list({map({{"days", list({text("sun"), text("mon"), text("tue"), text("wed"), text("thu")})}, {"from", text("17:00")}, {"to", text("16:00")}})})}});
  const auto rule = make_rule("trading_hours", nights, "x", found, context);
  REQUIRE(rule);
  const auto level_at = [&](const char* t) {
    account_view view = calm_view();
    REQUIRE(parse_time(t, view.now));
    return rule->evaluate(view).level;
  };
  CHECK(level_at("2025-12-07T22:59:59Z") == level::breach); // Sunday, a second before 17:00 in Chicago
  CHECK(level_at("2025-12-07T23:00:00Z") == level::ok);     // the start is inside
  CHECK(level_at("2025-12-08T05:59:59Z") == level::ok);     // midnight in Chicago changes nothing
  CHECK(level_at("2025-12-08T06:00:00Z") == level::ok);
  CHECK(level_at("2025-12-08T21:59:59Z") == level::ok);
  CHECK(level_at("2025-12-08T22:00:00Z") == level::breach); // the end is not
  CHECK(level_at("2025-12-08T23:00:00Z") == level::ok);
  CHECK(level_at("2025-12-24T18:14:59Z") == level::ok);
  CHECK(level_at("2025-12-24T18:15:00Z") == level::breach); // early close
  CHECK(level_at("2025-12-12T22:30:00Z") == level::breach); // Friday evening
  CHECK(level_at("2025-03-09T22:00:00Z") == level::ok);     // the Sunday of the clock change: 17:00 is 22:00 UTC from now on
  CHECK(level_at("2025-03-09T21:59:59Z") == level::breach);
}

TEST_CASE("B2: tightening never frees, for rules whose terms are times, tiers, lists and shares") {
  const auto tiers = [](const char* loss, const char* cooldown) { return map({{"tiers", list({map({{"loss", text(loss)}, {"cooldown", text(cooldown)}})})}}); };
  const auto span = [](const char* key, const char* from, const char* to) { return map({{key, list({map({{"from", text(from)}, {"to", text(to)}, {"timezone", text("UTC")}})})}}); };
  struct row {
    const char* rule;
    parameter loose, tight;
  };
  const row table[] = {
    {"cooldown_after_loss", tiers("500", "5m"), tiers("499", "5m")},
    {"cooldown_after_loss", tiers("500", "5m"), tiers("500", "10m")},
    {"trade_frequency", map({{"min_interval", text("2m")}}), map({{"min_interval", text("3m")}})},
    {"trade_frequency", map({{"per_hour", map({{"limit", text("2")}})}}), map({{"per_hour", map({{"limit", text("1")}})}})},
    {"symbol_block", map({{"symbols", list({text("MNQ")})}}), map({{"symbols", list({text("M*"), text("CL")})}})},
    {"max_contracts_per_instrument", map({{"default_limit", text("3")}}), map({{"default_limit", text("2")}})},
    {"max_contracts_per_instrument", map({{"default_limit", text("3")}}), map({{"limits", map({{"MNQ", text("1")}})}})},
    {"trading_hours", span("sessions", "10:00", "14:00"), span("sessions", "10:00", "13:00")},
    {"session_block", span("blocks", "14:00", "16:00"), span("blocks", "13:00", "17:00")},
  };
  for (const auto& row : table) {
    CAPTURE(row.rule);
    const auto view = bad_day(row.rule);
    const verdict wide = made(row.rule, row.loose)->evaluate(view), narrow = made(row.rule, row.tight)->evaluate(view);
    REQUIRE(wide.level == level::breach);
    CHECK(narrow.level == level::breach);
    if (wide.lock.end == lock_end::at_time)
      CHECK(narrow.lock.until >= wide.lock.until);
    CHECK(narrow.lock.mode >= wide.lock.mode);
    for (auto& a : wide.targets)
      for (auto& b : narrow.targets)
        CHECK(b.keep <= a.keep);
  }
}

TEST_SUITE_END();
