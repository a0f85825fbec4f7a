#include "actors/account/past_cases.hpp"

#include "desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("account");

TEST_CASE("what a guard wrote of its cases, its successor shows as its own") {
  desk d;
  d.start(d.reading({d.position(2, "20000")}));
  d.tell(d.loss_breach());
  const auto report = [&](enforcement_phase phase, const char* detail, int64_t latency) {
    enforcement_report r;
    r.account = our_account;
    r.sequence = only<enforce>(d.all).back().sequence;
    r.rule = "daily_loss_limit";
    r.action = action::flatten;
    r.phase = phase;
    r.detail = detail;
    r.latency_ns = latency;
    r.at = d.now;
    d.take(d.mind.on_report(r));
  };
  report(enforcement_phase::working, "closes 2 MNQ", 180'000);
  report(enforcement_phase::done, "read back: 0 contracts, 0 orders", -1);
  const auto before = d.mind.status().enforcement;
  REQUIRE(before.size() == 1);
  auto kept = d.disk;
  kept.recent = only<journal_entry>(d.all);
  const auto after = desk{kept}.mind.status().enforcement;
  REQUIRE(after.size() == 1);
  CHECK(after[0].rule == before[0].rule);
  CHECK(after[0].action == action::flatten);
  CHECK(after[0].phase == enforcement_phase::done);
  CHECK(after[0].detail == before[0].detail);
  CHECK(after[0].latency_ns == 180'000);
  CHECK(after[0].at == before[0].at);
}

TEST_CASE("of many cases the newest ten are shown, and other lines are passed over") {
  std::vector<journal_entry> lines;
  for (int i = 0; i < 15; ++i) {
    lines.push_back({noon, our_account, "case", "r", "reduce_to_limit: too many", -1});
    lines.push_back({noon, our_account, "case", "r", "done: number " + std::to_string(i), -1});
  }
  lines.push_back({noon, our_account, "case", "r", "something else", -1});
  lines.push_back({noon, our_account, "alarm", "r", "done: no case", -1});
  const auto shown = reports_of(our_account, lines);
  REQUIRE(shown.size() == 10);
  CHECK(shown.front().detail == "number 5");
  CHECK(shown.back().detail == "number 14");
  CHECK(shown.back().action == action::reduce_to_limit);
  CHECK(reports_of(our_account, {}).empty());
}

TEST_SUITE_END();
