// Rules on sizes, exposure, single positions and symbols.
#include "tests/rules/views.hpp"

#include "actors/rules/symbol_block.hpp"

#include <algorithm>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

constexpr const char* mnq = "CON.F.US.MNQ.Z25";
constexpr const char* mnq_next = "CON.F.US.MNQ.H26";
constexpr const char* es = "CON.F.US.EP.Z25";
constexpr const char* cl = "CON.F.US.CLE.F26";

struct stock {
  const char* contract;
  const char* tick;
  const char* value;
};
constexpr stock stocks[] = {{mnq, "0.25", "0.5"}, {mnq_next, "0.25", "0.5"}, {es, "0.25", "12.5"}, {cl, "0.01", "10"}};

/// A view that holds what is put into it, with facts and values that fit.
struct book {
  account_view view = calm_view();

  void know(const char* contract, const char* mark) {
    for (auto& f : view.contracts)
      if (f.contract == contract_id{contract}) {
        f.mark = mark ? price::parse(mark) : std::nullopt;
        return;
      }
    for (auto& s : stocks)
      if (contract_id{s.contract} == contract_id{contract})
        view.contracts.push_back({contract, symbol_of(contract), *price::parse(s.tick), *money::parse(s.value), mark ? price::parse(mark) : std::nullopt});
  }
  book& position(const char* contract, int64_t size, const char* average = "20000", const char* mark = "20000") {
    know(contract, mark);
    auto p = held(contract, size);
    p.average_price = *price::parse(average);
    if (mark) {
      p.mark = price::parse(mark);
      const auto* f = view.facts_of(contract);
      p.unrealized = value_of_move(p.average_price, *p.mark, size, f->tick_size, f->tick_value);
      view.unrealized += *p.unrealized;
    } else {
      view.priced = false;
      view.why = "no price yet";
    }
    view.positions.push_back(p);
    return *this;
  }
  book& order(int64_t id, const char* contract, side s, int64_t size, bool increases = true, const char* mark = "20000") {
    if (!view.facts_of(contract))
      know(contract, mark);
    auto o = working(id, contract, s, size, increases);
    o.limit_price = price::parse("20000");
    view.orders.push_back(o);
    return *this;
  }
};

std::string targets(const verdict& v) {
  std::string out;
  for (auto& t : v.targets)
    out += (out.empty() ? "" : " ") + symbol_of(t.contract).str() + "=" + std::to_string(t.keep);
  return out;
}

std::string cancelled(const verdict& v) {
  std::string out;
  for (auto id : v.cancel)
    out += (out.empty() ? "" : " ") + to_string(id);
  return out;
}

} // namespace

// -- max_contracts_per_instrument ---------------------------------------------------

TEST_CASE("N15: each symbol has its own limit, by people's names, over all its expiries") {
  const auto rule = made("max_contracts_per_instrument", map({{"default_limit", text("3")}, {"limits", map({{"es", text("1")}})}}));
  struct row { const char* what; book b; level expected; const char* targets; const char* cancel; };
  for (auto& r : std::vector<row>{{"at the limit", book{}.position(mnq, 3), level::warn, "", ""}, // and the warning share is reached
                                  {"one more", book{}.position(mnq, 4), level::breach, "MNQ=3", ""},
                                  {"short", book{}.position(mnq, -5), level::breach, "MNQ=3", ""},
                                  {"ES is EP and has its own limit", book{}.position(es, 2), level::breach, "ES=1", ""},
                                  {"the others are not touched", book{}.position(mnq, 2).position(es, -2), level::breach, "ES=1", ""},
                                  {"two expiries count together, also against each other", book{}.position(mnq, 2).position(mnq_next, -2), level::breach, "MNQ=1", ""},
                                  {"orders that would exceed it, the newest first", book{}.position(mnq, 1).order(1, mnq, side::buy, 2).order(2, mnq, side::buy, 1), level::breach, "", "2"},
                                  {"of another symbol", book{}.position(mnq, 2).order(1, cl, side::buy, 3), level::ok, "", ""},
                                  {"an order that only reduces", book{}.position(mnq, 2).order(1, mnq, side::sell, 2, false), level::ok, "", ""}}) {
    CAPTURE(r.what);
    const auto fresh = made("max_contracts_per_instrument", map({{"default_limit", text("3")}, {"limits", map({{"es", text("1")}})}}));
    const verdict out = fresh->evaluate(r.b.view);
    CHECK(out.level == r.expected);
    CHECK(targets(out) == r.targets);
    CHECK(cancelled(out) == r.cancel);
    if (r.expected == level::breach)
      CHECK(out.action == (out.targets.empty() ? action::cancel_order : action::reduce_to_limit));
    CHECK(out.lock.mode == lock_mode::none);
  }
}

TEST_CASE("unknown: block lets only the listed symbols in; a limit of 0 lets none") {
  const auto rule = made("max_contracts_per_instrument", map({{"limits", map({{"MNQ", text("2")}, {"CL", text("0")}})}, {"unknown", text("block")}}));
  CHECK(rule->evaluate(book{}.position(mnq, 2).view).level != level::breach);
  CHECK(targets(rule->evaluate(book{}.position(es, 1).view)) == "ES=0");
  CHECK(targets(rule->evaluate(book{}.position(cl, -1).view)) == "CL=0");
  CHECK(cancelled(rule->evaluate(book{}.order(5, es, side::buy, 1).view)) == "5");
}

TEST_CASE("the newest exposure of a symbol is reduced first") {
  const auto rule = made("max_contracts_per_instrument", map({{"default_limit", text("3")}}));
  rule->evaluate(book{}.position(mnq, 2).view);
  CHECK(targets(rule->evaluate(book{}.position(mnq, 2).position(mnq_next, 2).view)) == "MNQ=1");
  const verdict out = rule->evaluate(book{}.position(mnq, 2).position(mnq_next, 2).view);
  CHECK(out.targets[0].contract == contract_id{mnq_next});
}

// -- max_exposure ---------------------------------------------------------------------

TEST_CASE("max_exposure: what all is worth, the largest is reduced, whole contracts") {
  struct row { const char* what; const char* limit; book b; level expected; const char* targets; const char* cancel; const char* used; };
  // one MNQ at 20000 is 40000, one ES at 6000 is 300000
  for (auto& r : std::vector<row>{{"exactly at the limit", "80000", book{}.position(mnq, 2), level::warn, "", "", "80000.00"},
                                  {"a cent less allowed", "79999.99", book{}.position(mnq, 2), level::breach, "MNQ=1", "", "80000.00"},
                                  {"shorts count as longs do", "100000", book{}.position(mnq, -3), level::breach, "MNQ=2", "", "120000.00"},
                                  {"opposite signs do not offset", "350000", book{}.position(mnq, 2).position(es, -1, "6000", "6000"), level::breach, "ES=0", "", "380000.00"},
                                  {"the largest goes first, the next if that is not enough", "30000", book{}.position(mnq, 1).position(es, 1, "6000", "6000"), level::breach, "ES=0 MNQ=0", "", "340000.00"},
                                  {"orders that would exceed it", "100000", book{}.position(mnq, 1).order(1, mnq, side::buy, 1).order(2, mnq, side::buy, 1), level::breach, "", "2", "40000.00"},
                                  {"an order without a mark counts at its price", "50000", book{}.order(1, mnq, side::buy, 2, true, nullptr), level::breach, "", "1", "0.00"}}) {
    CAPTURE(r.what);
    const auto rule = made("max_exposure", map({{"limit", text(r.limit)}}));
    const verdict out = rule->evaluate(r.b.view);
    CHECK(out.level == r.expected);
    CHECK(targets(out) == r.targets);
    CHECK(cancelled(out) == r.cancel);
    CHECK(out.used == r.used);
  }
}

TEST_CASE("N3: an exposure that nobody can value is not evaluable; one that is too large without it is a breach all the same") {
  const auto rule = made("max_exposure", map({{"limit", text("50000")}}));
  book unknown;
  unknown.position(mnq, 1);
  unknown.view.contracts.push_back({"CON.F.US.XYZ.Z25", "XYZ", {}, {}, {}}); // tick value 0
  unknown.view.positions.push_back(held("CON.F.US.XYZ.Z25", 1));
  CHECK(rule->evaluate(unknown.view).level == level::not_evaluable);
  unknown.view.positions[0].size = 2;
  CHECK(rule->evaluate(unknown.view).level == level::breach);
  book absurd;
  absurd.position(mnq, 1);
  absurd.view.positions[0].size = 9'000'000'000'000;
  CHECK(rule->evaluate(absurd.view).level == level::breach); // and nothing overflows
}

// -- position_loss_limit, position_profit_target -----------------------------------------

TEST_CASE("N6 N11: each position is judged by itself, longs and shorts, to the cent") {
  const auto loss = [] { return made("position_loss_limit", map({{"limit", text("200")}})); };
  struct row { const char* what; book b; level expected; const char* targets; const char* used; };
  for (auto& r : std::vector<row>{{"exactly", book{}.position(mnq, 2, "20000", "19950"), level::breach, "MNQ=0", "200.00"},
                                  {"a tick less", book{}.position(mnq, 2, "20000", "19950.25"), level::warn, "", "199.00"},
                                  {"a short", book{}.position(mnq, -2, "20000", "20050"), level::breach, "MNQ=0", "200.00"},
                                  {"a winning short", book{}.position(mnq, -2, "20000", "19900"), level::ok, "", "0.00"},
                                  {"an average off the grid, just enough", book{}.position(mnq, 3, "20000.0834", "19966.75"), level::breach, "MNQ=0", "200.0004"},
                                  {"an average off the grid, just not", book{}.position(mnq, 3, "20000.0833", "19966.75"), level::warn, "", "199.9998"},
                                  {"of several only the one", book{}.position(mnq, 2, "20000", "19950").position(es, 1, "6000", "6003"), level::breach, "MNQ=0", "200.00"},
                                  {"a win elsewhere does not help", book{}.position(mnq, 2, "20000", "19900").position(es, 1, "6000", "6100"), level::breach, "MNQ=0", "400.00"},
                                  {"both", book{}.position(mnq, 2, "20000", "19900").position(es, -1, "6000", "6010"), level::breach, "MNQ=0 ES=0", "500.00"}}) {
    CAPTURE(r.what);
    const verdict out = loss()->evaluate(r.b.view);
    CHECK(out.level == r.expected);
    CHECK(targets(out) == r.targets);
    CHECK(out.used == r.used);
    if (r.expected == level::breach)
      CHECK(out.action == action::close_position);
    CHECK(out.lock.mode == lock_mode::none);
  }
  const auto profit = made("position_profit_target", map({{"target", text("100")}}));
  CHECK(profit->evaluate(book{}.position(mnq, -1, "20000", "19950.25").view).level == level::warn);
  CHECK(targets(profit->evaluate(book{}.position(mnq, -1, "20000", "19950").view)) == "MNQ=0");
}

TEST_CASE("position_loss_limit: never more than the day has left") {
  rule_context context;
  context.daily_loss_limit = dollars("500");
  problems found;
  const auto rule = make_rule("position_loss_limit", map({{"limit", text("200")}}), "x", found, context);
  struct row { const char* realized; const char* mark; level expected; };
  for (auto& r : std::vector<row>{{"0", "19950", level::breach}, {"-350", "19962.5", level::breach}, {"-350", "19962.75", level::warn}, {"400", "19950.25", level::warn},
                                  {"-500", "19999.75", level::breach}, {"-700", "20000", level::ok}}) {
    CAPTURE(r.realized);
    CAPTURE(r.mark);
    book b;
    b.position(mnq, 2, "20000", r.mark);
    b.view.realized_day = dollars(r.realized);
    CHECK(rule->evaluate(b.view).level == r.expected);
  }
}

TEST_CASE("a position without a price is not evaluable, unless another one is a breach") {
  const auto rule = made("position_loss_limit", map({{"limit", text("200")}}));
  CHECK(rule->evaluate(book{}.position(mnq, 2, "20000", nullptr).view).level == level::not_evaluable);
  const verdict out = rule->evaluate(book{}.position(mnq, 2, "20000", nullptr).position(es, 1, "6000", "5900").view);
  CHECK(out.level == level::breach);
  CHECK(targets(out) == "ES=0");
}

// -- symbol_block -------------------------------------------------------------------------

TEST_CASE("patterns: whatever the case, * for any, ? for one") {
  struct row { const char* pattern; const char* text; bool expected; };
  for (auto& r : std::vector<row>{{"CL", "CL", true}, {"cl", "CL", true}, {"CL", "MCL", false}, {"*CL", "MCL", true}, {"M6*", "M6E", true}, {"M6*", "M6", true},
                                  {"M6?", "M6", false}, {"?", "", false}, {"*", "", true}, {"*E*S*", "XESY", true}, {"*E*S*", "XEY", false}, {"a*b*c", "aXbXbc", true}}) {
    CAPTURE(r.pattern);
    CAPTURE(r.text);
    CHECK(matches(r.pattern, r.text) == r.expected);
  }
}

TEST_CASE("symbol_block: its orders go, its positions are closed, a stop stays until then; the rest is not touched") {
  const auto rule = made("symbol_block", map({{"symbols", list({text("CL"), text("EP")})}}));
  CHECK(rule->evaluate(book{}.position(mnq, 2).order(1, mnq, side::buy, 1).view).level == level::ok);
  const verdict closes = rule->evaluate(book{}.position(cl, 2, "70", "70").order(1, cl, side::sell, 2, false).order(2, cl, side::buy, 1).view);
  CHECK(closes.level == level::breach);
  CHECK(closes.action == action::close_position);
  CHECK(targets(closes) == "CL=0");
  CHECK(cancelled(closes) == "2");
  const verdict cancels = rule->evaluate(book{}.position(mnq, 1).order(3, es, side::sell, 1).view); // ES by its root EP
  CHECK(cancels.action == action::cancel_order);
  CHECK(cancelled(cancels) == "3");
  account_view blind = book{}.position(cl, 1, "70", nullptr).view;
  blind.evaluable = false;
  CHECK(rule->evaluate(blind).level == level::breach); // no price is needed for that
}

TEST_CASE("what is wrong with these rules is said") {
  struct row { const char* rule; parameter block; const char* expected; };
  const row table[] = {
    {"max_contracts_per_instrument", map({{"limits", map({{"M-NQ", text("2")}})}}), "max_contracts_per_instrument.limits.M-NQ: is no symbol: write one such as MNQ or ES"},
    {"max_contracts_per_instrument", map({{"limits", map({{"ES", text("2")}, {"EP", text("3")}})}}),
     "max_contracts_per_instrument.limits.EP: this symbol has a limit already (EP and ES are the same): keep one of the two"},
    {"max_contracts_per_instrument", map({{"limits", map({{"ES", text("-1")}})}}), "max_contracts_per_instrument.limits.ES: must be a whole number from 0 to 100000; found \"-1\""},
    {"max_exposure", map({{"limit", text("-5")}}), "max_exposure.limit: must be positive: amounts are written without a sign, also losses (500 means a loss of 500); found \"-5\""},
    {"position_loss_limit", parameter{}, "position_loss_limit.limit: is missing; add limit: a positive amount such as 500"},
    {"symbol_block", parameter{}, "symbol_block.symbols: is missing; add symbols: [\"CL\", \"M6*\"]"},
    {"symbol_block", map({{"symbols", list({text("")})}}), "symbol_block.symbols: must be a symbol such as CL, or a pattern with * and ? such as M6*; found \"\""},
    {"trailing_stop", map({{"activate_at", text("300")}, {"trail", text("1")}, {"trail_percent", text("5")}}), "trailing_stop.trail_percent: stands beside trail: write one of the two"},
    {"require_stop_loss", map({{"grace", text("0s")}}), "require_stop_loss.grace: must be longer than 0s: a stop can only be placed after the entry"},
    {"trade_management", map({{"on_breach", map({})}}), "trade_management.on_breach: makes no sense here: this rule moves stops and has no breach"},
    {"trade_management", map({{"break_even", map({{"at_ticks", text("2")}, {"offset_ticks", text("2")}})}}),
     "trade_management.break_even.offset_ticks: must be less than at_ticks: a stop cannot be put beyond the market"},
  };
  for (const auto& row : table) {
    CAPTURE(row.rule);
    CHECK(wrong_with(row.rule, row.block) == row.expected);
  }
}

TEST_SUITE_END();
