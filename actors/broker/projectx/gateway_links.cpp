// The streaming side of a login: hubs, generations, who has been read, and the events.
#include "actors/broker/projectx/edge_clock.hpp"
#include "actors/broker/projectx/gateway.hpp"

#include <algorithm>

namespace rm::projectx {

using std::chrono::seconds;

namespace {
constexpr duration wait_for_market_hub = seconds{3}; // before accounts are read without it
constexpr duration look_for_unlisted = seconds{60};
constexpr int64_t checked_lately = 5'000'000'000;
constexpr int64_t own_doing_every = 60'000'000'000; // a login's own consequence; more often it is somebody else
} // namespace

// -- the hubs -------------------------------------------------------------------

std::shared_ptr<hub_session> gateway::make_hub(const std::string& address, bool user) {
  hub_settings s;
  s.where = *parse_url(address);
  s.connect_timeout = settings_.connect_timeout;
  s.clock = settings_.clock;
  hub_events e;
  // Weak: a hub must not keep its gateway alive.
  const auto on_me = [weak = weak_from_this()](auto job) {
    return [weak, job](const auto&... xs) {
      if (auto me = weak.lock(); me && !me->stopped_)
        job(*me, xs...);
    };
  };
  e.token = [weak = weak_from_this()] {
    auto me = weak.lock();
    return me ? me->token_text() : std::string{};
  };
  e.on_ready = on_me([user](gateway& g) { g.hub_ready(user); });
  e.on_down = on_me([user](gateway& g, const std::string& why, bool unauthorized) { g.hub_down(user, why, unauthorized); });
  e.on_event = on_me([user](gateway& g, const hub_record& r, const wire_time& seen) {
    if (user)
      g.on_user_event(r, seen);
    else
      g.on_market_event(r, seen);
  });
  e.on_frame_end = on_me([](gateway& g) {
    g.quotes_.flush([&](const quote& q) { g.out_.tell(account_id{}, {q}); });
    g.out_.pause();
  });
  e.on_nonsense = on_me([user](gateway& g, const std::string& what) {
    reading r;
    r.why = (user ? "user hub: " : "market hub: ") + what;
    g.tell_nonsense(r, wire_now(g.settings_.clock));
  });
  e.on_refused = on_me([](gateway& g, const subscription& what, const std::string& why) { g.on_refused_subscription(what, why); });
  e.on_granted = on_me([](gateway& g, const subscription& what) { g.on_granted_subscription(what); });
  auto hub = std::make_shared<hub_session>(io_, tls_, std::move(s), std::move(e));
  if (user)
    hub->subscribe({"SubscribeAccounts", ""});
  return hub;
}

void gateway::hub_ready(bool user) {
  bool& up = user ? user_up_ : market_up_;
  if (!std::exchange(up, true)) {
    if (user) {
      user_up_since_ = steady_now();
      // If the market hub stays away, accounts are read without it.
      after(wait_for_market_hub, [this] { advance(); });
    }
    forget_readings();
  }
  advance();
}

void gateway::hub_down(bool user, const std::string& why, bool unauthorized) {
  (user ? user_up_ : market_up_) = false;
  if (!user)
    quotes_.clear();
  forget_refusals(user);
  set_down((user ? "user hub: " : "market hub: ") + why);
  if (unauthorized)
    hub_refused_token(user);
}

void gateway::session_conflict() {
  const int64_t now = steady_now();
  const bool login_was_later = user_up_since_ < token_since_ns_; // it still runs on the token before
  if ((logging_in_ || login_was_later) && now - own_eviction_ns_ > own_doing_every) {
    // Our own new login may be what ended the sessions of the older one: nobody to make room for.
    own_eviction_ns_ = now;
    hubs_need_token_ = logging_in_;
    return renew_hubs();
  }
  const duration pause = conflict_patience_.on_conflict(now, chance());
  conflict_until_ns_ = now + pause.count();
  user_up_ = market_up_ = false;
  quotes_.clear();
  forget_refusals(true);
  forget_refusals(false);
  const std::string why = "another session of this login took over (the web platform, or another program with this key); next try in "
                          + std::to_string(std::chrono::duration_cast<seconds>(pause).count()) + " s";
  raise_alarm("conflict", severity::critical, why);
  set_status(link_status::conflict, why);
  user_->restart(why, pause);
  market_->restart(why, pause);
}

/// With the new token: a hub's connection cannot take it over, and what happens when its old one ends is not documented.
void gateway::renew_hubs(const std::string& why) {
  if (steady_now() < conflict_until_ns_)
    return; // they stay away from the other session, and take the new token when their time comes
  user_up_ = market_up_ = false;
  quotes_.clear();
  forget_refusals(true);
  forget_refusals(false);
  set_down(why);
  user_->restart(why, duration{0});
  market_->restart(why, duration{0});
}

/// After a sleep the connections look sound and are dead, and it would take their silence 20 s to show.
void gateway::check(duration gone) {
  const int64_t now = steady_now();
  if (settings_.clock && has_token())
    ask_for_time();
  if (gone < silence_that_ends || now - checked_ns_ < checked_lately || now < conflict_until_ns_)
    return; // connections outlive that, and nothing on them is lost; or the system and the clock say the same
  checked_ns_ = now;
  rest_->renew();
  renew_hubs("the machine slept, or its clock was set: everything is read anew");
}

// -- accounts -------------------------------------------------------------------

void gateway::watch(const watch_account& what) {
  auto& a = accounts_[what.account];
  a.wish = what;
  a.now = watched_account::state::unread;
  a.round = ++last_round_;
  const std::string number = std::to_string(what.account.value);
  for (const char* method : {"SubscribeOrders", "SubscribePositions", "SubscribeTrades"})
    user_->subscribe({method, number});
  out_.tell(what.account, {link_of(a)}); // where it is live the account hears so after its reading
  advance();
}

/// From now on it is one of those that no rule guards, and what was wrong with it is nobody's trouble.
void gateway::leave(account_id account) {
  if (accounts_.erase(account) == 0)
    return;
  const std::string number = std::to_string(account.value);
  clear_alarm("unlisted " + number);
  for (const char* method : {"SubscribeOrders", "SubscribePositions", "SubscribeTrades"}) {
    user_->forget_refused({method, number});
    refused_.erase({method, number});
    clear_alarm("refused " + std::string{method} + "(" + number + ")");
  }
  look_for_unguarded();
  advance(); // the others may have waited for it
}

/// A connection is new: everything read before it may have been overtaken.
void gateway::forget_readings() {
  ++generation_;
  v2_again_ns_ = INT64_MIN;
  for (auto& [id, a] : accounts_) {
    a.now = watched_account::state::unread;
    a.round = ++last_round_;
  }
}

void gateway::advance() {
  if (!user_up_ || !user_->is_ready())
    return;
  const bool market_ready = market_up_ && market_->is_ready();
  if (!market_ready && steady_now() - user_up_since_ < wait_for_market_hub.count())
    return;
  bool reading = false; // for the first time on these connections; one account that cannot be read does not make the others blind
  for (auto& [id, a] : accounts_) {
    if (a.now == watched_account::state::unread)
      read_watched(a);
    reading = reading || a.now == watched_account::state::reading;
  }
  if (!market_up_ || (reading && link_now().status != link_status::live))
    return;
  ever_live_ = true;
  conflict_patience_.on_up(steady_now());
  clear_alarm("conflict");
  clear_alarm("hub login");
  set_status(link_status::live, "");
}

void gateway::read_watched(watched_account& a) {
  a.now = watched_account::state::reading;
  read_account what;
  what.account = a.wish.account;
  what.info = what.trades = true;
  what.trades_since = a.wish.trades_since;
  read_all(what, lane::read, [me = shared_from_this(), account = what.account, round = a.round = ++last_round_](std::variant<venue_snapshot, std::string> result, bool unlisted) {
    me->reading_done(account, round, std::move(result), unlisted);
  }, true);
}

void gateway::reading_done(account_id account, uint64_t round, std::variant<venue_snapshot, std::string> result, bool unlisted) {
  const auto i = accounts_.find(account);
  if (i == accounts_.end() || i->second.round != round)
    return; // overtaken by a newer connection or wish
  auto& a = i->second;
  if (auto* snapshot = std::get_if<venue_snapshot>(&result)) {
    a.now = watched_account::state::read;
    a.why.clear();
    a.patience.on_up(steady_now());
    clear_alarm("unlisted " + std::to_string(account.value));
    out_.tell(account, {std::move(*snapshot)});
    if (link_now().status == link_status::live)
      out_.tell(account, {link_of(a)}); // it came later than the others
    return advance();
  }
  const std::string& why = a.why = std::get<std::string>(result);
  duration pause = a.patience.on_down(steady_now(), chance());
  if (unlisted) {
    a.now = watched_account::state::unlisted;
    pause = look_for_unlisted;
    raise_alarm("unlisted " + std::to_string(account.value), severity::critical, why);
    reading r;
    r.account = account;
    r.why = why;
    tell_nonsense(r, wire_now(settings_.clock));
  } else {
    a.now = watched_account::state::waiting;
  }
  out_.tell(account, {link_of(a)});
  after(pause, [this, account, round] {
    const auto again = accounts_.find(account);
    if (again == accounts_.end() || again->second.round != round)
      return;
    again->second.now = watched_account::state::unread;
    advance();
  });
  advance();
}

// -- status ---------------------------------------------------------------------

link_changed gateway::link_now() const {
  std::lock_guard lock{gate_};
  return {settings_.broker, shown_.status, generation_, shown_.why, wire_now(settings_.clock)};
}

/// What one account is told: it is live when the hubs are, it was read over them, and everything of it is subscribed.
link_changed gateway::link_of(const watched_account& a) const {
  link_changed link = link_now();
  const auto refused = std::find_if(refused_.begin(), refused_.end(), [number = std::to_string(a.wish.account.value)](auto& r) {
    return r.first.argument.empty() || r.first.argument == number;
  });
  if (link.status != link_status::live || (a.now == watched_account::state::read && refused == refused_.end()))
    return link;
  link.status = link_status::blind;
  link.why = refused != refused_.end() ? refused->second : a.why.empty() ? "it is being read" : a.why;
  return link;
}

void gateway::set_down(const std::string& why) { set_status(ever_live_ ? link_status::blind : link_status::connecting, why); }

void gateway::set_status(link_status s, const std::string& why) {
  {
    std::lock_guard lock{gate_};
    if (shown_.status == s && shown_.why == why)
      return;
    if (shown_.status != s)
      shown_.since = wall_now(settings_.clock);
    shown_.status = s;
    shown_.why = why;
  }
  for (auto& [id, a] : accounts_)
    out_.tell(id, {link_of(a)});
}

// -- events ---------------------------------------------------------------------

template <class Update>
void gateway::tell_update(json_value payload, reading (*read_it)(json_value, Update&), const wire_time& seen) {
  Update update;
  reading r = read_it(payload, update);
  if (r.usable && accounts_.contains(update.account)) {
    update.seen = seen;
    const account_id account = update.account;
    out_.tell(account, {std::move(update)});
  }
  if (!r.account && !r.position)
    r.contract = {}; // of an order or a trade of nobody knows whom: it concerns all, whatever they hold
  if (!r.why.empty())
    tell_nonsense(r, seen);
}

void gateway::on_user_event(const hub_record& r, const wire_time& seen) {
  const auto each = [&](auto read_it) { for_each_payload(r.arguments, [&](json_value payload) { tell_update(payload, read_it, seen); }); };
  if (same_name(r.target, "GatewayUserTrade"))
    each(&read_trade);
  else if (same_name(r.target, "GatewayUserPosition"))
    each(&read_position);
  else if (same_name(r.target, "GatewayUserOrder"))
    each(&read_order);
  else if (same_name(r.target, "GatewayUserAccount"))
    each(&read_account_object);
  else if (same_name(r.target, "GatewayLogout"))
    session_conflict();
}

void gateway::on_market_event(const hub_record& r, const wire_time& seen) {
  const bool is_quote = same_name(r.target, "GatewayQuote");
  if (!is_quote && !same_name(r.target, "GatewayTrade")) {
    if (same_name(r.target, "GatewayLogout"))
      session_conflict();
    return;
  }
  const auto name = r.arguments.at(0);
  const auto data = r.arguments.at(1);
  if (!name.is_string() || name.text().empty() || !contract_id::fits(name.text())) {
    reading bad;
    bad.why = "a market event without a usable contract";
    return tell_nonsense(bad, seen);
  }
  const contract_id contract{name.text()};
  quote_part part;
  reading result = is_quote ? read_quote(data, part) : read_market_trades(data, part);
  if (result.usable)
    quotes_.merge(contract, part, seen);
  if (!result.why.empty()) {
    result.account = {};
    result.contract = contract;
    tell_nonsense(result, seen);
  }
}

void gateway::tell_nonsense(const reading& r, const wire_time& seen, bool listed) {
  if (r.account && !accounts_.contains(r.account))
    return; // of an account that is not ours to watch
  venue_nonsense n;
  n.account = r.account;
  n.contract = r.contract;
  n.what = r.why;
  n.seen = seen;
  n.position = r.position;
  n.listed = listed;
  if (!r.usable && !r.over && r.account)
    n.order = r.order;
  out_.tell(r.account, {std::move(n)});
}

// -- refused subscriptions ------------------------------------------------------

void gateway::on_refused_subscription(const subscription& what, const std::string& why) {
  const std::string name = what.method + "(" + what.argument + ")";
  const bool of_an_account = !what.argument.empty() && what.argument.find_first_not_of("0123456789") == std::string::npos;
  if (of_an_account && !accounts_.contains(account_id{std::stoll(what.argument)}))
    return user_->forget_refused(what); // it has left
  refused_[what] = name + " was refused: " + why;
  raise_alarm("refused " + name, severity::critical, refused_[what] + "; it is asked for again");
  if (!what.argument.empty() && what.argument.front() == '"')
    return; // a contract's: its price is read over REST where one is held and it grows stale
  for (auto& [id, a] : accounts_)
    if (what.argument.empty() || what.argument == std::to_string(id.value))
      out_.tell(id, {link_of(a)});
}

void gateway::on_granted_subscription(const subscription& what) {
  refused_.erase(what);
  clear_alarm("refused " + what.method + "(" + what.argument + ")");
  for (auto& [id, a] : accounts_)
    if (what.argument.empty() || what.argument == std::to_string(id.value)) {
      a.now = watched_account::state::unread; // what happened meanwhile was not told
      a.round = ++last_round_;
    }
  advance();
}

void gateway::forget_refusals(bool user) {
  std::erase_if(refused_, [&](auto& r) {
    const bool of_a_contract = !r.first.argument.empty() && r.first.argument.front() == '"';
    if (of_a_contract == user)
      return false;
    clear_alarm("refused " + r.first.method + "(" + r.first.argument + ")");
    return true;
  });
}

} // namespace rm::projectx
