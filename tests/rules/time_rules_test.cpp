// Rules on hours, pauses and the venue's own permission.
#include "tests/rules/views.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

account_view at_time(const char* text) {
  account_view view = calm_view();
  if (!parse_time(text, view.now))
    throw std::invalid_argument{text};
  return view;
}

timestamp when(const char* text) { return at_time(text).now; }

std::unique_ptr<rule> made_with(const char* name, const parameter& block, const rule_context& context) {
  problems found;
  auto out = make_rule(name, block, name, found, context);
  for (const auto& p : found)
    FAIL_CHECK(p.path << ": " << p.text);
  REQUIRE(out != nullptr);
  return out;
}

parameter span(const char* from, const char* to, std::vector<parameter> days = {}) {
  auto out = map({{"from", text(from)}, {"to", text(to)}});
  if (!days.empty())
    out.entries.emplace_back("days", list(std::move(days)));
  return out;
}

round_trip trip(const char* net, duration ago) { return {"CON.F.US.MNQ.Z25", noon - ago - 1min, noon - ago, dollars(net)}; }

} // namespace

TEST_CASE("trading_hours: inside nothing, at the end flatten and a flat lock to the next start, also across the weekend") {
  const auto rule = made("trading_hours", parameter{}); // 09:30 to 16:00 New York, Monday to Friday
  struct row { const char* now; level expected; const char* change; };
  for (auto& r : std::vector<row>{{"2025-12-03T14:29:59Z", level::breach, "2025-12-03T14:30:00Z"},
                                  {"2025-12-03T14:30:00Z", level::ok, "2025-12-03T21:00:00Z"},
                                  {"2025-12-03T20:59:59Z", level::ok, "2025-12-03T21:00:00Z"},
                                  {"2025-12-03T21:00:00Z", level::breach, "2025-12-04T14:30:00Z"},
                                  {"2025-12-05T22:00:00Z", level::breach, "2025-12-08T14:30:00Z"},
                                  {"2025-12-07T23:30:00Z", level::breach, "2025-12-08T14:30:00Z"}}) { // Sunday evening
    CAPTURE(r.now);
    const verdict out = rule->evaluate(at_time(r.now));
    CHECK(out.level == r.expected);
    CHECK(out.band.until == when(r.change)); // it is asked then
    if (r.expected != level::breach)
      continue;
    CHECK(out.action == action::flatten);
    CHECK(out.lock.mode == lock_mode::flat);
    CHECK(out.lock.end == lock_end::at_time);
    CHECK(out.lock.until == when(r.change));
  }
}

TEST_CASE("trading_hours: holidays and early closes of the calendar, unless they are not to be respected") {
  rule_context context;
  context.calendar.holidays = {std::chrono::year{2025} / 12 / 25};
  context.calendar.early_closes = {{std::chrono::year{2025} / 12 / 24, 13h, ""}};
  const auto rule = made_with("trading_hours", parameter{}, context);
  CHECK(rule->evaluate(at_time("2025-12-24T17:59:59Z")).level == level::ok);
  const verdict closed = rule->evaluate(at_time("2025-12-24T18:00:00Z"));
  CHECK(closed.level == level::breach);
  CHECK(closed.lock.until == when("2025-12-26T14:30:00Z"));
  const auto ignoring = made_with("trading_hours", map({{"respect_holidays", text("false")}}), context);
  CHECK(ignoring->evaluate(at_time("2025-12-25T16:00:00Z")).level == level::ok);
}

TEST_CASE("T2: session times are in the calendar's zone, or in the one that stands beside them") {
  rule_context context;
  context.calendar.timezone = "America/Chicago";
  const auto own = made_with("trading_hours", map({{"sessions", list({span("08:30", "15:00")})}}), context);
  CHECK(own->evaluate(at_time("2025-12-03T14:30:00Z")).level == level::ok);
  auto kolkata = span("08:30", "15:00");
  kolkata.entries.emplace_back("timezone", text("Asia/Kolkata"));
  const auto beside = made_with("trading_hours", map({{"sessions", list({kolkata})}}), context);
  CHECK(beside->evaluate(at_time("2025-12-03T03:00:00Z")).level == level::ok);
  CHECK(beside->evaluate(at_time("2025-12-03T09:30:00Z")).level == level::breach);
}

TEST_CASE("B11: what is opened after the session's end meets the same lock; a view that says little changes nothing about the time") {
  const auto rule = made("trading_hours", parameter{});
  account_view view = at_time("2025-12-03T21:30:00Z");
  view.positions.push_back(held("CON.F.US.MNQ.Z25", 1));
  view.evaluable = view.priced = false;
  view.why = "no price";
  CHECK(rule->evaluate(view).level == level::breach);
  view.now = when("2025-12-04T15:00:00Z");
  CHECK(rule->evaluate(view).level == level::not_evaluable); // never ok of what is not known
}

TEST_CASE("session_block: named and own blocks, over midnight, to their ends") {
  const auto named = [](const char* name) { return map({{"name", text(name)}}); };
  const auto overnight = made("session_block", map({{"blocks", list({named("overnight")})}}));
  CHECK(overnight->evaluate(at_time("2025-12-03T22:59:59Z")).level == level::ok);
  const verdict inside = overnight->evaluate(at_time("2025-12-03T23:00:00Z")); // 18:00 New York
  CHECK(inside.level == level::breach);
  CHECK(inside.lock.until == when("2025-12-04T14:30:00Z"));
  const auto london = made("session_block", map({{"blocks", list({named("london")})}}));
  CHECK(london->evaluate(at_time("2025-07-03T07:00:00Z")).level == level::breach); // 08:00 summer time
  CHECK(london->evaluate(at_time("2025-07-03T15:30:00Z")).level == level::ok);
  const auto tokyo = made("session_block", map({{"blocks", list({named("tokyo"), span("10:00", "11:00", {text("wed")})})}}));
  CHECK(tokyo->evaluate(at_time("2025-12-03T05:59:59Z")).level == level::breach);
  CHECK(tokyo->evaluate(at_time("2025-12-03T15:30:00Z")).level == level::breach); // Wednesday 10:30 New York
  CHECK(tokyo->evaluate(at_time("2025-12-04T15:30:00Z")).level == level::ok);
}

TEST_CASE("cooldown_after_loss: the deepest tier that a trip reaches, the latest end of all") {
  const auto rule = made("cooldown_after_loss", parameter{}); // 100: 5m, 200: 15m, 300: 30m
  struct row { const char* what; std::vector<round_trip> trips; duration left; };
  for (auto& r : std::vector<row>{{"a cent less than the first tier", {trip("-99.99", 0s)}, 0s},
                                  {"exactly the first tier", {trip("-100", 0s)}, 5min},
                                  {"a cent less than the second", {trip("-199.99", 1min)}, 4min},
                                  {"the second", {trip("-200", 1min)}, 14min},
                                  {"far beyond the last", {trip("-5000", 10min)}, 20min},
                                  {"over", {trip("-100", 5min)}, 0s},
                                  {"to the last nanosecond", {trip("-100", 5min - 1ns)}, 1ns},
                                  {"a small loss after a large one ends neither", {trip("-300", 10min), trip("-100", 1min)}, 20min},
                                  {"a win afterwards ends nothing", {trip("-100", 2min), trip("500", 1min)}, 3min},
                                  {"a win", {trip("500", 0s)}, 0s}}) {
    CAPTURE(r.what);
    account_view view = calm_view();
    view.round_trips = r.trips;
    const verdict out = rule->evaluate(view);
    CHECK(out.level == (r.left > 0s ? level::breach : level::ok));
    if (r.left <= 0s)
      continue;
    CHECK(out.action == action::flatten);
    CHECK(out.lock.mode == lock_mode::flat);
    CHECK(out.lock.until == noon + r.left);
    CHECK(out.band.until == noon + r.left);
  }
}

TEST_CASE("auth_guard: while the venue says canTrade false, until it says true") {
  const auto rule = made("auth_guard", parameter{});
  account_view view = calm_view();
  CHECK(rule->evaluate(view).level == level::ok);
  view.can_trade = false;
  const verdict out = rule->evaluate(view);
  CHECK(out.level == level::breach);
  CHECK(out.action == action::flatten);
  CHECK(out.lock.mode == lock_mode::flat);
  CHECK(out.lock.end == lock_end::can_trade);
  CHECK(out.lock.until == timestamp{});
  view.evaluable = false;
  CHECK(rule->evaluate(view).level == level::breach);
}

TEST_CASE("what is wrong with hours and tiers is said") {
  const auto blocks = [](parameter item) { return map({{"blocks", list({std::move(item)})}}); };
  struct row { const char* rule; parameter block; const char* expected; };
  const row table[] = {
    {"session_block", parameter{}, "session_block.blocks: is missing; add blocks: [{ name: overnight }] or [{ days: [mon], from: \"18:00\", to: \"09:30\" }]"},
    {"session_block", blocks(map({{"name", text("londn")}})), "session_block.blocks.name: is no session that is known, so it needs from and to; did you mean london?"},
    {"session_block", blocks(span("25:00", "09:00")), "session_block.blocks.from: must be a time of day such as \"17:00\" or \"17:00:30\"; found \"25:00\""},
    {"trading_hours", map({{"sessions", list({span("09:30", "16:00", {text("monday")})})}}), "trading_hours.sessions.days: must be sun, mon, tue, wed, thu, fri or sat; found \"monday\""},
    {"trading_hours", map({{"sessions", text("always")}}), "trading_hours.sessions: must be a list of spans such as [{ days: [mon, tue], from: \"09:30\", to: \"16:00\" }]; found \"always\""},
    {"cooldown_after_loss", map({{"tiers", list({})}}), "cooldown_after_loss.tiers: must be a list such as [{ loss: 100, cooldown: 5m }]; found a list"},
    {"cooldown_after_loss", map({{"tiers", list({map({{"loss", text("200")}, {"cooldown", text("5m")}}), map({{"loss", text("100")}, {"cooldown", text("15m")}})})}}),
     "cooldown_after_loss.tiers: must be a greater loss than in the tier before, with a cooldown that is not shorter"},
  };
  for (const auto& row : table) {
    CAPTURE(row.rule);
    CHECK(wrong_with(row.rule, row.block) == row.expected);
  }
}

TEST_SUITE_END();
