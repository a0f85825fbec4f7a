// One login at the ProjectX gateway: its token, its budget, its two hubs, and what is known of its accounts and contracts.
//
// Threads: `start`, `send`, `status`, `stop` and `on_io` may be called from anywhere. Everything else runs on the io_context's thread.
#pragma once

#include "actors/broker/projectx/hub_session.hpp"
#include "actors/broker/projectx/port.hpp"
#include "actors/broker/projectx/quote_book.hpp"
#include "actors/broker/projectx/rest_client.hpp"
#include "actors/broker/request_queue.hpp"

#include <atomic>
#include <set>

namespace rm::projectx {

/// The way out to the broker actor: once closed, nothing comes through any more.
class outlet {
public:
  void open(port_sink sink);
  /// Returns when a delivery that is under way is over.
  void close();
  /// Without the lock: what runs now may want to answer.
  void pause();
  void tell(account_id account, venue_event event);
  void answer(port_answer a);

private:
  std::mutex mutex_;
  port_sink sink_;
};

class gateway : public std::enable_shared_from_this<gateway> {
public:
  gateway(asio::io_context& io, projectx_settings settings);

  void start(port_sink sink);
  void send(const venue_request& request);
  broker_status status() const;
  void stop();
  template <class Job>
  void on_io(Job job) {
    asio::post(io_, [me = shared_from_this(), job = std::move(job)] {
      if (!me->stopped_)
        job(*me);
    });
  }

  void watch(const watch_account& what);
  void leave(account_id account);
  void watch(const watch_contract& what);
  void read(request_id id, const read_account& what);
  void read_mark(const contract_id& contract);
  void check(duration gone);

private:
  // -- calls (gateway_calls.cpp): login, budget, REST --
  struct call {
    lane what = lane::read;
    std::string_view path; // of static storage
    std::string body;
    rest_client::on_reply done;
    bool retried = false; // after a 401
    bool once = false;    // never repeated here
  };
  using token_ptr = std::shared_ptr<const std::string>;
  void submit(call c);
  void write(call c, const token_ptr& token);
  void on_reply(call& c, const token_ptr& used, http_reply reply);
  void pump();
  void token_refused(const token_ptr& used);
  void hub_refused_token(bool user);
  void log_in();
  void log_in_after(duration pause);
  void logged_in(http_reply reply);
  void rest_trouble(const std::string& why);
  void login_failed(const std::string& why, bool by_the_venue, duration at_least = {});
  void renew_token();
  void use_token(std::string token);
  bool has_token() const;
  std::string token_text() const;

  // -- reads (gateway_reads.cpp) --
  struct account_reading;
  using on_read = std::function<void(std::variant<venue_snapshot, std::string>, bool unlisted)>;
  /// `ended_too`: orders of late that have ended are among the orders, where the venue tells them.
  void read_all(const read_account& what, lane from, on_read done, bool ended_too = false);
  void read_orders(const std::shared_ptr<account_reading>& job, bool only_open, std::size_t first_row);
  void part_read(account_reading& job);
  bool has_no_v2() const;
  void v2_is_refused();
  void v2_has_answered();
  void note_unguarded(const std::vector<account_update>& all);
  void look_for_unguarded();
  void read_contract_spec(const contract_id& contract);
  void contract_failed(const contract_id& contract, const std::string& why);

  // -- links (gateway_links.cpp): hubs, generations, events --
  struct watched_account {
    watch_account wish;
    enum class state : uint8_t { unread, reading, waiting, read, unlisted } now = state::unread;
    uint64_t round = 0; // of the newest reading: an overtaken one is dropped
    reconnect patience;
    std::string why; // where it could not be read
  };
  struct watched_contract {
    std::optional<contract_spec> spec;
    std::set<account_id> askers;
    bool asking = false;
    bool reading_bar = false;
    int64_t bar_wanted_ns = 0; // when it was asked for last
    reconnect patience;
  };
  std::shared_ptr<hub_session> make_hub(const std::string& address, bool user);
  void hub_ready(bool user);
  void hub_down(bool user, const std::string& why, bool unauthorized);
  void forget_readings();
  void advance();
  void read_watched(watched_account& a);
  void reading_done(account_id account, uint64_t round, std::variant<venue_snapshot, std::string> result, bool unlisted);
  void set_status(link_status s, const std::string& why);
  void set_down(const std::string& why);
  link_changed link_now() const;
  link_changed link_of(const watched_account& a) const;
  void on_user_event(const hub_record& r, const wire_time& seen);
  void on_market_event(const hub_record& r, const wire_time& seen);
  void on_refused_subscription(const subscription& what, const std::string& why);
  void on_granted_subscription(const subscription& what);
  void forget_refusals(bool user);
  void session_conflict();
  void renew_hubs(const std::string& why = "the login was renewed");
  template <class Update>
  void tell_update(json_value payload, reading (*read_it)(json_value, Update&), const wire_time& seen);
  void tell_nonsense(const reading& r, const wire_time& seen, bool listed = false);
  void show_clock();
  void ask_for_time();
  void raise_alarm(const std::string& key, severity s, const std::string& what);
  void clear_alarm(const std::string& key);

  void after(duration delay, std::function<void()> job);

  asio::io_context& io_;
  const projectx_settings settings_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::shared_ptr<rest_client> rest_;
  std::shared_ptr<hub_session> user_, market_;
  outlet out_;
  std::atomic<bool> stopped_{false};

  mutable std::mutex gate_; // guards the next ones
  mutable rate_budget budget_;
  request_queue<call> queue_;
  token_ptr token_;
  broker_status shown_;

  asio::steady_timer pump_timer_, login_timer_, renew_timer_;
  bool logging_in_ = false;
  bool hubs_need_token_ = false; // the token of their connections has ended, or will soon
  reconnect login_patience_, conflict_patience_;
  std::string login_trouble_;
  int64_t login_for_hub_ns_ = INT64_MIN / 2, token_since_ns_ = INT64_MIN / 2, own_eviction_ns_ = INT64_MIN / 2;
  int64_t conflict_until_ns_ = INT64_MIN;

  uint64_t generation_ = 0;
  uint64_t last_round_ = 0; // counts readings, also of accounts that left and came back
  bool ever_live_ = false;
  bool user_up_ = false, market_up_ = false;
  bool looking_for_unguarded_ = false;
  int64_t user_up_since_ = 0;
  int v2_refused_ = 0;       // times in a row that the venue said that it has no such query
  bool v2_answered_ = false; // it has
  int64_t v2_again_ns_ = INT64_MIN;
  uint64_t clock_trouble_ = 0; // as it is shown
  int64_t checked_ns_ = INT64_MIN / 2; // the connections were made anew because the machine slept
  std::map<account_id, watched_account> accounts_;
  std::map<contract_id, watched_contract> contracts_;
  std::map<subscription, std::string> refused_; // and why, on the present connections
  quote_book quotes_{settings_.last_counts_for};
};

} // namespace rm::projectx
