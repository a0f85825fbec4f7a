#include "actors/timers/timer_wheel.hpp"
#include "tests/support/seed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <tuple>

using namespace rm;
using namespace std::chrono_literals;

namespace {

timestamp at(duration since) { return timestamp{1'760'000'000s} + since; }
arm_timer timer(int64_t account, std::string name, duration due, uint64_t generation = 1) {
  return {account_id{account}, std::move(name), generation, at(due)};
}
std::string names(const std::vector<timer_fired>& fired) {
  std::string out;
  for (const auto& f : fired)
    out += f.name;
  return out;
}

} // namespace

TEST_SUITE("timers") {
  TEST_CASE("what is due fires once, in order of due time, then of arming, never early") {
    timer_wheel wheel;
    wheel.arm(timer(1, "c", 30s));
    wheel.arm(timer(1, "a", 10s));
    wheel.arm(timer(2, "b", 10s));
    wheel.arm(timer(2, "d", 31s));
    CHECK(wheel.next_due() == at(10s));
    CHECK(wheel.list(1).size() == 1);
    CHECK(wheel.list(1).front().due == at(10s));
    CHECK(wheel.advance(at(10s) - 1ns).empty());
    CHECK(names(wheel.advance(at(10s))) == "ab"); // exactly due is due
    CHECK(wheel.advance(at(10s)).empty());
    const auto rest = wheel.advance(at(1h));
    CHECK(names(rest) == "cd");
    CHECK(rest[0].due == at(30s));
    CHECK(rest[0].now == at(1h));
    CHECK(rest[0].account == account_id{1});
    CHECK(wheel.size() == 0);
    CHECK_FALSE(wheel.has_armed());
  }

  TEST_CASE("arming the same account and name again replaces, also to an earlier time and a lower generation") {
    timer_wheel wheel;
    wheel.arm(timer(1, "lock", 10s, 5));
    wheel.arm(timer(2, "lock", 10s, 8)); // another account
    wheel.arm(timer(1, "lock", 20s, 6));
    CHECK(wheel.size() == 2);
    auto fired = wheel.advance(at(15s));
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].generation == 8);
    wheel.arm(timer(1, "lock", 16s, 1));
    fired = wheel.advance(at(16s));
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].generation == 1);
    CHECK(wheel.advance(at(1h)).empty());
  }

  TEST_CASE("a disarmed timer is gone, an unknown one is ignored") {
    timer_wheel wheel;
    wheel.arm(timer(1, "a", 1s));
    wheel.disarm({account_id{1}, "b"});
    wheel.disarm({account_id{2}, "a"});
    CHECK(wheel.size() == 1);
    wheel.disarm({account_id{1}, "a"});
    CHECK(wheel.size() == 0);
    CHECK(wheel.advance(at(1h)).empty());
  }

  TEST_CASE("a clock that jumps ahead fires all that fell due once; one that jumps back fires nothing early and loses nothing") {
    timer_wheel wheel;
    for (int i = 0; i < 100; ++i)
      wheel.arm(timer(i, "x", std::chrono::hours{i}));
    CHECK(wheel.advance(at(49h)).size() == 50); // a suspend of two days
    CHECK(wheel.advance(at(-1000h)).empty());
    CHECK(wheel.advance(at(49h)).empty());
    CHECK(wheel.advance(at(99h)).size() == 50);
  }

  TEST_CASE("a timer whose account is away waits for it, and can be replaced and disarmed meanwhile") {
    timer_wheel wheel;
    for (const char* name : {"a", "b", "c"})
      wheel.arm(timer(1, name, 1s, 3));
    for (const auto& f : wheel.advance(at(2s)))
      wheel.park(f);
    CHECK(wheel.parked() == 3);
    CHECK(wheel.advance(at(1h)).empty());
    wheel.disarm({account_id{1}, "a"});
    wheel.arm(timer(1, "b", 5h, 4));
    CHECK(wheel.parked() == 1);
    wheel.unpark(account_id{2});
    CHECK(wheel.parked() == 1);
    wheel.unpark(account_id{1});
    const auto fired = wheel.advance(at(2h));
    CHECK(names(fired) == "c");
    CHECK(fired.at(0).generation == 3);
    CHECK(fired.at(0).due == at(1s));
    CHECK(wheel.advance(at(5h)).at(0).generation == 4);
  }

  TEST_CASE("ten thousand timers, armed, replaced, disarmed and advanced at random, fire as a plain list would") {
    timer_wheel wheel;
    std::map<std::pair<int64_t, std::string>, std::pair<timestamp, uint64_t>> plain;
    std::mt19937 dice{7};
    const auto roll = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    timestamp now = at(0s);
    for (int step = 0; step < 30'000; ++step) {
      const int64_t account = roll(2000);
      const std::string name(1, static_cast<char>('a' + roll(10)));
      if (const int what = roll(10); what < 7) {
        const auto t = arm_timer{account_id{account}, name, static_cast<uint64_t>(step), now + std::chrono::milliseconds{roll(100'000) - 1000}};
        wheel.arm(t);
        plain[{account, name}] = {t.due, t.generation};
      } else if (what < 9) {
        wheel.disarm({account_id{account}, name});
        plain.erase({account, name});
      } else {
        now += std::chrono::milliseconds{roll(400) - 100};
        std::vector<std::pair<timestamp, uint64_t>> expected, got;
        std::erase_if(plain, [&](const auto& entry) {
          if (entry.second.first <= now)
            expected.push_back(entry.second);
          return entry.second.first <= now;
        });
        for (const auto& f : wheel.advance(now))
          got.emplace_back(f.due, f.generation);
        std::sort(expected.begin(), expected.end()); // the generation counts the armings
        REQUIRE(got == expected);
      }
      REQUIRE(wheel.size() == plain.size());
    }
    CHECK(plain.size() > 1000); // the test had something to do
  }

  TEST_CASE("the wheel fires what a sorted list would, whatever the clock does") {
    const auto seed = rm::test::seed_of_this_run();
    CAPTURE(seed);
    std::mt19937 dice{seed};
    const auto roll = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>{low, high}(dice); };
    timer_wheel wheel;
    std::map<std::pair<account_id, std::string>, std::pair<timestamp, int>> reference;
    timestamp now = at(0s);
    for (int step = 0; step < 20'000; ++step) {
      const account_id account{roll(1, 3)};
      const auto name = std::to_string(roll(1, 20));
      const int64_t scales[] = {1'000, 20'000'000, 1'000'000'000, 3'600'000'000'000, 86'400'000'000'000, 31'536'000'000'000'000};
      const auto some = [&] { return duration{roll(0, 100) * scales[roll(0, 5)] / 10}; };
      if (roll(1, 3) > 1) {
        const auto due = roll(1, 500) == 1 ? timestamp::max() : now + some() - some() / 20;
        wheel.arm({account, name, 1, due});
        reference[{account, name}] = {due, step};
      } else if (roll(1, 3) == 1) {
        wheel.disarm({account, name});
        reference.erase({account, name});
      } else {
        now += roll(1, 10) == 1 ? -some() / 200 : some() / 40; // over all steps far from the end of what a timestamp can hold
        std::vector<std::tuple<timestamp, int, std::string>> expected;
        for (auto& [owner, t] : reference)
          if (t.first <= now)
            expected.emplace_back(t.first, t.second, owner.second);
        std::sort(expected.begin(), expected.end());
        const auto fired = wheel.advance(now);
        REQUIRE(fired.size() == expected.size());
        for (std::size_t i = 0; i < fired.size(); ++i) {
          REQUIRE(fired[i].due == std::get<0>(expected[i]));
          REQUIRE(fired[i].name == std::get<2>(expected[i]));
          reference.erase({fired[i].account, fired[i].name});
        }
      }
      REQUIRE(wheel.size() == reference.size());
    }
  }
}
