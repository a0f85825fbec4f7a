#include "actors/broker/reconnect.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace rm;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("broker");

TEST_CASE("retries: at once, then doubled up to 30 s, for ever") {
  reconnect r;
  std::vector<duration> waits;
  for (int i = 0; i < 9; ++i)
    waits.push_back(r.on_down(0, 0));
  CHECK(waits == std::vector<duration>{100ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s});
  for (int i = 0; i < 5000; ++i)
    CHECK(r.on_down(0, 0) == 30s);
}

TEST_CASE("what stood for 30 s has settled; its loss is no part of a series") {
  reconnect r;
  CHECK_FALSE(r.has_settled(1'000'000'000'000));
  r.on_up(0);
  CHECK_FALSE(r.has_settled(29'999'999'999));
  CHECK(r.has_settled(30'000'000'000));
  r.on_down(30'000'000'000, 0);
  CHECK_FALSE(r.has_settled(100'000'000'000));
}

TEST_CASE("chance shortens a wait by at most a half") {
  for (uint64_t chance : {uint64_t{0}, uint64_t{1}, uint64_t{499'999'999}, uint64_t{500'000'000}, UINT64_MAX, uint64_t{123456789123}}) {
    reconnect r;
    r.on_down(0, 0);
    const duration wait = r.on_down(0, chance);
    CHECK(wait >= 500ms);
    CHECK(wait <= 1s);
  }
}

TEST_CASE("a connection that is lost again and again soon does not start anew") {
  reconnect r;
  r.on_down(0, 0);
  r.on_up(0);
  CHECK(r.on_down(duration{2s}.count(), 0) == 1s);
  r.on_up(duration{3s}.count());
  CHECK(r.on_down(duration{4s}.count(), 0) == 2s);
}

TEST_CASE("a connection that lived for half a minute starts anew") {
  reconnect r;
  for (int i = 0; i < 5; ++i)
    r.on_down(0, 0);
  r.on_up(0);
  CHECK(r.on_down(duration{30s}.count(), 0) == 100ms);
}

TEST_CASE("another session: 30 s, doubled up to 5 min, and never less") {
  reconnect r;
  int64_t now = 0;
  for (duration least : {duration{30s}, duration{60s}, duration{120s}, duration{240s}, duration{5min}, duration{5min}}) {
    const duration wait = r.on_conflict(now, 987654321987);
    CHECK(wait >= least);
    CHECK(wait <= least + 100ms);
    now += wait.count();
    r.on_up(now);
    now += duration{10s}.count();
  }
  now += duration{10min}.count();
  CHECK(r.on_conflict(now, 0) == 30s);
}

TEST_SUITE_END();
