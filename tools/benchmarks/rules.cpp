// All 21 rules of one account on one event, in process, and how often that takes memory.
// Prints one JSON object: every rule really asked (the whole), and the same quote through the guard, which skips rules inside their bands.
#include "tools/benchmarks/trading_day.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

int64_t allocations = 0; // one thread only

} // namespace

// Not inline: the compiler would take a delete for one that does not fit its new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* out = std::malloc(size ? size : 1))
    return out;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size ? size : 1);
}
[[gnu::noinline]] void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace rm;
using namespace rm::bench;

namespace {

using steady = std::chrono::steady_clock;

struct figures {
  std::vector<int64_t> ns;
  int64_t allocations = 0;

  void print(const char* before) {
    std::sort(ns.begin(), ns.end());
    std::printf("%s\"median\":%lld,\"p99\":%lld,\"max\":%lld,\"count\":%zu,\"allocations\":%.4f", before, static_cast<long long>(ns[ns.size() / 2]),
                static_cast<long long>(ns[ns.size() * 99 / 100]), static_cast<long long>(ns.back()), ns.size(),
                static_cast<double>(allocations) / static_cast<double>(ns.size()));
  }
};

/// Runs `step(i)` `count` times after a tenth of that, and notes what each took; the reading of the clock is part of it.
template <class Step>
figures measure(int64_t count, Step step) {
  figures out;
  out.ns.reserve(static_cast<std::size_t>(count));
  for (int64_t i = 0; i < count / 10 + 200; ++i)
    step(i);
  const auto before = allocations;
  auto last = steady::now();
  for (int64_t i = 0; i < count; ++i) {
    step(i);
    const auto now = steady::now();
    out.ns.push_back((now - last).count());
    last = now;
  }
  out.allocations = allocations - before;
  return out;
}

} // namespace

/// bench-rules [EVENTS]
int main(int argc, char** argv) {
  const int64_t events = argc > 1 ? std::atoll(argv[1]) : 200'000;
  desk account{account_id{126244}};
  account.open();
  if (!account.is_calm()) {
    std::fprintf(stderr, "bench-rules: the account is not as it should be\n");
    for (auto& r : account.mind().status().rules)
      std::fprintf(stderr, "  %s: %s %s\n", r.rule.str().c_str(), std::string{name_of(r.level)}.c_str(), r.reason.c_str());
    return 1;
  }
  const auto market = two_markets()[0];

  // The views that quotes would give, made before; as many as the guard uses in turn.
  std::vector<std::shared_ptr<const account_view>> views;
  std::vector<venue_event> quotes;
  for (int i = 0; i < 4; ++i) {
    const price mark = market.mark + market.spec.tick_size * i;
    quote q;
    q.contract = market.spec.id;
    q.last = mark;
    q.seen = {noon + std::chrono::milliseconds{i}, 1000 + i};
    quotes.push_back({q});
    account.hear(quotes.back());
    views.push_back(std::make_shared<account_view>(*account.mind().status().view));
  }
  int64_t spoken = 0;
  auto asked = measure(events, [&](int64_t i) {
    const auto& view = *views[static_cast<std::size_t>(i) % views.size()];
    for (auto& [name, rule] : account.rules()) {
      const verdict said = judge(*rule, name, view);
      spoken += said.level == level::ok;
    }
  });
  const auto questions = account.asked();
  auto guarded = measure(events, [&](int64_t i) { account.hear(quotes[static_cast<std::size_t>(i) % quotes.size()]); });
  asked.print("{");
  guarded.print(",\"through_guard\":{");
  std::printf(",\"rules_asked\":%.3f},\"rules\":%zu}\n", static_cast<double>(account.asked() - questions) / static_cast<double>(events), account.rules().size());
  return spoken > 0 ? 0 : 1;
}
