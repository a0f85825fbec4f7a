// The venue's wire: streams that may lose, repeat and mix, lists that may be old, answers that may be lost.
#include "tests/support/wild_venue.hpp"

#include <algorithm>

namespace rm::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

class wild_port : public port {
public:
  wild_port(wild_venue& venue, std::shared_ptr<wild_venue::session> session) : venue_{venue}, session_{std::move(session)} {}
  ~wild_port() override { stop(); }

  void start(port_sink sink) override {
    session_->sink = std::move(sink);
    if (mine())
      venue_.connect();
  }
  void watch(const watch_account& what) override {
    if (mine())
      venue_.on_watch(what);
  }
  void watch(const watch_contract& what) override {
    if (mine())
      venue_.on_watch(what);
  }
  void read_mark(const contract_id& contract) override {
    if (mine())
      venue_.on_read_mark(contract);
  }
  void check(const check_link& what) override {
    if (mine())
      venue_.on_check(what.gone);
  }
  void send(const venue_request& request) override {
    if (mine())
      venue_.on_send(request);
  }
  void read(request_id id, const read_account& what) override {
    if (mine())
      venue_.on_read(id, what);
  }
  broker_status status() const override { return {}; }
  void stop() override {
    session_->sink = {};
    if (mine())
      venue_.session_.reset();
  }

private:
  bool mine() const { return venue_.session_ == session_; }
  wild_venue& venue_;
  std::shared_ptr<wild_venue::session> session_;
};

std::unique_ptr<port> wild_venue::connect_port() {
  if (began_ == timestamp{})
    began_ = now;
  session_ = std::make_shared<session>();
  told_live = false;
  return std::make_unique<wild_port>(*this, session_);
}

void wild_venue::silence() { session_.reset(); }

void wild_venue::run_due() {
  while (!due_.empty() && due_.begin()->first <= now) {
    auto node = due_.extract(due_.begin());
    node.mapped()();
  }
}

void wild_venue::later_here(duration d, std::function<void()> what) {
  later(d, [this, mine = session_, what = std::move(what)] {
    if (mine && mine == session_)
      what();
  });
}

// -- towards the service ------------------------------------------------------------

void wild_venue::hand_over(port_event e) {
  std::visit(
    [&](auto& what) {
      using kind = std::decay_t<decltype(what)>;
      if constexpr (!std::is_same_v<kind, venue_snapshot> && !std::is_same_v<kind, contract_spec>)
        what.seen = seen();
      if constexpr (std::is_same_v<kind, link_changed>)
        told_live = what.status == link_status::live;
      if constexpr (std::is_same_v<kind, venue_nonsense>)
        nonsense_told_ns = what.seen.steady_ns;
      if constexpr (std::is_same_v<kind, quote>)
        quoted_at[what.contract] = now;
      if constexpr (std::is_same_v<kind, venue_snapshot>)
        all_read_sent_ns = std::max(all_read_sent_ns, what.sent_steady_ns);
    },
    e.event.what);
  if (session_ && session_->sink.on_event)
    session_->sink.on_event(std::move(e));
}

template <class Event>
void wild_venue::emit(Event event, stream s) {
  if (!link_up() || dice_.percent(mood.lose))
    return;
  auto& free = stream_free_[static_cast<std::size_t>(s)];
  timestamp due = now + pause(1, 30);
  if (dice_.percent(mood.linger))
    due += pause(0, mood.linger_ms);
  if (!dice_.percent(mood.swap))
    due = free = std::max(free, due);
  const auto deliver = [this, event, mine = session_, generation = session_->generation] {
    if (mine == session_ && mine->up && mine->generation == generation)
      hand_over({account, {event}});
  };
  due_.emplace(due, deliver);
  if (dice_.percent(mood.repeat))
    due_.emplace(due + pause(0, 800), deliver);
}
template void wild_venue::emit(order_update, stream);
template void wild_venue::emit(trade_update, stream);
template void wild_venue::emit(position_update, stream);
template void wild_venue::emit(account_update, stream);

venue_nonsense wild_venue::unreadable_row(const contract_id& contract) const { return {account, contract, "a position has no direction", {}, true}; }

void wild_venue::tell_position(const contract_id& contract) {
  const auto& b = books.at(contract);
  if (mood.unreadable && b.size != 0)
    return emit(unreadable_row(contract), stream::positions);
  emit(position_update{account, contract, b.size, b.average, now, {}}, stream::positions);
}

void wild_venue::tell_account() {
  account_update a;
  a.account = account;
  a.name = "WILD";
  a.balance = money::whole(50000) + net_since({});
  a.can_trade = can_trade;
  emit(std::move(a), stream::account);
}

void wild_venue::tell_quote(const contract_id& contract) {
  if (!link_up() || mood.quotes_frozen || !session_->contracts.contains(contract))
    return;
  quote q;
  q.contract = contract;
  q.last = books.at(contract).last;
  q.at = now;
  later_here(milliseconds{1}, [this, q] {
    if (link_up())
      hand_over({account_id{}, {q}});
  });
}

void wild_venue::nonsense(const contract_id& contract) {
  if (!link_up())
    return;
  say("nonsense about " + (contract.empty() ? "the account" : contract.str()));
  hand_over({account, {venue_nonsense{account, contract, "a price is NaN", {}}}});
}

// -- the link -----------------------------------------------------------------------

void wild_venue::tell_link(link_status status, const std::string& why) {
  hand_over({account_id{}, {link_changed{"sim", status, session_->generation, why, {}}}});
}

/// The answer's Date header.
void wild_venue::tell_time(timestamp sent, duration sent_steady) {
  clock->hear({std::chrono::floor<seconds>(now), sent, wall(), sent_steady, pc_steady()});
}

/// The login and what follows it: each answer tells the time, and where the first contradicts the PC's clock the next one says who is right.
void wild_venue::connect() {
  later_here(pause(50, 400), [this, asked = wall(), asked_steady = pc_steady()] {
    tell_time(asked, asked_steady);
    if (!clock->known() || !clock->sure(wall(), pc_steady()))
      return connect();
    ++session_->generation;
    session_->up = true;
    session_->read = false;
    stream_free_ = {};
    read_for_session();
  });
}

void wild_venue::drop_link(duration gap) {
  if (!link_up())
    return;
  say("the link drops for " + std::to_string(gap / seconds{1}) + " s");
  session_->up = false;
  tell_link(link_status::blind, "the hub is gone");
  later_here(gap, [this] { connect(); });
}

/// Everything is read and told; only then is the link said to be live.
void wild_venue::read_for_session() {
  if (!session_->wish)
    return;
  const auto generation = session_->generation;
  const auto again = [this, generation] {
    if (session_->up && session_->generation == generation && !session_->read)
      read_for_session();
  };
  if (dice_.percent(mood.read_fails))
    return later_here(seconds{1}, again);
  read_account what{account, true, true, session_->wish->trades_since};
  const auto sent = steady();
  later_here(pause(10, 150), [this, what, sent, generation, asked = wall(), asked_steady = pc_steady()] {
    auto s = list(what);
    s.sent_steady_ns = sent;
    later_here(pause(10, 150), [this, s, generation, asked, asked_steady]() mutable {
      if (!session_->up || session_->generation != generation || session_->read)
        return;
      session_->read = true;
      tell_time(asked, asked_steady);
      s.generation = generation;
      s.read_at = told_time();
      for (auto& contract : s.positions_unread)
        hand_over({account, {unreadable_row(contract)}});
      hand_over({account, {s}});
      tell_link(link_status::live, "");
    });
  });
}

void wild_venue::on_watch(const watch_account& what) {
  session_->wish = what;
  session_->read = false;
  if (session_->up)
    read_for_session();
  else
    hand_over({account, {link_changed{"sim", link_status::connecting, session_->generation, "", {}}}});
}

void wild_venue::on_watch(const watch_contract& what) {
  session_->contracts.insert(what.contract);
  later_here(pause(5, 100), [this, contract = what.contract] {
    hand_over({account, {books.at(contract).spec}});
    tell_quote(contract);
  });
}

void wild_venue::on_check(duration gone) {
  if (gone < seconds{20} || !session_->up)
    return;
  session_->up = false;
  tell_link(link_status::blind, "the machine slept");
  connect();
}

void wild_venue::on_read_mark(const contract_id& contract) {
  if (mood.bars_fail)
    return;
  later_here(pause(20, 200), [this, contract] {
    quote q;
    q.contract = contract;
    q.last = books.at(contract).last;
    q.at = now;
    hand_over({account_id{}, {q}});
  });
}

// -- lists --------------------------------------------------------------------------

venue_snapshot wild_venue::list(const read_account& what) {
  const auto as_of = [&](int64_t lag) -> const moment& {
    static const moment none;
    const auto then = now - milliseconds{lag};
    const auto i = std::find_if(past_.rbegin(), past_.rend(), [&](auto& m) { return m.at <= then; });
    return i == past_.rend() ? none : *i;
  };
  venue_snapshot s;
  s.account = account;
  s.has_positions = s.has_orders = true;
  for (auto& [contract, position] : as_of(mood.position_lag_ms).positions)
    if (position.first != 0 && mood.unreadable)
      s.positions_unread.push_back(contract);
    else if (position.first != 0)
      s.positions.push_back({account, contract, position.first, position.second, now, {}});
  s.orders = as_of(mood.order_lag_ms).orders;
  if (what.info) {
    s.has_account = true;
    s.info.account = account;
    s.info.name = "WILD";
    s.info.balance = money::whole(50000) + net_since({});
    s.info.can_trade = can_trade;
  }
  if (what.trades) {
    s.has_trades = true;
    s.trades_since = what.trades_since;
    for (auto& t : trades)
      if (t.executed >= what.trades_since) {
        s.trades.push_back(t);
        if (mood.list_lacks_commissions)
          s.trades.back().commissions.reset();
      }
  }
  std::string told = "  read:";
  for (auto& p : s.positions)
    told += " " + std::to_string(p.size) + " " + p.contract.str();
  say(told + ", " + std::to_string(s.orders.size()) + " orders");
  return s;
}

void wild_venue::on_read(request_id id, const read_account& what) {
  const auto sent = steady();
  const auto generation = session_->generation;
  if (dice_.percent(mood.read_fails))
    return later_here(dice_.one_in(4) ? seconds{10} : milliseconds{50}, [this, id] { session_->sink.on_answer({id, std::string{"no line"}}); });
  later_here(pause(2, 60), [this, id, what, sent, generation, asked = wall(), asked_steady = pc_steady()] {
    auto s = list(what);
    s.generation = generation;
    s.sent_steady_ns = sent;
    later_here(pause(2, 60), [this, id, s, asked, asked_steady]() mutable {
      tell_time(asked, asked_steady);
      s.read_at = told_time();
      if (s.has_trades)
        all_read_sent_ns = std::max(all_read_sent_ns, s.sent_steady_ns);
      for (auto& contract : s.positions_unread)
        hand_over({account, {unreadable_row(contract)}});
      session_->sink.on_answer({id, std::move(s)});
    });
  });
}

// -- requests -----------------------------------------------------------------------

void wild_venue::on_send(const venue_request& request) {
  const auto sent = steady();
  say("asked: " + std::string{name_of(request.kind)} + " " + request.contract.str() + (request.order ? " order " + to_string(request.order) : "") +
      (request.size ? " " + std::to_string(request.size) : "") + " by " + request.rule.str());
  if (dice_.percent(mood.request_turned_away))
    return answer(request, request_outcome::not_sent, refusal::none, milliseconds{5}, 0);
  if (dice_.percent(mood.request_lost))
    return answer(request, request_outcome::unclear, refusal::none, seconds{10}, sent);
  const bool closes = request.kind == request_kind::close_position || request.kind == request_kind::reduce_position;
  const bool locked = closes && !can_trade && mood.refuses_exits_when_locked;
  const bool halted = closes && now < halted_until && dice_.one_in(2);
  if (locked || halted || dice_.percent(mood.request_refused)) {
    constexpr refusal reasons[] = {refusal::pending, refusal::outside_hours, refusal::rejected, refusal::unknown, refusal::account};
    return answer(request, request_outcome::refused, locked ? refusal::account : dice_.of(reasons), pause(2, 80), sent);
  }
  if (dice_.percent(mood.request_idle))
    return answer(request, request_outcome::accepted, refusal::none, pause(2, 80), sent);
  later(pause(1, 50), [this, request, sent] {
    const auto no = execute(request);
    if (no != refusal::none)
      return answer(request, request_outcome::refused, no, pause(1, 50), sent);
    const bool lost = dice_.percent(mood.answer_lost);
    answer(request, lost ? request_outcome::unclear : request_outcome::accepted, refusal::none, lost ? duration{seconds{10}} : pause(1, 50), sent);
  });
}

refusal wild_venue::execute(const venue_request& r) {
  const auto found = orders.find(r.order);
  if (r.kind == request_kind::cancel_order) {
    if (found == orders.end())
      return refusal::not_found;
    cancel(r.order);
    return refusal::none;
  }
  if (r.kind == request_kind::modify_order) {
    if (found == orders.end())
      return refusal::not_found;
    auto& o = found->second;
    if (r.size > o.size)
      faults.push_back("I4 order " + to_string(r.order) + " was made larger");
    if (r.size != 0 && r.size <= o.filled)
      return refusal::rejected;
    o.size = r.size != 0 ? r.size : o.size;
    o.stop_price = r.stop_price ? r.stop_price : o.stop_price;
    o.limit_price = r.limit_price ? r.limit_price : o.limit_price;
    o.updated = now;
    remember();
    emit(o, stream::orders);
    match(r.order);
    return refusal::none;
  }
  auto& b = books.at(r.contract);
  if (b.size == 0)
    return refusal::not_found;
  const auto out = b.size > 0 ? side::sell : side::buy;
  if (r.kind == request_kind::place_stop) {
    if (r.side != out || r.size > std::abs(b.size))
      return refusal::rejected; // the position has moved since
    auto o = make_order(r.contract, r.side, order_type::stop, r.size, *r.stop_price, true);
    o.ours = true;
    accept(std::move(o));
    return refusal::none;
  }
  if (r.kind == request_kind::reduce_position && r.size > std::abs(b.size))
    return refusal::size;
  auto o = make_order(r.contract, out, order_type::market, r.kind == request_kind::close_position ? std::abs(b.size) : r.size, {}, false);
  ours_[o.id] = now;
  for (auto& [id, made] : ours_) // another one under way
    if (const auto live = orders.find(id); live != orders.end() && live->second.contract == r.contract)
      ours_[o.id] = std::min(ours_[o.id], made);
  accept(std::move(o));
  return refusal::none;
}

void wild_venue::answer(const venue_request& request, request_outcome outcome, refusal why, duration takes, int64_t sent_ns) {
  later_here(takes, [this, request, outcome, why, sent_ns] {
    venue_answer a;
    a.id = request.id;
    a.account = request.account;
    a.kind = request.kind;
    a.outcome = outcome;
    a.refusal = why;
    a.sent_steady_ns = sent_ns;
    if (request.event.steady_ns && sent_ns)
      a.latency_ns = sent_ns - request.event.steady_ns;
    a.answered = told_time();
    a.answered_steady_ns = steady();
    session_->sink.on_answer({request.id, std::move(a)});
  });
}

} // namespace rm::test
