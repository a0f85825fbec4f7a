#include "actors/account/guard.hpp"

#include "actors/account/past_cases.hpp"
#include "messages/joined.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration looked_at_closely = 15s; // lists may lag by seconds: what they took away may be there all the same
constexpr duration doubt_delay = 500ms; // lists and events disagree: read once more
constexpr int64_t most_contracts = 10'000'000; // nobody holds that many; sums of such still fit

bool is_size(int64_t size) { return size >= -most_contracts && size <= most_contracts; }

std::string words(const order_update& o) {
  return joined({name_of(o.side), " ", std::to_string(o.size), " ", o.contract.view(), " ", name_of(o.type), " order ", to_string(o.id), " ", name_of(o.status),
                 o.filled ? ", filled " : "", o.filled ? std::to_string(o.filled) : ""});
}

std::string words(const trade_update& t) {
  return joined({name_of(t.side), " ", std::to_string(t.size), " ", t.contract.view(), " @ ", to_string(t.price), ", order ", to_string(t.order),
                 t.profit_and_loss ? ", P&L " : "", t.profit_and_loss ? to_string(*t.profit_and_loss) : "", t.voided ? ", voided" : ""});
}

} // namespace

guard::guard(account_settings settings, const stored_account& kept)
  : settings_{std::move(settings)},
    ledger_{price_freshness(settings_), settings_.commissions},
    reports_{reports_of(settings_.id, kept.recent)} {
  rules_.reserve(settings_.rules.size());
  for (auto& rule : settings_.rules)
    rules_.add(rule.name, rule.wakes);
  if (kept.found) {
    memory_ = kept.memory;
    // While the disk fails it comes out of memory: who reads `durable` must be able to rely on it. A save of our own will tell when it is.
    memory_dirty_ = std::any_of(memory_.locks.begin(), memory_.locks.end(), [](auto& l) { return !l.durable; });
    locks_ = lock_set{memory_.locks};
    ledger_.begin_day(memory_.day_started);
    ledger_.begin_week(memory_.week_started);
    ledger_.restore(kept.trades, memory_.counted, memory_.last_trade, memory_.trips);
    ledger_.restore_balance(memory_.balance, memory_.adjustments);
    record_.begin(memory_.day_started);
    record_.restore(kept.day);
  }
  if (!kept.unreadable.empty()) {
    memory_.version = kept.memory.version;
    unreadable_ = kept.unreadable;
  }
  memory_.account = settings_.id;
  saved_version_ = memory_.version;
  // Greater than any number that an earlier incarnation has given: what is still on its way to it is told from what is ours.
  enforce_sequence_ = view_sequence_ = (memory_.version + 1) << 24;
  first_valid_view_ = view_sequence_;
  info_.account = settings_.id;
  info_.name = settings_.name;
  if (std::any_of(memory_.locks.begin(), memory_.locks.end(), [](auto& l) { return l.end == lock_end::can_trade; }))
    can_trade_.forbid(); // so the venue had said; it takes more than one list to take that back
  to_resume_ = memory_.cases;
  asked_before_ = memory_.asked;
}

bool guard::is_ours(account_id account, account_effects& out) {
  if (!account || account == settings_.id)
    return true;
  raise("stray", severity::warning, "news of account " + to_string(account) + " came here and was not counted", out);
  return false;
}

/// Something that cannot be true is treated like something that could not be read.
void guard::refuse(const contract_id& contract, std::string what, const wire_time& seen, account_effects& out) {
  take(venue_nonsense{settings_.id, contract, std::move(what), seen}, out);
}

// -- the venue's words ------------------------------------------------------------

account_effects guard::on_event(const venue_event& event) {
  account_effects out;
  if (!std::holds_alternative<quote>(event.what))
    hear_news(event);
  std::visit([&](const auto& what) { take(what, out); }, event.what);
  return out;
}

void guard::take(const order_update& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  hear(update.seen);
  if (update.size <= 0 || update.filled < 0 || !is_size(update.size) || !is_size(update.filled))
    return refuse(update.contract, "order " + to_string(update.id) + " has a size that makes no sense", update.seen, out);
  const bool bad = forbidden(update);
  const bool unseen = !held_.is_known(update.id);
  const bool larger = exceeds_known(update.id, update.size);
  if (!held_.apply(update))
    return;
  ++changes_;
  if (larger)
    withdraw_admission(update.id, out);
  note_untraded(update);
  if (unseen)
    admit_outstanding(update);
  need(update.contract, out);
  if (bad && (is_live(update.status) || (unseen && update.filled > 0)))
    count_attempt(update.id, update.parent, update.contract, words(update), out);
  enforce_locks(update.seen, out);
  look(wake::order, update.seen, out);
  note(out, "order", words(update));
}

/// Takes a trade into all books. False when it says nothing new.
bool guard::book(const trade_update& trade, bool from_list, const wire_time& heard, account_effects& out) {
  if (trade.size <= 0 || !is_size(trade.size)) {
    refuse(trade.contract, "trade " + to_string(trade.id) + " has a size that makes no sense", heard, out);
    return false;
  }
  trade_update fill = trade;
  if (from_list)
    fill.seen = {}; // a list tells of the past: no fill is seen now
  held_.apply(fill);
  try {
    if (!ledger_.apply(trade))
      return false;
  } catch (const amount_overflow& nonsense) {
    refuse(trade.contract, "trade " + to_string(trade.id) + ": " + nonsense.what(), heard, out);
    return false;
  }
  ++changes_;
  money_moved_ = now_;
  need(trade.contract, out);
  if (auto ahead = untraded_.find(trade.order); ahead != untraded_.end()) {
    const int64_t filled = ahead->second.filled < 0 ? -ahead->second.filled : ahead->second.filled;
    if (trade.voided || ledger_.filled_of(trade.order) >= filled)
      untraded_.erase(ahead);
  }
  if (trade.voided)
    return true;
  if (exceeds_known(trade.order, ledger_.filled_of(trade.order)))
    withdraw_admission(trade.order, out);
  follow(trade, from_list);
  if (ledger_.is_entry(trade.id) && !held_.is_known(trade.order))
    count_attempt(trade.order, {}, trade.contract, "a fill of order " + to_string(trade.order), out, trade.executed);
  return true;
}

void guard::take(const trade_update& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  hear(update.seen);
  if (!book(update, false, update.seen, out))
    return;
  settle_books();
  enforce_locks(update.seen, out);
  look(wake::fill, update.seen, out);
  // The memory goes first: a trade on disk is then always one that the counters have in them.
  save(out);
  out.push_back(save_trades{settings_.id, {*ledger_.find(update.id)}});
  note(out, "fill", words(update));
}

void guard::take(const position_update& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  hear(update.seen);
  if (!is_size(update.size))
    return refuse(update.contract, "a position of a size that makes no sense", update.seen, out);
  if (!held_.apply(update))
    return;
  ++changes_;
  need(update.contract, out);
  settle_books();
  enforce_locks(update.seen, out);
  look(wake::position, update.seen, out);
  note(out, "position", update.contract.str() + " " + std::to_string(update.size) + " @ " + to_string(update.average_price));
}

void guard::take(const quote& update, account_effects& out) {
  hear_quote(update);
  advance(update.seen.utc);
  ledger_.apply(update);
  if (held_.size_of(update.contract) != 0 || ledger_.size_by_trades(update.contract) != 0)
    look(wake::mark, update.seen, out);
}

void guard::take(const contract_spec& update, account_effects& out) {
  ledger_.apply(update);
  look(wake::position, {}, out);
}

void guard::take(const link_changed& update, account_effects& out) {
  advance(update.seen.utc);
  const bool was_live = link_.status == link_status::live;
  const bool live = update.status == link_status::live;
  std::string blind_for;
  if (!live && blind_since_ == timestamp{}) {
    blind_since_ = now_;
    blind_exposed_ = !held_.flat();
  } else if (live && blind_since_ != timestamp{}) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(now_ - std::exchange(blind_since_, {})).count();
    blind_for = ": it was blind for " + std::to_string(seconds) + " s, " + (blind_exposed_ || !held_.flat() ? "a position was open" : "no position was open");
  }
  if (update.status != link_.status)
    note(out, "link", std::string{name_of(update.status)} + (update.why.empty() ? "" : ": " + update.why) + blind_for + (held_.flat() ? "" : "; a position is open"));
  link_ = update;
  complete_ = complete_ && live && update.generation <= held_.generation();
  if (update.generation > held_.generation())
    lists_read_ = {};
  if (was_live && !live)
    next_audit_ = std::min(next_audit_, now_); // from now on only reading tells anything
  if (was_live != live)
    look(wake::account, update.seen, out);
}

void guard::take_trades(const venue_snapshot& update, account_effects& out) {
  // What is older was forgotten at the reset, and would be taken for new.
  const auto wanted = std::min(memory_.week_started, memory_.day_started);
  std::vector<trade_update> news;
  for (auto& trade : update.trades)
    if ((!trade.account || trade.account == settings_.id) && trade.executed >= wanted)
      news.push_back(trade);
  std::sort(news.begin(), news.end(), [](auto& a, auto& b) { return std::pair{a.executed, a.id} < std::pair{b.executed, b.id}; });
  // What was held before these trades follows from what is held now: only so is it known which of them opened, and which closed.
  if (update.has_positions && !is_stale(update)) {
    std::map<contract_id, int64_t> before;
    for (auto& trade : news)
      if (!ledger_.knows(trade.id) && !trade.voided && is_size(trade.size) && held_.last_fill_ns(trade.contract) < update.sent_steady_ns)
        before[trade.contract] -= sign_of(trade.side) * trade.size;
    for (auto& position : update.positions)
      if (auto i = before.find(position.contract); i != before.end())
        i->second += position.size;
    for (auto& [contract, size] : before) {
      if (update.is_unread(contract))
        continue;
      const auto known = ledger_.running().find(contract);
      if (known == ledger_.running().end() || known->second.size != size)
        ledger_.anchor(contract, size);
    }
  }
  save_trades fresh{settings_.id, {}};
  for (auto& trade : news)
    if (book(trade, true, {now_, update.sent_steady_ns}, out)) {
      fresh.trades.push_back(*ledger_.find(trade.id));
      note(out, "fill", "from the venue's list: " + words(trade));
    }
  if (fresh.trades.empty())
    return;
  save(out);
  out.push_back(std::move(fresh));
}

/// Forbidden orders that came and went while nobody looked, or whose count a crash has lost: the venue still tells of them. What was filled
/// counts with its trades.
void guard::count_ended_attempts(const venue_snapshot& update, account_effects& out) {
  if (locks_.empty())
    return;
  for (auto& order : update.orders) {
    const bool withdrawn = order.status == order_status::cancelled || order.status == order_status::expired;
    const bool may_be_ours = order.ours || (order.type == order_type::market && !order.tagged); // a close makes such
    if (withdrawn && !may_be_ours && !held_.is_known(order.id) && was_forbidden(order))
      count_attempt(order.id, order.parent, order.contract, "from the venue's list: " + words(order), out, order.created);
  }
}

/// What a list tells otherwise than we knew. `streamed`: the stream should have told all of it; then all is looked at closely for a while.
void guard::note_differences(const holdings::merge_result& merged, bool streamed, bool with_trades, account_effects& out) {
  for (auto& difference : merged.differences) {
    note(out, "reconcile", difference);
    if (streamed && difference.find(": position ") != std::string::npos)
      raise("reconcile", severity::warning, "the stream did not tell: " + difference, out);
  }
  if (streamed && !merged.differences.empty()) {
    closely_until_ = now_ + looked_at_closely;
    read_all_ = true;
  }
  if (streamed && with_trades && merged.differences.empty() && !merged.read_again)
    clear("reconcile", out);
}

/// Where a list and what we hold agree on a position, the books' trades do not outweigh them.
void guard::anchor_books(const venue_snapshot& update) {
  std::map<contract_id, int64_t> said;
  for (auto& [contract, running] : ledger_.running())
    said[contract] = 0;
  for (auto& position : update.positions)
    said[position.contract] = position.size;
  for (auto& [contract, size] : said)
    if (!update.is_unread(contract) && held_.size_of(contract) == size && ledger_.size_by_trades(contract) != size &&
        held_.last_fill_ns(contract) < update.sent_steady_ns) // otherwise its trades may be ahead of the list
      ledger_.anchor(contract, size);
}

/// The cases that were open when the process ended, now that the venue's state is known.
void guard::resume_cases(wire_time event, account_effects& out) {
  const auto cases = std::exchange(to_resume_, {});
  memory_.cases.clear();
  for (auto& c : cases)
    open_enforcement(c.rule, c.reason.starts_with("taken up") ? c.reason : "taken up after a restart: " + c.reason, c.action, c.goal, event, out, c.since);
}

void guard::take(const venue_snapshot& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  read_under_way_ = false;
  advance(update.read_at);
  trades_missed_ = trades_missed_ && !update.has_trades;
  if (!trades_missed_)
    clear("read", out);
  read_less_ = false; // all of it is tried again
  const bool stale = is_stale(update);
  const bool doubted = update.has_account && !stale && is_ours(update.info.account, out) && take_list(update.info, update.sent_steady_ns, out);
  const auto before = changes_;
  if (update.has_trades)
    take_trades(update, out);
  const bool traded = changes_ != before;
  const bool usable = std::all_of(update.positions.begin(), update.positions.end(), [](auto& p) { return is_size(p.size); }) &&
                      std::all_of(update.orders.begin(), update.orders.end(), [](auto& o) { return o.size > 0 && is_size(o.size) && is_size(o.filled); });
  if (!usable)
    return refuse({}, "a list of the venue has sizes that make no sense", {now_, update.sent_steady_ns}, out);
  std::vector<const order_update*> unseen;
  for (auto& order : update.orders)
    if (is_live(order.status) && !held_.is_known(order.id))
      unseen.push_back(&order);
  const bool streamed = complete_ && link_.status == link_status::live && update.generation == held_.generation(); // the stream should have told all of it
  const auto merged = stale ? holdings::merge_result{} : held_.apply(update);
  changes_ += merged.changed;
  note_differences(merged, streamed, update.has_trades, out);
  for (auto& position : update.positions)
    need(position.contract, out);
  for (auto& order : update.orders)
    if (is_live(order.status))
      need(order.contract, out);
  if (update.has_positions && update.has_orders && !stale) {
    complete_ = true;
    lists_read_ = update.read_at;
    if (update.has_trades)
      std::erase_if(nonsense_, [&](auto& n) { return n.second.seen_ns < update.sent_steady_ns; });
    read_was_good(update.has_trades);
    note_good_list(update);
  }
  if (update.has_trades && update.trades_since > std::min(memory_.week_started, memory_.day_started))
    next_full_audit_ = std::min(next_full_audit_, now_); // it was asked for when the day or the week was thought to have begun later
  if (doubted)
    next_full_audit_ = std::min(next_full_audit_, now_ + can_trade_word::read_again);
  check_balance(update, out);
  if (merged.read_again)
    next_audit_ = now_ + doubt_delay;
  if (update.has_positions && !stale)
    anchor_books(update);
  settle_books();
  for (auto* order : unseen)
    if (auto i = held_.orders().find(order->id); i != held_.orders().end() && was_forbidden(i->second))
      count_attempt(order->id, order->parent, order->contract, "from the venue's list: " + words(*order), out);
  count_ended_attempts(update, out);
  const wire_time event{update.read_at, 0};
  if (complete_ && !to_resume_.empty())
    resume_cases(event, out);
  if (complete_ && !unreadable_.empty())
    lock_for_lost_memory(out);
  enforce_locks(event, out);
  if (traded) // what a list tells is news like any other: those who wait for fills or orders are asked, too
    look(wake::fill, event, out);
  if (merged.changed)
    look(wake::order, event, out);
  look(wake::position, event, out);
}

void guard::take(const venue_nonsense& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  advance(update.seen.utc);
  const bool market = !update.account && !update.contract.empty() && !update.position && !update.order;
  if (market && !is_concerned(update.contract))
    return; // a broken feed of what others trade; a price that is missed here later is missed by its age
  auto& known = nonsense_[update.contract.str()];
  if (known.what != update.what)
    note(out, "alarm", "not understood: " + update.what);
  if (known.what.empty())
    known.since = now_;
  known.what = update.what;
  known.seen_ns = std::max(known.seen_ns, update.seen.steady_ns);
  if (update.position)
    known.position = update.contract;
  if (held_.apply(update)) {
    ++changes_;
    if (locks_.mode() == lock_mode::flat && !held_.orders().contains(update.order))
      count_attempt(update.order, {}, update.contract, "order " + to_string(update.order) + ", which cannot be read", out);
  }
  read_all_ = true; // it may have been anything, a trade too
  next_audit_ = std::min(next_audit_, std::max(now_ + doubt_delay, last_audit_ + 3s));
  enforce_locks(update.seen, out);
  look(wake::account, update.seen, out);
}

} // namespace rm
