// What the venue itself says, over REST. An error is never an empty list.
#include "actors/broker/projectx/edge_clock.hpp"
#include "actors/broker/projectx/gateway.hpp"
#include "actors/broker/projectx/requests.hpp"

#include <algorithm>
#include <functional>

namespace rm::projectx {
namespace {

constexpr int refusals_that_convince = 3;
constexpr duration pause_for_v2 = std::chrono::seconds{5};
constexpr duration pause_where_there_is_none = std::chrono::seconds{60};
constexpr duration bar_no_longer_wanted = std::chrono::seconds{15}; // who wants one asks every few seconds

/// Opens an answer; empty when it holds what was asked for, else why not.
std::string open_reply(const http_reply& reply, json_reader& reader, int64_t* code = nullptr) {
  if (reply.kind != reply_kind::answered)
    return reply.why;
  if (reply.status != 200)
    return "HTTP " + std::to_string(reply.status);
  std::string why;
  if (!reader.parse(reply.body, why))
    return why;
  const envelope e = read_envelope(reader.root());
  if (!e.readable)
    return e.message;
  if (code)
    *code = e.code;
  if (!e.success)
    return "refused with code " + std::to_string(e.code) + (e.message.empty() ? "" : ": " + e.message);
  return "";
}

constexpr duration ended_orders_since = std::chrono::hours{24};

} // namespace

/// One reading of an account: several requests side by side, one result.
struct gateway::account_reading {
  read_account what;
  lane from = lane::read;
  on_read done;
  venue_snapshot out;
  int open = 0; // requests under way
  std::string trouble; // the first thing that went wrong
  bool unlisted = false;
  std::vector<reading> notes;
  wire_time newest{};
  std::shared_ptr<venue_clock> clock;

  void stamp(const http_reply& reply) {
    newest = wire_now(clock);
    if (reply.sent_steady_ns > 0 && (out.sent_steady_ns == 0 || reply.sent_steady_ns < out.sent_steady_ns))
      out.sent_steady_ns = reply.sent_steady_ns;
  }
  void fail(std::string_view part, const std::string& why) {
    if (trouble.empty())
      trouble = std::string{part} + " could not be read: " + why;
  }
  void miss(const reading& row, const position_update*) { out.positions_unread.push_back(row.contract); }
  void miss(const reading& row, const order_update*) { out.orders_unread.push_back(row.order); }
  void miss(const reading&, const trade_update*) { out.trades_unread = true; }
  /// Reads a list out of an answer; for one account only.
  template <class T>
  void take(std::string_view part, json_value list, reading (*read_row)(json_value, T&), std::vector<T>& into) {
    std::string why;
    const auto known = notes.size();
    if (!read_list(list, read_row, into, why, notes))
      return fail(part, why);
    for (auto i = known; i < notes.size(); ++i)
      if (auto& note = notes[i]; !note.usable) {
        note.account = what.account;
        miss(note, static_cast<T*>(nullptr));
      }
    for (auto& row : into) {
      if (row.account != what.account)
        return fail(part, "a row of another account is in the list");
      row.seen.utc = newest.utc; // steady_ns stays 0: not from the stream
    }
  }
  // Each takes its list out of an answer; `why`: there is none, or "".
  void take_positions(const std::string& why, json_value root);
  void take_trades(const std::string& why, json_value root);
  /// Only for the books: without them the reading is as good.
  void take_ended_orders(const std::string& why, json_value root);
  /// Gives all accounts of the login, where they could be read.
  std::optional<std::vector<account_update>> take_account(const std::string& why, json_value root);
};

void gateway::account_reading::take_positions(const std::string& why, json_value root) {
  if (!why.empty())
    return fail("positions", why);
  take("positions", root["positions"], &read_position, out.positions);
  out.has_positions = true;
}

std::optional<std::vector<account_update>> gateway::account_reading::take_account(const std::string& why, json_value root) {
  std::vector<account_update> accounts;
  std::string bad = why;
  const auto known = notes.size();
  if (!bad.empty() || !read_list(root["accounts"], &read_account_object, accounts, bad, notes)) {
    fail("the account", bad);
    return std::nullopt;
  }
  for (auto i = known; i < notes.size(); ++i)
    if (!notes[i].usable && (!notes[i].account || notes[i].account == what.account)) {
      fail("the account", notes[i].why);
      return std::nullopt;
    }
  const auto ours = std::find_if(accounts.begin(), accounts.end(), [&](auto& a) { return a.account == what.account; });
  if (ours == accounts.end()) {
    unlisted = true;
    trouble = "the venue does not list it for this login";
    return accounts;
  }
  out.info = *ours;
  out.info.seen.utc = newest.utc;
  out.has_account = true;
  return accounts;
}

void gateway::account_reading::take_trades(const std::string& why, json_value root) {
  if (!why.empty())
    return fail("trades", why);
  take("trades", root["trades"], &read_trade, out.trades);
  out.trades_since = what.trades_since;
  out.has_trades = true;
}

void gateway::account_reading::take_ended_orders(const std::string& why, json_value root) {
  std::vector<order_update> rows;
  std::vector<reading> unread;
  std::string bad;
  if (!why.empty() || !read_list(root["orders"], &read_order, rows, bad, unread))
    return;
  for (auto& row : rows)
    if (row.account == what.account && !is_live(row.status)) {
      row.seen.utc = newest.utc;
      out.orders.push_back(std::move(row));
    }
}

void gateway::read_all(const read_account& what, lane from, on_read done, bool ended_too) {
  auto job = std::make_shared<account_reading>();
  job->what = what;
  job->from = from;
  job->clock = settings_.clock;
  job->done = std::move(done);
  job->out.account = what.account;
  job->out.generation = generation_;

  const auto ask = [&](std::string_view path, std::string body, auto take) {
    ++job->open;
    call c;
    c.what = from;
    c.path = path;
    c.body = std::move(body);
    c.done = [me = shared_from_this(), job, take](http_reply reply) {
      job->stamp(reply);
      json_reader reader;
      const std::string why = open_reply(reply, reader); // before root(): it is empty until then
      std::invoke(take, *job, why, reader.root());
      me->part_read(*job);
    };
    submit(std::move(c));
  };

  job->open = 1; // this function itself: nothing is finished before all is asked
  ask("/api/Position/searchOpen", position_search(what.account), &account_reading::take_positions);
  ++job->open;
  read_orders(job, steady_now() < v2_again_ns_, 0);
  if (what.info)
    ask("/api/Account/search", R"({"onlyActiveAccounts":false})", [me = shared_from_this()](account_reading& j, const std::string& why, json_value root) {
      if (const auto all = j.take_account(why, root))
        me->note_unguarded(*all);
    });
  if (what.trades)
    ask("/api/Trade/search", trade_search(what.account, what.trades_since), &account_reading::take_trades);
  if (ended_too)
    ask("/api/Order/search", order_search(what.account, std::max(what.trades_since, wire_now(settings_.clock).utc - ended_orders_since)), &account_reading::take_ended_orders);
  part_read(*job);
}

/// An account that is new, or that was given another number, has no rules until somebody writes them down: that must be seen.
void gateway::note_unguarded(const std::vector<account_update>& all) {
  std::string names;
  for (auto& a : all)
    if (a.visible && a.can_trade && !accounts_.contains(a.account))
      names += (names.empty() ? "" : ", ") + one_line(a.name) + " (" + to_string(a.account) + ")";
  if (names.empty())
    return clear_alarm("unguarded");
  raise_alarm("unguarded", severity::warning, "the login can trade on accounts that no rule guards: " + names);
}

/// Soon, and once for all that leave together.
void gateway::look_for_unguarded() {
  if (std::exchange(looking_for_unguarded_, true))
    return;
  after(std::chrono::seconds{2}, [this] {
    looking_for_unguarded_ = false;
    call c;
    c.what = lane::read;
    c.path = "/api/Account/search";
    c.body = R"({"onlyActiveAccounts":false})";
    c.done = [me = shared_from_this()](http_reply reply) {
      json_reader reader;
      std::vector<account_update> all;
      std::vector<reading> notes;
      std::string bad;
      if (open_reply(reply, reader).empty() && read_list(reader.root()["accounts"], &read_account_object, all, bad, notes))
        me->note_unguarded(all);
    };
    submit(std::move(c));
  });
}

void gateway::part_read(account_reading& job) {
  if (--job.open > 0)
    return;
  job.out.read_at = job.newest.utc;
  for (const reading& note : job.notes)
    tell_nonsense(note, job.newest, true);
  if (job.trouble.empty())
    job.done(std::move(job.out), false);
  else
    job.done("account " + std::to_string(job.what.account.value) + ": " + job.trouble, job.unlisted);
}

/// Orders come in pages; the newer query shows suspended ones, too. Ends by counting the job down.
void gateway::read_orders(const std::shared_ptr<account_reading>& job, bool only_open, std::size_t first_row) {
  call c;
  c.what = job->from;
  c.path = only_open ? "/api/Order/searchOpen" : "/api/Order/v2/query";
  c.body = only_open ? open_order_search(job->what.account) : live_order_query(job->what.account, first_row);
  c.done = [me = shared_from_this(), job, only_open, first_row](http_reply reply) {
    job->stamp(reply);
    const bool no_such_query = !only_open && reply.kind == reply_kind::answered && (reply.status == 404 || reply.status == 405);
    if (no_such_query) {
      me->v2_is_refused();
      return me->read_orders(job, true, 0);
    }
    json_reader reader;
    const std::string why = open_reply(reply, reader);
    std::vector<order_update> page;
    if (!why.empty())
      job->fail("orders", why);
    else
      job->take("orders", reader.root()["orders"], &read_order, page);
    // Rows that nobody can read fill a page, too: without the next one, the orders there would be taken for gone.
    const bool full = !only_open && why.empty() && reader.root()["orders"].size() >= order_page;
    for (auto& row : page)
      if (is_live(row.status))
        job->out.orders.push_back(std::move(row));
    if (full && job->trouble.empty() && first_row < 100 * order_page)
      return me->read_orders(job, only_open, first_row + order_page);
    if (full)
      job->fail("orders", "there are too many");
    job->out.has_orders = true;
    job->out.lacks_suspended = only_open;
    job->out.never_lists_suspended = only_open && me->has_no_v2();
    if (!only_open && why.empty())
      me->v2_has_answered();
    me->part_read(*job);
  };
  submit(std::move(c));
}

/// Once is a mishap at the venue. Where it never answered, and was asked again and again, there is no such query.
bool gateway::has_no_v2() const { return !v2_answered_ && v2_refused_ >= refusals_that_convince; }

void gateway::v2_is_refused() {
  ++v2_refused_;
  const duration pause = has_no_v2() ? pause_where_there_is_none : pause_for_v2;
  v2_again_ns_ = steady_now() + pause.count();
  raise_alarm("v2_query", severity::warning,
              has_no_v2() ? "the venue has no order query v2: suspended bracket orders cannot be read"
                          : "the venue does not answer the order query v2: suspended bracket orders are held as they were known, and nothing is confirmed without it");
}

void gateway::v2_has_answered() {
  v2_answered_ = true;
  v2_refused_ = 0;
  v2_again_ns_ = INT64_MIN;
  clear_alarm("v2_query");
}

void gateway::read(request_id id, const read_account& what) {
  // Where the streams are trusted, reading positions and orders is an audit; without them it is how the account is guarded.
  if (const auto known = accounts_.find(what.account); known != accounts_.end() && what.trades)
    known->second.wish.trades_since = what.trades_since; // a reset has passed: the next connection reads from there, too
  const bool audits = !what.info && !what.trades && link_now().status == link_status::live;
  read_all(what, what.urgent ? lane::urgent_read : audits ? lane::audit : lane::read,
           [me = shared_from_this(), id](std::variant<venue_snapshot, std::string> result, bool) {
             port_answer a;
             a.id = id;
             std::visit([&](auto& r) { a.what = std::move(r); }, result);
             me->out_.answer(std::move(a));
           });
}

// -- contracts ------------------------------------------------------------------

void gateway::watch(const watch_contract& what) {
  auto& c = contracts_[what.contract];
  c.askers.insert(what.account);
  // Each of these may have to be closed at the same moment: the last close must not wait for a connection.
  std::size_t positions = 0;
  for (auto& [contract, known] : contracts_)
    positions += known.askers.size();
  rest_->keep_ready(positions);
  const std::string argument = quoted(what.contract.view());
  market_->subscribe({"SubscribeContractQuotes", argument});
  market_->subscribe({"SubscribeContractTrades", argument});
  if (c.spec) {
    out_.tell(what.account, {*c.spec});
    if (const quote* q = quotes_.find(what.contract))
      out_.tell(account_id{}, {*q});
  } else if (!c.asking) {
    read_contract_spec(what.contract);
  }
}

void gateway::read_contract_spec(const contract_id& contract) {
  contracts_[contract].asking = true;
  call c;
  c.what = lane::urgent_read; // without it nothing of the contract can be judged
  c.path = "/api/Contract/searchById";
  c.body = contract_search(contract);
  c.done = [me = shared_from_this(), contract](http_reply reply) {
    json_reader reader;
    const std::string why = open_reply(reply, reader);
    if (!why.empty())
      return me->contract_failed(contract, why);
    contract_spec spec;
    const reading r = read_contract(reader.root()["contract"], spec);
    if (!r.usable)
      return me->contract_failed(contract, r.why);
    if (spec.id != contract)
      return me->contract_failed(contract, "the venue answered with another contract");
    me->clear_alarm("contract " + contract.str());
    auto& known = me->contracts_[contract];
    known.asking = false;
    known.spec = spec;
    for (account_id account : known.askers)
      me->out_.tell(account, {spec});
  };
  submit(std::move(c));
}

/// A stream that is silent on a contract may have failed, or nobody trades: its newest bar tells the price either way.
void gateway::read_mark(const contract_id& contract) {
  const auto known = contracts_.find(contract);
  if (known == contracts_.end())
    return;
  known->second.bar_wanted_ns = steady_now();
  if (std::exchange(known->second.reading_bar, true))
    return;
  call c;
  c.what = lane::bars;
  c.path = "/api/History/retrieveBars";
  c.body = newest_bar_search(contract, quotes_.venue_now(wire_now(settings_.clock)));
  c.done = [me = shared_from_this(), contract](http_reply reply) {
    me->contracts_[contract].reading_bar = false;
    json_reader reader;
    std::string why = open_reply(reply, reader);
    quote_part part;
    if (why.empty()) {
      const reading r = read_newest_bar(reader.root()["bars"], part);
      why = r.usable ? "" : r.why;
    }
    if (why.empty())
      why = me->quotes_.merge_bar(contract, part, wire_now(me->settings_.clock));
    const std::string key = "bars " + contract.str();
    if (!why.empty()) { // the account says itself that it has no price
      me->raise_alarm(key, severity::warning, "the newest bar of " + contract.str() + " could not be taken: " + why);
      return me->after(bar_no_longer_wanted, [again = me.get(), contract, key] {
        if (steady_now() - again->contracts_[contract].bar_wanted_ns >= bar_no_longer_wanted.count())
          again->clear_alarm(key); // quotes have come back, or nothing is held there any more
      });
    }
    me->clear_alarm(key);
    me->quotes_.flush([&](const quote& q) { me->out_.tell(account_id{}, {q}); });
  };
  submit(std::move(c));
}

/// It may have expired: who holds nothing there misses nothing, and who does says himself that he cannot value it.
void gateway::contract_failed(const contract_id& contract, const std::string& why) {
  auto& c = contracts_[contract];
  raise_alarm("contract " + contract.str(), severity::warning, "the specification of " + contract.str() + " could not be read, so nothing that is held in it can be valued: " + why);
  after(c.patience.on_down(steady_now(), chance()), [this, contract] { read_contract_spec(contract); });
}

} // namespace rm::projectx
