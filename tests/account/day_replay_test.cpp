// Another rule on the day as it was: the guard's record, played once more, and a rule from the catalogue asked about it.
#include "actors/account/day_replay.hpp"
#include "actors/rules/day_trial.hpp"
#include "desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {

parameter number(const char* key, std::string value) {
  parameter scalar;
  scalar.type = parameter::kind::scalar;
  scalar.text = std::move(value);
  parameter out;
  out.type = parameter::kind::map;
  out.entries.emplace_back(key, std::move(scalar));
  return out;
}

/// What becomes of a rule on the desk's day.
std::string tried(const desk& d, const char* name, const parameter& block) {
  problems found;
  const auto rule = make_rule(name, block, name, found);
  REQUIRE_MESSAGE(found.empty(), (found.empty() ? "" : found.front().text));
  REQUIRE(rule);
  return words_of(try_on(*rule, *find_rule(name), replay_day(d.mind.day())));
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Two bought at noon (17:00 UTC), 412.50 lost at 17:32, all of it back and sold even at 18:00.
struct a_dip : desk {
  a_dip() {
    start();
    all_fine();
    fill(1, side::buy, 2, "20000", 2);
    quote_at("20000");
    pass(32min);
    quote_at("19896.875"); // 103.125 points, 2 contracts, 2 dollars a point; and 1.22 of fees
    pass(10s);
    quote_at("20000");
    pass(27min);
    fill(2, side::sell, 2, "20000", 0, "0");
  }
};

} // namespace

TEST_SUITE_BEGIN("account: a day replayed");

TEST_CASE_FIXTURE(a_dip, "a tighter loss limit says when it would have locked, and with how much; a wider one that it would not have") {
  const auto tight = tried(*this, "daily_loss_limit", number("limit", "400"));
  CHECK_MESSAGE(tight == "would have locked the account at 17:32 UTC (413.72 of 400.00 used)", tight);
  const auto wide = tried(*this, "daily_loss_limit", number("limit", "500"));
  CHECK_MESSAGE(wide == "would not have acted today; at most 413.72 of 500.00 used, at 17:32 UTC", wide);
}

TEST_CASE_FIXTURE(a_dip, "what would breach now is said first") {
  const auto now = tried(*this, "daily_realized_loss", number("limit", "2")); // the fees alone are 2.44
  CHECK_MESSAGE(contains(now, "BREACH AT ONCE"), now);
  CHECK_MESSAGE(contains(now, "at 17:59 UTC (2.44 of 2.00 used)"), now);
}

TEST_CASE_FIXTURE(a_dip, "rules on sizes, trades and single positions are tried on the same day") {
  CHECK(contains(tried(*this, "max_contracts", number("limit", "1")), "would have acted at 17:00 UTC (2 of 1 used)"));
  CHECK(contains(tried(*this, "max_contracts", number("limit", "2")), "would not have acted today; at most 2 of 2 used")); // the limit itself is allowed
  CHECK(contains(tried(*this, "max_trades_per_day", number("limit", "1")), "BREACH AT ONCE"));
  CHECK(contains(tried(*this, "max_trades_per_day", number("limit", "3")), "would not have acted today; at most 1 of 3 used"));
  CHECK(contains(tried(*this, "position_loss_limit", number("limit", "400")), "17:32 UTC"));
  CHECK(contains(tried(*this, "max_drawdown", number("limit", "300")), "would have locked the account at 17:32 UTC"));
}

TEST_CASE_FIXTURE(a_dip, "what the record does not have is not guessed") {
  CHECK(contains(tried(*this, "require_stop_loss", number("grace", "60s")), "cannot be told"));
  desk nothing;
  CHECK(contains(tried(nothing, "daily_loss_limit", number("limit", "400")), "nothing is known of today yet"));
}

TEST_CASE_FIXTURE(a_dip, "two positions at once: the day's P&L is known, which of them had it is not") {
  fill(3, side::buy, 1, "20000", 1);
  hear(order(4, order_status::filled, side::buy, 1, order_type::market, 0, es));
  hear(trade(4, side::buy, 1, "6000", nullptr, es));
  hear(position(1, "6000", es));
  quote_at("6000", es);
  quote_at("19500"); // 1000 dollars
  CHECK(contains(tried(*this, "daily_loss_limit", number("limit", "800")), "BREACH AT ONCE"));
  quote_at("20000");
  CHECK(contains(tried(*this, "daily_loss_limit", number("limit", "800")), "would have locked the account at 17:59 UTC"));
  CHECK_FALSE(contains(tried(*this, "position_loss_limit", number("limit", "800")), "17:59"));
}

TEST_CASE_FIXTURE(a_dip, "F2 the day survives a restart with its dip") {
  pass(10s);
  for (auto& effect : all)
    if (auto* kept = std::get_if<save_day>(&effect))
      disk.day = kept->day;
  auto again = restarted();
  again.start();
  const auto tight = tried(again, "daily_loss_limit", number("limit", "400"));
  CHECK_MESSAGE(contains(tight, "at 17:32 UTC (413.72 of 400.00 used)"), tight);
}

TEST_CASE_FIXTURE(a_dip, "the day is kept every ten seconds at most, and only when there is something new; a reset begins anew") {
  pass(10s);
  last.clear();
  CHECK(only<save_day>(pass(60s)).empty());
  fill(5, side::buy, 1, "20000", 1);
  quote_at("20001");
  CHECK(only<save_day>(pass(1s)).size() == 1);
  quote_at("20002");
  CHECK(only<save_day>(pass(1s)).empty());
  CHECK(only<save_day>(pass(10s)).size() == 1);
  CHECK_FALSE(mind.day().curve.points.empty());
  next_day();
  CHECK(mind.day().curve.day_started == day_end);
  for (auto& point : mind.day().curve.points)
    CHECK(point.at >= day_end);
}

TEST_SUITE_END();
