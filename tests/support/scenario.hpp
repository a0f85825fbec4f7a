// The whole service on one thread: the real start list, a venue in memory, a clock that only the test moves.
#pragma once

#include "actors/app.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_port.hpp"

#include <filesystem>
#include <map>

namespace rm::test {

/// A venue with one account that fills market orders at the last price. It keeps its own books; tests judge by them.
class simulated_venue {
public:
  static constexpr int64_t account_number = 126244;
  static inline const contract_id mnq{"CON.F.US.MNQ.Z26"};
  account_id account{account_number};

  std::shared_ptr<fake_port_script> port = std::make_shared<fake_port_script>();
  std::map<order_id, order_update> orders; // live ones
  int64_t size = 0;                        // signed contracts of MNQ
  price average, last = price::whole(20125);
  money fee = *money::parse("0.37"), commission = *money::parse("0.25");
  money net;                               // of all trades, by the venue's own reckoning
  std::vector<trade_update> trades;
  std::vector<venue_request> executed;
  money balance = money::whole(50000);     // of the account; moves with the trades
  bool can_trade = true;
  bool tells_trades = true;                // false: only its lists know of them
  std::function<std::optional<venue_answer>(const venue_request&)> refuse; // an answer instead of execution
  timestamp* now = nullptr;

  simulated_venue() {
    port->on_send = [this](const venue_request& r) { return execute(r); };
    port->on_read = [this](const read_account& r) { return std::variant<venue_snapshot, std::string>{snapshot(r.trades ? r.trades_since : *now)}; };
    port->on_watch_account = [this](const watch_account& w) {
      connect();
      port->tell(account, snapshot(w.trades_since));
    };
    port->on_watch_contract = [this](const watch_contract& w) {
      contract_spec spec;
      spec.id = w.contract;
      spec.symbol = "MNQ";
      spec.tick_size = *price::parse("0.25");
      spec.tick_value = *money::parse("0.5");
      port->tell(account, spec);
      tell_quote();
    };
  }

  wire_time seen() { return {*now, ++steady_}; }

  void connect(link_status status = link_status::live, std::string why = "") {
    if (status == link_status::live)
      ++generation_;
    port->tell(account_id{}, link_changed{"sim", status, generation_, std::move(why), seen()});
  }

  void set_price(price p) {
    last = p;
    tell_quote();
  }
  void tell_quote() {
    quote q;
    q.contract = mnq;
    q.last = last;
    q.at = *now;
    q.seen = seen();
    port->tell(account_id{}, q);
  }

  /// The trader's order, from wherever. A market order fills at once.
  order_id place(side s, int64_t contracts, order_type type = order_type::market, std::optional<price> at = std::nullopt, bool tagged = true) {
    order_update o;
    o.account = account;
    o.id = order_id{++last_order_};
    o.contract = mnq;
    o.status = type == order_type::market ? order_status::pending : order_status::open;
    o.type = type;
    o.side = s;
    o.size = contracts;
    o.tagged = tagged;
    o.created = o.updated = *now;
    (type == order_type::limit ? o.limit_price : o.stop_price) = at;
    o.seen = seen();
    orders[o.id] = o;
    port->tell(account, o);
    if (type == order_type::market)
      fill(o.id);
    return o.id;
  }

  void fill(order_id id) {
    order_update o = orders.at(id);
    orders.erase(id);
    o.status = order_status::filled;
    o.filled = o.size;
    o.filled_price = last;
    o.updated = *now;
    o.seen = seen();
    port->tell(account, o);
    trade_update t;
    t.account = account;
    t.id = trade_id{++last_trade_};
    t.order = id;
    t.contract = mnq;
    t.side = o.side;
    t.size = o.size;
    t.price = last;
    t.fees = fee * o.size;
    t.commissions = commission * o.size;
    t.executed = *now;
    const int64_t signed_size = sign_of(o.side) * o.size;
    if (size != 0 && (size > 0) != (signed_size > 0)) {
      const int64_t closed = std::min(std::abs(size), o.size) * (size > 0 ? 1 : -1);
      t.profit_and_loss = money::from_units((last.units() - average.units()) / 1000 * closed * 2); // $2 a point and contract
      net += *t.profit_and_loss;
    }
    const int64_t before = size;
    size += signed_size;
    if (before == 0 || (before > 0) != (size > 0))
      average = last;
    else if (std::abs(size) > std::abs(before))
      average = price::from_units((average.units() * std::abs(before) + last.units() * o.size) / std::abs(size));
    net -= t.fees + *t.commissions;
    balance += t.profit_and_loss.value_or(money{}) - t.fees - *t.commissions;
    t.seen = seen();
    trades.push_back(t);
    if (tells_trades)
      port->tell(account, t);
    tell_position();
  }

  /// Takes a trade back, as the venue does with wrong fills: its money, not its contracts.
  void void_trade(std::size_t index) {
    auto& t = trades.at(index);
    const money made = t.profit_and_loss.value_or(money{}) - t.fees - *t.commissions;
    t.voided = true;
    net -= made;
    balance -= made;
    t.seen = seen();
    port->tell(account, t);
  }

  void tell_account() { port->tell(account, info()); }

  void tell_position() { port->tell(account, position()); }

private:
  account_update info() {
    account_update a;
    a.account = account;
    a.name = "SIM";
    a.balance = balance;
    a.can_trade = can_trade;
    a.seen = seen();
    return a;
  }
  position_update position() { return {account, mnq, size, average, *now, seen()}; }

  venue_snapshot snapshot(timestamp since) {
    venue_snapshot s;
    s.account = account;
    s.generation = generation_;
    s.sent_steady_ns = ++steady_;
    s.read_at = *now;
    s.has_account = s.has_positions = s.has_orders = s.has_trades = true;
    s.info = info();
    if (size != 0)
      s.positions.push_back(position());
    for (auto& [id, o] : orders)
      s.orders.push_back(o);
    s.trades_since = since;
    for (auto& t : trades)
      if (t.executed >= since)
        s.trades.push_back(t);
    return s;
  }

  venue_answer execute(const venue_request& r) {
    executed.push_back(r);
    if (refuse)
      if (auto answer = refuse(r))
        return *answer;
    auto out = fake_port_script::accepted(r);
    out.sent_steady_ns = ++steady_;
    out.answered = *now;
    out.answered_steady_ns = ++steady_;
    if (r.event.steady_ns)
      out.latency_ns = out.sent_steady_ns - r.event.steady_ns;
    switch (r.kind) {
      case request_kind::cancel_order:
        if (auto i = orders.find(r.order); i != orders.end()) {
          auto o = i->second;
          orders.erase(i);
          o.status = order_status::cancelled;
          o.updated = *now;
          o.seen = seen();
          port->tell(account, o);
          return out;
        }
        return refused(r, refusal::not_found);
      case request_kind::close_position:
      case request_kind::reduce_position:
        if (size == 0)
          return refused(r, refusal::not_found);
        place(size > 0 ? side::sell : side::buy, r.kind == request_kind::close_position ? std::abs(size) : r.size, order_type::market, std::nullopt, false);
        return out;
      case request_kind::modify_order:
      case request_kind::place_stop: return out;
    }
    return out;
  }
  venue_answer refused(const venue_request& r, refusal why) { return fake_port_script::refused(r, why); }

  int64_t last_order_ = 3425270858, last_trade_ = 3004518356, steady_ = 0;
  uint64_t generation_ = 0;
};

/// The service and its venue. `go(d)` lets time pass.
struct scenario : actor_fixture {
  simulated_venue venue;
  timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 18} + std::chrono::hours{15}}; // a Wednesday, 10:00 in New York
  service_parts parts;
  supervisor_actor root;
  std::shared_ptr<venue_clock> venue_time = std::make_shared<venue_clock>();
  duration pc_error{};
  bool market_trades = true; // somebody trades every other second; false: marks grow stale

  /// The PC's clock is wrong by this from now on; the venue's is `now`, and the service has heard it.
  void set_pc_clock(duration wrong_by) {
    venue_time->hear({now, now, now, steady(), steady()});
    pc_error = wrong_by;
  }
  duration steady() { return scheduler.clock().now().time_since_epoch(); }

  explicit scenario(std::vector<rule_setup> rules, std::filesystem::path database = ":memory:");
  ~scenario() { stop(); }

  void start();
  /// The ordered stop.
  void stop() {
    if (!root)
      return;
    *house_ = wiring{};
    caf::anon_send(root, stop_all{});
    root = supervisor_actor{};
    settle();
    scheduler.clock().cancel_all();
    settle();
  }
  void go(duration d) {
    for (duration passed{}; passed < d; passed += std::chrono::milliseconds{100}) {
      now += std::chrono::milliseconds{100};
      advance(std::chrono::milliseconds{100});
      if (market_trades && passed % std::chrono::seconds{2} == duration{}) {
        venue.tell_quote();
        settle();
      }
    }
  }
  account_status status();
  /// The handles of everyone, as the admin actor has them.
  const wiring& house() const { return *house_; }
  bool locked_by(std::string_view rule) {
    for (auto& l : status().locks)
      if (l.rule == rule_name{rule})
        return true;
    return false;
  }

private:
  std::shared_ptr<wiring> house_ = std::make_shared<wiring>();
};

/// A configuration block from "key: value" pairs, one per line; a value in braces is a block of its own.
parameter block(std::initializer_list<std::pair<std::string, std::string>> entries);

} // namespace rm::test
