// Many accounts with all 21 rules on a replayed stream: what one event costs one account, and what memory an account takes.
// The real guard and the real rules of every account, on one thread and without the actors around them. An event is one delivery to one account:
// each quote goes to all accounts in turn, and every twentieth delivery is an order event, on which all rules that need orders are asked.
#include "tools/benchmarks/resident.hpp"
#include "tools/benchmarks/trading_day.hpp"

#include <cstdio>
#include <cstdlib>
#include <deque>

using namespace rm;
using namespace rm::bench;

/// bench-in-process ACCOUNTS EVENTS
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "use: bench-in-process ACCOUNTS EVENTS\n");
    return 2;
  }
  const int64_t count = std::atoll(argv[1]);
  const int64_t rounds = std::max<int64_t>(20, std::atoll(argv[2]) / count);
  const double empty = resident_mb();
  std::deque<desk> accounts;
  for (int64_t i = 0; i < count; ++i) {
    accounts.emplace_back(account_id{1 + i});
    accounts.back().open();
    if (!accounts.back().is_calm()) {
      std::fprintf(stderr, "bench-in-process: the account is not as it should be\n");
      return 1;
    }
  }
  const double used = resident_mb() - empty;
  const auto markets = two_markets();
  int64_t events = 0;
  const auto run = [&](int64_t from, int64_t to) {
    for (int64_t round = from; round < to; ++round) {
      const auto& m = markets[static_cast<std::size_t>(round) % 2];
      const timestamp at = noon + std::chrono::milliseconds{10 * round};
      quote q;
      q.contract = m.spec.id;
      q.last = m.mark + m.spec.tick_size * (round / 2 % 4);
      q.at = at;
      q.seen = {at, 1'000'000 + round};
      const venue_event news{q};
      for (std::size_t i = 0; i < accounts.size(); ++i, ++events) {
        if ((static_cast<int64_t>(i) + round) % 20 != 0)
          accounts[i].hear(news);
        else
          accounts[i].move_stop(m, at, round);
      }
    }
  };
  run(0, 44); // warm: every account has had each kind of event
  events = 0;
  const auto begun = std::chrono::steady_clock::now();
  run(44, 44 + rounds);
  const auto ns = static_cast<double>((std::chrono::steady_clock::now() - begun).count());
  std::printf("{\"accounts\":%lld,\"events_per_s\":%.0f,\"ns_per_event\":%.0f,\"rss_mb\":%.1f,\"kb_per_account\":%.1f,\"events\":%lld,\"what\":\"guard and rules, no actors\"}\n",
              static_cast<long long>(count), static_cast<double>(events) * 1e9 / ns, ns / static_cast<double>(events), resident_mb(),
              used * 1024 / static_cast<double>(count), static_cast<long long>(events));
  return 0;
}
