// A login that cannot even be tried, e.g. because the file with its key cannot be read: its accounts are there with their locks, and say
// that nobody hears the venue.
#pragma once

#include "actors/broker/port.hpp"

#include <utility>

namespace rm {

class no_login_port : public port {
public:
  /// `why`: one line, no secrets. `clock`: the time of now.
  no_login_port(broker_id broker, std::string why, std::function<wire_time()> clock) : broker_{broker}, why_{std::move(why)}, clock_{std::move(clock)}, since_{clock_().utc} {}

  void start(port_sink sink) override { sink_ = std::move(sink); }
  void watch(const watch_account& what) override {
    if (sink_.on_event)
      sink_.on_event({what.account, {link_changed{broker_, link_status::connecting, 0, why_, clock_()}, 0}});
  }
  void watch(const watch_contract&) override {}
  void read_mark(const contract_id&) override {}
  void send(const venue_request& request) override {
    venue_answer out;
    out.id = request.id;
    out.account = request.account;
    out.kind = request.kind;
    out.outcome = request_outcome::not_sent;
    out.detail = why_;
    answer({request.id, std::move(out)});
  }
  void read(request_id id, const read_account&) override { answer({id, why_}); }
  broker_status status() const override {
    broker_status out;
    out.broker = broker_;
    out.why = why_;
    out.since = since_;
    return out;
  }
  void stop() override { sink_ = {}; }

private:
  void answer(port_answer what) {
    if (sink_.on_answer)
      sink_.on_answer(std::move(what));
  }

  broker_id broker_;
  std::string why_;
  std::function<wire_time()> clock_;
  timestamp since_;
  port_sink sink_;
};

} // namespace rm
