// Nothing that the venue says and nothing that a rule asks for falls through (N2, N9).
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

account_settings rules_for_all_news() {
  auto out = desk::two_rules();
  out.rules.push_back({"auth_guard", "", {wake::account, wake::order, wake::clock}});
  return out;
}

struct holding : desk {
  holding() : desk{{}, rules_for_all_news()} {
    start(reading({position(2, "20000")}));
    quote_at("20000");
    all_fine();
    tell(says("auth_guard", level::ok));
  }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("N2 each kind of news from the venue has the rules look, or is refused in words") {
  using news = decltype(venue_event::what);
  const std::vector<std::function<news(desk&)>> kinds = {
    [](desk& d) -> news { return d.order(50, order_status::open, side::buy, 1, order_type::limit); },
    [](desk& d) -> news { return d.position(3, "20000"); },
    [](desk& d) -> news { return d.trade(51, side::buy, 1, "20000"); },
    [](desk& d) -> news {
      account_update a;
      a.account = our_account;
      a.seen = d.seen();
      return a;
    },
    [](desk& d) -> news {
      quote q;
      q.contract = mnq;
      q.last = points("20001");
      q.seen = d.seen();
      return q;
    },
    [](desk&) -> news { return mnq_spec(); },
    [](desk& d) -> news { return link_changed{"topstepx", link_status::blind, d.generation, "silence", d.seen()}; },
    [](desk& d) -> news { return d.reading({d.position(2, "20000")}); },
    [](desk& d) -> news { return venue_nonsense{our_account, mnq, "a price is NaN", d.seen()}; },
  };
  REQUIRE(kinds.size() == std::variant_size_v<news>);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    CAPTURE(i);
    holding d;
    auto what = kinds[i](d);
    REQUIRE(what.index() == i); // in the variant's own order
    d.hear(std::move(what));
    CHECK_FALSE(only<ask_rules>(d.last).empty());
  }
}

TEST_CASE("N9 each action has its branch: what a rule may ask for is what enforcement is told") {
  struct row {
    action asked;
    bool flat, cancels, reduces;
  };
  const row table[] = {
    {action::none, false, false, false},         {action::warn, false, false, false},          {action::cancel_order, false, true, false},
    {action::reduce_to_limit, false, true, true}, {action::close_position, false, true, true}, {action::flatten, true, false, false},
  };
  REQUIRE(std::size(table) == static_cast<std::size_t>(action::flatten) + 1); // all there are
  for (const auto& row : table) {
    CAPTURE(std::string{name_of(row.asked)});
    CHECK(name_of(row.asked) != "unknown");
    holding d;
    d.hear(d.order(60, order_status::open, side::buy, 1, order_type::limit));
    auto v = d.says("daily_loss_limit", level::breach);
    v.action = row.asked;
    v.cancel = {order_id{60}};
    if (row.reduces)
      v.targets = {{mnq, 1}};
    d.tell(v);
    const bool acts = row.flat || row.cancels || row.reduces;
    REQUIRE(d.enforced() == (acts ? 1 : 0));
    const auto notes = only<journal_entry>(d.last);
    CHECK(std::any_of(notes.begin(), notes.end(), [](auto& e) { return e.kind == "verdict"; })); // never in silence
    if (!acts)
      continue;
    const auto goal = d.newest_enforce().goal;
    CHECK(goal.flat == row.flat);
    CHECK(goal.cancel.size() == (row.cancels ? 1 : 0));
    CHECK(goal.targets.size() == (row.reduces ? 1 : 0));
    CHECK(goal.cancel_orders_of_targets == (row.asked == action::close_position));
  }
}

TEST_CASE("N9 each lock mode and each end has its branch") {
  for (const auto mode : {lock_mode::reduce_only, lock_mode::flat})
    for (const auto end : {lock_end::at_time, lock_end::daily_reset, lock_end::weekly_reset, lock_end::can_trade}) {
      CAPTURE(std::string{name_of(mode)});
      CAPTURE(std::string{name_of(end)});
      desk d;
      d.start();
      auto v = d.says("daily_loss_limit", level::breach);
      v.action = action::flatten;
      v.lock = {mode, end, end == lock_end::at_time ? d.now + 30min : timestamp{}};
      d.tell(v);
      REQUIRE(d.find("daily_loss_limit"));
      CHECK(d.find("daily_loss_limit")->mode == mode);
      const auto until = d.find("daily_loss_limit")->until;
      CHECK(until == (end == lock_end::at_time ? d.now + 30min : end == lock_end::daily_reset ? day_end : end == lock_end::weekly_reset ? week_end : timestamp{}));
      d.hear(d.order(70, order_status::open, side::buy, 1, order_type::limit));
      CHECK(d.attempts("daily_loss_limit") == 1); // guarded at once
      auto fine = d.says("daily_loss_limit", level::ok);
      d.tell(fine);
      CHECK(d.find("daily_loss_limit")); // B4
      switch (end) {
        case lock_end::at_time: d.pass(30min); break;
        case lock_end::daily_reset: d.next_day(); break;
        case lock_end::weekly_reset:
          d.next_day();
          REQUIRE(d.find("daily_loss_limit"));
          d.now = week_end;
          d.reset(reset_kind::weekly, "2025-12-09", week_end, week_end + std::chrono::days{7});
          break;
        case lock_end::can_trade: {
          d.pass(24h);
          REQUIRE(d.find("daily_loss_limit"));
          account_update a;
          a.account = our_account;
          a.seen = d.seen();
          d.hear(a);
          break;
        }
      }
      CHECK_FALSE(d.find("daily_loss_limit"));
    }
}

TEST_CASE_FIXTURE(desk, "enforcement is handed over at the moment it is decided: the lock holds, the lines that say why are there, nothing is saved yet") {
  start(reading({position(2, "20000")}));
  quote_at("20000");
  all_fine();
  std::vector<std::string> said;
  std::size_t told = 0, saved = 0;
  mind.enforce_at_once([&](const enforce& order, account_effects& so_far) {
    ++told;
    CHECK(order.goal.flat);
    CHECK(find("daily_loss_limit"));
    for (auto& line : only<journal_entry>(so_far))
      said.push_back(line.kind);
    saved += only<save_account>(so_far).size();
    std::erase_if(so_far, [](auto& e) { return std::holds_alternative<journal_entry>(e); });
  });
  const auto& out = tell(loss_breach());
  CHECK(told == 1);
  CHECK(saved == 0);
  CHECK(said == std::vector<std::string>{"verdict", "lock", "case"});
  CHECK(only<enforce>(out).empty());
  CHECK(only<journal_entry>(out).empty());
  const auto saves = only<save_account>(out);
  REQUIRE(saves.size() == 1);
  CHECK(saves[0].memory.locks.size() == 1);
  CHECK(saves[0].memory.cases.size() == 1);
}

TEST_SUITE_END();
