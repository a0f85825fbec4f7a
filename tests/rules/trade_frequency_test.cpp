#include "tests/rules/views.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

account_view after_trades(std::vector<duration> ago) {
  account_view view = calm_view();
  for (auto d : ago)
    view.trades_today.push_back(noon - d);
  if (!ago.empty())
    view.last_trade = view.trades_today.back();
  view.recent_trades = view.trades_today;
  return view;
}

account_view at(account_view view, duration later) {
  view.now = noon + later;
  return view;
}

std::unique_ptr<rule> window_rule(const char* key, const char* limit, const char* cooldown) {
  return made("trade_frequency", map({{key, map({{"limit", text(limit)}, {"cooldown", text(cooldown)}})}}));
}

} // namespace

TEST_CASE("the interval runs from the last trade and is over at its end, not before") {
  const auto rule = made("trade_frequency", map({{"min_interval", text("30m")}}));
  CHECK(rule->evaluate(calm_view()).level == level::ok);
  const account_view view = after_trades({0s});
  const verdict first = rule->evaluate(view);
  CHECK(first.level == level::breach);
  CHECK(first.action == action::cancel_order);
  CHECK(first.lock.mode == lock_mode::reduce_only);
  CHECK(first.lock.end == lock_end::at_time);
  CHECK(first.lock.until == noon + 30min);
  CHECK(first.band.until == noon + 30min);
  CHECK(first.fraction == 1'000'000);
  CHECK(rule->evaluate(at(view, 30min - 1ns)).level == level::breach);
  CHECK(rule->evaluate(at(view, 12s)).reason == "the last trade was 12s ago, 30m must pass between trades");
  CHECK(rule->evaluate(at(view, 12s)).lock.until == noon + 30min); // does not grow
  const verdict over = rule->evaluate(at(view, 30min));
  CHECK(over.level == level::ok);
  CHECK(over.used == "0");
  CHECK(over.reason.empty());
}

TEST_CASE("the interval also runs across the daily reset, and when the clock steps back") {
  const auto rule = made("trade_frequency", map({{"min_interval", text("30m")}}));
  account_view view = calm_view();
  view.last_trade = noon - 10min; // yesterday's: not in trades_today
  CHECK(rule->evaluate(view).level == level::breach);
  CHECK(rule->evaluate(view).lock.until == noon + 20min);
  CHECK(rule->evaluate(at(view, -1h)).level == level::breach);
}

TEST_CASE("T4 B9: the last minute and the last hour roll on over the daily reset, the session begins anew") {
  account_view view = after_trades({20min, 10min});
  view.trades_today.clear(); // the reset was a minute ago
  CHECK(window_rule("per_hour", "2", "30m")->evaluate(view).level == level::breach);
  CHECK(window_rule("per_session", "2", "30m")->evaluate(view).level == level::ok);
}

TEST_CASE("without any key the interval is 30 minutes; with a window alone there is none") {
  CHECK(made("trade_frequency", parameter{})->evaluate(after_trades({1min})).lock.until == noon + 29min);
  CHECK(window_rule("per_hour", "5", "30m")->evaluate(after_trades({1s})).level == level::ok);
}

TEST_CASE("the N-th trade of a window is allowed, and locks for the cooldown") {
  struct row {
    const char* what;
    const char* key;
    const char* limit;
    const char* cooldown;
    std::vector<duration> ago;
    duration lock; // after noon; 0: none
  };
  const row table[] = {
    {"one less", "per_minute", "3", "60s", {50s, 10s}, 0s},
    {"the third", "per_minute", "3", "60s", {50s, 10s, 5s}, 55s},
    {"a nanosecond within the minute", "per_minute", "3", "60s", {65s - 1ns, 10s, 5s}, 55s},
    {"exactly a minute apart", "per_minute", "3", "60s", {65s, 10s, 5s}, 0s},
    {"within its cooldown", "per_minute", "3", "60s", {70s, 60s, 60s - 1ns}, 1ns},
    {"the cooldown's end", "per_minute", "3", "60s", {80s, 70s, 60s}, 0s},
    {"an older full window still cools down", "per_minute", "2", "10m", {400s, 390s, 5s}, 210s},
    {"hour", "per_hour", "2", "30m", {60min, 1min}, 29min},
    {"exactly an hour apart", "per_hour", "2", "30m", {61min, 1min}, 0s},
    {"two within the hour, but cooled down", "per_hour", "2", "30m", {40min, 30min}, 0s},
    {"session", "per_session", "3", "1h", {5h, 4h, 59min}, 1min},
    {"session, cooled down", "per_session", "3", "1h", {5h, 4h, 60min}, 0s},
    {"session, the next trade cools down again", "per_session", "3", "1h", {5h, 4h, 3h, 1min}, 59min},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const verdict out = window_rule(row.key, row.limit, row.cooldown)->evaluate(after_trades(row.ago));
    CHECK((out.level == level::breach) == (row.lock != 0s));
    CHECK(out.lock.mode == (row.lock != 0s ? lock_mode::reduce_only : lock_mode::none));
    if (row.lock != 0s)
      CHECK(out.lock.until == noon + row.lock);
  }
}

TEST_CASE("of several conditions the latest end counts") {
  const auto block = map({{"min_interval", text("5m")}, {"per_hour", map({{"limit", text("2")}, {"cooldown", text("20m")}})}});
  const auto rule = made("trade_frequency", block);
  const verdict both = rule->evaluate(after_trades({10min, 1min}));
  CHECK(both.lock.until == noon + 19min);
  CHECK(both.reason == "2 trades per hour are reached, the cooldown is 20m");
  CHECK(rule->evaluate(after_trades({1min})).lock.until == noon + 4min);
}

TEST_CASE("the window that is fullest is shown, and its rungs warn") {
  const auto block = map({{"per_hour", map({{"limit", text("10")}})}, {"per_session", map({{"limit", text("5")}})}});
  const auto rule = made("trade_frequency", block);
  const verdict quiet = rule->evaluate(calm_view());
  CHECK(quiet.used == "0");
  CHECK(quiet.level == level::ok);
  const verdict out = rule->evaluate(after_trades({5h, 4h, 3h, 2h}));
  CHECK(out.level == level::warn);
  CHECK(out.rung == 800'000);
  CHECK(out.used == "4");
  CHECK(out.limit == "5");
  CHECK(out.reason == "4 of 5 trades per session are used");
}

TEST_CASE("a lock can be longer than the rule's own time, and is never shorter") {
  const auto with = [](const char* until) {
    const auto lock = map({{"lock", map({{"until", text(until)}})}});
    return made("trade_frequency", map({{"min_interval", text("30m")}, {"on_breach", lock}}));
  };
  CHECK(with("1h")->evaluate(after_trades({1min})).lock.until == noon + 59min);
  CHECK(with("1m")->evaluate(after_trades({1min})).lock.until == noon + 29min);
  const verdict daily = with("daily_reset")->evaluate(after_trades({1min}));
  CHECK(daily.lock.end == lock_end::daily_reset);
  CHECK(daily.lock.until == calm_view().next_daily_reset);
}

TEST_CASE("counts are enforced where nothing can be priced, and are otherwise not evaluable") {
  account_view view = after_trades({1min});
  view.evaluable = false;
  const auto rule = made("trade_frequency", map({{"min_interval", text("5m")}}));
  CHECK(rule->evaluate(view).level == level::breach);
  CHECK(rule->evaluate(at(view, 10min)).level == level::not_evaluable);
}

TEST_CASE("until its band's time nothing changes, whatever the instant") {
  const auto block = map({{"per_minute", map({{"limit", text("3")}})}, {"per_hour", map({{"limit", text("5")}})}, {"min_interval", text("7s")}});
  account_view view = after_trades({59min, 58min, 100s, 50s, 20s});
  const auto rule = made("trade_frequency", block);
  verdict told = rule->evaluate(view);
  for (duration later = 0s; later < 2h; later += 500ms) {
    view.now = noon + later;
    const verdict now = rule->evaluate(view);
    CAPTURE(later.count());
    if (view.now < told.band.until) {
      REQUIRE(now.level == told.level);
      REQUIRE(now.rung == told.rung);
    }
    told = now;
  }
  CHECK(told.level == level::ok);
}

TEST_CASE("the N-th trade of the day is allowed, and no further one until the daily reset") {
  const auto rule = made("max_trades_per_day", map({{"limit", text("3")}, {"warn_at", list({text("0.6")})}}));
  CHECK(rule->evaluate(after_trades({2h})).level == level::ok);
  const verdict two = rule->evaluate(after_trades({2h, 1h}));
  CHECK(two.level == level::warn);
  CHECK(two.reason == "2 trades today are near the limit of 3");
  const verdict out = rule->evaluate(after_trades({2h, 1h, 0s}));
  CHECK(out.level == level::breach);
  CHECK(out.reason == "3 trades today reached the limit of 3");
  CHECK(out.action == action::cancel_order);
  CHECK(out.lock.mode == lock_mode::reduce_only);
  CHECK(out.lock.end == lock_end::daily_reset);
  CHECK(out.lock.until == calm_view().next_daily_reset);
  CHECK(rule->evaluate(after_trades({2h, 1h, 1h, 0s})).level == level::breach);
  CHECK(rule->evaluate(calm_view()).level == level::ok); // the next day
  account_view blind = after_trades({2h, 1h, 0s});
  blind.evaluable = false;
  CHECK(rule->evaluate(blind).level == level::breach);
}

TEST_CASE("trades of a day that may be over lock nobody") {
  account_view kept = after_trades({30h, 29h, 28h});
  kept.evaluable = false; // the reset actor has not spoken yet
  const auto daily = made("max_trades_per_day", map({{"limit", text("3")}}));
  const auto session = window_rule("per_session", "3", "2d");
  for (timestamp end : {timestamp{}, noon - 20h, noon}) {
    kept.next_daily_reset = end;
    CHECK(daily->evaluate(kept).level == level::not_evaluable);
    CHECK(session->evaluate(kept).level == level::not_evaluable);
  }
  kept.next_daily_reset = noon + 1ns;
  CHECK(daily->evaluate(kept).level == level::breach);
  CHECK(session->evaluate(kept).level == level::breach);
  CHECK(made("trade_frequency", map({{"min_interval", text("2d")}}))->evaluate(kept).level == level::breach);
}

TEST_SUITE_END();
