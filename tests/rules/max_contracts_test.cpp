#include "tests/rules/views.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

namespace {

constexpr const char* mes = "CON.F.US.MES.Z25";
constexpr const char* mnq = "CON.F.US.MNQ.Z25";
constexpr const char* nq = "CON.F.US.ENQ.Z25";

std::unique_ptr<rule> limit_of(const char* limit, const char* count) { return made("max_contracts", map({{"limit", text(limit)}, {"count", text(count)}})); }

account_view holding(std::vector<valued_position> positions, std::vector<working_order> orders = {}) {
  account_view view = calm_view();
  view.positions = std::move(positions);
  view.orders = std::move(orders);
  return view;
}

/// "MNQ 2, MES 0": what is left of which contract, in the verdict's order.
std::string targets(const verdict& v) {
  std::string out;
  for (const auto& t : v.targets)
    out += (out.empty() ? "" : ", ") + t.contract.str().substr(9, 3) + " " + std::to_string(t.keep);
  return out;
}

std::vector<int64_t> cancelled(const verdict& v) {
  std::vector<int64_t> out;
  for (auto id : v.cancel)
    out.push_back(id.value);
  return out;
}

using ids = std::vector<int64_t>;

} // namespace

TEST_CASE("so many contracts are allowed, one more is not: longs, shorts, net and gross") {
  struct row {
    const char* count;
    std::vector<valued_position> positions;
    const char* used;
    level expected;
  };
  const row table[] = {
    {"net", {}, "0", level::ok},
    {"net", {held(mnq, 3)}, "3", level::ok},
    {"net", {held(mnq, 4)}, "4", level::warn},
    {"net", {held(mnq, 5)}, "5", level::warn},
    {"net", {held(mnq, 6)}, "6", level::breach},
    {"net", {held(mnq, -5)}, "5", level::warn},
    {"net", {held(mnq, -6)}, "6", level::breach},
    {"net", {held(mes, -4), held(mnq, 9)}, "5", level::warn},
    {"net", {held(mes, -3), held(mnq, 9)}, "6", level::breach},
    {"net", {held(mes, 3), held(mnq, -9)}, "6", level::breach},
    {"net", {held(mes, 5), held(mnq, -5)}, "0", level::ok},
    {"gross", {held(mes, -2), held(mnq, 3)}, "5", level::warn},
    {"gross", {held(mes, -3), held(mnq, 3)}, "6", level::breach},
    {"gross", {held(mnq, -6)}, "6", level::breach},
  };
  for (const auto& row : table) {
    const verdict out = limit_of("5", row.count)->evaluate(holding(row.positions));
    CAPTURE(row.count);
    CAPTURE(row.used);
    CHECK(out.level == row.expected);
    CHECK(out.used == row.used);
    CHECK(out.limit == "5");
    CHECK(out.fraction == std::atoi(row.used) * 200'000);
    CHECK(out.action == (row.expected == level::breach ? action::reduce_to_limit : action::none));
    CHECK(out.lock.mode == lock_mode::none);
    CHECK(out.has_band); // no price moves it
    CHECK(out.targets.empty() == (row.expected != level::breach));
  }
  CHECK(limit_of("5", "net")->evaluate(holding({held(mnq, 7)})).reason == "7 contracts are more than the limit of 5");
}

TEST_CASE("what is too much is given up newest first") {
  const auto rule = limit_of("5", "gross");
  CHECK(rule->evaluate(holding({held(mnq, 2)})).level == level::ok);
  CHECK(rule->evaluate(holding({held(mes, -2), held(mnq, 2)})).level == level::warn);
  CHECK(targets(rule->evaluate(holding({held(mes, -2), held(mnq, 4)}))) == "MNQ 3"); // the newest two are MNQ, one is too much
  CHECK(targets(rule->evaluate(holding({held(mes, -5), held(mnq, 4)}))) == "MES 2, MNQ 3"); // three MES, then one MNQ of the newer two
  CHECK(targets(rule->evaluate(holding({held(mes, -9)}))) == "MES 5");
}

TEST_CASE("a partial exit takes the newest of its contract away; a flip begins anew") {
  const auto rule = limit_of("5", "gross");
  rule->evaluate(holding({held(mnq, 2)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, 2)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, 3)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, 2)})); // the third MNQ is sold
  CHECK(targets(rule->evaluate(holding({held(mes, 2), held(nq, 2), held(mnq, 2)}))) == "ENQ 1");
  rule->evaluate(holding({held(mes, 2), held(mnq, 2)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, -2)})); // turned: MNQ is the newest now
  CHECK(targets(rule->evaluate(holding({held(mes, 4), held(mnq, -2)}))) == "MES 3");
}

TEST_CASE("after a partial exit it is the oldest of its contract that is left") {
  const auto rule = limit_of("2", "gross");
  rule->evaluate(holding({held(mnq, 2)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, 2)}));
  rule->evaluate(holding({held(mes, 2), held(mnq, 4)}));
  CHECK(targets(rule->evaluate(holding({held(mes, 2), held(mnq, 3)}))) == "MNQ 2, MES 0");
}

TEST_CASE("I6 after a restart what was taken on last still goes first, though the first looks see nothing yet") {
  for (const char* name : {"max_contracts", "max_contracts_per_instrument"}) {
    CAPTURE(name);
    const auto made_rule = [&] { return std::string_view{name} == "max_contracts" ? limit_of("5", "gross") : made(name, map({{"default_limit", text("5")}})); };
    const auto rule = made_rule();
    rule_memory kept;
    const auto look = [&](rm::rule& r, account_view view) {
      auto out = r.evaluate(view);
      if (out.memory)
        kept = *out.memory;
      return out;
    };
    look(*rule, holding({held(mnq, 3)}));
    look(*rule, holding({held(mes, 2), held(mnq, 3)}));
    const auto before = kept;
    const auto restarted = made_rule();
    restarted->recall(kept);
    auto unread = holding({});
    unread.evaluable = false;
    look(*restarted, unread);
    unread.positions = {held(mnq, 3)}; // its event came before the first reading
    look(*restarted, unread);
    CHECK(kept == before);
    if (std::string_view{name} == "max_contracts") // the other one knows no other order than that within a symbol
      CHECK(targets(look(*restarted, holding({held(mes, 4), held(mnq, 3)}))) == "MES 2");
  }
}

TEST_CASE("what cannot be judged is reduced all the same, newest first") {
  const auto rule = limit_of("5", "gross");
  rule->evaluate(holding({held(mnq, 3)}));
  auto doubtful = holding({held(mes, 3), held(mnq, 3)});
  doubtful.evaluable = false;
  CHECK(targets(rule->evaluate(doubtful)) == "MES 2");
}

TEST_CASE("net: only the side that is too large is reduced, never a hedge") {
  const auto rule = limit_of("5", "net");
  rule->evaluate(holding({held(mnq, 9)}));
  rule->evaluate(holding({held(mes, -4), held(mnq, 9)}));
  const verdict out = rule->evaluate(holding({held(mes, -2), held(mnq, 9)})); // part of the hedge was closed; it is the newest all the same
  CHECK(out.used == "7");
  CHECK(targets(out) == "MNQ 7");
}

TEST_CASE("positions from before the first look count by size: the larger goes first") {
  CHECK(targets(limit_of("5", "gross")->evaluate(holding({held(mes, 2), held(mnq, -5)}))) == "MNQ 3");
  CHECK(targets(limit_of("2", "gross")->evaluate(holding({held(mes, -2), held(mnq, 5)}))) == "MNQ 0");
}

TEST_CASE("working orders that would exceed the limit are cancelled newest first, and nothing else happens") {
  struct row {
    const char* what;
    const char* count;
    std::vector<valued_position> positions;
    std::vector<working_order> orders; // oldest first
    ids expected;
  };
  const row table[] = {
    {"exactly full", "net", {held(mnq, 3)}, {working(1, mnq, side::buy, 2)}, {}},
    {"one too many", "net", {held(mnq, 3)}, {working(1, mnq, side::buy, 3)}, {1}},
    {"the newer goes", "net", {held(mnq, 3)}, {working(1, mnq, side::buy, 2), working(2, mnq, side::buy, 1)}, {2}},
    {"newest first until it fits", "net", {held(mnq, 3)}, {working(1, mnq, side::buy, 4), working(2, mnq, side::buy, 1)}, {2, 1}},
    {"short side", "net", {held(mnq, -3)}, {working(1, mnq, side::sell, 2), working(2, mnq, side::sell, 1)}, {2}},
    {"a straddle fits on each side", "net", {}, {working(1, mnq, side::buy, 5), working(2, mnq, side::sell, 5)}, {}},
    {"each side by itself", "gross", {}, {working(1, mnq, side::buy, 6), working(2, mnq, side::sell, 6)}, {2, 1}},
    {"a flip to the limit", "net", {held(mnq, 2)}, {working(1, mnq, side::sell, 7)}, {}},
    {"a flip beyond it", "net", {held(mnq, 2)}, {working(1, mnq, side::sell, 8)}, {1}},
    {"stops and targets never count", "net", {held(mnq, 5)}, {working(1, mnq, side::sell, 5, false), working(2, mnq, side::sell, 5, false)}, {}},
    {"a turn beside a bracket", "net", {held(mnq, 2)}, {working(1, mnq, side::sell, 2, false), working(2, mnq, side::sell, 2, false), working(3, mnq, side::sell, 5)}, {}},
    {"a turn that is too large beside a bracket", "net", {held(mnq, 2)}, {working(1, mnq, side::sell, 2, false), working(3, mnq, side::sell, 6)}, {3}},
    {"net over contracts", "net", {held(mes, -2), held(mnq, 3)}, {working(1, mes, side::buy, 4), working(2, mnq, side::buy, 1)}, {2}},
    {"gross over contracts", "gross", {held(mes, -2), held(mnq, 2)}, {working(1, nq, side::buy, 1), working(2, nq, side::sell, 1)}, {}},
    {"gross, another contract", "gross", {held(mes, -2), held(mnq, 2)}, {working(1, nq, side::buy, 1), working(2, mnq, side::buy, 1)}, {2}},
    {"gross, an order that does not matter stays", "gross", {held(mnq, 4)}, {working(1, mnq, side::buy, 2), working(2, mnq, side::sell, 5)}, {1}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const verdict out = limit_of("5", row.count)->evaluate(holding(row.positions, row.orders));
    CHECK(cancelled(out) == row.expected);
    CHECK((out.level == level::breach) == !row.expected.empty());
    CHECK(out.action == (row.expected.empty() ? action::none : action::cancel_order));
    CHECK(out.targets.empty());
    CHECK(out.lock.mode == lock_mode::none);
  }
  const verdict told = limit_of("5", "net")->evaluate(holding({held(mnq, 3)}, {working(1, mnq, side::buy, 3)}));
  CHECK(told.reason == "working orders would make it 6 contracts, more than the limit of 5");
  CHECK(told.used == "3");
}

TEST_CASE("while the position itself is too large, entries go as well, and exits stay") {
  const auto rule = limit_of("5", "net");
  const verdict out = rule->evaluate(holding({held(mnq, 7)}, {working(1, mnq, side::sell, 7, false), working(2, mnq, side::buy, 1)}));
  CHECK(out.action == action::reduce_to_limit);
  CHECK(targets(out) == "MNQ 5");
  CHECK(cancelled(out) == ids{2});
}

TEST_CASE("a configured lock follows a position that was too large, not an order that never got there") {
  const auto block = map({{"limit", text("5")}, {"on_breach", map({{"action", text("flatten")}, {"lock", map({{"mode", text("flat")}, {"until", text("daily_reset")}})}})}});
  const auto rule = made("max_contracts", block);
  CHECK(rule->evaluate(holding({}, {working(1, mnq, side::buy, 6)})).lock.mode == lock_mode::none);
  const verdict out = rule->evaluate(holding({held(mnq, 6)}));
  CHECK(out.action == action::flatten);
  CHECK(out.lock.mode == lock_mode::flat);
}

TEST_CASE("what can be counted is enforced even where nothing can be priced") {
  account_view view = holding({held(mnq, 6)});
  view.evaluable = false;
  view.why = "no price for MNQ";
  CHECK(limit_of("5", "net")->evaluate(view).level == level::breach);
  view.positions = {held(mnq, 5)};
  CHECK(limit_of("5", "net")->evaluate(view).level == level::not_evaluable);
}

TEST_CASE("absurd sizes from the venue end in a verdict") {
  constexpr int64_t most = std::numeric_limits<int64_t>::max(), least = std::numeric_limits<int64_t>::min();
  for (const char* count : {"net", "gross"})
    for (int64_t size : {most, least}) {
      const auto rule = limit_of("5", count);
      CHECK(rule->evaluate(holding({held(mes, size), held(mnq, size)}, {working(1, mnq, side::buy, most), working(2, mnq, side::sell, most)})).level == level::breach);
      CHECK(rule->evaluate(holding({})).level == level::ok);
    }
}

TEST_SUITE_END();
