#include "actors/broker/broker_actor.hpp"

#include "actors/broker/quote_fan.hpp"
#include "actors/broker/quote_mailbox.hpp"
#include "actors/broker/watches.hpp"
#include "actors/kill_point.hpp"
#include "messages/caf/loop_scheduler.hpp"
#include "messages/caf/shared.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_response_promise.hpp>

#include <unordered_map>

namespace rm {
namespace {

constexpr std::ptrdiff_t account_lines = 80; // all that an account has at hand, its guard

struct broker_state {
  /// What the port tells comes in as messages, too.
  using handle = broker_actor::extend<accepts<port_event>, accepts<port_answer>, accepts<poll>, accepts<tell_kept>>;
  using send_backer = caf::typed_actor<accepts<poll>>;
  using fan = quote_fan<account_actor, caf::message>;
  using request_promise = caf::typed_response_promise<venue_answer>;
  struct read_under_way {
    caf::typed_response_promise<venue_snapshot> promise;
    account_id desk; // whose desk has asked; 0: somebody else
  };
  static inline const char* name = "broker";

  broker_state(handle::pointer self, broker_id id, const port_factory& make_port, bool lets_rest)
    : self{self}, id{id}, venue{make_port(id)}, quotes{std::make_shared<quote_mailbox>()}, quotes_out{lets_rest} {}
  ~broker_state() {
    if (venue)
      venue->stop(); // a successor never hears this port
  }

  /// Hands a quote to an account.
  auto teller() {
    return [this](const account_actor& desk, const caf::message& what) { tell_shared(self, desk, what); };
  }

  handle::behavior_type make_behavior() {
    venue->start(make_sink());
    return { // they are tried in this order: what an event and its answer need comes first
      // Not const: nobody else has this message, so its content is moved on instead of copied.
      [this](port_event& m) { on_event(m); },
      [this](const venue_request& m) { return on_request(m); },
      [this](port_answer& m) { on_answer(m); },
      [this](const watch_account& m) { on_watch(m); },
      [this](const watch_contract& m) { on_watch(m); },
      [this](const rest_marks& m) {
        ++handled;
        quotes_out.rest(m, teller());
        look_at_kept_later();
      },
      [this](const read_mark& m) {
        ++handled;
        venue->read_mark(m.contract);
      },
      [this](const check_link& m) {
        ++handled;
        venue->check(m);
      },
      [this](const read_account& m) { return on_read(m); },
      [this](get_broker_status) {
        ++handled;
        return venue->status();
      },
      [this](const wiring& m) { on_wiring(m); },
      [this](describe) { return describe_self(); },
      [this](poll) {
        going_on = false;
        go_on();
      },
      [this](tell_kept) {
        looking = false;
        quotes_out.look_at_kept();
        go_on();
        look_at_kept_later();
      },
    };
  }

  /// Runs on the port's thread and holds the actor weakly: a port must not keep its actor alive.
  port_sink make_sink() {
    auto weak = caf::actor_cast<caf::weak_actor_ptr>(handle{self});
    port_sink sink;
    sink.on_event = [weak, quotes = quotes](port_event e) {
      if (auto* q = std::get_if<quote>(&e.event.what)) {
        const contract_id contract = q->contract;
        if (!quotes->put(std::move(*q)))
          return;
        quote ring; // only rings: the newest one is taken from the mailbox when it is read
        ring.contract = contract;
        e.event.what = std::move(ring);
      }
      if (auto to = caf::actor_cast<handle>(weak))
        post(to, std::move(e));
    };
    sink.on_answer = [weak](port_answer a) {
      if (auto to = caf::actor_cast<handle>(weak))
        post(to, std::move(a));
    };
    if (auto* loop = dynamic_cast<loop_scheduler*>(&self->home_system().scheduler()))
      sink.on_pause = [loop] { loop->run_here(); }; // it outlives its loop
    return sink;
  }

  // -- towards the venue --------------------------------------------------------

  void on_watch(const watch_account& m) {
    ++handled;
    asked.add(m);
    if (const auto* desk = quotes_out.desk_of(m.account); !desk || !came_from(*desk))
      asked.owe(m.account); // its answers would go astray: read again when it is wired
    venue->watch(m);
  }

  void on_watch(const watch_contract& m) {
    ++handled;
    quotes_out.want(m);
    venue->watch(m);
  }

  caf::result<venue_answer> on_request(const venue_request& m) {
    ++handled;
    if (requests.contains(m.id))
      return not_sent(m, "another request of this id is under way");
    auto promise = self->make_response_promise<venue_answer>();
    requests.emplace(m.id, promise);
    venue->send(m);
    return promise;
  }

  caf::result<venue_snapshot> on_read(const read_account& m) {
    ++handled;
    const auto* desk = quotes_out.desk_of(m.account);
    read_under_way begun{self->make_response_promise<venue_snapshot>(), desk && self->current_sender() == *desk ? m.account : account_id{}};
    const request_id number{++last_read};
    reads.emplace(number, begun);
    venue->read(number, m);
    return begun.promise;
  }

  static venue_answer not_sent(const venue_request& m, std::string why) {
    venue_answer out;
    out.id = m.id;
    out.account = m.account;
    out.kind = m.kind;
    out.outcome = request_outcome::not_sent;
    out.detail = std::move(why);
    return out;
  }

  // -- from the venue -----------------------------------------------------------

  void on_event(port_event& m) {
    ++handled;
    RM_KILL_POINT("event.read", word_of(m.event));
    if (auto* q = std::get_if<quote>(&m.event.what)) {
      on_quote(*q);
    } else if (m.account) {
      deliver(m.account, std::move(m.event));
    } else {
      for (const auto& [account, is_ours] : rooms)
        if (is_ours)
          deliver(account, m.event);
    }
  }

  void on_quote(const quote& ring) {
    if (quotes_out.holds(ring.contract))
      return; // it stays in the mailbox until the one before is with everybody
    begin(ring.contract);
    go_on();
  }

  void begin(const contract_id& contract) {
    quote newest;
    if (!quotes->take(contract, newest))
      return;
    auto content = shareable(venue_event{newest, 0});
    quotes_out.add(newest, std::move(content));
  }

  /// What one tells oneself is read in the same turn; what this actor sends back, after those who had been told before have had theirs.
  static send_backer::behavior_type send_back(send_backer::pointer self) {
    return {[self](poll) { tell(self, caf::actor_cast<handle>(self->current_sender()), poll{}); }};
  }

  /// Between two lots whatever else has come gets its turn.
  void go_on() {
    if (going_on)
      return;
    if (const auto done = quotes_out.go_on(teller()); !done.empty())
      begin(done);
    if (!quotes_out.empty()) {
      going_on = true;
      tell(self, behind_others, poll{});
    }
    look_at_kept_later();
  }

  void look_at_kept_later() {
    if (looking || !quotes_out.keeps())
      return;
    looking = true;
    tell_after(self, handle{self}, fan::kept_at_most / 2, tell_kept{});
  }

  void deliver(account_id account, venue_event event) {
    if (const auto* desk = quotes_out.desk_of(account)) {
      fetch_soon<account_lines>(*desk);
      event.number = quotes_out.before_news(account, teller());
      tell(self, *desk, std::move(event));
    } else if (asked.find(account)) {
      asked.owe(account);
    }
  }

  void on_answer(port_answer& m) {
    ++handled;
    if (auto* a = std::get_if<venue_answer>(&m.what)) {
      if (auto i = requests.find(m.id); i != requests.end()) {
        i->second.deliver(std::move(*a));
        requests.erase(i);
      }
    } else if (auto i = reads.find(m.id); i != reads.end()) {
      auto& [promise, desk] = i->second;
      if (auto* s = std::get_if<venue_snapshot>(&m.what)) {
        if (desk)
          s->number = quotes_out.before_news(desk, teller());
        promise.deliver(std::move(*s));
      } else {
        promise.deliver(caf::make_error(ec::not_ready, std::get<std::string>(m.what)));
      }
      reads.erase(i);
    }
  }

  // -- the house ----------------------------------------------------------------

  void on_wiring(const wiring& m) {
    ++handled;
    if (m.all_accounts)
      std::erase_if(rooms, [&](const auto& known) { return !m.accounts.contains(known.first) && (quotes_out.seat(known.first, {}), true); });
    for (const auto& [account, known] : m.accounts)
      if (known.nobody() && asked.find(account))
        venue->leave(account); // gone, or about to be started again; then it asks to be watched
    for (const auto& [account, known] : m.accounts) {
      if (known.nobody() && !m.all_accounts)
        rooms.erase(account);
      else
        rooms[account] = known.broker == id;
      quotes_out.seat(account, known.desk);
      if (known.desk && asked.is_owed(account)) {
        asked.settle(account);
        venue->watch(*asked.find(account));
      }
    }
  }

  /// True for messages of that actor, and for those that nobody signed.
  bool came_from(const account_actor& desk) const {
    const auto& sender = self->current_sender();
    return !sender || sender == desk;
  }

  description describe_self() {
    ++handled;
    const broker_status now = venue->status();
    description out;
    out.kind = name;
    out.name = "broker " + id.str();
    out.state = std::string{name_of(now.status)} + (now.why.empty() ? "" : ": " + now.why);
    out.mailbox = static_cast<int64_t>(self->mailbox().size());
    out.handled = handled;
    out.detail.push_back(std::to_string(asked.account_count()) + " accounts and " + std::to_string(quotes_out.contract_count()) + " contracts watched");
    out.detail.push_back("quotes told " + std::to_string(quotes_out.told()) + ", kept from accounts that rest " + std::to_string(quotes_out.kept()));
    out.detail.push_back(std::to_string(requests.size()) + " requests and " + std::to_string(reads.size()) + " reads under way");
    out.detail.push_back(std::to_string(now.requests_left) + " requests left in the window");
    return out;
  }

  handle::pointer self;
  broker_id id;
  std::unique_ptr<port> venue;
  std::shared_ptr<quote_mailbox> quotes;
  watches asked;
  std::map<account_id, bool> rooms; // that there are, and whether they are of this login
  fan quotes_out;
  bool going_on = false; // behind_others has been told
  bool looking = false;  // tell_kept is on its way
  send_backer behind_others = self->spawn(send_back);
  std::unordered_map<request_id, request_promise> requests;
  std::unordered_map<request_id, read_under_way> reads;
  int64_t last_read = 0;
  int64_t handled = 0;
};

} // namespace

broker_actor start_broker(caf::actor_system& system, const broker_id& id, const port_factory& make_port, bool lets_rest) {
  return spawn_state<broker_state>(system, id, make_port, lets_rest);
}

} // namespace rm
