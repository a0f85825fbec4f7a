// Messages per second through broker -> account -> rules -> account, with the real actors and the real scheduler, the venue in memory.
// Prints one line: messages, seconds, how many verdicts were counted.
#include "actors/app.hpp"
#include "actors/rules/catalogue.hpp"
#include "messages/caf/compat.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

using namespace rm;
using namespace std::chrono_literals;

namespace {

timestamp wall_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }
int64_t steady_now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

const account_id account{126244};
const contract_id mnq{"CON.F.US.MNQ.Z26"};

/// A venue that answers reads with a flat account and otherwise only carries what the benchmark puts in.
struct quiet_port : port {
  void start(port_sink s) override { sink = std::move(s); }
  void watch(const watch_account&) override {
    sink.on_event({account_id{}, {link_changed{"sim", link_status::live, 1, "", {wall_now(), steady_now()}}}});
    sink.on_event({account, {snapshot()}});
  }
  void watch(const watch_contract&) override {}
  void read_mark(const contract_id&) override {}
  void send(const venue_request& r) override {
    venue_answer a;
    a.id = r.id;
    sink.on_answer({r.id, a});
  }
  void read(request_id id, const read_account&) override { sink.on_answer({id, snapshot()}); }
  broker_status status() const override { return {}; }
  void stop() override {}

  venue_snapshot snapshot() {
    venue_snapshot s;
    s.account = account;
    s.generation = 1;
    s.sent_steady_ns = steady_now();
    s.read_at = wall_now();
    s.has_account = s.has_positions = s.has_orders = s.has_trades = true;
    s.info.account = account;
    return s;
  }
  port_sink sink;
};

struct forwarding_port : port { // the broker actor owns its port; the benchmark keeps the real one
  explicit forwarding_port(quiet_port& to) : to{to} {}
  void start(port_sink s) override { to.start(std::move(s)); }
  void watch(const watch_account& w) override { to.watch(w); }
  void watch(const watch_contract& w) override { to.watch(w); }
  void read_mark(const contract_id& c) override { to.read_mark(c); }
  void send(const venue_request& r) override { to.send(r); }
  void read(request_id id, const read_account& r) override { to.read(id, r); }
  broker_status status() const override { return to.status(); }
  void stop() override {}
  quiet_port& to;
};

parameter amount(const char* key, const char* value) {
  parameter leaf, out;
  leaf.type = parameter::kind::scalar;
  leaf.text = value;
  out.type = parameter::kind::map;
  out.entries.emplace_back(key, leaf);
  return out;
}

/// The desk's newest handle.
struct holder {
  std::mutex mutex;
  account_actor desk;
};

/// Stands where the admin actor stands.
struct finder_state {
  using handle = admin_actor;
  static inline const char* name = "finder";
  finder_state(handle::pointer self, holder* to) : self{self}, to{to} {}
  handle::behavior_type make_behavior() {
    return {[](const client_line&) {}, [](const client_gone&) {}, [](const account_changed&) {}, [](const host_answer&) {}, [](const traced&) {},
            [this](const wiring& w) {
              std::lock_guard guard{to->mutex};
              to->desk = w.accounts.empty() ? account_actor{} : w.accounts.begin()->second.desk;
            },
            [](describe) -> caf::result<description> { return description{}; }};
  }
  handle::pointer self;
  holder* to;
};

} // namespace

int main(int argc, char** argv) {
  const int64_t events = argc > 1 ? std::atoll(argv[1]) : 100000;
  quiet_port venue;
  boost::asio::io_context io{1};
  auto keep_running = boost::asio::make_work_guard(io);
  std::thread loop{[&] { io.run(); }};
  app service{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
  service_parts parts;
  parts.storage.database = ":memory:";
  parts.storage.detached = false; // the scheduler sets it apart
  parts.storage.mirror = make_store_mirror();
  parts.wall_clock = wall_now;
  parts.brokers.emplace_back(broker_id{"sim"}, [&](const broker_id&) -> std::unique_ptr<port> { return std::make_unique<forwarding_port>(venue); });
  account_setup setup;
  setup.account.id = account;
  setup.account.broker = broker_id{"sim"};
  for (auto& [name, block] : {std::pair{"daily_loss_limit", amount("limit", "500000")}, {"daily_profit_target", amount("target", "500000")},
                              {"max_contracts", amount("limit", "50000")}, {"trade_frequency", amount("min_interval", "1s")}}) {
    const auto* entry = find_rule(name);
    setup.account.rules.push_back({rule_name{name}, entry->number, entry->wakes});
    setup.rules.push_back({name, block});
  }
  parts.accounts.push_back(setup);
  std::atomic<bool> ended{false};
  holder found;
  parts.start_admin = [&](caf::actor_system& s) { return spawn_state<finder_state>(s, &found); };
  service.start(parts, [&](std::string) { ended = true; });
  int64_t held = 0; // as the account's newest view has it
  const auto sequence = [&]() -> uint64_t {
    account_actor desk;
    {
      std::lock_guard guard{found.mutex};
      desk = found.desk;
    }
    if (!desk)
      return 0;
    uint64_t out = 0;
    caf::scoped_actor asker{service.system()};
    asker->request(desk, 60s, get_account_status{})
      .receive(
        [&](const account_status& s) {
          out = s.view && s.view->evaluable ? s.view->sequence : 0;
          held = s.view && !s.view->positions.empty() ? s.view->positions[0].size : 0;
        },
        [](const caf::error&) {});
    return out;
  };
  while (sequence() == 0)
    std::this_thread::sleep_for(10ms);
  const auto before = sequence();
  const auto begun = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < events; ++i) {
    position_update p;
    p.account = account;
    p.contract = mnq;
    p.size = i + 1 == events ? 3 : i % 2 ? 1 : 2;
    p.average_price = price::whole(20000);
    p.seen = {wall_now(), steady_now()};
    venue.sink.on_event({account, {p}});
  }
  auto after = sequence();
  while (held != 3) // the last one has come through
    after = sequence();
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  // Each event: port -> broker -> account -> enforcement, four rules, four verdicts back.
  std::printf("{\"events\":%lld,\"views\":%llu,\"seconds\":%.4f,\"events_per_s\":%.0f,\"messages_per_s\":%.0f}\n", static_cast<long long>(events),
              static_cast<unsigned long long>(after - before), seconds, static_cast<double>(events) / seconds, static_cast<double>(events) * 11 / seconds);
  {
    std::lock_guard guard{found.mutex};
    found.desk = account_actor{};
  }
  service.stop();
  while (!ended)
    std::this_thread::sleep_for(5ms);
  io.stop();
  loop.join();
  return after > before ? 0 : 1;
}
