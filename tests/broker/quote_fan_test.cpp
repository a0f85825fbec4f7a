// Who is told a quote, and when; and from whom it is kept because he rests.
#include "actors/broker/quote_fan.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace rm;
using namespace std::chrono_literals;

namespace {

constexpr account_id one{1}, two{2};
constexpr contract_id a{"A"}, b{"B"};

/// A fan of quotes for numbered desks, and what they have heard.
struct fan_world {
  quote_fan<int, quote> fan;
  std::map<int, std::vector<quote>> heard;
  timestamp now{std::chrono::hours{24 * 365 * 50}};
  int64_t steady = 0;
  std::map<contract_id, quote> newest;

  fan_world() {
    for (int i : {1, 2}) {
      fan.seat(account_id{i}, i);
      fan.want({account_id{i}, a});
    }
    fan.want({one, b});
  }
  auto teller() {
    return [this](int desk, const quote& what) { heard[desk].push_back(what); };
  }
  void say(const contract_id& contract, int64_t points) {
    quote q;
    q.contract = contract;
    q.last = price::whole(points);
    q.seen = {now, ++steady};
    newest[contract] = q;
    fan.add(q, q);
    work_off();
  }
  void work_off() {
    while (!fan.empty())
      fan.go_on(teller());
  }
  /// As an account says it that has heard all.
  rest_marks between(account_id account, int64_t low, int64_t high, uint64_t news = 0, const contract_id& contract = a) {
    rest_marks m{account, news, now + 1h, {}};
    m.marks.push_back({{contract, price::whole(low), price::whole(high)}, newest[contract].seen.steady_ns});
    return m;
  }
  void rest(const rest_marks& m) { fan.rest(m, teller()); }
  int64_t last(int desk) { return heard[desk].empty() ? 0 : heard[desk].back().last->units() / price::one; }
  std::size_t count(int desk) { return heard[desk].size(); }
};

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE_FIXTURE(fan_world, "who rests is not told what lies between his marks, and the first quote outside at once; then every one again") {
  say(a, 100);
  CHECK(count(1) == 1);
  rest(between(one, 95, 105));
  say(a, 104);
  say(a, 96);
  CHECK(count(1) == 1);
  CHECK(count(2) == 3); // has not said that it rests
  CHECK(fan.kept() == 2);
  say(a, 105); // exclusive
  CHECK(last(1) == 105);
  say(a, 100); // it has not rested since
  CHECK(last(1) == 100);
  CHECK(count(1) == 3);
}

TEST_CASE_FIXTURE(fan_world, "a quote outside ends the rest on all contracts") {
  say(a, 100);
  say(b, 50);
  auto m = between(one, 95, 105);
  m.marks.push_back(between(one, 40, 60, 0, b).marks.front());
  rest(m);
  say(a, 101), say(b, 51);
  CHECK(count(1) == 2);
  say(b, 60);
  REQUIRE(count(1) == 4); // what was kept of the other comes first: both count when the account is judged
  CHECK(heard[1][2].last == price::whole(101));
  CHECK(last(1) == 60);
  say(a, 102);
  CHECK(last(1) == 102);
}

TEST_CASE_FIXTURE(fan_world, "before other news of an account it hears what was kept, and then rests no more") {
  say(a, 100);
  rest(between(one, 95, 105));
  say(a, 101);
  say(a, 102);
  CHECK(last(1) == 100);
  CHECK(fan.before_news(one, teller()) == 1);
  CHECK(last(1) == 102);
  CHECK(count(1) == 2); // the newest only
  CHECK(fan.before_news(one, teller()) == 2);
  CHECK(count(1) == 2);
  say(a, 103);
  CHECK(last(1) == 103);
}

TEST_CASE_FIXTURE(fan_world, "a word that knows nothing of the newest news, or of the newest quote told, is out of date") {
  say(a, 100);
  const auto before = between(one, 95, 105);
  fan.before_news(one, teller());
  rest(before);
  say(a, 101);
  CHECK(last(1) == 101);
  rest(between(one, 95, 105, 1));
  say(a, 102);
  CHECK(last(1) == 101);
  say(a, 110);
  auto late = between(one, 95, 105, 1);
  say(a, 100);
  rest(late); // said before it heard the last one, which may have moved a peak
  say(a, 101);
  CHECK(last(1) == 101);
}

TEST_CASE_FIXTURE(fan_world, "where the newest mark lies outside already it is told at once") {
  say(a, 100);
  rest(between(one, 95, 105));
  say(a, 104);
  auto narrower = between(one, 98, 102);
  narrower.marks.front().heard_ns = 1; // the first quote
  rest(narrower);
  CHECK(last(1) == 104);
}

TEST_CASE_FIXTURE(fan_world, "who takes back that it rests hears at once what was kept") {
  say(a, 100);
  rest(between(one, 95, 105));
  say(a, 101);
  rest({one, 0, {}, {}});
  CHECK(last(1) == 101);
  say(a, 102);
  CHECK(last(1) == 102);
}

TEST_CASE_FIXTURE(fan_world, "one quote a second is told all the same, and it goes on resting") {
  say(a, 100);
  rest(between(one, 95, 105));
  now += 999ms;
  say(a, 101);
  CHECK(last(1) == 100);
  now += 1ms;
  say(a, 102);
  CHECK(last(1) == 102);
  say(a, 103);
  CHECK(last(1) == 102);
  now -= 1h; // and nobody waits for a time that has come back
  say(a, 104);
  CHECK(last(1) == 104);
}

TEST_CASE_FIXTURE(fan_world, "after the end of its time every quote is told") {
  say(a, 100);
  auto m = between(one, 95, 105);
  m.until = now + 100ms;
  rest(m);
  now += 99ms;
  say(a, 101);
  CHECK(last(1) == 100);
  now += 1ms;
  say(a, 102);
  say(a, 103);
  CHECK(last(1) == 103);
}

TEST_CASE_FIXTURE(fan_world, "a kept mark that nothing comes after is told within a second") {
  say(a, 100);
  rest(between(one, 95, 105));
  CHECK_FALSE(fan.keeps());
  say(a, 101);
  CHECK(fan.keeps());
  fan.look_at_kept(); // it may just have come
  work_off();
  CHECK(last(1) == 100);
  fan.look_at_kept();
  work_off();
  CHECK(last(1) == 101);
  CHECK(count(2) == 2); // knows it
  CHECK_FALSE(fan.keeps());
  say(a, 102);
  CHECK(last(1) == 101); // it rests
}

TEST_CASE_FIXTURE(fan_world, "a contract that was not named is told, and ends the rest; so does another desk") {
  say(a, 100);
  rest(between(one, 95, 105));
  say(b, 50);
  CHECK(last(1) == 50);
  say(a, 101);
  CHECK(last(1) == 101);
  rest(between(one, 95, 105));
  fan.seat(one, 3);
  REQUIRE(fan.desk_of(one));
  CHECK(*fan.desk_of(one) == 3);
  CHECK_FALSE(fan.desk_of(account_id{99}));
  say(a, 102);
  CHECK(last(3) == 102);
  fan.seat(one, 0);
  CHECK_FALSE(fan.desk_of(one));
  say(a, 103);
  CHECK(last(3) == 102);
}

TEST_CASE("whatever happens, nobody is behind the newest mark but while it lies between the marks of his newest word, and then for a second") {
  const auto seed = rm::test::seed_of_this_run();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(random); };
  fan_world w;
  uint64_t news = 0;
  std::optional<rest_marks> word; // the newest that was not ended
  int64_t mark = 100, kept_for = 0;
  const auto outside = [&] { return word && (price::whole(mark) <= word->marks.front().band.low || price::whole(mark) >= word->marks.front().band.high); };
  w.say(a, mark);
  for (int round = 0; round < 20'000; ++round) {
    w.now += std::chrono::milliseconds{pick(0, 200)};
    switch (pick(0, 9)) {
      case 0:
        news = w.fan.before_news(one, w.teller());
        CHECK(w.last(1) == mark);
        word.reset();
        break;
      case 1: case 2: // by what it has heard, which may not be the newest
        word = w.between(one, w.last(1) - pick(1, 6), w.last(1) + pick(1, 6), news);
        word->marks.front().heard_ns = w.heard[1].back().seen.steady_ns;
        w.rest(*word);
        if (outside())
          word.reset();
        break;
      default:
        mark += pick(-2, 2);
        w.say(a, mark);
        if (outside())
          word.reset();
        break;
    }
    REQUIRE((word || w.last(1) == mark));
    REQUIRE(w.newest[a].seen.utc - w.heard[1].back().seen.utc < 1s);
    kept_for += w.last(1) != mark;
  }
  CHECK(kept_for > 1000);
}

TEST_SUITE_END();
