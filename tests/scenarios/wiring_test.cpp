// I9, made from the catalogue: in the running service each event that a rule declares really reaches the rule, and what nobody declares
// leads somewhere all the same.
#include "tests/rules/views.hpp"
#include "tests/support/restartable.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

/// Limits that a day with 1 000 dollars up and down comes near to, or over.
parameter block_for(const std::string& rule) {
  if (rule == "max_exposure")
    return map({{"limit", text("81000")}}); // two MNQ at 20 125 are worth 80 500
  if (rule == "trading_hours" || rule == "session_block")
    return sample_block(rule);
  return sample_block(rule, "500");
}

/// All that can happen on a day: orders, fills, positions, prices up and down, the venue's word about the account.
void play_a_day(restartable& s) {
  s.venue.place(side::buy, 1, order_type::limit, price::whole(19000));
  s.order(side::buy, 2);
  s.venue.place(side::sell, 2, order_type::stop, price::whole(19000));
  s.go(1s);
  for (const char* at : {"20023", "20060", "20125", "20227", "20260", "20400"})
    s.trade_to(at);
  s.venue.tell_account();
  s.go(2s);
}

} // namespace

TEST_SUITE_BEGIN("scenarios");

TEST_CASE("I9 N1 N5 every rule of the catalogue runs, and hears of each event that it says it needs") {
  for (const auto& entry : rule_catalogue()) {
    CAPTURE(entry.name);
    restartable s{{{entry.name, block_for(entry.name)}}};
    play_a_day(s);
    const auto actor = s.house().accounts.at(s.venue.account).rules.at(rule_name{entry.name});
    const auto status = s.status(); // looked at by people, a rule is asked about the time, too
    const auto described = s.ask_now<description>(actor, describe{});
    REQUIRE(described);
    REQUIRE(status.rules.size() == 1);
    const auto& row = status.rules[0];
    for (const wake needed : entry.wakes) {
      const std::string name{name_of(needed)};
      CAPTURE(name);
      CHECK(std::any_of(described->detail.begin(), described->detail.end(), [&](auto& d) { return d.starts_with("newest " + name + " 2026"); })); // the rule itself
      CHECK(row.events.contains(name)); // and what people are shown
      CHECK(std::find(row.needs.begin(), row.needs.end(), name) != row.needs.end());
    }
    CHECK(row.needs.size() == entry.wakes.size());
    CHECK(row.number == entry.number);
    CHECK(row.level != level::not_evaluable);
    CHECK(s.now - row.evaluated < 1s);
  }
}

TEST_CASE("N2 every kind of event that an account tells its rules is declared by one, or asked of all") {
  std::set<wake> heard{wake::reset, wake::settings}; // of these and of the clock every rule is asked
  for (const auto& entry : rule_catalogue())
    heard.insert(entry.wakes.begin(), entry.wakes.end());
  CHECK(heard.size() == wake_count);
}

TEST_CASE("N8 a rule that crashes while prices fall is started again, said in the journal, and judges what it missed") {
  restartable s{{{"daily_loss_limit", block({{"limit", "300"}})}, {"max_contracts", block({{"limit", "5"}})}}};
  s.order(side::buy, 2);
  const auto victim = s.house().accounts.at(s.venue.account).rules.at("daily_loss_limit");
  caf::anon_send_exit(caf::actor_cast<caf::actor>(victim), caf::exit_reason::unhandled_exception);
  s.settle();
  s.venue.set_price(price::whole(20040)); // nobody there to see it
  s.settle();
  s.go(3s);
  CHECK(s.venue.size == 0);
  CHECK(s.lock_of("daily_loss_limit"));
  const auto crashes = s.journal("crash");
  REQUIRE(crashes.size() == 1);
  CHECK(crashes[0].text.find("daily_loss_limit") != std::string::npos);
}

TEST_SUITE_END();
