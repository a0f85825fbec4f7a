// Many accounts with all 21 rules on a replayed stream: the real actors on the real scheduler, the venue in memory.
// What one event costs: broker -> account -> rules -> account. An event is one quote offered to one account (all hold both contracts): it is told,
// or kept at the broker because the account rests between the marks that it named. Besides, for so and so many of these one account hears of an
// order, on which all rules that need orders are asked: 1 for 200 is a busy day (a contract has up to 140 quotes and trades a second, an account an
// order event every few seconds); 1 for 20 is what no day is. Prices walk at random, the same way each time, around where the day began; the day's
// peak is behind.
// The loop runs in this thread, so that what is measured is all that the actors do, the clock's ticks and readings of the venue included.
#include "actors/app.hpp"
#include "messages/caf/compat.hpp"
#include "tools/benchmarks/resident.hpp"
#include "tools/benchmarks/trading_day.hpp"
#include "tools/risk-manager/process_memory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <functional>

using namespace rm;
using namespace rm::bench;

namespace {

using steady = std::chrono::steady_clock;

const auto process_start = steady::now();
/// Of this thread, which does all that the actors do: what others on the machine do is not in it.
double cpu_ns() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}
int64_t steady_ns() { return steady::now().time_since_epoch().count(); }
/// The trading day goes on in real time.
timestamp wall_now() { return noon + (steady::now() - process_start); }

/// Where every account has had some trades and holds two positions with their stops.
struct venue_in_memory {
  port_sink sink;
  std::array<market, 2> markets = two_markets();
  int64_t watched = 0;

  void watch(account_id account) {
    ++watched;
    sink.on_event({account, {link_changed{"sim", link_status::live, 1, "", seen()}}});
    sink.on_event({account, {snapshot(account)}});
  }
  void watch(const watch_contract& what) {
    for (const auto& m : markets)
      if (m.spec.id == what.contract)
        sink.on_event({what.account, {m.spec}});
  }
  void say_mark(std::size_t which, int64_t ticks) {
    const auto& m = markets[which];
    quote q;
    q.contract = m.spec.id;
    q.last = m.mark + m.spec.tick_size * ticks;
    q.seen = seen();
    q.at = q.seen.utc;
    sink.on_event({{}, {q}});
  }
  void move_stop(account_id account, std::size_t which, int64_t turn) { sink.on_event({account, {stop(account, which, turn, wall_now())}}); }

  wire_time seen() const { return {wall_now(), steady_ns()}; }
  order_update stop(account_id account, std::size_t which, int64_t turn, timestamp at) const {
    order_update out;
    out.account = account;
    out.id = order_id{1001 + static_cast<int64_t>(which)};
    out.contract = markets[which].spec.id;
    out.status = order_status::open;
    out.type = order_type::stop;
    out.side = side::sell;
    out.size = 2;
    out.stop_price = markets[which].mark - price::whole(50 + turn % 2);
    out.created = noon - 29min;
    out.updated = at;
    out.seen = {at, steady_ns()};
    return out;
  }
  venue_snapshot snapshot(account_id account) const {
    venue_snapshot out;
    out.account = out.info.account = account;
    out.generation = 1;
    out.sent_steady_ns = steady_ns();
    out.read_at = wall_now();
    out.has_account = out.has_positions = out.has_orders = out.has_trades = true;
    int64_t number = 0;
    for (std::size_t i = 0; i < markets.size(); ++i) {
      const auto& m = markets[i];
      const auto trade = [&](side s, int64_t size, timestamp at, std::optional<money> profit) {
        trade_update t;
        t.account = account;
        t.id = trade_id{++number};
        t.order = order_id{number};
        t.contract = m.spec.id;
        t.side = s;
        t.size = size;
        t.price = m.mark;
        t.profit_and_loss = profit;
        t.commissions = money::from_units(370'000);
        t.executed = at;
        out.trades.push_back(t);
      };
      for (int trip = 0; trip < 3; ++trip) { // in and out, three times
        const auto at = noon + std::chrono::minutes{-120 + 10 * trip};
        trade(side::buy, 1, at, std::nullopt);
        trade(side::sell, 1, at + 5min, money::from_units(10'000'000));
      }
      trade(side::buy, 2, noon - 30min, std::nullopt);
      position_update held;
      held.account = account;
      held.contract = m.spec.id;
      held.size = 2;
      held.average_price = m.mark;
      out.positions.push_back(held);
      out.orders.push_back(stop(account, i, 0, noon - 29min));
    }
    return out;
  }
};

struct memory_port : port { // the broker actor owns its port; the benchmark keeps the venue
  explicit memory_port(venue_in_memory& to) : to{to} {}
  void start(port_sink s) override { to.sink = std::move(s); }
  void watch(const watch_account& w) override { to.watch(w.account); }
  void watch(const watch_contract& w) override { to.watch(w); }
  void read_mark(const contract_id&) override {}
  void send(const venue_request& r) override {
    std::fprintf(stderr, "bench-scale: enforcement sent a request: the account is not as it should be\n");
    venue_answer a;
    a.id = r.id;
    to.sink.on_answer({r.id, a});
  }
  void read(request_id id, const read_account& what) override { to.sink.on_answer({id, to.snapshot(what.account)}); }
  broker_status status() const override { return {}; }
  void stop() override {}
  venue_in_memory& to;
};

struct survey {
  admin_actor who;
  bool wanted = false; // of this thread, like all here
  int64_t answered = 0, calm = 0, wirings = 0, rooms = 0;
  std::string trouble;
  description broker;
  std::function<void()> ask_broker; // its answer comes there
};

/// Stands where the admin actor stands. An `account_changed` has it look at all accounts.
struct surveyor_state {
  using handle = admin_actor;
  static inline const char* name = "surveyor";
  surveyor_state(handle::pointer self, survey* to) : self{self}, to{to} {}
  handle::behavior_type make_behavior() {
    to->who = handle{self};
    to->ask_broker = [this] { post(to->who, client_gone{}); };
    return {[](const client_line&) {}, [this](const client_gone&) { look_at_broker(); }, [this](const account_changed&) { look_if_asked(); }, [](const host_answer&) {}, [](const traced&) {},
            [this](const wiring& w) {
              others.take(w);
              ++to->wirings;
              to->rooms += static_cast<int64_t>(w.accounts.size());
            },
            [](describe) -> caf::result<description> { return description{}; }};
  }
  /// Accounts that change say so too, and each look asks all of them: only the benchmark's own word counts.
  void look_if_asked() {
    if (std::exchange(to->wanted, false))
      look();
  }
  void look() {
    to->answered = to->calm = 0;
    for (auto& [id, room] : others.accounts)
      if (room.desk)
        ask(self, room.desk, 60s, get_account_status{}).then([this](const account_status& s) { take(s); }, [this](const caf::error&) { ++to->answered; });
  }
  void look_at_broker() {
    for (auto& [id, broker] : others.brokers)
      ask(self, broker, 60s, describe{}).then([this](const description& d) { to->broker = d; }, [](const caf::error&) {});
  }
  void take(const account_status& s) {
    ++to->answered;
    const auto bad = std::find_if(s.rules.begin(), s.rules.end(), [](auto& r) { return r.level != level::ok; });
    if (bad == s.rules.end() && s.rules.size() == rule_catalogue().size() && s.view && s.view->positions.size() == 2 && s.view->orders.size() == 2)
      ++to->calm;
    else
      to->trouble = bad == s.rules.end() ? s.why : bad->rule.str() + ": " + bad->reason;
  }
  handle::pointer self;
  survey* to;
  wiring others;
};

constexpr int64_t peak_ticks = 40;

/// Ticks from where the day began. One tick at a time, and never so far up as the day's peak.
struct random_walk {
  std::array<int64_t, 2> at{};
  uint64_t state = 88172645463325252;
  int64_t step(std::size_t which) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    auto& ticks = at[which];
    ticks += state >> 63 ? 1 : -1;
    if (ticks >= peak_ticks || ticks <= -peak_ticks)
      ticks += ticks > 0 ? -2 : 2;
    return ticks;
  }
};

/// Quotes that the broker has told, and that it has kept.
std::pair<int64_t, int64_t> told_and_kept(const survey& seen, boost::asio::io_context& io) {
  std::pair<int64_t, int64_t> out;
  seen.ask_broker();
  io.run_for(50ms);
  for (auto& line : seen.broker.detail)
    if (std::sscanf(line.c_str(), "quotes told %" SCNd64 ", kept from accounts that rest %" SCNd64, &out.first, &out.second) == 2)
      break;
  return out;
}

} // namespace

/// bench-scale ACCOUNTS EVENTS
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "use: bench-scale ACCOUNTS EVENTS\n");
    return 2;
  }
  spdlog::set_level(spdlog::level::err);
  const int64_t count = std::atoll(argv[1]);
  use_large_pages(static_cast<std::size_t>(count)); // as the service does
  keep_freed_memory();
  const double empty = resident_mb();
  venue_in_memory venue;
  boost::asio::io_context io{1};
  auto keep_running = boost::asio::make_work_guard(io);
  app service{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
  service_parts parts;
  parts.storage.database = ":memory:";
  parts.storage.detached = false; // the scheduler sets it apart
  parts.storage.mirror = make_store_mirror();
  parts.wall_clock = wall_now;
  parts.brokers.emplace_back(broker_id{"sim"}, [&](const broker_id&) -> std::unique_ptr<port> { return std::make_unique<memory_port>(venue); });
  for (int64_t i = 1; i <= count; ++i) {
    account_setup setup;
    setup.account.id = account_id{i};
    setup.account.broker = broker_id{"sim"};
    setup.account.rules = all_rule_infos();
    for (auto& entry : rule_catalogue())
      setup.rules.push_back({entry.name, quiet_block(entry.name)});
    parts.accounts.push_back(std::move(setup));
  }
  survey seen;
  parts.start_admin = [&](caf::actor_system& s) { return spawn_state<surveyor_state>(s, &seen); };
  std::atomic<bool> ended{false};
  const auto started = steady::now();
  service.start(parts, [&](std::string) { ended = true; });
  parts.accounts.clear();
  while (steady::now() - started < 600s) { // until all are as they should be
    const auto before = venue.watched;
    io.run_for(200ms);
    for (std::size_t i = 0; i < venue.markets.size(); ++i)
      venue.say_mark(i, 0);
    if (venue.watched < count || venue.watched != before)
      continue;
    seen.answered = 0;
    seen.wanted = true;
    post(seen.who, account_changed{account_id{1}});
    do
      io.run_for(20ms);
    while (seen.answered < count && steady::now() - started < 600s);
    if (seen.calm == count)
      break;
  }
  const auto start_seconds = std::chrono::duration<double>(steady::now() - started).count();
  if (seen.calm != count) {
    std::fprintf(stderr, "bench-scale: %lld of %lld accounts are as they should be after %.0f s: %s\n", static_cast<long long>(seen.calm), static_cast<long long>(count),
                 start_seconds, seen.trouble.c_str());
    return 1;
  }
  const auto start_rooms = seen.rooms;
  const auto start_mb = resident_mb();
  const auto work_off = [&] {
    while (io.poll() > 0) {
    }
  };
  int64_t next = 0;
  const auto order_event = [&] {
    venue.move_stop(account_id{1 + next % count}, static_cast<std::size_t>(next / count % 2), next / count / 2 + 1);
    ++next;
    work_off();
  };
  random_walk walk;
  std::size_t turn = 0;
  const auto quote_event = [&] {
    venue.say_mark(turn % 2, walk.step(turn % 2));
    ++turn;
    work_off();
  };
  const auto measured = [&](int64_t events, auto step) {
    const auto before = cpu_ns();
    for (int64_t done = 0; done < events;)
      done += step();
    return (cpu_ns() - before) / static_cast<double>(events);
  };
  const auto mixed = [&](int64_t quotes_per_order) {
    return [&, quotes_per_order, owed = int64_t{0}]() mutable {
      quote_event();
      int64_t done = count;
      for (owed += count; owed >= quotes_per_order; owed -= quotes_per_order, ++done)
        order_event();
      return done;
    };
  };
  // Warm: the day's peak, every account has had each kind of event, and then the stream itself for as long as it is measured each time.
  for (const int64_t ticks : {peak_ticks, int64_t{0}})
    for (std::size_t which = 0; which < 2; ++which) {
      venue.say_mark(which, ticks);
      work_off();
    }
  for (int64_t i = 0; i < 2 * count; ++i)
    order_event();
  for (int64_t i = 0; i < 50; ++i)
    quote_event();
  const int64_t wanted = std::max<int64_t>(std::atoll(argv[2]), 20 * count);
  measured(wanted, mixed(200));
  std::array<std::pair<double, double>, 5> runs; // CPU, wall clock: ns per event
  for (auto& [cpu, clock] : runs) {
    const auto begun = steady::now();
    cpu = measured(wanted, mixed(200));
    clock = static_cast<double>((steady::now() - begun).count()) / static_cast<double>(wanted);
  }
  std::sort(runs.begin(), runs.end());
  const double busy = runs[runs.size() / 2].first;
  const double wall = runs[runs.size() / 2].second;
  const double dense = measured(std::max<int64_t>(wanted / 10, 20 * count), mixed(20));
  const auto [told_before, kept_before] = told_and_kept(seen, io);
  const double quotes = measured(5 * wanted, [&] { return quote_event(), count; });
  const auto [told, kept] = told_and_kept(seen, io);
  const double orders = measured(std::max<int64_t>(2 * count, 10'000), [&] { return order_event(), 1; });
  // Nothing happens: the clock's ticks, and the readings of the venue while a position is open.
  const auto still = steady::now();
  const auto still_cpu = cpu_ns();
  while (steady::now() - still < 3s)
    io.run_for(10ms);
  const double idle = (cpu_ns() - still_cpu) / static_cast<double>((steady::now() - still).count());
  std::printf("{\"accounts\":%lld,\"events_per_s\":%.0f,\"ns_per_event\":%.0f,\"cpu_ns_per_event\":%.0f,\"cpu_ns_lowest\":%.0f,\"cpu_ns_highest\":%.0f,\"cpu_ns_per_event_1_in_20\":%.0f,\"cpu_ns_per_quote\":%.1f,\"told_share\":%.4f,"
              "\"cpu_us_per_order_event\":%.1f,\"idle_core_share\":%.4f,\"rss_mb\":%.1f,\"kb_per_account\":%.1f,\"events\":%lld,\"start_s\":%.2f,\"handles_told_per_account\":%.2f,\"what\":\"all actors\"}\n",
              static_cast<long long>(count), 1e9 / wall, wall, busy, runs.front().first, runs.back().first, dense, quotes,
              static_cast<double>(told - told_before) / static_cast<double>(std::max<int64_t>(1, told - told_before + kept - kept_before)), orders / 1000, idle, resident_mb(),
              (start_mb - empty) * 1024 / static_cast<double>(count), static_cast<long long>(wanted), start_seconds, static_cast<double>(start_rooms) / static_cast<double>(count));
  seen.who = admin_actor{};
  service.stop();
  while (!ended)
    io.run_for(5ms);
  return 0;
}
