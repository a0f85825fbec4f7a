#include "actors/rules/catalogue.hpp"

#include "tests/rules/views.hpp"

#include <set>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

TEST_CASE("each rule has its name once, fits a rule's name, needs events, and can do what it does by default") {
  std::set<std::string> names, numbers;
  for (const auto& entry : rule_catalogue()) {
    CAPTURE(entry.name);
    CHECK(names.insert(entry.name).second);
    CHECK((entry.number.empty() || numbers.insert(entry.number).second));
    CHECK(rule_name::fits(entry.name));
    CHECK_FALSE(entry.wakes.empty());
    CHECK(std::find(entry.actions.begin(), entry.actions.end(), entry.standard.action) != entry.actions.end());
    CHECK(find_rule(entry.name) == &entry);
  }
  CHECK(find_rule("daily_loss") == nullptr);
}

TEST_CASE("no rule says ok of a view that cannot be judged") {
  for (const auto& entry : rule_catalogue()) {
    CAPTURE(entry.name);
    const auto rule = made(entry.name.c_str(), sample_block(entry.name));
    account_view view = calm_view();
    view.evaluable = false;
    CHECK(rule->evaluate(view).level == level::not_evaluable);
    CHECK_FALSE(rule->evaluate(view).reason.empty());
    view.evaluable = true;
    CHECK(rule->evaluate(view).level == level::ok);
  }
}

TEST_CASE("without prices, rules on open profit and loss are not evaluable, and all others still judge") {
  for (const auto& entry : rule_catalogue()) {
    CAPTURE(entry.name);
    const auto rule = made(entry.name.c_str(), sample_block(entry.name));
    account_view view = calm_view();
    view.priced = false;
    view.why = "no price for MNQ";
    // max_exposure and trade_management ask each contract for its own mark, and here there is none.
    const bool on_marks = std::find(entry.wakes.begin(), entry.wakes.end(), wake::mark) != entry.wakes.end() && entry.name != "max_exposure" && entry.name != "trade_management";
    const verdict out = rule->evaluate(view);
    CHECK(out.level == (on_marks ? level::not_evaluable : level::ok));
    CHECK(out.reason == (on_marks ? "no price for MNQ" : ""));
  }
  const auto realized = made("daily_profit_target", map({{"target", text("5")}, {"measure", text("realized")}}));
  account_view view = money_view("5", "0");
  view.priced = false;
  CHECK(realized->evaluate(view).level == level::breach);
}

TEST_CASE("a verdict is completed with what it is about") {
  const auto rule = made("max_contracts", parameter{});
  account_view view = calm_view();
  view.sequence = 77;
  view.cause = wake::order;
  view.event = {noon - 1ms, 12345};
  const verdict out = judge(*rule, "max_contracts", view);
  CHECK(out.account == view.account);
  CHECK(out.rule == "max_contracts");
  CHECK(out.sequence == 77);
  CHECK(out.cause == wake::order);
  CHECK(out.event.steady_ns == 12345);
  CHECK(out.evaluated == noon);
}

TEST_CASE("a rule that is switched off is none, need not be complete, and is checked all the same") {
  problems found;
  CHECK(make_rule("daily_loss_limit", map({{"enabled", text("false")}}), "x", found) == nullptr);
  CHECK(found.empty());
  CHECK(make_rule("daily_loss_limit", map({{"enabled", text("false")}, {"limti", text("5")}}), "x", found) == nullptr);
  REQUIRE(found.size() == 1);
  CHECK(found[0].text == "unknown key; did you mean limit?");
}

TEST_CASE("what is wrong with a rule's block is said in one line each") {
  const auto breach = [](std::vector<std::pair<std::string, parameter>> entries) { return map({{"on_breach", map(std::move(entries))}}); };
  const auto lock = [](const char* mode, const char* until) { return map({{"mode", text(mode)}, {"until", text(until)}}); };
  struct row {
    const char* rule;
    parameter block;
    const char* expected;
  };
  const row table[] = {
    {"daily_los_limit", parameter{}, "daily_los_limit: there is no such rule; did you mean daily_loss_limit?"},
    {"daily_loss_limit", map({{"limit", text("-500")}}),
     "daily_loss_limit.limit: must be positive: amounts are written without a sign, also losses (500 means a loss of 500); found \"-500\""},
    {"daily_loss_limit", map({{"warn_at", text("0.8")}}), "daily_loss_limit.warn_at: must be a list of shares of the limit such as [0.8]; found \"0.8\""},
    {"daily_loss_limit", map({{"warn_at", list({text("80")})}}), "daily_loss_limit.warn_at: must be a share of the limit between 0 and 1 such as 0.8; found \"80\""},
    {"daily_loss_limit", map({{"warn_at", list({text("1")})}}), "daily_loss_limit.warn_at: must be a share of the limit between 0 and 1 such as 0.8; found \"1\""},
    {"daily_loss_limit", map({{"warn_at", list({text("0.8"), text("0.5")})}}), "daily_loss_limit.warn_at: must be in ascending order, each share once"},
    {"daily_loss_limit", breach({{"action", text("warn")}}),
     "daily_loss_limit.on_breach.action: warn makes no sense for daily_loss_limit: write flatten (for a warning before the limit use warn_at)"},
    {"daily_loss_limit", breach({{"action", text("flaten")}}), "daily_loss_limit.on_breach.action: must be one of: flatten; found \"flaten\", did you mean flatten?"},
    {"daily_loss_limit", breach({{"lock", lock("flat", "0s")}}),
     "daily_loss_limit.on_breach.lock.until: must be daily_reset, weekly_reset or a length of time such as 30m; found \"0s\""},
    {"daily_loss_limit", breach({{"lock", lock("flatt", "30m")}}),
     "daily_loss_limit.on_breach.lock.mode: must be one of: reduce_only, flat; found \"flatt\", did you mean flat?"},
    {"daily_loss_limit", breach({{"lock", text("flat")}}),
     "daily_loss_limit.on_breach.lock: must be none, or a map such as { mode: flat, until: daily_reset }; found \"flat\""},
    {"daily_profit_target", breach({{"action", text("warn")}, {"lock", lock("flat", "daily_reset")}}),
     "daily_profit_target.on_breach: action warn does not enforce anything, so a lock makes no sense with it: write lock: none, or a stronger action"},
    {"daily_profit_target", breach({{"action", text("cancel_order")}, {"lock", lock("flat", "daily_reset")}}),
     "daily_profit_target.on_breach: a flat lock allows no position, so it needs action: flatten (or write mode: reduce_only)"},
    {"daily_profit_target", breach({{"action", text("cancel_order")}, {"lock", text("none")}}),
     "daily_profit_target.on_breach: action cancel_order without a lock would let the next entry through: write a lock, or action: flatten"},
    {"max_contracts", breach({{"action", text("cancel_order")}}),
     "max_contracts.on_breach.action: cancel_order makes no sense for max_contracts: write reduce_to_limit or flatten"},
    {"max_contracts", breach({{"lock", lock("flat", "daily_reset")}}),
     "max_contracts.on_breach: a flat lock allows no position, so it needs action: flatten (or write mode: reduce_only)"},
    {"max_contracts", breach({{"lock", map({})}}),
     "max_contracts.on_breach.lock.mode: is missing; add mode: one of: reduce_only, flat\n"
     "max_contracts.on_breach.lock.until: is missing; add until: daily_reset, weekly_reset or a length of time such as 30m"},
    {"max_contracts", map({{"limit", text("0")}}), "max_contracts.limit: must be a whole number from 1 to 100000; found \"0\""},
    {"max_contracts", map({{"limit", text("2.5")}, {"count", text("nett")}}),
     "max_contracts.limit: must be a whole number from 1 to 100000; found \"2.5\"\n"
     "max_contracts.count: must be one of: net, gross; found \"nett\", did you mean net?"},
    {"trade_frequency", breach({{"lock", text("none")}}),
     "trade_frequency.on_breach: action cancel_order without a lock would let the next entry through: write a lock, or action: flatten"},
    {"trade_frequency", map({{"min_interval", text("30")}}),
     "trade_frequency.min_interval: must be a length of time such as 30s, 15m or 1h (at most 366d); found \"30\""},
    {"trade_frequency", map({{"min_interval", text("0s")}}),
     "trade_frequency.min_interval: must be longer than 0s; to switch the rule off write enabled: false"},
    {"trade_frequency", map({{"per_hour", map({{"cooldown", text("0m")}, {"limits", text("3")}})}}),
     "trade_frequency.per_hour.limit: is missing; add limit: a whole number from 1 to 100000\n"
     "trade_frequency.per_hour.cooldown: must be longer than 0s\n"
     "trade_frequency.per_hour.limits: unknown key; did you mean limit?"},
  };
  for (const auto& row : table) {
    CAPTURE(row.rule);
    CHECK(wrong_with(row.rule, row.block) == row.expected);
  }
}

TEST_SUITE_END();
