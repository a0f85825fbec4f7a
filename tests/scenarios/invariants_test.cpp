// The invariants of the house, each by its name, on the whole service: real actors, a venue in memory, virtual time.
#include "tests/support/scenario.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

std::vector<rule_setup> usual_rules() {
  return {{"daily_loss_limit", block({{"limit", "500"}})}, {"daily_profit_target", block({{"target", "500"}})}, {"max_contracts", block({{"limit", "5"}})}};
}

struct usual : scenario {
  usual() : scenario{usual_rules()} {}
  bool flat() const { return venue.size == 0 && venue.orders.empty(); }
  void lose() {
    venue.place(side::buy, 2);
    settle();
    venue.set_price(price::whole(19870));
    go(3s);
  }
};

struct with_file {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("rm-scenario-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
  with_file() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~with_file() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

int64_t closes(const simulated_venue& venue) {
  return std::count_if(venue.executed.begin(), venue.executed.end(), [](auto& r) { return r.kind == request_kind::close_position; });
}

} // namespace

TEST_SUITE_BEGIN("scenarios");

TEST_CASE_FIXTURE(usual, "an account without trades is active and every rule has spoken") {
  const auto now_status = status();
  CHECK(now_status.state == account_state_name::active);
  CHECK(now_status.why == "");
  for (auto& rule : now_status.rules)
    CHECK_MESSAGE(rule.level == level::ok, rule.rule);
}

TEST_CASE_FIXTURE(usual, "I1 a breach opens one case and ends when the venue itself confirms it") {
  venue.place(side::buy, 2);
  venue.place(side::sell, 2, order_type::stop, price::whole(19000));
  venue.place(side::buy, 1, order_type::limit, price::whole(19500));
  go(1s);
  REQUIRE(venue.size == 2);
  venue.set_price(*price::parse("20000.50")); // 124.50 points down: 498.00 and 1.24 of costs: not yet
  go(1s);
  REQUIRE(venue.size == 2);
  REQUIRE(status().state == account_state_name::active);
  venue.set_price(*price::parse("20000.25")); // 499.00 and 1.24
  settle();
  CHECK(venue.size == 0);
  go(3s);
  CHECK(flat());
  CHECK(closes(venue) == 1);
  const auto after = status();
  CHECK(after.state == account_state_name::locked);
  REQUIRE(after.locks.size() == 1);
  CHECK(after.locks[0].rule == rule_name{"daily_loss_limit"});
  CHECK(after.locks[0].mode == lock_mode::flat);
  CHECK(after.locks[0].durable);
  REQUIRE(!after.enforcement.empty());
  CHECK(after.enforcement.back().phase == enforcement_phase::done);
  CHECK(after.enforcement.back().confirmed);
  CHECK(after.enforcement.back().latency_ns > 0);
}

TEST_CASE_FIXTURE(usual, "I1 a close that the venue refuses is tried again for as long as it takes") {
  int refusals = 12;
  venue.refuse = [&](const venue_request& r) -> std::optional<venue_answer> {
    if (r.kind != request_kind::close_position || refusals-- <= 0)
      return std::nullopt;
    return fake_port_script::refused(r, refusal::pending);
  };
  lose();
  go(2min);
  CHECK(venue.size == 0);
  CHECK(status().state == account_state_name::locked);
}

TEST_CASE_FIXTURE(usual, "I2 during a lock every order is undone and counted once") {
  lose();
  REQUIRE(flat());
  int64_t tries = 0;
  for (auto [s, type] : {std::pair{side::buy, order_type::market}, {side::buy, order_type::limit}, {side::sell, order_type::market}, {side::sell, order_type::stop}}) {
    venue.place(s, 1, type, price::whole(19000));
    go(2s);
    CHECK(flat());
    CHECK(status().locks[0].attempts == ++tries);
  }
}

TEST_CASE_FIXTURE(usual, "I3 recovering P&L frees nobody, and a second lock shortens no first one (B4)") {
  lose();
  const auto first = status().locks;
  venue.set_price(price::whole(21000));
  go(10s);
  CHECK(status().state == account_state_name::locked);
  CHECK(status().locks[0].until == first[0].until);
}

TEST_CASE_FIXTURE(usual, "I4 nothing we send is larger than the position, and no position is turned") {
  venue.place(side::buy, 2);
  go(1s);
  venue.place(side::buy, 6); // 8 of 5
  go(3s);
  CHECK(venue.size == 5);
  for (auto& r : venue.executed)
    if (r.kind == request_kind::reduce_position)
      CHECK(r.size <= 8);
  lose();
  go(3s);
  CHECK(venue.size == 0);
}

TEST_CASE_FIXTURE(usual, "I5 realized P&L equals the sum of the venue's own trades, fees and commissions included") {
  for (auto move : {-30, 12, -7, 55, -20}) {
    venue.place(side::buy, 2);
    go(500ms);
    venue.set_price(venue.last + price::whole(move));
    go(500ms);
    venue.place(side::sell, 2);
    go(500ms);
  }
  CHECK(status().view->realized_day == venue.net);
  venue.trades.push_back(venue.trades.back()); // told once more by the list, and once more by the stream
  venue.port->tell(venue.account, venue.trades.back());
  go(125s);
  CHECK(status().view->realized_day == venue.net);
}

TEST_CASE("I6 a service that was stopped and started has the same locks, counters and peaks") {
  with_file at;
  scenario s{usual_rules(), at.folder / "risk.db"};
  s.venue.place(side::buy, 2);
  s.settle();
  s.venue.set_price(price::whole(20180)); // 110 up
  s.go(2s);
  s.venue.set_price(price::whole(19860));
  s.go(3s);
  s.venue.place(side::buy, 1);
  s.go(2s);
  const auto before = s.status();
  REQUIRE(before.locks.size() == 1);
  REQUIRE(before.locks[0].attempts == 1);
  REQUIRE(before.view->peak_day > money::whole(100));
  s.stop();
  s.parts.storage.mirror = make_store_mirror(); // a new process knows nothing but the file
  s.start();
  s.go(2s);
  const auto after = s.status();
  REQUIRE(after.locks.size() == 1);
  CHECK(after.locks[0].until == before.locks[0].until);
  CHECK(after.locks[0].since == before.locks[0].since);
  CHECK(after.locks[0].reason == before.locks[0].reason);
  CHECK(after.locks[0].attempts == 1);
  CHECK(after.view->peak_day == before.view->peak_day);
  CHECK(after.view->realized_day == before.view->realized_day);
  CHECK(after.view->trades_today == before.view->trades_today);
  s.venue.place(side::sell, 3);
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.status().locks[0].attempts == 2);
}

TEST_CASE_FIXTURE(usual, "I6 each actor of the account may crash: it comes back, and the account is as it was") {
  lose();
  const auto before = status();
  for (auto victim : {caf::actor_cast<caf::actor>(house().accounts.at(venue.account).desk), caf::actor_cast<caf::actor>(house().accounts.at(venue.account).enforcement),
                      caf::actor_cast<caf::actor>(house().accounts.at(venue.account).rules.begin()->second), caf::actor_cast<caf::actor>(house().persistence),
                      caf::actor_cast<caf::actor>(house().timers), caf::actor_cast<caf::actor>(house().resets),
                      caf::actor_cast<caf::actor>(house().brokers.begin()->second)}) {
    caf::anon_send_exit(victim, caf::exit_reason::unhandled_exception);
    settle();
    go(3s);
    const auto after = status();
    CHECK(after.state == account_state_name::locked);
    REQUIRE(after.locks.size() == 1);
    CHECK(after.locks[0].attempts == before.locks[0].attempts);
    CHECK(after.locks[0].until == before.locks[0].until);
    CHECK(after.view->realized_day == venue.net);
    go(40s); // out of the restart policy's window
  }
  venue.place(side::buy, 1);
  go(2s);
  CHECK(flat());
}

TEST_CASE_FIXTURE(usual, "I6 the whole supervisor of the account may crash in the middle of a flatten") {
  venue.refuse = [&](const venue_request& r) -> std::optional<venue_answer> {
    return r.kind == request_kind::close_position ? std::optional{fake_port_script::refused(r, refusal::pending)} : std::nullopt;
  };
  lose();
  REQUIRE(venue.size == 2);
  for (auto* kind : {"desk", "enforcement"}) {
    auto& room = house().accounts.at(venue.account);
    caf::anon_send_exit(std::string{kind} == "desk" ? caf::actor_cast<caf::actor>(room.desk) : caf::actor_cast<caf::actor>(room.enforcement),
                        caf::exit_reason::unhandled_exception);
    settle();
    go(2s);
  }
  venue.refuse = nullptr;
  go(30s);
  CHECK(venue.size == 0);
  CHECK(locked_by("daily_loss_limit"));
}

TEST_CASE("I7 one reset per trading day, also when the service was down when it came (B9, N7, T3)") {
  with_file at;
  scenario s{usual_rules(), at.folder / "risk.db"};
  s.venue.place(side::buy, 2);
  s.settle();
  s.venue.set_price(price::whole(19860));
  s.go(3s);
  REQUIRE(s.locked_by("daily_loss_limit"));
  const auto until = s.status().locks[0].until;
  CHECK(until == timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 18} + 22h}); // 17:00 in New York
  SUBCASE("while it runs") {
    s.now = until - 1s;
    s.go(500ms);
    CHECK(s.locked_by("daily_loss_limit"));
    s.go(1s);
    CHECK_MESSAGE(s.status().state == account_state_name::active, s.status().why);
    CHECK(s.status().view->realized_day == money{});
    CHECK(s.status().view->realized_week == s.venue.net);
  }
  SUBCASE("while it is down") {
    s.stop();
    s.parts.storage.mirror = make_store_mirror();
    s.now = until + 3h;
    s.start();
    s.go(2s);
    CHECK(s.status().state == account_state_name::active);
    CHECK(s.status().view->realized_day == money{});
  }
  s.venue.place(side::buy, 1); // the new day begins with 500 to lose, not with what is left of yesterday
  s.go(2s);
  CHECK(s.venue.size == 1);
  // The PC's clock is set back: that is no second reset, and no way back into the old day, for the time is the venue's (B10).
  s.set_pc_clock(-1h);
  s.go(2s);
  CHECK_MESSAGE(s.status().state == account_state_name::active, s.status().why);
  auto page = s.ask_now<journal_page>(s.house().persistence, get_journal{});
  REQUIRE(page);
  int64_t daily = 0;
  for (auto& e : page->entries)
    daily += e.kind == "reset" && e.text.starts_with("daily");
  CHECK(daily == 2); // the first start of all, and the one that came
}

TEST_CASE_FIXTURE(usual, "I8 what cannot be understood makes the account say so until it is read anew") {
  venue.place(side::buy, 1);
  go(1s);
  venue.port->tell(venue.account, venue_nonsense{venue.account, simulated_venue::mnq, "a price is NaN", venue.seen()});
  settle();
  CHECK(status().state == account_state_name::not_evaluable);
  CHECK(status().why.find("NaN") != std::string::npos);
  venue.tell_quote();
  go(2s);
  CHECK(status().state == account_state_name::active);
}

TEST_CASE_FIXTURE(usual, "I8 blind: the account says so, and what the gap hid is read and judged") {
  venue.place(side::buy, 2);
  go(1s);
  venue.connect(link_status::blind, "the user hub is silent");
  settle();
  CHECK(status().state == account_state_name::blind);
  CHECK(status().why.find("silent") != std::string::npos);
  venue.set_price(price::whole(19860));
  go(1s);
  CHECK(venue.size == 0); // quotes still came: enforcement does not wait for the link's blessing
}

TEST_CASE("trade_frequency: the allowed trade stays, the next one within the interval does not") {
  scenario s{{{"trade_frequency", block({{"min_interval", "30m"}})}}};
  s.venue.place(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 1);
  REQUIRE(s.locked_by("trade_frequency"));
  CHECK(s.status().locks[0].mode == lock_mode::reduce_only);
  s.venue.place(side::buy, 2);
  s.go(3s);
  CHECK(s.venue.size == 1);
  CHECK(s.status().locks[0].attempts == 1);
  s.venue.place(side::sell, 1); // the exit is always allowed
  s.go(2s);
  CHECK(s.venue.size == 0);
  CHECK(s.status().locks[0].attempts == 1);
  s.venue.place(side::buy, 1, order_type::limit, price::whole(19000));
  s.go(2s);
  CHECK(s.venue.orders.empty());
  s.go(30min);
  CHECK(s.status().state == account_state_name::active);
  s.venue.place(side::buy, 1);
  s.go(2s);
  CHECK(s.venue.size == 1);
}

TEST_SUITE_END();
