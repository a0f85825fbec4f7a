// The guard's hands: verdicts become locks, and locks and breaches become enforcement.
#include "actors/account/guard.hpp"

#include "actors/account/past_cases.hpp"
#include "messages/joined.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration disagreement_pause = 1s;
const rule_name lost_memory{"lost_memory"}; // what a lock says that stands because the account's memory cannot be read

/// Two locks by hand may stand side by side.
std::string timer_of(const lock& l) { return "lock " + l.rule.str() + (l.rule == rule_name{"manual"} && l.mode == lock_mode::flat ? " flat" : ""); }

int64_t magnitude(int64_t size) { return size < 0 ? -size : size; }

const position_target* target_of(const enforcement_goal& goal, const contract_id& contract) {
  auto i = std::find_if(goal.targets.begin(), goal.targets.end(), [&](auto& t) { return t.contract == contract; });
  return i == goal.targets.end() ? nullptr : &*i;
}

/// Whether a case with this goal will also bring about the other one.
bool covers(const enforcement_goal& open, const enforcement_goal& wanted) {
  if (open.flat)
    return true;
  return !wanted.flat && (open.cancel_increasing || !wanted.cancel_increasing) && (open.cancel_orders_of_targets || !wanted.cancel_orders_of_targets) &&
         std::all_of(wanted.cancel.begin(), wanted.cancel.end(), [&](order_id id) { return std::find(open.cancel.begin(), open.cancel.end(), id) != open.cancel.end(); }) &&
         std::all_of(wanted.targets.begin(), wanted.targets.end(), [&](auto& t) {
           const auto* known = target_of(open, t.contract);
           return known && known->keep <= t.keep;
         });
}

void tighten(enforcement_goal& open, const enforcement_goal& by) {
  open.flat |= by.flat;
  open.cancel_increasing |= by.cancel_increasing;
  open.cancel_orders_of_targets |= by.cancel_orders_of_targets;
  for (auto id : by.cancel)
    if (std::find(open.cancel.begin(), open.cancel.end(), id) == open.cancel.end())
      open.cancel.push_back(id);
  for (auto& t : by.targets) {
    std::erase_if(open.targets, [&](auto& known) { return known.contract == t.contract && known.keep >= t.keep; });
    if (!target_of(open, t.contract))
      open.targets.push_back(t);
  }
}

} // namespace

account_effects guard::on_verdict(const verdict& spoken) {
  account_effects out;
  auto* seat = rules_.find(spoken.rule);
  if (!seat || !is_ours(spoken.account, out) || spoken.sequence < first_valid_view_)
    return out;
  auto& rule = *seat;
  const level before = rule.has_spoken ? rule.level : level::ok;
  if (!rules_.hear(rule, spoken))
    rest_on_mark_.known = rest_on_clock_.known = false;
  if (rule.owes && spoken.sequence >= rule.asked) {
    rule.owes = false;
    --answers_owed_;
  }
  rest_in_doubt_ = true;
  remember(rule, spoken, out);
  const auto words = [&] {
    const bool why = !spoken.reason.empty(), measured = !spoken.limit.empty();
    return joined({name_of(spoken.level), why ? ": " : "", spoken.reason, measured ? " (" : "", measured ? spoken.used : "", measured ? " of " : "", spoken.limit, measured ? ")" : ""});
  };
  if (spoken.level != level::warn && before != spoken.level && (spoken.level != level::ok || before == level::breach))
    note(out, "verdict", words(), spoken.rule);
  if (spoken.level == level::breach) {
    const bool locked = spoken.lock.mode != lock_mode::none && !locks_.find(spoken.rule);
    const bool keep_lock = lock_account(spoken, out);
    enforcement_goal goal;
    goal.flat = spoken.action == action::flatten;
    if (spoken.action == action::cancel_order || spoken.action == action::reduce_to_limit || spoken.action == action::close_position) {
      for (auto id : spoken.cancel)
        if (!held_.has_ended(id))
          goal.cancel.push_back(id);
      goal.cancel_orders_of_targets = spoken.action == action::close_position;
      for (auto& target : spoken.targets)
        if (magnitude(held_.size_of(target.contract)) > target.keep)
          goal.targets.push_back(target);
    }
    // A breach that locks has the venue read back in any case: what we hold to be flat might not be.
    const bool first = goal.flat && locked && locks_.find(spoken.rule);
    const bool wanted = first || (goal.flat && (exposed() || !held_.orders().empty() || !held_.unread_orders().empty())) || !goal.cancel.empty() || !goal.targets.empty();
    const bool pausing = !first && now_ < hold_until_ && changes_ == changes_at_open_;
    if (wanted && !pausing && !(case_open_ && covers(open_goal_, goal)))
      open_enforcement(spoken.rule, spoken.reason, spoken.action, std::move(goal), spoken.event, out);
    enforce_locks(spoken.event, out);
    if (keep_lock)
      save(out);
  }
  if (spoken.level != level::not_evaluable)
    note_warning(rule, spoken, words, out);
  ask_again_if_moved(rule, out);
  return out;
}

/// Each rung is said once until it is left. A rule that was started again does not know which rungs it had reached.
void guard::note_warning(rule_seat& rule, const verdict& spoken, const std::function<std::string()>& words, account_effects& out) {
  constexpr int64_t left_below = 100'000; // millionths of the limit, as in limit_measure
  const auto known = memory_.warned.find(spoken.rule);
  const int64_t warned = known == memory_.warned.end() ? 0 : known->second;
  rule.warned_before &= spoken.rung < warned && spoken.fraction > std::max<int64_t>(0, warned - left_below);
  if (spoken.rung == warned || rule.warned_before)
    return;
  if (spoken.rung > warned && spoken.level == level::warn)
    note(out, "verdict", words(), spoken.rule);
  memory_.warned[spoken.rule] = spoken.rung;
  save(out);
}

/// What a verdict wants beside enforcement: to be kept, to be asked again at a time, stops to be moved.
void guard::remember(rule_seat& rule, const verdict& spoken, account_effects& out) {
  if (spoken.memory && memory_.rules[spoken.rule] != *spoken.memory) {
    memory_.rules[spoken.rule] = *spoken.memory;
    save_soon(out);
  }
  arm_question(rule, out);
  if (spoken.read_first) {
    next_audit_ = std::min(next_audit_, now_);
    audit(out);
  }
  if (spoken.stops == rule.stops)
    return;
  rule.stops = spoken.stops;
  out.push_back(adjust_stops{settings_.id, spoken.rule, spoken.stops, now_, spoken.event});
}

void guard::arm_question(rule_seat& rule, account_effects& out) {
  if (!rule.has_spoken || !rule.has_band)
    return;
  const auto due = rule.band.until;
  if (due == timestamp::max() || due <= now_ || due == rule.armed)
    return;
  rule.armed = due;
  out.push_back(arm_timer{settings_.id, "ask " + rule.name.str(), 0, due});
}

// -- locks --------------------------------------------------------------------------

/// True: there is a lock to be saved, when enforcement is on its way.
bool guard::lock_account(const verdict& spoken, account_effects& out) {
  if (spoken.lock.mode == lock_mode::none)
    return false;
  lock added;
  added.rule = spoken.rule;
  added.mode = spoken.lock.mode;
  added.end = spoken.lock.end;
  added.until = spoken.lock.until;
  if (added.end == lock_end::daily_reset)
    added.until = next_daily_;
  if (added.end == lock_end::weekly_reset)
    added.until = next_weekly_;
  if (added.end == lock_end::at_time && added.until <= now_)
    return false; // its time was over before it came to us
  added.since = now_;
  added.reason = spoken.reason;
  // Whatever is under way now was admitted, unless a lock has forbidden it already: it is neither an attempt, nor a fill to take back.
  const auto admit = [&](order_id id) {
    const auto& attempts = memory_.attempts;
    if (std::find(attempts.begin(), attempts.end(), id) == attempts.end() && std::find(added.admitted.begin(), added.admitted.end(), id) == added.admitted.end())
      added.admitted.push_back(id);
  };
  for (auto& [id, order] : held_.orders())
    if (!order.parent || std::find(memory_.attempts.begin(), memory_.attempts.end(), order.parent) == memory_.attempts.end())
      admit(id);
  for (auto& [id, unread] : held_.unread_orders())
    admit(id);
  for (auto& [id, fill] : untraded_)
    admit(id);
  for (auto& counted : ledger_.counted())
    if (!held_.has_ended(counted.order))
      admit(counted.order);
  std::map<contract_id, int64_t> ahead;
  for (auto& [contract, position] : held_.positions()) {
    added.held[contract] = position.size;
    if ((complete_ || ledger_.running().contains(contract)) && ledger_.size_by_trades(contract) != position.size)
      ahead[contract] = position.size - ledger_.size_by_trades(contract);
  }
  for (auto& [contract, running] : ledger_.running()) {
    const int64_t told = held_.size_of(contract);
    const bool further = running.size != 0 && (told == 0 || ((told > 0) == (running.size > 0) && magnitude(running.size) > magnitude(told)));
    if (further) {
      added.held[contract] = running.size; // a fill whose position event is still to come
      ahead.erase(contract);
    }
  }
  const bool fresh = !locks_.find(added.rule);
  const bool was_free = locks_.empty();
  if (!locks_.add(added))
    return false;
  if (fresh)
    outstanding_[added.rule] = std::move(ahead);
  arm_lock_timers(out);
  note(out, "lock", std::string{name_of(added.mode)} + (was_free ? " lock" : fresh ? " lock added" : " lock prolonged") +
                      (added.until == timestamp{} ? "" : " until " + format_time(added.until)) + ": " + added.reason,
       added.rule);
  return true;
}

/// Nobody knows what was locked and until when, nor what was lost this week: no lock of a rule outlasts the week. An administrator may know better.
void guard::lock_for_lost_memory(account_effects& out) {
  verdict lost;
  lost.rule = lost_memory;
  lost.lock = {lock_mode::flat, lock_end::weekly_reset, {}};
  lost.reason = "what was kept of this account cannot be read (" + std::exchange(unreadable_, {}) + "): its locks are not known";
  raise("memory", severity::critical, lost.reason + "; it is locked until an administrator unlocks it, and counters begin anew", out);
  if (lock_account(lost, out))
    save(out);
}

void guard::ended(std::vector<lock> gone, const std::string& why, account_effects& out) {
  if (gone.empty())
    return;
  for (auto& l : gone) {
    note(out, "unlock", why + "; " + std::to_string(l.attempts) + " attempts were stopped" + (locks_.empty() ? "; no lock is left" : ""), l.rule);
    out.push_back(disarm_timer{settings_.id, timer_of(l)});
    outstanding_.erase(l.rule);
    if (l.rule == lost_memory)
      clear("memory", out);
  }
  if (locks_.empty())
    over_since_.clear();
  save(out);
}

void guard::arm_lock_timers(account_effects& out) {
  for (auto& l : locks_.all())
    if (l.end == lock_end::at_time)
      out.push_back(arm_timer{settings_.id, timer_of(l), 0, l.until});
}

// -- enforcement ----------------------------------------------------------------------

void guard::enforce_locks(const wire_time& event, account_effects& out) {
  const auto goal = violated_goal();
  if (!goal || (case_open_ && covers(open_goal_, *goal)) || (now_ < hold_until_ && changes_ == changes_at_open_))
    return;
  const lock* why = nullptr;
  for (auto& l : locks_.all())
    if (!why || l.mode > why->mode)
      why = &l;
  const auto what = goal->flat ? action::flatten : goal->targets.empty() ? action::cancel_order : action::reduce_to_limit;
  open_enforcement(why->rule, "locked: " + why->reason, what, *goal, event, out);
}

void guard::open_enforcement(rule_name rule, std::string reason, action what, enforcement_goal goal, const wire_time& event, account_effects& out,
                             timestamp since) {
  if (!case_open_) {
    open_goal_ = {};
    told_unseen_.clear();
  }
  forget_ended(open_goal_);
  tighten(open_goal_, goal);
  case_open_ = true;
  changes_at_open_ = changes_;
  const open_case opened{rule, std::move(reason), what, std::move(goal), since == timestamp{} ? now_ : since};
  note(out, "case", joined({name_of(what), ": ", opened.reason}), rule);
  send_enforcement(opened, event, out);
  keep_case(opened);
  save(out);
}

/// Keeps what is to be taken up after a restart, the newest last. Who breaches again and again while the case is open must not make what is
/// written with each save longer and longer: one entry per rule and action, without the orders that are over.
void guard::keep_case(const open_case& opened) {
  auto& cases = memory_.cases;
  const auto known = std::find_if(cases.begin(), cases.end(), [&](auto& c) { return c.rule == opened.rule && c.action == opened.action; });
  if (known == cases.end()) {
    cases.push_back(opened);
    return;
  }
  forget_ended(known->goal);
  tighten(known->goal, opened.goal);
  known->reason = opened.reason;
  std::rotate(known, known + 1, cases.end());
}

void guard::forget_ended(enforcement_goal& goal) const {
  std::erase_if(goal.cancel, [this](order_id id) { return held_.has_ended(id); });
}

/// Enforcement goes first: it waits neither for the disk nor for anything else that the same event led to.
void guard::send_enforcement(const open_case& what, const wire_time& event, account_effects& out) {
  enforce order;
  order.account = settings_.id;
  order.sequence = ++enforce_sequence_;
  order.rule = what.rule;
  order.reason = what.reason;
  order.action = what.action;
  order.goal = what.goal;
  const bool shown_now = view_ && view_->sequence == view_sequence_ && view_of_ == changes_;
  order.view = shown_now ? view_ : make_view(judge(), wake::clock, event, view_sequence_);
  order.now = now_;
  order.event = event;
  order.unseen = unseen();
  order.asked = asked_before_;
  told_unseen_.insert(told_unseen_.end(), order.unseen.begin(), order.unseen.end());
  if (at_once_)
    return at_once_(std::move(order), out);
  const auto first = std::find_if(out.begin(), out.end(), [](auto& effect) { return !std::holds_alternative<enforce>(effect); });
  out.insert(first, std::move(order));
}

account_effects guard::on_enforcement_started() {
  account_effects out;
  if (!case_open_)
    return out;
  told_unseen_.clear();
  const auto newest = memory_.cases.empty() ? open_case{} : memory_.cases.back();
  send_enforcement({newest.rule, newest.reason, newest.action, open_goal_, newest.since}, {}, out);
  next_audit_ = std::min(next_audit_, now_); // it must learn what is held
  return out;
}

account_effects guard::on_closes_asked(const closes_asked& told) {
  account_effects out;
  if (!is_ours(told.account, out) || !case_open_ || told.closes == memory_.asked)
    return out;
  const bool more = std::any_of(told.closes.begin(), told.closes.end(), [&](auto& close) {
    return std::find(memory_.asked.begin(), memory_.asked.end(), close) == memory_.asked.end();
  });
  memory_.asked = told.closes;
  if (more)
    save(out);
  else
    save_soon(out); // one that ended costs the next process a moment's patience at most
  return out;
}

/// Enforcement counts from its own start; a case that a restart interrupted has been open for longer.
int64_t guard::unprotected_for(const enforcement_report& report) const {
  auto first = now_;
  if (exposed() || !held_.orders().empty()) // otherwise nothing was unprotected, it only has to be read back
    for (auto& c : memory_.cases)
      first = std::min(first, c.since);
  return std::max(report.unprotected_s, std::chrono::floor<std::chrono::seconds>(now_ - first).count());
}

/// Whether our books still show what that goal does not allow.
bool guard::misses(const enforcement_goal& goal) const {
  return (goal.flat && exposed()) || std::any_of(goal.cancel.begin(), goal.cancel.end(), [&](auto id) { return held_.orders().contains(id); }) ||
         std::any_of(goal.targets.begin(), goal.targets.end(), [&](auto& t) { return magnitude(held_.size_of(t.contract)) > t.keep; });
}

account_effects guard::on_report(const enforcement_report& report) {
  account_effects out;
  rest_in_doubt_ = true;
  if (!is_ours(report.account, out))
    return out;
  advance(report.at);
  add_report(reports_, report);
  note(out, "case", std::string{name_of(report.phase)} + ": " + report.detail, report.rule, report.latency_ns);
  if (report.phase == enforcement_phase::working) {
    if (const auto seconds = unprotected_for(report); seconds >= 5) {
      const auto what = "not at its goal for " + std::to_string(seconds) + " s: " + report.detail;
      if (alarms_.contains("unprotected"))
        note(out, "alarm", what, report.rule); // each step of the growing alarm is a line of its own
      raise("unprotected", severity::critical, what, out);
    }
    return out;
  }
  if (report.sequence < enforce_sequence_)
    return out; // the case that ended did not know of the newest goal; that one is still open
  clear("unprotected", out);
  case_open_ = false;
  memory_.cases.clear();
  memory_.asked.clear();
  asked_before_.clear();
  save(out);
  // Done, read back at the venue: where our own books still see a violation and nothing has happened since, they are behind. They are
  // read anew before enforcement is troubled again.
  if (changes_ == changes_at_open_ && (violated_goal() || misses(open_goal_))) {
    hold_until_ = now_ + disagreement_pause;
    next_audit_ = std::min(next_audit_, now_);
  }
  enforce_locks({report.at, 0}, out);
  look(wake::position, {report.at, 0}, out);
  return out;
}

} // namespace rm
