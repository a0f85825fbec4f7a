// How far the account lets marks go before it wants to hear of them, and when it does not rest at all.
#include "tests/account/desk.hpp"

#include <doctest/doctest.h>

using namespace rm;
using namespace rm::test;

namespace {

/// An account with rules that have bands, and what it tells its broker.
struct resting_desk : desk {
  std::optional<rest_marks> told; // as the broker has it
  uint64_t news = 0;
  money low = dollars("-100"), high = dollars("200");

  resting_desk() { start(reading()); }

  /// What follows from the newest call.
  std::optional<rest_marks> wanted() {
    auto now = mind.rest_wanted();
    if (now && now->marks.empty())
      told.reset();
    else if (now)
      told = now;
    return now;
  }
  template <class News>
  void tell_news(News what) {
    told.reset();
    take(mind.on_event(venue_event{std::move(what), ++news}));
  }
  void loss_rule_speaks() {
    auto v = says("daily_loss_limit", level::ok);
    v.sequence = uint64_t{1} << 50;
    v.has_band = true;
    v.band.low = low;
    v.band.high = high;
    v.band.until = timestamp::max();
    tell(v);
  }
  void rules_speak() {
    loss_rule_speaks();
    auto v = says("trade_frequency", level::ok);
    v.has_band = true;
    v.band.low = money::from_units(INT64_MIN);
    v.band.high = money::from_units(INT64_MAX);
    v.band.until = timestamp::max();
    tell(v);
  }
  /// Two long, at 20000 and 6000; everything has spoken. The day's peak is high above.
  void open_both() {
    tell_news(position(2, "20000"));
    tell_news(trade(1, side::buy, 2, "20000"));
    tell_news(position(-1, "6000", es));
    tell_news(trade(2, side::sell, 1, "6000", nullptr, es));
    quote_at("20100"); // a peak: 400
    quote_at("6000", es);
    rules_speak();
    quote_at("20000");
    rules_speak();
  }
  const mark_band* of(const contract_id& contract) const {
    if (told)
      for (auto& m : told->marks)
        if (m.band.contract == contract)
          return &m.band;
    return nullptr;
  }
};

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(resting_desk, "at the far ends of all its marks at once the account is still where nothing happens") {
  open_both();
  REQUIRE(wanted());
  CHECK(told->heard == news);
  REQUIRE(of(mnq));
  REQUIRE(of(es));
  const auto worth = [&](price a, price b) {
    return mind.books().realized_day() + value_of_move(points("20000"), a, 2, points("0.25"), dollars("0.5")) +
           value_of_move(points("6000"), b, -1, points("0.25"), dollars("12.5"));
  };
  const auto inner = [](price at, int way) { return price::from_units(at.units() + way); };
  const money worst = worth(inner(of(mnq)->low, 1), inner(of(es)->high, -1)), best = worth(inner(of(mnq)->high, -1), inner(of(es)->low, 1));
  CHECK(worst > low);
  CHECK(best < high);
  CHECK(best - worst > dollars("250")); // of 300: hardly anything is given away
  CHECK_FALSE(wanted());                // said once
}

TEST_CASE_FIXTURE(resting_desk, "a new peak is never missed") {
  low = dollars("-5000"), high = dollars("5000");
  open_both();
  quote_at("20100"); // at its peak, but for the commissions of the second trade
  REQUIRE(wanted());
  const auto peak = mind.status().view->peak_day;
  const money room = peak - mind.books().realized_day() - dollars("400");
  CHECK(value_of_move(points("20100"), price::from_units(of(mnq)->high.units() - 1), 2, points("0.25"), dollars("0.5")) <= room);
  quote_at("20101");
  CHECK(wanted()); // said anew, from there on
  CHECK(mind.status().view->peak_day > peak);
}

TEST_CASE_FIXTURE(resting_desk, "a quote inside changes nothing, one outside ends it") {
  open_both();
  REQUIRE(wanted());
  now += 1s;
  quote_at("20001");
  CHECK_FALSE(wanted());
  now += 1s;
  quote_at("20020"); // all still rest, with the rest of the room
  CHECK(wanted());
  CHECK(of(mnq)->high.units() > points("20020").units());
}

TEST_CASE_FIXTURE(resting_desk, "it does not rest while a rule has yet to answer, and after that it does") {
  open_both();
  REQUIRE(wanted());
  tell_news(order(9, order_status::open, side::buy, 1, order_type::limit)); // no rule here waits for orders
  CHECK(wanted());
  tell_news(trade(3, side::sell, 1, "20000", "10"));
  CHECK_FALSE(wanted());
  tell_news(position(1, "20000"));
  CHECK_FALSE(wanted());
  loss_rule_speaks();
  CHECK_FALSE(wanted());
  rules_speak();
  CHECK(wanted());
}

TEST_CASE_FIXTURE(resting_desk, "whoever cannot be judged, is locked or has an open case does not rest") {
  open_both();
  REQUIRE(wanted());
  SUBCASE("the link is gone") { link(link_status::blind); }
  SUBCASE("something was not understood") { hear(venue_nonsense{our_account, mnq, "a NaN", seen()}); }
  SUBCASE("a price is stale") {
    now += 25s;
    quote_at("20000");
    pass(1s);
  }
  SUBCASE("a lock") { tell(loss_breach()); }
  SUBCASE("by hand") {
    lock_order o;
    o.account = our_account;
    o.mode = lock_mode::reduce_only;
    o.length = 5min;
    o.by = "me", o.reason = "news", o.now = now;
    std::string refused;
    take(mind.on_lock(o, refused));
    REQUIRE(refused.empty());
  }
  SUBCASE("a case") {
    flatten_order o;
    o.account = our_account;
    o.by = "me", o.reason = "news", o.now = now;
    std::string refused;
    take(mind.on_flatten(o, refused));
  }
  SUBCASE("position and trades disagree") { take(mind.on_event({position(3, "20000")})); }
  SUBCASE("a rule was started again") { take(mind.on_rules_started({rule_name{"daily_loss_limit"}})); }
  SUBCASE("a new day, until the rules have spoken") { next_day(); }
  SUBCASE("a rule without a band") { tell(says("daily_loss_limit", level::ok)); }
  const auto said = wanted();
  REQUIRE(said);
  CHECK(said->marks.empty());
  CHECK_FALSE(wanted());
}

TEST_CASE_FIXTURE(resting_desk, "a narrower band takes back what was said, a wider one does not") {
  open_both();
  REQUIRE(wanted());
  const auto before = *of(mnq);
  low = dollars("-1000");
  loss_rule_speaks();
  CHECK_FALSE(wanted());
  low = dollars("-30");
  loss_rule_speaks();
  REQUIRE(wanted());
  CHECK(of(mnq)->low > before.low);
}

TEST_CASE_FIXTURE(resting_desk, "quotes that come too often say that the broker did not take it: it is said again") {
  open_both();
  REQUIRE(wanted());
  for (int i = 0; i < 3; ++i) {
    quote_at("20001");
    CHECK_FALSE(wanted());
  }
  quote_at("20001");
  quote_at("20001");
  CHECK(wanted());
}

TEST_CASE_FIXTURE(resting_desk, "another broker knows nothing of it") {
  open_both();
  REQUIRE(wanted());
  take(mind.on_start());
  CHECK_FALSE(wanted()); // the venue has to be read first
  tell_news(link_changed{"topstepx", link_status::live, ++generation, "", seen()});
  news = 1;
  tell_news(reading({position(2, "20000"), position(-1, "6000", es)}));
  quote_at("20000");
  rules_speak();
  REQUIRE(wanted());
  CHECK(told->heard == 2);
}

TEST_SUITE_END();
