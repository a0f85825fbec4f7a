// The account's balance against its trades: what the venue's lists lack is found, booked where commissions explain it, and said.
#include "desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace rm;
using namespace rm::test;

namespace {

/// A venue that keeps a balance, and whose lists may lack commissions.
struct bank : desk {
  money balance = dollars("50000");
  std::vector<trade_update> told;

  bank() = default;
  explicit bank(const desk& from) : desk(from) {}

  /// An entry or exit that the list tells, or the stream.
  trade_update pay(int64_t order, side s, int64_t size, const char* profit, const char* commission, bool tell_commission) {
    auto t = trade(order, s, size, "20000", profit);
    t.commissions = dollars(commission) * size;
    balance += t.profit_and_loss.value_or(money{}) - t.fees - *t.commissions;
    if (!tell_commission)
      t.commissions.reset();
    told.push_back(t);
    return t;
  }
  venue_snapshot whole() {
    int64_t size = 0;
    for (auto& t : told)
      if (!t.voided)
        size += sign_of(t.side) * t.size;
    auto r = reading({}, {}, told);
    if (size != 0)
      r.positions.push_back(position(size, "20000"));
    r.has_account = true;
    r.info.account = our_account;
    r.info.balance = balance;
    return r;
  }
  /// Two whole readings in a row, when what the first one brought has had its time: what both say counts.
  void read_twice() {
    hear(whole());
    pass(6s);
    hear(whole());
    pass(3s);
    hear(whole());
  }
  std::vector<std::string> lines(const std::string& kind) const {
    std::vector<std::string> out;
    for (auto& e : only<journal_entry>(all))
      if (e.kind == kind)
        out.push_back(e.text);
    return out;
  }
  std::string alarm_text() const {
    for (auto& a : mind.status().alarms)
      if (a.key == "balance")
        return a.what;
    return "";
  }
  money day() const { return mind.books().realized_day(); }
};

/// One that has begun and knows its balance.
struct known_bank : bank {
  known_bank() {
    start(whole());
    read_twice();
    REQUIRE(mind.books().expected_balance() == balance);
  }
};

bank started_again(const bank& b) {
  bank out{b.restarted()};
  out.balance = b.balance;
  out.told = b.told;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE_FIXTURE(known_bank, "I5 a balance that moves as the trades do is nobody's business") {
  hear(pay(1, side::buy, 2, nullptr, "0.25", true));
  hear(pay(2, side::sell, 2, "-40", "0.25", true));
  read_twice();
  CHECK(mind.books().expected_balance() == balance);
  CHECK(day() == balance - dollars("50000"));
  CHECK(lines("adjustment").empty());
  CHECK_FALSE(alarm("balance"));
}

TEST_CASE_FIXTURE(known_bank, "I5 N10 commissions that nobody tells are read off the balance, booked, journalled, and an alarm has both figures") {
  pay(1, side::buy, 2, nullptr, "0.37", false); // while nobody listened: only the list has them
  pay(2, side::sell, 2, "10", "0.37", false);
  hear(whole());
  pass(6s);
  hear(whole());
  CHECK(day() == dollars("8.56")); // without commissions: not believed before it was read twice
  pass(3s);
  hear(whole());
  CHECK(day() == balance - dollars("50000"));
  CHECK(day() == dollars("7.08"));
  CHECK(mind.books().realized_week() == day());
  REQUIRE(lines("adjustment").size() == 1);
  CHECK(lines("adjustment")[0] == "-1.48 booked for commissions that the venue has not told: the account's balance is 50007.08, by its trades it would be 50008.56");
  CHECK(alarm_text().find("50007.08") != std::string::npos);
  CHECK(alarm_text().find("50008.56") != std::string::npos);
  read_twice();
  read_twice();
  CHECK(lines("adjustment").size() == 1); // once
  SUBCASE("killed and started again it is booked still, and once") {
    bank again = started_again(*this);
    again.start(again.whole());
    again.read_twice();
    CHECK(again.day() == dollars("7.08"));
    CHECK(again.mind.books().expected_balance() == balance);
    CHECK(again.lines("adjustment").empty());
  }
  SUBCASE("the next day begins without it, the week keeps it, and the alarm is over") {
    next_day();
    CHECK(day() == money{});
    CHECK(mind.books().realized_week() == dollars("7.08"));
    CHECK_FALSE(alarm("balance"));
    read_twice();
    CHECK(lines("adjustment").size() == 1);
  }
  SUBCASE("the real commissions come after all: the booking is taken back") {
    for (auto t : told) {
      t.commissions = dollars("0.74");
      hear(t);
    }
    for (auto& t : told)
      t.commissions = dollars("0.74");
    read_twice();
    CHECK(day() == dollars("7.08"));
    CHECK(mind.books().expected_balance() == balance);
  }
  SUBCASE("a trade is voided: the balance moves, and so do we") {
    told[0].voided = told[1].voided = true;
    for (auto& t : told)
      hear(t);
    balance = dollars("50000");
    read_twice();
    CHECK(day() == money{});
    CHECK(mind.books().expected_balance() == balance);
  }
}

TEST_CASE_FIXTURE(known_bank, "I5 an estimated commission that was too high is given back, a payout is not taken for one") {
  hear(pay(1, side::buy, 1, nullptr, "0.50", true)); // the stream shows a rate …
  pay(2, side::sell, 1, "10", "0.20", false);        // … that the next one does not pay
  read_twice();
  CHECK(day() == balance - dollars("50000"));
  CHECK(lines("adjustment").size() == 1);
  balance -= dollars("2000");
  read_twice();
  CHECK(day() == balance + dollars("2000") - dollars("50000")); // no loss of the day: nothing is locked for it
  REQUIRE(lines("adjustment").size() == 2);
  CHECK(lines("adjustment")[1].starts_with("none booked"));
  CHECK(alarm("balance"));
  hear(pay(3, side::buy, 1, nullptr, "0.50", true)); // and from there on it is watched again
  read_twice();
  CHECK(mind.books().expected_balance() == balance);
  CHECK(lines("adjustment").size() == 2);
}

TEST_CASE_FIXTURE(known_bank, "I5 more is never given back than was taken for commissions that nobody has told") {
  hear(pay(1, side::buy, 1, nullptr, "0.50", true));
  pay(2, side::sell, 1, "10", "0.50", false);
  const auto by_trades = balance;
  balance += dollars("3"); // somebody's gift, and no commission
  read_twice();
  CHECK(day() == by_trades - dollars("50000"));
  REQUIRE(lines("adjustment").size() == 1);
  CHECK(lines("adjustment")[0].starts_with("none booked"));
}

TEST_CASE_FIXTURE(known_bank, "I5 a list that lags behind the balance, or the balance behind the list, books nothing") {
  auto late = pay(1, side::buy, 2, nullptr, "0.25", false);
  told.clear();
  hear(whole()); // the balance has it, the list does not
  told.push_back(late);
  pass(3s);
  hear(late);
  read_twice();
  const auto booked = day();
  CHECK(booked == balance - dollars("50000"));
  read_twice();
  CHECK(day() == booked);
  CHECK_FALSE(alarm_text().find("do not explain") != std::string::npos);
}

TEST_CASE("I5 a balance that is as old in two lists as its venue's lag takes no trade into itself, nor out") {
  bank b;
  b.start(b.whole());
  const auto old = b.balance; // lists show what was 3 s ago
  const auto read = [&](money shown) {
    auto list = b.whole();
    list.info.balance = shown;
    b.hear(list);
  };
  SUBCASE("when it is read for the first time") {
    b.hear(b.pay(1, side::buy, 2, nullptr, "0.25", true));
    b.hear(b.pay(2, side::sell, 2, "-2", "0.25", true));
    b.pass(1s);
    read(old);
    b.pass(1500ms);
    read(old);
  }
  SUBCASE("and later") {
    b.read_twice();
    REQUIRE(b.mind.books().expected_balance() == b.balance);
    const auto before = b.balance;
    b.hear(b.pay(1, side::buy, 2, nullptr, "0.25", true));
    b.pass(1s);
    read(before);
    b.pass(1500ms);
    read(before);
  }
  b.pass(1s);
  b.read_twice();
  b.read_twice();
  CHECK(b.day() == b.balance - dollars("50000"));
  CHECK(b.mind.books().expected_balance() == b.balance);
  CHECK(b.lines("adjustment").empty());
  CHECK_FALSE(b.alarm("balance"));
  b.hear(b.pay(3, side::buy, 1, nullptr, "0.25", true)); // and the reference is the right one
  b.read_twice();
  CHECK(b.mind.books().expected_balance() == b.balance);
  CHECK(b.lines("adjustment").empty());
}

TEST_CASE_FIXTURE(known_bank, "a balance that comes by itself and does not fit has the account read, once it had time to fit") {
  all.clear();
  account_update news;
  news.account = our_account;
  news.balance = dollars("49999");
  news.seen = seen();
  hear(news);
  pass(1s);
  CHECK(only<read_venue>(all).empty());
  pass(15s);
  const auto asked = only<read_venue>(all);
  CHECK(std::any_of(asked.begin(), asked.end(), [](auto& r) { return r.what.info && r.what.trades; }));
}

TEST_CASE_FIXTURE(known_bank, "nobody reads for the balance's sake what could not count yet: it would use up the budget of the audits") {
  pass(20s);
  hear(pay(1, side::buy, 1, nullptr, "0.25", true));
  hear(pay(2, side::sell, 1, "5", "0.25", true));
  all.clear();
  account_update news;
  news.account = our_account;
  news.balance = dollars("49999");
  news.seen = seen();
  hear(news);
  const auto read_for_it = [&] {
    const auto asked = only<read_venue>(all);
    return std::any_of(asked.begin(), asked.end(), [](auto& r) { return r.what.info && r.what.trades; });
  };
  pass(4s);
  CHECK_FALSE(read_for_it());
  pass(12s);
  CHECK(read_for_it());
}

TEST_CASE_FIXTURE(known_bank, "a balance that nobody can have is not believed, and nothing throws") {
  for (const auto absurd : {std::numeric_limits<int64_t>::max(), -std::numeric_limits<int64_t>::max()}) {
    auto r = whole();
    r.info.balance = money::from_units(absurd);
    hear(r);
    pass(3s);
    hear(r);
  }
  CHECK(lines("adjustment").empty());
  CHECK(mind.books().expected_balance() == balance);
}

TEST_CASE("trades from before the first reading cost what they cost: the balance says nothing of them") {
  bank b;
  b.pay(1, side::buy, 1, nullptr, "0.37", false);
  b.start(b.whole());
  b.read_twice();
  CHECK(b.day() == dollars("-0.36"));
  CHECK(b.lines("adjustment").empty());
  b.hear(b.pay(2, side::sell, 1, "5", "0.37", true)); // now the rate is known, and the entry has paid it, too
  b.read_twice();
  CHECK(b.day() == b.balance - dollars("50000"));
  CHECK(b.lines("adjustment").empty());
}

TEST_CASE("a configured commission stands in where no trade has shown one, until one does") {
  ledger books{[](const contract_id&, timestamp, timestamp) { return true; }, {{symbol_name{"MNQ"}, dollars("0.40")}}};
  books.begin_week(week_start);
  books.begin_day(day_start);
  desk d;
  auto unknown = d.trade(1, side::buy, 2, "20000");
  unknown.commissions.reset();
  books.apply(unknown);
  CHECK(books.realized_day() == dollars("-1.52")); // two fees of 0.36, two times 0.40
  CHECK(books.find(unknown.id)->estimated);
  books.apply(d.trade(2, side::buy, 1, "20000")); // 0.25 a contract
  CHECK(books.realized_day() == dollars("-1.83"));
  auto other = d.trade(3, side::buy, 1, "6000", nullptr, es);
  other.commissions.reset();
  books.apply(other);
  CHECK(books.realized_day() == dollars("-2.19"));
  CHECK_FALSE(books.find(other.id)->commissions);
}

TEST_CASE("a week later the balance still stands where its trades have put it") {
  bank b;
  b.start(b.whole());
  b.read_twice();
  b.pay(1, side::buy, 1, nullptr, "0.37", false);
  b.pay(2, side::sell, 1, "100", "0.37", false);
  b.read_twice();
  REQUIRE(b.lines("adjustment").size() == 1);
  b.now = week_end + 1s;
  b.reset(reset_kind::weekly, "2025-12-09", week_end, week_end + std::chrono::days{7});
  b.reset(reset_kind::daily, "2025-12-09", week_end, week_end + std::chrono::days{1});
  b.told.clear(); // the list begins with the week
  b.read_twice();
  CHECK(b.mind.books().expected_balance() == b.balance);
  CHECK(b.lines("adjustment").size() == 1);
  bank again = started_again(b);
  again.start(again.whole());
  CHECK(again.mind.books().expected_balance() == b.balance);
}

TEST_CASE("I6 the patience with an account that cannot be judged does not begin anew with every start") {
  desk first;
  first.start(first.reading({first.position(2, "20000")}));
  first.all_fine();
  first.link(link_status::blind);
  first.pass(1s);
  for (int i = 0; i < 40; ++i)
    first.pass(1s);
  CHECK(first.enforced() == 0);
  desk second = first.restarted();
  second.pass(1s);
  second.start(second.reading({second.position(2, "20000")}));
  second.link(link_status::blind);
  for (int i = 0; i < 17; ++i)
    second.pass(1s);
  CHECK(second.enforced() == 0);
  for (int i = 0; i < 5; ++i)
    second.pass(1s);
  CHECK(second.enforced() == 1);
  CHECK(second.newest_enforce().goal.flat);

  desk third = first.restarted(); // after a long while, and everything comes up as it should: nothing is flattened for the time away
  third.now += 2h;
  third.pass(1s);
  third.start(third.reading({third.position(2, "20000")}));
  third.pass(1s); // no rule has spoken yet
  third.quote_at("20000");
  third.all_fine();
  third.pass(1s);
  third.pass(60s);
  CHECK(third.enforced() == 0);
}

TEST_CASE("I6 a warning that was given is not given again after a restart, before its measure has left it") {
  desk first;
  first.start();
  auto warned = first.says("daily_loss_limit", level::warn);
  warned.rung = 800'000;
  warned.fraction = 820'000;
  first.tell(warned);
  desk second = first.restarted();
  second.start();
  second.take(second.mind.on_rules_started({"daily_loss_limit"}));
  auto trembling = second.says("daily_loss_limit", level::ok); // at 75 %: the rule itself does not know of the rung any more
  trembling.fraction = 750'000;
  second.tell(trembling);
  second.all.clear();
  second.tell(warned);
  const auto notes = only<journal_entry>(second.all);
  CHECK(std::none_of(notes.begin(), notes.end(), [](auto& e) { return e.kind == "verdict"; }));
  trembling.fraction = 700'000; // left
  second.tell(trembling);
  second.tell(warned);
  const auto more = only<journal_entry>(second.all);
  CHECK(std::count_if(more.begin(), more.end(), [](auto& e) { return e.kind == "verdict"; }) == 1);
}

TEST_CASE("I6 the last hour's trades are known after a restart, also when a week has begun within it") {
  desk first;
  first.start();
  first.now = week_end - 30min;
  first.hear(first.trade(1, side::buy, 1, "20000"));
  first.now = week_end + 1min;
  first.reset(reset_kind::weekly, "2025-12-09", week_end, week_end + std::chrono::days{7});
  first.reset(reset_kind::daily, "2025-12-09", week_end, week_end + std::chrono::days{1});
  REQUIRE(first.mind.books().recent_trades().size() == 1);
  CHECK(first.mind.books().trades_today().empty());
  std::erase_if(first.disk.trades, [](auto& t) { return t.executed < week_end; }); // as they are loaded
  const desk second = first.restarted();
  CHECK(second.mind.books().recent_trades() == first.mind.books().recent_trades());
  CHECK(second.mind.books().trades_today().empty());
}

TEST_SUITE_END();
