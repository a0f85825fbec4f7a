// A venue in memory for tests: records what it is asked, answers as it is told, delivers on the caller's thread.
#pragma once

#include "actors/broker/port.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace rm::test {

/// What a test shares with the fake ports that a broker makes (a restarted broker makes another one; the script stays).
struct fake_port_script {
  // -- what was asked, oldest first --
  std::vector<venue_request> sent;
  std::vector<std::pair<request_id, read_account>> reads;
  std::vector<watch_account> accounts;
  std::vector<account_id> left;
  std::vector<watch_contract> contracts;
  int started = 0;
  int stopped = 0;
  std::vector<contract_id> bars_asked;
  std::vector<duration> checks; // of the link: for how long nothing had run

  // -- what to do about it; an empty function does nothing, and the test answers later --
  std::function<venue_answer(const venue_request&)> on_send;
  std::function<std::variant<venue_snapshot, std::string>(const read_account&)> on_read;
  std::function<void(const watch_account&)> on_watch_account;
  std::function<void(const watch_contract&)> on_watch_contract;
  broker_status state;

  port_sink sink; // of the port that runs now; empty functions when none does

  /// Tells an event: to one account, or (account 0) to all of the login or to those that watch the quoted contract.
  template <class Event>
  void tell(account_id account, Event event) {
    if (sink.on_event)
      sink.on_event(port_event{account, venue_event{std::move(event)}});
  }
  void answer(venue_answer a) {
    if (sink.on_answer)
      sink.on_answer(port_answer{a.id, std::move(a)});
  }
  void answer_read(request_id id, venue_snapshot s) {
    if (sink.on_answer)
      sink.on_answer(port_answer{id, std::move(s)});
  }
  void fail_read(request_id id, std::string why) {
    if (sink.on_answer)
      sink.on_answer(port_answer{id, std::move(why)});
  }

  /// The answer of a venue that took the request.
  static venue_answer accepted(const venue_request& r) {
    venue_answer a;
    a.id = r.id;
    a.account = r.account;
    a.kind = r.kind;
    a.outcome = request_outcome::accepted;
    return a;
  }
  static venue_answer refused(const venue_request& r, refusal why) {
    venue_answer a = accepted(r);
    a.outcome = request_outcome::refused;
    a.refusal = why;
    return a;
  }
};

class fake_port : public port {
public:
  explicit fake_port(std::shared_ptr<fake_port_script> script) : script_{std::move(script)} {}
  ~fake_port() override { stop(); }

  void start(port_sink sink) override {
    script_->sink = std::move(sink);
    ++script_->started;
    running_ = true;
  }
  void watch(const watch_account& what) override {
    script_->accounts.push_back(what);
    if (script_->on_watch_account)
      script_->on_watch_account(what);
  }
  void leave(account_id account) override { script_->left.push_back(account); }
  void check(const check_link& what) override { script_->checks.push_back(what.gone); }
  void read_mark(const contract_id& contract) override { script_->bars_asked.push_back(contract); }
  void watch(const watch_contract& what) override {
    script_->contracts.push_back(what);
    if (script_->on_watch_contract)
      script_->on_watch_contract(what);
  }
  void send(const venue_request& request) override {
    script_->sent.push_back(request);
    if (script_->on_send)
      script_->answer(script_->on_send(request));
  }
  void read(request_id id, const read_account& what) override {
    script_->reads.emplace_back(id, what);
    if (!script_->on_read)
      return;
    auto answer = script_->on_read(what);
    if (auto* s = std::get_if<venue_snapshot>(&answer))
      script_->answer_read(id, std::move(*s));
    else
      script_->fail_read(id, std::get<std::string>(answer));
  }
  broker_status status() const override { return script_->state; }
  void stop() override {
    if (!std::exchange(running_, false))
      return;
    ++script_->stopped;
    script_->sink = {};
  }

private:
  std::shared_ptr<fake_port_script> script_;
  bool running_ = false;
};

/// For a broker under test.
inline port_factory fake_port_factory(std::shared_ptr<fake_port_script> script) {
  return [script](const broker_id&) { return std::make_unique<fake_port>(script); };
}

} // namespace rm::test
