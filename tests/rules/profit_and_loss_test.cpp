// The rules that hold the day's or the week's profit or loss against an amount.
#include "tests/rules/views.hpp"
#include "tests/support/seed.hpp"

#include <random>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

/// A rule on an amount of 500 (or 1000 a week), and how a P&L figure looks to it when it is `measure` on its way to the limit.
struct amount_row {
  const char* name;
  parameter block;
  const char* just_below_realized;
  const char* just_below_open;
  const char* cent;    // one more cent towards the limit, realized
  const char* sentence;
};

std::vector<amount_row> rows() {
  const auto limit = map({{"limit", text("500")}}), target = map({{"target", text("500")}});
  return {
    {"daily_loss_limit", limit, "-300", "-199.99", "-300.01", "day P&L -500.00 reached the loss limit 500.00"},
    {"daily_realized_loss", limit, "-499.99", "-1000", "-500", "realized day P&L -500.00 reached the realized loss limit 500.00"},
    {"daily_profit_target", target, "300", "199.99", "300.01", "day P&L 500.00 reached the profit target 500.00"},
    {"daily_profit_target", map({{"target", text("500")}, {"measure", text("realized")}}), "499.99", "1000", "500",
     "realized day P&L 500.00 reached the profit target 500.00"},
    {"daily_realized_profit", target, "499.99", "-1000", "500", "realized day P&L 500.00 reached the realized profit target 500.00"},
    {"max_drawdown", limit, "-300", "-199.99", "-300.01", "day P&L -500.00 reached the drawdown limit 500.00 below its peak 0.00"},
    {"weekly_loss_limit", limit, "-300", "-199.99", "-300.01", "week P&L -500.00 reached the weekly loss limit 500.00"},
  };
}

} // namespace

TEST_CASE("one cent before the limit is a warning, exactly at it a breach that flattens and locks to the daily reset") {
  for (const auto& row : rows()) {
    CAPTURE(row.name);
    CAPTURE(row.sentence);
    const auto rule = made(row.name, row.block);
    const verdict before = rule->evaluate(money_view(row.just_below_realized, row.just_below_open));
    CHECK(before.level == level::warn);
    CHECK(before.action == action::none);
    CHECK(before.lock.mode == lock_mode::none);
    CHECK(before.fraction == 999'980);
    CHECK(before.used == "499.99");
    CHECK(before.limit == "500.00");
    const account_view view = money_view(row.cent, row.just_below_open);
    const verdict at = rule->evaluate(view);
    CHECK(at.level == level::breach);
    CHECK(at.reason == row.sentence);
    CHECK(at.used == "500.00");
    CHECK(at.fraction == 1'000'000);
    CHECK(at.action == action::flatten);
    CHECK(at.lock.mode == lock_mode::flat);
    const bool weekly = std::string{row.name} == "weekly_loss_limit";
    CHECK(at.lock.end == (weekly ? lock_end::weekly_reset : lock_end::daily_reset));
    CHECK(at.lock.until == (weekly ? view.next_weekly_reset : view.next_daily_reset));
  }
}

TEST_CASE("the drawdown is measured from the day's peak, not from the day's start") {
  const auto rule = made("max_drawdown", map({{"limit", text("400")}}));
  account_view view = money_view("350", "0");
  CHECK(rule->evaluate(view).level == level::ok);
  CHECK(rule->evaluate(view).used == "0.00");
  view.unrealized = dollars("-399.99");
  CHECK(rule->evaluate(view).level == level::warn);
  view.unrealized = dollars("-400");
  const verdict out = rule->evaluate(view);
  CHECK(out.level == level::breach);
  CHECK(out.reason == "day P&L -50.00 reached the drawdown limit 400.00 below its peak 350.00");
}

TEST_CASE("a band ends where the peak would rise: from there on a smaller fall is enough") {
  const auto rule = made("max_drawdown", map({{"limit", text("400")}}));
  const verdict out = rule->evaluate(money_view("100", "0"));
  CHECK(out.band.high == dollars("100.000001"));
}

TEST_CASE("the week's loss counts days before today, and its band is one of today's P&L") {
  const auto rule = made("weekly_loss_limit", map({{"limit", text("1000")}, {"warn_at", list({})}}));
  account_view view = money_view("-100", "-50");
  view.realized_week = dollars("-800");
  const verdict out = rule->evaluate(view);
  CHECK(out.level == level::ok);
  CHECK(out.used == "850.00");
  CHECK(out.band.low == dollars("-300")); // 150 more, from -150
  view.unrealized = dollars("-200");
  CHECK(rule->evaluate(view).level == level::breach);
}

TEST_CASE("the good side uses nothing of a limit") {
  for (const auto& row : rows()) {
    CAPTURE(row.name);
    const auto rule = made(row.name, row.block);
    const bool loss = std::string{row.just_below_realized}[0] == '-';
    const verdict good = rule->evaluate(loss ? money_view("5000", "100") : money_view("-5000", "-100"));
    CHECK(good.level == level::ok);
    CHECK(good.used == "0.00");
    CHECK(good.fraction == 0);
    CHECK(good.reason.empty());
  }
}

TEST_CASE("fees alone carry the day over the limit, and a voided trade brings it back") {
  const auto rule = made("daily_loss_limit", map({{"limit", text("500")}}));
  CHECK(rule->evaluate(money_view("-499.39", "0")).level == level::warn);
  CHECK(rule->evaluate(money_view("-500.00", "0")).level == level::breach); // 0.36 fees and 0.25 commission later
  CHECK(rule->evaluate(money_view("-100.00", "0")).level == level::ok);
}

TEST_CASE("a gain on one contract pays for the loss on another") {
  const auto rule = made("daily_loss_limit", map({{"limit", text("500")}}));
  account_view view = money_view("0", "0");
  view.positions = {held("CON.F.US.MES.Z25", -3), held("CON.F.US.MNQ.Z25", 2)};
  view.positions[0].unrealized = dollars("-700");
  view.positions[1].unrealized = dollars("250");
  view.unrealized = dollars("-450");
  CHECK(rule->evaluate(view).level == level::warn);
  view.unrealized = dollars("-500");
  CHECK(rule->evaluate(view).level == level::breach);
}

TEST_CASE("a limit that is lowered below what is already used breaches at once") {
  CHECK(made("daily_loss_limit", map({{"limit", text("600")}}))->evaluate(money_view("-500", "0")).level == level::warn);
  CHECK(made("daily_loss_limit", map({{"limit", text("400")}}))->evaluate(money_view("-500", "0")).level == level::breach);
}

TEST_CASE("limits of a fraction of a cent and limits without a block are kept as they are") {
  CHECK(made("daily_loss_limit", map({{"limit", text("0.5")}}))->evaluate(money_view("-0.499999", "0")).level == level::warn);
  CHECK(made("daily_loss_limit", map({{"limit", text("0.5")}}))->evaluate(money_view("-0.5", "0")).level == level::breach);
  const auto rule = made("daily_loss_limit", parameter{});
  CHECK(rule->evaluate(money_view("-499.99", "0")).limit == "500.00");
}

TEST_CASE("a view that cannot be judged is not evaluable, with the reason, and never ok") {
  for (const auto& row : rows()) {
    const auto rule = made(row.name, row.block);
    account_view view = money_view("0", "0");
    view.evaluable = false;
    view.why = "no price for MNQ";
    const verdict blind = rule->evaluate(view);
    CHECK(blind.level == level::not_evaluable);
    CHECK(blind.reason == "no price for MNQ");
    CHECK_FALSE(blind.has_band);
    view = money_view("0", "0");
    view.realized_day = money::from_units(std::numeric_limits<int64_t>::min());
    view.unrealized = money::from_units(-1);
    if (std::string{row.sentence}.find("realized day P&L") == 0)
      continue; // no sum to overflow
    CHECK(rule->evaluate(view).level == level::not_evaluable);
  }
}

TEST_CASE("each rung warns once, and again only after the P&L was 10 % of the limit better") {
  const auto rule = made("daily_loss_limit", map({{"limit", text("500")}, {"warn_at", list({text("0.5"), text("0.8")})}}));
  const std::tuple<const char*, level, int64_t> path[] = {
    {"-249.99", level::ok, 0},        {"-250", level::warn, 500'000},    {"-399.99", level::warn, 500'000}, {"-400", level::warn, 800'000},
    {"-350.01", level::warn, 800'000}, {"-350", level::warn, 500'000},   {"-200.01", level::warn, 500'000}, {"-200", level::ok, 0},
  };
  for (const auto& [pnl, expected, rung] : path) {
    CAPTURE(pnl);
    const verdict out = rule->evaluate(money_view("0", pnl));
    CHECK(out.level == expected);
    CHECK(out.rung == rung);
    CHECK(out.reason.empty() == (expected == level::ok));
  }
  const auto silent = made("daily_loss_limit", map({{"limit", text("500")}, {"warn_at", list({})}}));
  CHECK(silent->evaluate(money_view("0", "-499.99")).level == level::ok);
}

TEST_CASE("a lock of a given length runs from the breach, does not grow with it, and is renewed while the breach stands") {
  const auto lock = map({{"mode", text("flat")}, {"until", text("30m")}});
  const auto rule = made("daily_loss_limit", map({{"limit", text("500")}, {"on_breach", map({{"lock", lock}})}}));
  account_view view = money_view("-500", "0");
  const verdict first = rule->evaluate(view);
  CHECK(first.lock.end == lock_end::at_time);
  CHECK(first.lock.until == noon + 30min);
  view.now = noon + 29min;
  CHECK(rule->evaluate(view).lock.until == noon + 30min);
  view.now = noon + 30min;
  const verdict again = rule->evaluate(view);
  CHECK(again.lock.until == noon + 60min);
  CHECK(again.band.until == again.lock.until); // must be asked then, even if no price moves
}

TEST_CASE("the lock can be the weekly reset's, or none") {
  const auto weekly = map({{"lock", map({{"until", text("weekly_reset")}})}});
  const auto rule = made("daily_loss_limit", map({{"on_breach", weekly}}));
  const verdict out = rule->evaluate(money_view("-500", "0"));
  CHECK(out.lock.mode == lock_mode::flat);
  CHECK(out.lock.end == lock_end::weekly_reset);
  CHECK(out.lock.until == calm_view().next_weekly_reset);
  const auto free = made("daily_loss_limit", map({{"on_breach", map({{"lock", text("none")}})}}));
  CHECK(free->evaluate(money_view("-500", "0")).action == action::flatten);
  CHECK(free->evaluate(money_view("-500", "0")).lock.mode == lock_mode::none);
}

TEST_CASE("a target can stop entries instead of closing, or only say so") {
  const auto cancel = made("daily_profit_target", map({{"on_breach", map({{"action", text("cancel_order")}})}}));
  const verdict stopped = cancel->evaluate(money_view("500", "0"));
  CHECK(stopped.action == action::cancel_order);
  CHECK(stopped.lock.mode == lock_mode::reduce_only);
  const auto say = made("daily_profit_target", map({{"on_breach", map({{"action", text("warn")}})}}));
  const verdict said = say->evaluate(money_view("500", "0"));
  CHECK(said.level == level::breach);
  CHECK(said.action == action::warn);
  CHECK(said.lock.mode == lock_mode::none);
}

TEST_CASE("inside its band of day P&L a rule would never say anything new, and the price that it was asked at lies in it") {
  const unsigned seed = seed_of_this_run();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); };
  const auto cents = [](int64_t c) { return money::from_units(c * 10'000); };
  for (const auto& entry : rule_catalogue()) {
    const bool on_money = std::find(entry.wakes.begin(), entry.wakes.end(), wake::mark) != entry.wakes.end();
    if (!on_money || std::string{"max_exposure position_loss_limit position_profit_target trailing_stop trade_management"}.find(entry.name) != std::string::npos)
      continue; // bands_test.cpp has them, and all the others again
    CAPTURE(entry.name);
    for (int round = 0; round < 300; ++round) {
      const int64_t amount = pick(1, 100'000); // cents
      const char* key = entry.name == "daily_profit_target" ? "target" : "limit";
      const auto block = map({{key, text(to_string(cents(amount)))}, {"warn_at", list({text("0.05"), text("0.5"), text("0.8")})}});
      // One is asked at every price; the other only outside the band that it gave, as the account does.
      const auto eager = made(entry.name.c_str(), block), lazy = made(entry.name.c_str(), block);
      account_view view = calm_view();
      view.realized_day = cents(pick(-amount, amount));
      view.realized_week = cents(pick(-amount, amount));
      verdict told;
      for (int step = 0; step < 60; ++step) {
        const money low = std::max(told.band.low, cents(-3 * amount)), high = std::min(told.band.high, cents(4 * amount));
        money next = cents(pick(-2 * amount, 2 * amount));
        if (told.has_band && step % 2 == 0 && high.units() - low.units() > 1)
          next = money::from_units(step % 4 == 0 ? high.units() - 1 : pick(low.units() + 1, high.units() - 1));
        view.unrealized = next - view.realized_day;
        view.peak_day = std::max(view.peak_day, next);
        const verdict truth = eager->evaluate(view);
        const bool inside = told.has_band && told.band.low < next && next < told.band.high;
        if (!inside)
          told = lazy->evaluate(view);
        CAPTURE(next);
        CAPTURE(amount);
        REQUIRE(told.level == truth.level);
        REQUIRE(told.rung == truth.rung);
        REQUIRE(told.has_band);
        REQUIRE(told.band.low < next);
        REQUIRE(next < told.band.high);
      }
    }
  }
}

TEST_SUITE_END();
