// What an administrator orders by hand: unlock, lock, flatten.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace rm;
using namespace rm::test;

namespace {

struct ordered : desk {
  std::string refused;
  ordered() { start(); }
  bool unlock(const char* rule = "", const char* reason = "the rule was wrong", const char* by = "ann") {
    refused.clear();
    take(mind.on_unlock({our_account, rule_name{rule}, by, reason, now}, refused));
    return refused.empty();
  }
  bool lock(lock_mode mode, duration length = {}, const char* reason = "enough for today", const char* by = "ann") {
    refused.clear();
    take(mind.on_lock({our_account, mode, length, by, reason, now}, refused));
    return refused.empty();
  }
  bool flatten(const char* reason = "the power goes") {
    refused.clear();
    take(mind.on_flatten({our_account, "ann", reason, now}, refused));
    return refused.empty();
  }
  bool journalled(std::string_view kind, std::string_view part) const {
    const auto lines = only<journal_entry>(all);
    return std::any_of(lines.begin(), lines.end(), [&](auto& e) { return e.kind == kind && e.text.find(part) != std::string::npos; });
  }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(ordered, "I3 an unlock by hand needs a name and a reason, ends that lock alone and is journalled") {
  all_fine();
  tell(loss_breach());
  done();
  tell(frequency_breach());
  REQUIRE(mind.locks().all().size() == 2);
  CHECK_FALSE(unlock("daily_loss_limit", ""));
  CHECK_FALSE(unlock("daily_loss_limit", "why", ""));
  CHECK(mind.locks().all().size() == 2);
  CHECK(last.empty()); // refused: nothing is done
  REQUIRE(unlock("daily_loss_limit"));
  CHECK(find("daily_loss_limit") == nullptr);
  CHECK(find("trade_frequency") != nullptr);
  CHECK(journalled("unlock", "unlocked by ann: the rule was wrong"));
  CHECK(disk.memory.locks.size() == 1); // written
  REQUIRE(unlock());
  CHECK(mind.locks().empty());
  CHECK(mind.status().state != account_state_name::locked);
  CHECK(restarted().mind.locks().empty());
}

TEST_CASE_FIXTURE(ordered, "an account that is not locked, or not by that rule, cannot be unlocked, and the answer says why") {
  CHECK_FALSE(unlock());
  CHECK(refused == "the account is not locked");
  tell(loss_breach());
  CHECK_FALSE(unlock("max_contracts"));
  CHECK(refused.find("locked by: daily_loss_limit") != std::string::npos);
  CHECK(mind.locks().all().size() == 1);
}

TEST_CASE_FIXTURE(ordered, "after an unlock every rule looks again, and one that still breaches locks again at once") {
  all_fine();
  tell(loss_breach());
  done();
  REQUIRE(unlock("daily_loss_limit"));
  const auto asked = only<ask_rules>(last);
  REQUIRE_FALSE(asked.empty());
  CHECK(asked.back().rules.size() == 2);
  CHECK(mind.locks().empty());
  tell(loss_breach());
  CHECK(find("daily_loss_limit") != nullptr);
}

TEST_CASE_FIXTURE(ordered, "a lock by hand has the rule manual, survives a restart and ends at its own time") {
  REQUIRE(lock(lock_mode::reduce_only, 30min));
  REQUIRE(find("manual") != nullptr);
  CHECK(find("manual")->mode == lock_mode::reduce_only);
  CHECK(find("manual")->until == now + 30min);
  CHECK(find("manual")->reason == "enough for today (ann)");
  CHECK(only<enforce>(last).empty()); // nothing is held, nothing has to be closed
  auto again = restarted();
  CHECK(again.find("manual") != nullptr);
  pass(29min);
  CHECK(find("manual") != nullptr);
  now += 2min;
  take(mind.on_timer({our_account, "lock manual", 0, now}));
  pass(1s);
  CHECK(find("manual") == nullptr);
}

TEST_CASE_FIXTURE(ordered, "a flat lock by hand closes everything and holds to the daily reset") {
  fill(1, side::buy, 2, "20000", 2);
  quote_at("20000");
  all_fine();
  REQUIRE(lock(lock_mode::flat));
  CHECK(newest_enforce().goal.flat);
  CHECK(newest_enforce().rule == rule_name{"manual"});
  CHECK(find("manual")->end == lock_end::daily_reset);
  next_day();
  CHECK(find("manual") == nullptr);
}

TEST_CASE_FIXTURE(ordered, "I7 while nobody knows the time nothing by hand begins or ends by it, and the answer says why") {
  std::string said;
  const auto before = disk.memory.version;
  take(mind.on_reset_order({our_account, reset_kind::daily, "ann", "a fresh start", now, false}, said));
  CHECK(said == "the PC's clock was just changed, or the machine slept, and the venue has not told the time yet: try again in a few seconds");
  CHECK(last.empty());
  said.clear();
  take(mind.on_lock({our_account, lock_mode::flat, 30min, "ann", "enough", now, false}, said)); // would be over when the time is known
  CHECK(said.ends_with("or lock until the daily reset"));
  CHECK(mind.locks().empty());
  CHECK(disk.memory.version == before);
  said.clear();
  take(mind.on_lock({our_account, lock_mode::flat, {}, "ann", "enough", now, false}, said));
  CHECK(said.empty());
  CHECK(find("manual") != nullptr);
  take(mind.on_reset_order({our_account, reset_kind::daily, "ann", "a fresh start", now, true}, said));
  CHECK(said.empty());
  CHECK(disk.memory.day_started == now);
}

TEST_CASE_FIXTURE(ordered, "I3 a second lock by hand never shortens or weakens the first") {
  REQUIRE(lock(lock_mode::flat, 2h));
  REQUIRE(lock(lock_mode::reduce_only, 5min));
  CHECK(find("manual")->until == now + 2h);
  CHECK(find("manual")->mode == lock_mode::flat);
}

TEST_CASE_FIXTURE(ordered, "a minute of flat within half an hour of reduce_only is a minute of flat") {
  REQUIRE(lock(lock_mode::reduce_only, 30min));
  REQUIRE(lock(lock_mode::flat, 1min));
  CHECK(mind.locks().mode() == lock_mode::flat);
  CHECK(mind.locks().all().size() == 2);
  const auto armed = only<arm_timer>(last);
  CHECK(armed.size() == 2);
  CHECK(armed[0].name != armed[1].name);
  auto again = restarted();
  CHECK(again.mind.locks().all().size() == 2);
  pass(61s);
  CHECK(mind.locks().mode() == lock_mode::reduce_only);
  pass(29min);
  CHECK(mind.locks().empty());
}

TEST_CASE_FIXTURE(ordered, "orders that make no sense change nothing") {
  CHECK_FALSE(lock(lock_mode::none));
  CHECK_FALSE(lock(lock_mode::flat, -1min));
  CHECK_FALSE(lock(lock_mode::flat, std::chrono::days{400}));
  CHECK_FALSE(lock(lock_mode::flat, 1h, ""));
  CHECK_FALSE(flatten(""));
  CHECK(mind.locks().empty());
  CHECK(enforced() == 0);
  desk young; // no trading day is known
  std::string why;
  young.take(young.mind.on_lock({our_account, lock_mode::flat, {}, "ann", "now", young.now}, why));
  CHECK(why.find("not known yet") != std::string::npos);
}

TEST_CASE_FIXTURE(ordered, "flatten opens a case of the rule manual once, and locks nothing") {
  fill(1, side::buy, 2, "20000", 2);
  REQUIRE(flatten());
  CHECK(newest_enforce().goal.flat);
  CHECK(newest_enforce().rule == rule_name{"manual"});
  CHECK(newest_enforce().action == action::flatten);
  CHECK(mind.locks().empty());
  const auto so_far = enforced();
  REQUIRE(flatten());
  CHECK(enforced() == so_far); // it is under way
  CHECK(journalled("case", "the power goes (ann)"));
}

TEST_CASE_FIXTURE(ordered, "a flat lock by hand has the venue read back, though nothing is known to be held") {
  REQUIRE(lock(lock_mode::flat));
  CHECK(enforced() == 1);
  CHECK(newest_enforce().goal.flat);
}

TEST_CASE_FIXTURE(ordered, "a weaker and shorter lock by hand beside a flat one adds nothing") {
  REQUIRE(lock(lock_mode::flat, 2h));
  REQUIRE(lock(lock_mode::reduce_only, 1h));
  CHECK(mind.locks().all().size() == 1);
  REQUIRE(lock(lock_mode::reduce_only, 3h)); // but one that lasts longer does
  CHECK(mind.locks().all().size() == 2);
}

TEST_SUITE_END();
