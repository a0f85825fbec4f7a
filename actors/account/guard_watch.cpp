// The guard's clock: readings of the venue while it matters, and what happens when nobody can judge.
#include "actors/account/guard.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration audit_every = 10s;       // positions and orders, while exposed
constexpr duration full_audit_every = 120s; // account and trades too
constexpr duration full_audit_again = 30s;  // where not all could be read
constexpr duration first_reading = 5s;      // what it may take
constexpr duration audit_gap = 2s;          // between readings because position and trades disagree
constexpr duration settling = 500ms;        // position and trade of one fill are expected together within this
constexpr duration unsafe_alarm_after = 5s;
constexpr duration first_words = 10s;       // what a start may take until the account can be judged
constexpr duration bar_patience = 10s;      // a stale mark's bar must have come within this
constexpr duration bar_every = 3s;

} // namespace

/// Silence means something only while the market is open, and was so all the time.
ledger::freshness price_freshness(const account_settings& settings) {
  return [limit = settings.stale_after + bar_patience, open = settings.market_open](const contract_id& contract, timestamp seen, timestamp now) {
    if (now - seen <= limit)
      return true;
    const auto symbol = symbol_of(contract);
    return open && (!open(symbol, now) || !open(symbol, now - limit));
  };
}

// -- collaborators ----------------------------------------------------------------

account_effects guard::on_start() {
  account_effects out;
  told_rest_.reset(); // it knows nothing of it
  news_heard_ = 0;
  arm_lock_timers(out);
  held_.forget_generation(); // a new broker counts its connections from one
  complete_ = false;
  read_under_way_ = false;
  link_.generation = 0;
  link_.status = link_status::connecting;
  watching_ = false;
  const auto contracts = std::exchange(watched_, {});
  start_watching(out);
  for (auto& contract : contracts)
    watch(contract, out);
  return out;
}

void guard::start_watching(account_effects& out) {
  if (watching_ || !memory_.day.ok() || !memory_.week.ok())
    return; // without a boundary nobody could say which trades are wanted
  watching_ = true;
  next_audit_ = next_full_audit_ = now_ + first_reading; // watching reads all, too
  out.push_back(watch_account{settings_.id, std::min(memory_.week_started, memory_.day_started)});
}

account_effects guard::on_timers_started() {
  account_effects out;
  arm_lock_timers(out);
  for (auto& rule : rules_) {
    rule.armed = {};
    arm_question(rule, out);
  }
  return out;
}

account_effects guard::on_rules_started(const std::vector<rule_name>& names) {
  account_effects out;
  ask_rules question;
  for (auto& name : names)
    if (auto* rule = rules_.find(name)) {
      rules_.forget(*rule);
      rest_on_mark_.known = rest_on_clock_.known = false;
      question.rules.push_back(name);
    }
  if (question.rules.empty())
    return out;
  if (now_ == timestamp{}) { // judged without the time, what was over long ago would be a breach now
    unasked_.insert(unasked_.end(), question.rules.begin(), question.rules.end());
    return out;
  }
  for (auto& name : question.rules)
    note_question(*rules_.find(name), view_sequence_ + 1);
  rest_in_doubt_ = rest_is_over_ = true;
  question.started = true;
  question.view = view_ = make_view(judge(), wake::settings, {now_, 0}, ++view_sequence_);
  out.push_back(std::move(question));
  return out;
}

// -- the clock ----------------------------------------------------------------------

/// The wall clock is what locks end by, also when it was set back. What is due after some time must then not wait for the old time.
void guard::set_clock(timestamp now) {
  if (now + 1s < now_) {
    ledger_.age_marks(now_ - now);
    for (auto& rule : rules_)
      rule.has_band = false; // no rule rests on a time that has come back
    rest_on_mark_.known = rest_on_clock_.known = false;
  }
  if (now < now_)
    for (auto* t : {&memory_.unsafe_since, &mute_since_, &first_tick_, &blind_since_, &unread_since_, &last_audit_, &lists_read_, &hold_until_, &save_again_, &next_day_save_, &next_audit_, &next_full_audit_, &balance_asked_, &money_moved_, &closely_until_})
      *t = std::min(*t, now);
  if (now < now_) {
    for (auto& [contract, apart] : apart_)
      apart.since = std::min(apart.since, now);
    for (auto& [contract, t] : over_since_)
      t = std::min(t, now);
  }
  now_ = now;
}

account_effects guard::on_tick(timestamp now, bool sure) {
  account_effects out;
  rest_in_doubt_ = true;
  set_clock(now);
  if (sure)
    ended(locks_.expire(now_), "its time is over", out);
  if (save_again_ != timestamp{} && now_ >= save_again_)
    save_again(out);
  else if (memory_dirty_ && saved_version_ == memory_.version)
    save(out);
  enforce_locks({}, out);
  if (hold_until_ != timestamp{} && now_ >= hold_until_) { // rules that measure otherwise were not listened to
    hold_until_ = {};
    look(wake::position, {now_, 0}, out);
  }
  tell_unseen(out);
  if (orders_settling_) // what was given to them may be over
    look(wake::order, {now, 0}, out);
  look(wake::clock, {now, 0}, out);
  ask_for_balance();
  blind_exposed_ |= blind_since_ != timestamp{} && !held_.flat();
  audit(out);
  read_stale_marks(out);
  fail_safe(out);
  watch_rules(out);
  keep_day(out);
  return out;
}

account_effects guard::on_timer(const timer_fired& fired) {
  account_effects out;
  rest_in_doubt_ = true;
  advance(fired.now);
  ended(locks_.expire(fired.now), "its time is over", out);
  look(wake::clock, {fired.now, 0}, out);
  return out;
}

// -- reading the venue --------------------------------------------------------------

void guard::audit(account_effects& out) {
  for (auto& [contract, apart] : apart_)
    if (now_ - apart.since >= settling && now_ - last_audit_ >= audit_gap) {
      next_audit_ = now_; // something was told to us by halves
      read_all_ = true;
    }
  const bool closely = now_ < closely_until_;
  if (closely && now_ - last_audit_ >= audit_gap)
    next_audit_ = now_;
  const bool busy = closely || !held_.flat() || !held_.orders().empty() || case_open_;
  const bool blind = link_.status != link_status::live;
  const bool due = now_ >= next_audit_ && (busy || blind || !complete_ || !nonsense_.empty() || !held_.unread_orders().empty() || !apart_.empty() || !locks_.empty());
  const bool full = now_ >= next_full_audit_;
  if (!watching_ || read_under_way_ || !(due || full))
    return;
  read_under_way_ = true;
  last_audit_ = now_;
  next_audit_ = now_ + audit_every;
  read_account what;
  what.account = settings_.id;
  // Without a stream only the trades tell what was lost meanwhile. Where not all could be read, positions and orders alone come next.
  const bool all = (full || read_all_ || blind || !nonsense_.empty()) && !read_less_;
  reading_all_ = all;
  if (all) {
    read_all_ = false;
    next_full_audit_ = now_ + full_audit_every;
    what.info = what.trades = true;
    what.trades_since = std::min(memory_.week_started, memory_.day_started);
  }
  out.push_back(read_venue{what});
}

void guard::read_was_good(bool all) {
  if (nonsense_.empty())
    next_audit_ = now_ + audit_every;
  if (all)
    next_full_audit_ = now_ + full_audit_every;
}

/// Only what was sent after the newest news of a contract can say more than they do.
void guard::note_good_list(const venue_snapshot& read) {
  unread_since_ = {};
  if (read.positions_unread.empty())
    good_list_ns_ = std::max(good_list_ns_, read.sent_steady_ns);
}

/// A stream that is silent on an open position's contract is asked past: the newest bar is as good a mark.
void guard::read_stale_marks(account_effects& out) {
  for (auto& [contract, position] : held_.positions()) {
    const auto marked = ledger_.marked_at(contract);
    const bool open = !settings_.market_open || settings_.market_open(symbol_of(contract), now_);
    auto& asked = bar_asked_[contract];
    if (!open || now_ - marked <= settings_.stale_after || (now_ >= asked && now_ - asked < bar_every))
      continue;
    asked = now_;
    out.push_back(read_mark{settings_.id, contract});
  }
  std::erase_if(bar_asked_, [&](auto& b) { return held_.size_of(b.first) == 0; });
}

account_effects guard::on_read_failed(const std::string& why) {
  account_effects out;
  read_under_way_ = false;
  if (unread_since_ == timestamp{})
    unread_since_ = last_audit_;
  read_less_ = reading_all_;
  if (read_less_) {
    trades_missed_ = true;
    next_audit_ = std::min(next_audit_, now_ + 1s);
    next_full_audit_ = std::min(next_full_audit_, now_ + full_audit_again);
  }
  raise("read", severity::warning, "the venue could not be read: " + why, out);
  return out;
}

// -- nobody can judge ---------------------------------------------------------------

bool guard::is_covered_by_stops() const {
  return unseen().empty() && std::all_of(held_.positions().begin(), held_.positions().end(), [&](auto& p) {
    int64_t stops = 0;
    for (auto& [id, order] : held_.orders())
      if (order.contract == p.first && held_.is_protective(order) && order.type != order_type::limit && order.type != order_type::join_bid &&
          order.type != order_type::join_ask && order.status == order_status::open)
        stops += order.remaining();
    return stops >= (p.second.size < 0 ? -p.second.size : p.second.size);
  });
}

void guard::fail_safe(account_effects& out) {
  const bool live = link_.status == link_status::live;
  if (first_tick_ == timestamp{})
    first_tick_ = now_;
  const auto& now = judge();
  const bool known_flat = held_.flat() && complete_ && nonsense_.empty() && apart_.empty();
  if (known_flat || (now.judgeable() && live && rules_.all_speak())) {
    if (std::exchange(memory_.unsafe_since, {}) != timestamp{})
      memory_dirty_ = true;
    fail_safe_done_ = false;
    clear("unsafe", out);
    return;
  }
  if (memory_.unsafe_since == timestamp{}) {
    memory_.unsafe_since = now_;
    memory_dirty_ = true; // a service that is killed again and again must not begin its patience anew
  }
  if (fail_safe_done_ && !case_open_) { // it was closed; what comes to be held from now on is closed again
    fail_safe_done_ = false;
    memory_.unsafe_since = now_;
    memory_dirty_ = true;
  }
  const auto open_for = now_ - memory_.unsafe_since;
  const std::string why = !live ? "the link is " + std::string{name_of(link_.status)} : !now.why.empty() ? now.why : "a rule does not speak";
  const bool covered = settings_.fail_safe == fail_safe_action::flatten_if_unprotected && is_covered_by_stops();
  const bool open = exposed();
  const bool acts = open && settings_.fail_safe != fail_safe_action::alarm_only && !covered;
  const bool starting = now_ - first_tick_ < std::min(first_words, settings_.fail_safe_after); // the patience may have begun long before
  const bool due = acts && open_for >= settings_.fail_safe_after && !fail_safe_done_ && !starting;
  if (open_for >= unsafe_alarm_after) {
    std::string what = !open ? "what the account holds is not known: " : "a position is open and cannot be judged: ";
    what += why + "; fail-safe " + std::string{name_of(settings_.fail_safe)};
    if (covered && open)
      what += ": stops at the venue cover it";
    else if (acts && (due || fail_safe_done_))
      what += ": it is being closed";
    else if (acts)
      what += ": it is closed in " + std::to_string(std::chrono::ceil<std::chrono::seconds>(std::max(settings_.fail_safe_after - open_for, duration{})).count()) + " s";
    raise("unsafe", severity::critical, std::move(what), out);
  }
  if (!due)
    return;
  fail_safe_done_ = true;
  enforcement_goal goal;
  goal.flat = true;
  open_enforcement("fail_safe", "could not be judged for " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(open_for).count()) + " s: " + why,
                   action::flatten, goal, {}, out);
}

/// Enforcement closes what it is told of, though its own books do not show it either.
void guard::tell_unseen(account_effects& out) {
  if (!case_open_ || (!open_goal_.flat && open_goal_.targets.empty()))
    return;
  const auto now = unseen();
  if (std::all_of(now.begin(), now.end(), [&](auto& c) { return std::find(told_unseen_.begin(), told_unseen_.end(), c) != told_unseen_.end(); }))
    return;
  const auto newest = memory_.cases.empty() ? open_case{} : memory_.cases.back();
  send_enforcement({newest.rule, newest.reason, newest.action, open_goal_, newest.since}, {}, out);
}

/// A rule that cannot say anything where everything is known is an alarm, exposed or not.
void guard::watch_rules(account_effects& out) {
  const auto mute = std::find_if(rules_.begin(), rules_.end(), [](auto& r) { return !r.speaks(); });
  const bool judgeable = link_.status == link_status::live && judge().judgeable();
  if (mute == rules_.end() || !judgeable) {
    mute_since_ = {};
    clear("rule", out);
    return;
  }
  if (mute_since_ == timestamp{})
    mute_since_ = now_;
  if (now_ - mute_since_ >= unsafe_alarm_after)
    raise("rule", severity::critical, mute->name.str() + " is not evaluated" + (mute->has_spoken ? ": " + mute->reason : ", it does not answer"), out);
}

} // namespace rm
