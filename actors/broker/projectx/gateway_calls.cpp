// The REST side of a login: token, budget, requests.
#include "actors/broker/projectx/edge_clock.hpp"
#include "actors/broker/projectx/gateway.hpp"
#include "actors/broker/projectx/requests.hpp"
#include "actors/broker/projectx/token.hpp"
#include "actors/kill_point.hpp"

namespace rm::projectx {
namespace {

constexpr int64_t login_for_hub_every = 60'000'000'000;
constexpr int reading_patience = 6; // request timeouts that a reading may wait for its turn: many accounts share the budget

pool pool_of(lane what) { return what == lane::close || what == lane::cancel ? pool::protection : pool::reads; }

venue_answer blank_answer(const venue_request& r) {
  venue_answer a;
  a.id = r.id;
  a.account = r.account;
  a.kind = r.kind;
  return a;
}

} // namespace

// -- requests -------------------------------------------------------------------

void gateway::send(const venue_request& request) {
  rest_call what = call_for(request);
  const bool closes = request.kind == request_kind::close_position || request.kind == request_kind::reduce_position;
  call c;
  // Moving a stop of a rule's wish is no enforcement: it may not use what is kept for that.
  const bool wish = request.kind == request_kind::place_stop || (request.kind == request_kind::modify_order && request.size == 0);
  c.what = closes ? lane::close : wish ? lane::read : lane::cancel;
  c.once = closes || request.kind == request_kind::place_stop; // done twice these do harm: who asked looks first whether anything happened
  c.path = what.path;
  c.body = std::move(what.body);
  c.done = [me = shared_from_this(), answer = blank_answer(request), event_ns = request.event.steady_ns](http_reply reply) mutable {
    RM_KILL_POINT("wire.answered", name_of(answer.kind));
    answer.sent_steady_ns = reply.sent_steady_ns;
    if (event_ns > 0 && reply.sent_steady_ns > 0)
      answer.latency_ns = reply.sent_steady_ns - event_ns;
    if (reply.kind == reply_kind::answered) {
      verdict_on_answer v = judge(answer.kind, reply.status, reply.body);
      answer.outcome = v.outcome;
      answer.refusal = v.refusal;
      answer.detail = std::move(v.detail);
    } else {
      answer.outcome = reply.kind == reply_kind::unclear ? request_outcome::unclear : request_outcome::not_sent;
      answer.detail = std::move(reply.why);
    }
    if (answer.outcome == request_outcome::not_sent) { // what was turned away at the door counts as not sent
      answer.sent_steady_ns = 0;
      answer.latency_ns = -1;
    }
    const wire_time now = wire_now(me->settings_.clock);
    answer.answered = now.utc;
    answer.answered_steady_ns = now.steady_ns;
    const request_id id = answer.id;
    me->out_.answer({id, std::move(answer)});
  };
  RM_KILL_POINT("wire.before", name_of(request.kind));
  submit(std::move(c));
  RM_KILL_POINT("wire.written", name_of(request.kind));
}

void gateway::submit(call c) {
  token_ptr token;
  {
    std::lock_guard lock{gate_};
    if (stopped_)
      return;
    const int64_t now = steady_now();
    if (token_ && !queue_.is_behind(c.what) && !budget_.take(c.what, now)) {
      token = token_;
    } else {
      const lane what = c.what;
      const bool patient = what == lane::read || what == lane::audit;
      queue_.put(what, std::move(c), now + settings_.request_timeout.count() * (patient ? reading_patience : 1));
    }
  }
  if (token)
    write(std::move(c), token);
  else
    on_io([](gateway& g) { g.pump(); });
}

void gateway::write(call c, const token_ptr& token) {
  auto shared = std::make_shared<call>(std::move(c));
  rest_->post(pool_of(shared->what), shared->path, shared->body, *token,
              [me = shared_from_this(), shared, token](http_reply reply) { me->on_reply(*shared, token, std::move(reply)); });
}

void gateway::on_reply(call& c, const token_ptr& used, http_reply reply) {
  show_clock();
  if (reply.kind == reply_kind::answered) {
    if (reply.status == 401 && !std::exchange(c.retried, true)) {
      token_refused(used);
      if (!c.once)
        return submit(std::move(c));
    }
    std::lock_guard lock{gate_};
    if (reply.status == 429)
      budget_.on_refused(c.what, steady_now(), reply.retry_after_ns);
    else
      budget_.on_served(c.what);
  }
  c.done(std::move(reply));
}

void gateway::pump() {
  std::vector<call> ready, expired;
  token_ptr token;
  int64_t not_before = INT64_MAX;
  bool waiting = false;
  {
    std::lock_guard lock{gate_};
    const int64_t now = steady_now();
    token = token_;
    if (token)
      ready = queue_.take_ready(budget_, now, not_before);
    expired = queue_.take_expired(now);
    waiting = !queue_.empty();
  }
  for (call& c : ready)
    write(std::move(c), token);
  for (call& c : expired) {
    http_reply reply;
    if (token)
      reply.why = "the venue's request limit is used up";
    else
      reply.why = "not logged in" + (login_trouble_.empty() ? std::string{} : ": " + login_trouble_);
    c.done(std::move(reply));
  }
  if (!waiting)
    return;
  const int64_t pause = std::clamp<int64_t>(not_before == INT64_MAX ? INT64_MAX : not_before - steady_now(), 1'000'000, 250'000'000);
  pump_timer_.expires_after(std::chrono::nanoseconds{pause});
  pump_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    if (auto me = weak.lock(); me && !ec && !me->stopped_)
      me->pump();
  });
}

// -- the login ------------------------------------------------------------------

bool gateway::has_token() const {
  std::lock_guard lock{gate_};
  return token_ != nullptr;
}

std::string gateway::token_text() const {
  std::lock_guard lock{gate_};
  return token_ ? *token_ : std::string{};
}

void gateway::token_refused(const token_ptr& used) {
  {
    std::lock_guard lock{gate_};
    if (token_ != used)
      return; // an older one: there is a new login already, or it is under way
    token_.reset();
  }
  hubs_need_token_ = true;
  // A login that is refused again and again right after it was granted is no reason to hammer on the door.
  const int64_t now = steady_now();
  const bool settled = login_patience_.has_settled(now) || login_patience_.failures() == 0;
  const duration pause = login_patience_.on_down(now, chance());
  log_in_after(settled ? duration{0} : pause);
}

/// The token may have ended, or this hub alone refuses it: a new one is fetched, but seldom, and the old one serves until it is there.
void gateway::hub_refused_token(bool user) {
  raise_alarm("hub login", severity::critical, std::string{user ? "the user hub" : "the market hub"} + " does not accept the login's token");
  const int64_t now = steady_now();
  if (!has_token() || now - login_for_hub_ns_ < login_for_hub_every)
    return;
  login_for_hub_ns_ = now;
  log_in();
}

void gateway::log_in_after(duration pause) {
  if (pause <= duration{0})
    return log_in();
  login_timer_.expires_after(pause);
  login_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    if (auto me = weak.lock(); me && !ec)
      me->log_in();
  });
}

void gateway::log_in() {
  if (stopped_ || logging_in_)
    return;
  logging_in_ = true;
  login_timer_.cancel();
  {
    std::lock_guard lock{gate_};
    budget_.take(lane::close, steady_now()); // counted; nothing works without it, so it is not held back
  }
  rest_->post(pool::protection, "/api/Auth/loginKey", login(settings_.user_name, settings_.api_key), {},
              [me = shared_from_this()](http_reply reply) { me->logged_in(std::move(reply)); });
}

void gateway::logged_in(http_reply reply) {
  show_clock();
  logging_in_ = false;
  if (reply.kind != reply_kind::answered)
    return login_failed(reply.why, false);
  if (reply.status == 401 || reply.status == 403)
    return login_failed("user name or key were not accepted (HTTP " + std::to_string(reply.status) + ")", true);
  if (reply.status == 429) {
    {
      std::lock_guard lock{gate_};
      budget_.on_refused(lane::close, steady_now(), reply.retry_after_ns);
    }
    return login_failed("too many requests (HTTP 429)", false, duration{reply.retry_after_ns.value_or(0)});
  }
  if (reply.status != 200)
    return login_failed("HTTP " + std::to_string(reply.status), false);
  json_reader reader;
  std::string why;
  if (!reader.parse(reply.body, why))
    return login_failed(why, false);
  const envelope e = read_envelope(reader.root());
  if (!e.readable)
    return login_failed(e.message, false);
  if (!e.success)
    return login_failed("refused with code " + std::to_string(e.code) + (e.message.empty() ? "" : ": " + e.message), true);
  const auto token = reader.root()["token"];
  if (!token.is_string() || token.text().empty())
    return login_failed("the answer has no token", false);
  login_patience_.on_up(steady_now());
  login_trouble_.clear();
  clear_alarm("login");
  use_token(std::string{token.text()});
  if (settings_.clock && !settings_.clock->known())
    ask_for_time();
}

/// Any answer tells the time. One that contradicts the PC's clock is not enough, and before the time is known nobody asks for anything else.
void gateway::ask_for_time() {
  call c;
  c.what = lane::urgent_read;
  c.path = "/api/Account/search";
  c.body = R"({"onlyActiveAccounts":true})";
  c.done = [me = shared_from_this()](http_reply) {
    if (!me->settings_.clock->known())
      me->after(std::chrono::milliseconds{300}, [again = me.get()] { again->ask_for_time(); });
  };
  submit(std::move(c));
}

void gateway::use_token(std::string token) {
  // Renewed early: what is renewed when it has ended cannot be renewed any more.
  const duration life = token_life(token, wall_now(settings_.clock));
  {
    std::lock_guard lock{gate_};
    token_ = std::make_shared<const std::string>(std::move(token));
  }
  token_since_ns_ = steady_now();
  renew_timer_.expires_after(life / 5 * 4);
  renew_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    if (auto me = weak.lock(); me && !ec && !me->stopped_)
      me->renew_token();
  });
  if (std::exchange(hubs_need_token_, false))
    renew_hubs();
  user_->token_arrived();
  market_->token_arrived();
  pump();
}

/// The hubs may be up while requests cannot be made: then everything is seen and nothing can be done about it.
void gateway::rest_trouble(const std::string& why) {
  if (why.empty())
    return clear_alarm("requests");
  raise_alarm("requests", severity::critical, "requests cannot be made: " + why);
  if (logging_in_ && !has_token())
    set_down("login: " + why);
}

/// While an older token serves, a login that fails is an alarm and no more.
void gateway::login_failed(const std::string& why, bool by_the_venue, duration at_least) {
  login_trouble_ = why;
  const int64_t now = steady_now();
  // Refused logins are tried seldom: each further one could lock the user out.
  const duration pause = by_the_venue ? login_patience_.on_conflict(now, chance()) : login_patience_.on_down(now, chance());
  raise_alarm("login", severity::critical, "login: " + why);
  if (!has_token())
    set_down("login: " + why);
  log_in_after(std::max(pause, std::min<duration>(at_least, std::chrono::minutes{2})));
}

void gateway::renew_token() {
  token_ptr token;
  {
    std::lock_guard lock{gate_};
    token = token_;
    budget_.take(lane::close, steady_now());
  }
  if (!token)
    return; // a login is under way
  rest_->post(pool::protection, "/api/Auth/validate", "{}", *token, [me = shared_from_this(), token](http_reply reply) {
    if (me->token_text() != *token)
      return;
    me->hubs_need_token_ = true; // theirs ends soon
    json_reader reader;
    std::string why;
    if (reply.kind == reply_kind::answered && reply.status == 200 && reader.parse(reply.body, why)) {
      const auto fresh = reader.root()["newToken"];
      if (read_envelope(reader.root()).success && fresh.is_string() && !fresh.text().empty()) {
        me->clear_alarm("login");
        return me->use_token(std::string{fresh.text()});
      }
    }
    me->log_in(); // the old token serves until the new one is there
  });
}

} // namespace rm::projectx
