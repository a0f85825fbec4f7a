// Rules on stops, and the stop of the day's profit.
#include "tests/rules/views.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

constexpr const char* mnq = "CON.F.US.MNQ.Z25";

account_view holding(int64_t size, const char* average, const char* mark) {
  account_view view = calm_view();
  view.contracts.push_back({mnq, "MNQ", *price::parse("0.25"), dollars("0.5"), price::parse(mark)});
  if (size == 0)
    return view;
  auto p = held(mnq, size);
  p.average_price = *price::parse(average);
  p.mark = price::parse(mark);
  p.unrealized = view.unrealized = value_of_move(p.average_price, *p.mark, size, view.contracts[0].tick_size, view.contracts[0].tick_value);
  view.positions.push_back(p);
  return view;
}

working_order stop(int64_t id, side s, int64_t size, const char* at, order_type type = order_type::stop, order_status status = order_status::open) {
  auto o = working(id, mnq, s, size, false);
  o.type = type;
  o.status = status;
  o.stop_price = price::parse(at);
  return o;
}

account_view later(account_view view, duration d) {
  view.now = noon + d;
  return view;
}

std::string wishes(const verdict& v) {
  std::string out;
  for (auto& s : v.stops)
    out += (out.empty() ? "" : " ") + (s.order ? to_string(s.order) : "new " + std::to_string(s.size)) + "@" + to_string(s.stop_price);
  return out;
}

} // namespace

// -- require_stop_loss ----------------------------------------------------------------

TEST_CASE("require_stop_loss: what covers a position and what does not") {
  struct row { const char* what; int64_t size; std::vector<working_order> orders; bool covered; };
  for (auto& r : std::vector<row>{{"nothing", 2, {}, false},
                                  {"a stop of its size", 2, {stop(1, side::sell, 2, "19900")}, true},
                                  {"two halves", 2, {stop(1, side::sell, 1, "19900"), stop(2, side::sell, 1, "19890", order_type::trailing_stop)}, true},
                                  {"a stop limit", 2, {stop(1, side::sell, 2, "19900", order_type::stop_limit)}, true},
                                  {"one contract too few", 2, {stop(1, side::sell, 1, "19900")}, false},
                                  {"on the wrong side", 2, {stop(1, side::buy, 2, "20100")}, false},
                                  {"a target", 2, {stop(1, side::sell, 2, "20100", order_type::limit)}, false},
                                  {"suspended", 2, {stop(1, side::sell, 2, "19900", order_type::stop, order_status::suspended)}, false},
                                  {"pending", 2, {stop(1, side::sell, 2, "19900", order_type::stop, order_status::pending)}, false},
                                  {"a short", -2, {stop(1, side::buy, 2, "20100")}, true},
                                  {"no position", 0, {}, true}}) {
    CAPTURE(r.what);
    const auto rule = made("require_stop_loss", map({{"grace", text("60s")}}));
    auto view = holding(r.size, "20000", "20000");
    view.orders = r.orders;
    const verdict first = rule->evaluate(view);
    CHECK(first.level == (r.covered ? level::ok : level::warn));
    CHECK(rule->evaluate(later(view, 60s - 1ns)).level == first.level);
    const verdict end = rule->evaluate(later(view, 60s));
    CHECK(end.level == (r.covered ? level::ok : level::breach));
    if (r.covered)
      continue;
    CHECK(first.band.until == noon + 60s);
    CHECK(end.action == action::close_position);
    REQUIRE(end.targets.size() == 1);
    CHECK(end.targets[0].keep == 0);
  }
}

TEST_CASE("require_stop_loss: the venue's list is asked for before anything is closed, and waited for no longer than 10 s") {
  const auto rule = made("require_stop_loss", map({{"grace", text("60s")}}));
  auto view = holding(2, "20000", "20000");
  view.lists_read = noon;
  CHECK(rule->evaluate(view).level == level::warn);
  const auto asking = rule->evaluate(later(view, 60s));
  CHECK(asking.read_first);
  CHECK(asking.level == level::warn);
  CHECK(asking.targets.empty());
  CHECK(asking.band.until == noon + 70s); // asked again then, whatever comes
  SUBCASE("the list shows a stop whose news were lost") {
    view.lists_read = noon + 61s;
    view.orders.push_back(stop(1, side::sell, 2, "19900"));
    const auto now = rule->evaluate(later(view, 61s));
    CHECK(now.level == level::ok);
    CHECK_FALSE(now.read_first);
  }
  SUBCASE("the list shows none") {
    view.lists_read = noon + 61s;
    const auto now = rule->evaluate(later(view, 61s));
    CHECK(now.level == level::breach);
    CHECK(now.targets.size() == 1);
    CHECK_FALSE(now.read_first);
  }
  SUBCASE("no list comes: unknown is unsafe") {
    CHECK(rule->evaluate(later(view, 69s)).targets.empty());
    CHECK(rule->evaluate(later(view, 70s)).targets.size() == 1);
  }
}

TEST_CASE("require_stop_loss: the grace neither begins anew with every entry nor with a restart, but with a stop that vanishes") {
  const auto block = map({{"grace", text("60s")}});
  auto rule = made("require_stop_loss", block);
  verdict first = rule->evaluate(holding(1, "20000", "20000"));
  REQUIRE(first.memory);
  SUBCASE("growing does not help") { CHECK(rule->evaluate(later(holding(3, "20000", "20000"), 60s)).level == level::breach); }
  SUBCASE("a restart does not help") {
    rule = made("require_stop_loss", block);
    rule->recall(*first.memory);
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), 59s)).level == level::warn);
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), 60s)).level == level::breach);
  }
  SUBCASE("B10: setting the clock back does not help for long") {
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), -1h)).level == level::warn);
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), -1h + 60s)).level == level::breach);
  }
  SUBCASE("a stop ends it, and its vanishing begins it anew") {
    auto covered = later(holding(1, "20000", "20000"), 30s);
    covered.orders = {stop(1, side::sell, 1, "19900")};
    CHECK(rule->evaluate(covered).level == level::ok);
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), 80s)).level == level::warn);
    CHECK(rule->evaluate(later(holding(1, "20000", "20000"), 140s)).level == level::breach);
  }
  SUBCASE("prices do not matter, an unread venue does") {
    auto view = later(holding(1, "20000", "20000"), 60s);
    view.priced = false;
    CHECK(rule->evaluate(view).level == level::breach);
    view.evaluable = false;
    CHECK(rule->evaluate(view).level == level::not_evaluable);
  }
}

// -- trailing_stop ----------------------------------------------------------------------

TEST_CASE("trailing_stop: active from its profit on, a breach at the trail, anew after the flatten") {
  const auto rule = made("trailing_stop", map({{"activate_at", text("300")}, {"trail", text("150")}}));
  struct row { const char* pnl; level expected; };
  for (auto& r : std::vector<row>{{"299.99", level::ok}, {"100", level::ok}, {"-400", level::ok}, {"300", level::ok}, {"150.01", level::warn}, {"420", level::ok}, {"270.01", level::warn}, {"270", level::breach}, {"500", level::breach}}) {
    CAPTURE(r.pnl);
    auto view = holding(1, "20000", "20000");
    view.unrealized = dollars(r.pnl);
    const verdict out = rule->evaluate(view);
    CHECK(out.level == r.expected);
    if (r.expected == level::breach) {
      CHECK(out.action == action::flatten);
      CHECK(out.lock.mode == lock_mode::none);
    }
  }
  auto flat = money_view("260", "0");
  CHECK(rule->evaluate(flat).level == level::ok); // anew: not active before 300
  auto again = holding(1, "20000", "20000");
  again.unrealized = dollars("100");
  CHECK(rule->evaluate(again).level == level::ok);
}

TEST_CASE("trailing_stop: a share of the peak, a lock if wanted, a new day, a restart in between") {
  const auto block = map({{"activate_at", text("200")}, {"trail_percent", text("50")}, {"lock", text("daily_reset")}});
  auto rule = made("trailing_stop", block);
  const auto at = [](const char* pnl) {
    auto view = holding(1, "20000", "20000");
    view.unrealized = dollars(pnl);
    return view;
  };
  const verdict peak = rule->evaluate(at("333.33"));
  REQUIRE(peak.memory);
  SUBCASE("the share is exact") {
    CHECK(rule->evaluate(at("166.67")).level == level::warn);
    CHECK(rule->evaluate(at("166.665")).level == level::breach);
  }
  SUBCASE("N4 N7: after a restart the peak is the same") {
    rule = made("trailing_stop", block);
    rule->recall(*peak.memory);
    const verdict out = rule->evaluate(at("160"));
    CHECK(out.level == level::breach);
    CHECK(out.lock.mode == lock_mode::flat);
    CHECK(out.lock.end == lock_end::daily_reset);
  }
  SUBCASE("N7: a new day begins without a peak") {
    auto next = at("100");
    next.day_started = noon;
    CHECK(rule->evaluate(next).level == level::ok);
  }
  SUBCASE("B4: recovering during the flatten ends nothing, over a restart either") {
    const verdict fired = rule->evaluate(at("100"));
    REQUIRE(fired.level == level::breach);
    REQUIRE(fired.memory);
    rule = made("trailing_stop", block);
    rule->recall(*fired.memory);
    CHECK(rule->evaluate(at("400")).level == level::breach);
  }
}

// -- trade_management ---------------------------------------------------------------------

TEST_CASE("trade_management: break even, then trailing, only ever tighter, never at or beyond the mark") {
  const auto block = map({{"break_even", map({{"at_ticks", text("4")}, {"offset_ticks", text("1")}})}, {"trail", map({{"activate_ticks", text("8")}, {"ticks", text("4")}})}});
  struct row { const char* what; int64_t size; const char* average; std::vector<const char*> marks; const char* stop_at; const char* expected; };
  for (auto& r : std::vector<row>{{"not enough yet", 1, "20000", {"20000.75"}, "19990", ""},
                                  {"break even", 1, "20000", {"20001"}, "19990", "1@20000.25"},
                                  {"once reached it stays", 1, "20000", {"20001", "20000.50"}, "19990", "1@20000.25"},
                                  {"but never at the mark", 1, "20000", {"20001", "20000.25"}, "19990", ""},
                                  {"trailing", 1, "20000", {"20003"}, "19990", "1@20002.00"},
                                  {"behind the best mark", 1, "20000", {"20010", "20009.50"}, "19990", "1@20009.00"},
                                  {"a gap right through", 1, "20000", {"20100"}, "19990", "1@20099.00"},
                                  {"already tighter", 1, "20000", {"20001"}, "20000.50", ""},
                                  {"a short", -1, "20000", {"19999"}, "20010", "1@19999.75"},
                                  {"a short, trailing", -1, "20000", {"19990", "19990.50"}, "20010", "1@19991.00"},
                                  {"an average off the grid: on the winning side", 2, "20000.10", {"20001.25"}, "19990", "1@20000.50"},
                                  {"a mark off the grid: the trail on the losing side", 1, "20000", {"20003.10"}, "19990", "1@20002.00"},
                                  {"a short's mark off the grid", -1, "20000", {"19996.90"}, "20010", "1@19998.00"},
                                  {"a short's average off the grid", -2, "19999.90", {"19998.75"}, "20010", "1@19999.50"}}) {
    CAPTURE(r.what);
    const auto rule = made("trade_management", block);
    verdict out;
    for (auto* mark : r.marks) {
      auto view = holding(r.size, r.average, mark);
      view.orders = {stop(1, r.size > 0 ? side::sell : side::buy, 2, r.stop_at)};
      out = rule->evaluate(view);
    }
    CHECK(out.level == level::ok);
    CHECK(out.action == action::none);
    CHECK(wishes(out) == r.expected);
  }
}

TEST_CASE("trade_management: what nobody configures has its default, and a missing stop is not placed by it") {
  const auto rule = made("trade_management", parameter{});
  auto view = holding(1, "20000", "20001");
  CHECK(wishes(rule->evaluate(view)) == "");
  view.orders = {stop(1, side::sell, 1, "19990")};
  CHECK(wishes(rule->evaluate(view)) == "1@20000.25");
  for (auto [mark, expected] : {std::pair{"20001.75", "1@20000.25"}, {"20002", "1@20001.00"}}) {
    view = holding(1, "20000", mark);
    view.orders = {stop(1, side::sell, 1, "19990")};
    CHECK(wishes(rule->evaluate(view)) == expected);
  }
}

TEST_CASE("trade_management: of break even and trail the tighter one counts") {
  const auto rule = made("trade_management", map({{"break_even", map({{"at_ticks", text("7")}, {"offset_ticks", text("6")}})}, {"trail", map({{"activate_ticks", text("8")}, {"ticks", text("4")}})}}));
  auto view = holding(1, "20000", "20002");
  view.orders = {stop(1, side::sell, 1, "19990")};
  CHECK(wishes(rule->evaluate(view)) == "1@20001.50");
}

TEST_CASE("trade_management: a position that turned has nothing of the best mark of the one before") {
  const auto rule = made("trade_management", parameter{});
  auto view = holding(1, "20000", "20001");
  view.orders = {stop(1, side::sell, 1, "19990")};
  rule->evaluate(view);
  view = holding(-1, "20010", "20001.50");
  view.orders = {stop(2, side::buy, 1, "20020")};
  CHECK(wishes(rule->evaluate(view)) == "2@20002.50");
}

TEST_CASE("trade_management: a stop that does not work yet covers nothing and is not moved") {
  const auto rule = made("trade_management", map({{"place_missing", text("true")}}));
  auto view = holding(3, "20000", "20001");
  view.orders = {stop(1, side::sell, 3, "19990", order_type::stop, order_status::suspended)};
  CHECK(wishes(rule->evaluate(view)) == "new 3@20000.25");
}

TEST_CASE("trade_management: a missing stop is placed only where that is wanted, for what is not covered") {
  for (bool wanted : {false, true}) {
    const auto rule = made("trade_management", map({{"place_missing", text(wanted ? "true" : "false")}}));
    auto view = holding(3, "20000", "20001");
    CHECK(wishes(rule->evaluate(view)) == (wanted ? "new 3@20000.25" : ""));
    view.orders = {stop(1, side::sell, 1, "20000.25")};
    CHECK(wishes(rule->evaluate(view)) == (wanted ? "new 2@20000.25" : ""));
    view.orders = {stop(1, side::sell, 3, "19990", order_type::trailing_stop)};
    CHECK(wishes(rule->evaluate(view)) == ""); // it trails by itself
  }
}

TEST_SUITE_END();
