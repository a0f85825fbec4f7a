#include "actors/broker/projectx/gateway.hpp"

#include "actors/broker/projectx/edge_clock.hpp"

namespace rm::projectx {

// -- the way out ----------------------------------------------------------------

void outlet::open(port_sink sink) {
  std::lock_guard lock{mutex_};
  sink_ = std::move(sink);
}

void outlet::close() {
  std::lock_guard lock{mutex_};
  sink_ = {};
}

void outlet::pause() {
  std::function<void()> run;
  {
    std::lock_guard lock{mutex_};
    run = sink_.on_pause;
  }
  if (run)
    run();
}

void outlet::tell(account_id account, venue_event event) {
  std::lock_guard lock{mutex_};
  if (sink_.on_event)
    sink_.on_event({account, std::move(event)});
}

void outlet::answer(port_answer a) {
  std::lock_guard lock{mutex_};
  if (sink_.on_answer)
    sink_.on_answer(std::move(a));
}

// -- life -----------------------------------------------------------------------

namespace {

budget_limits limits_of(const projectx_settings& settings) {
  budget_limits out;
  out.requests = settings.requests_per_minute;
  return out;
}

} // namespace

gateway::gateway(asio::io_context& io, projectx_settings settings)
  : io_{io}, settings_{std::move(settings)}, tls_{make_tls_context(settings_.ca_file)}, budget_{limits_of(settings_)}, pump_timer_{io}, login_timer_{io}, renew_timer_{io} {
  if (settings_.clock)
    settings_.clock->expect();
  shown_.broker = settings_.broker;
  shown_.since = wall_now(settings_.clock);
}

void gateway::start(port_sink sink) {
  out_.open(std::move(sink));
  // Made here and not in the constructor, since they know their owner.
  rest_settings r;
  r.base = *parse_url(settings_.api_url);
  r.connect_timeout = settings_.connect_timeout;
  r.request_timeout = settings_.request_timeout;
  r.clock = settings_.clock;
  rest_ = std::make_shared<rest_client>(io_, tls_, std::move(r), [weak = weak_from_this()](const std::string& why) {
    if (auto me = weak.lock(); me && !me->stopped_)
      me->rest_trouble(why);
  });
  user_ = make_hub(settings_.user_hub_url, true);
  market_ = make_hub(settings_.market_hub_url, false);
  on_io([](gateway& g) {
    g.rest_->start();
    g.log_in();
    g.user_->start();
    g.market_->start();
  });
}

void gateway::stop() {
  if (stopped_.exchange(true))
    return;
  out_.close();
  if (rest_)
    rest_->stop();
  {
    std::lock_guard lock{gate_};
    queue_ = {}; // what waits there holds this object
  }
  asio::post(io_, [me = shared_from_this()] {
    for (auto* timer : {&me->pump_timer_, &me->login_timer_, &me->renew_timer_})
      timer->cancel();
    for (auto& hub : {me->user_, me->market_})
      if (hub)
        hub->stop();
  });
}

broker_status gateway::status() const {
  std::lock_guard lock{gate_};
  broker_status out = shown_;
  out.requests_left = budget_.left(steady_now());
  return out;
}

void gateway::raise_alarm(const std::string& key, severity s, const std::string& what) {
  std::lock_guard lock{gate_};
  for (alarm& a : shown_.alarms) {
    if (a.key == key) {
      a.severity = s;
      a.what = what;
      return;
    }
  }
  shown_.alarms.push_back({key, s, what, wall_now(settings_.clock)});
}

void gateway::clear_alarm(const std::string& key) {
  std::lock_guard lock{gate_};
  std::erase_if(shown_.alarms, [&](const alarm& a) { return a.key == key; });
}

/// An answer has come: it may have told what the PC's clock is worth.
void gateway::show_clock() {
  if (!settings_.clock || std::exchange(clock_trouble_, settings_.clock->trouble_number()) == settings_.clock->trouble_number())
    return;
  const auto trouble = settings_.clock->trouble();
  if (trouble.empty())
    clear_alarm("clock");
  else
    raise_alarm("clock", severity::critical, trouble);
}

void gateway::after(duration delay, std::function<void()> job) {
  auto timer = std::make_shared<asio::steady_timer>(io_, delay);
  timer->async_wait([weak = weak_from_this(), timer, job = std::move(job)](error_code ec) {
    if (auto me = weak.lock(); me && !ec && !me->stopped_)
      job();
  });
}

} // namespace rm::projectx
