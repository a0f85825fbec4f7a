#include "actors/enforcement/plan.hpp"

#include "messages/joined.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

using std::chrono::seconds;

constexpr duration set_back = seconds{5};           // an older time than this is a clock that was set, not a late message
constexpr duration set_ahead = seconds{30};         // an open case wakes every 20 s at least: more means that the machine slept or a clock was set
constexpr int failed_reads_enough = 3;
constexpr duration lists_may_lag = seconds{3};
constexpr duration lists_show_orders = seconds{2};  // … and the market order that the venue makes of a close, earlier
constexpr duration old_closing = seconds{60};       // of a plan that was lost: says nothing about a case that begins later
constexpr std::size_t rules_kept = 32;

} // namespace

void closing::shift(duration by) {
  attempt::shift(by);
  for (auto* t : {&moved, &asked})
    if (*t != timestamp{})
      *t -= by;
}

void closing::lose_answer(const std::string& why) {
  venue_answer none;
  none.id = request;
  none.detail = why;
  take(none, since, 0);
  not_before = std::max(not_before, since + lists_may_lag);
  proofs_from = since + lists_show_orders;
}

void closing_book::take_over() {
  for (auto& [contract, state] : all) {
    if (state.stage == attempt_stage::asked)
      state.lose_answer("whoever asked was started again");
    state.answered_after = 0;
    state.proofs = 0;
    state.failed_reads = 0;
  }
}

void closing_book::take_up(const std::vector<asked_close>& asked, timestamp now) {
  for (auto& before : asked) {
    const auto since = std::min(before.asked, now); // the clock may have been set
    if (now >= since + lists_may_lag || all.contains(before.contract))
      continue;
    venue_request request;
    request.kind = request_kind::close_position;
    request.contract = before.contract;
    auto& state = all[before.contract];
    state.ask(request, since);
    state.from = before.held;
    state.amount = before.size;
    state.asked = since;
    state.lose_answer("asked before the service was started again");
  }
}

plan::plan(account_id account, request_numbers next, std::shared_ptr<closing_book> closings)
  : account_{account}, next_{std::move(next)}, book_of_closings_{closings ? std::move(closings) : std::make_shared<closing_book>()},
    closings_{book_of_closings_->all} {
  book_of_closings_->take_over();
}

// -- time -------------------------------------------------------------------------

void plan::observe(timestamp t) {
  if (t == timestamp{})
    return;
  if (t + set_back < now_ || (case_ && now_ != timestamp{} && t > now_ + set_ahead)) {
    shift(now_ - t); // for us no time has passed: what is on its way to the venue must not look as if it had long been there
    now_ = t;
  }
  now_ = std::max(now_, t);
}

void plan::shift(duration by) {
  auto move = [by](timestamp& t) {
    if (t != timestamp{})
      t -= by;
  };
  ledger_.shift(by);
  for (auto& [contract, state] : closings_)
    state.shift(by);
  for (auto& [id, state] : order_attempts_)
    state.shift(by);
  for (auto& [id, gone] : gone_parents_)
    move(gone);
  for (auto& read : recent_reads_)
    move(read);
  move(read_sent_at_);
  move(read_not_before_);
  armed_ = {}; // whoever keeps it waits by the old clock
  if (doubt_)
    move(*doubt_);
  if (liquidation_until_)
    move(*liquidation_until_);
  if (case_) {
    move(case_->opened);
    move(case_->next_alarm);
  }
}

// -- the case ---------------------------------------------------------------------

plan_steps plan::begin(const enforce& order) {
  observe(order.now);
  if (order.view && !complete_)
    seed(*order.view);
  const bool new_case = !case_;
  if (new_case) {
    case_ = enforcement_case{};
    case_->rule = order.rule;
    case_->reason = order.reason;
    case_->event = order.event;
    case_->opened = now_;
    case_->next_alarm = now_ + seconds{5};
    reads_without_news_ = 0;
    armed_ = {};
    if (!std::exchange(book_of_closings_->begun, true))
      book_of_closings_->take_up(order.asked, now_);
    std::erase_if(closings_, [this](auto& known) { return known.second.since + old_closing < now_; });
  }
  const bool tighter = tighten(case_->goal, order.goal) | note_unseen(order.unseen);
  auto& rules = case_->rules;
  const bool new_rule = std::find(rules.begin(), rules.end(), order.rule) == rules.end() && rules.size() < rules_kept;
  if (new_rule)
    rules.push_back(order.rule);
  case_->action = std::max(case_->action, order.action);
  case_->sequence = order.sequence;
  auto out = decide({}, order.event); // said when it is done: the first requests are on the wire by then
  if (new_case)
    report(out, enforcement_phase::working, joined({"opened: ", words_of(case_->goal), "; ", order.reason}));
  else if (tighter || new_rule)
    report(out, enforcement_phase::working, joined({order.rule.view(), " too: ", words_of(case_->goal), "; ", order.reason}));
  return out;
}

void plan::finish(plan_steps& out) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - case_->opened).count();
  std::string detail = case_->goal.flat ? "read back: 0 contracts, 0 orders" : "read back at the goal: " + words_of(case_->goal);
  detail += "; " + std::to_string(case_->requests) + (case_->requests == 1 ? " request, " : " requests, ") + std::to_string(took) + " ms";
  report(out, enforcement_phase::done, std::move(detail));
  case_.reset();
  closings_.clear();
  told_asked_.clear();
  order_attempts_.clear();
  gone_parents_.clear();
  doubt_.reset();
  armed_ = {};
}

// -- answers ------------------------------------------------------------------------

plan_steps plan::on_answer(const venue_answer& answer) {
  observe(answer.answered);
  plan_steps out;
  std::string what = "request " + to_string(answer.id);
  for (auto& [contract, state] : closings_) {
    if (state.stage != attempt_stage::asked || state.request != answer.id)
      continue;
    what = std::string{name_of(state.kind)} + " " + contract.str();
    state.take(answer, now_, reads_sent_);
    if (answer.outcome == request_outcome::accepted && state.piece)
      state.clip = state.amount;
    else if (state.refusal == refusal::size && state.clip > 1)
      state.clip /= 2;
    if (state.stage == attempt_stage::sent && state.order_failed)
      state.fail(refusal::rejected, now_, reads_sent_);
  }
  for (auto& [id, state] : order_attempts_) {
    if (state.stage != attempt_stage::asked || state.request != answer.id)
      continue;
    what = std::string{name_of(state.kind)} + " " + to_string(id);
    state.take(answer, now_, reads_sent_);
    if (state.kind == request_kind::modify_order && state.stage == attempt_stage::refused)
      state.cut_refused = true;
  }
  answer_mark_ = reads_sent_;
  reads_without_news_ = 0;
  std::string text = what + ": " + std::string{name_of(answer.outcome)};
  if (answer.refusal != refusal::none)
    text += " (" + std::string{name_of(answer.refusal)} + ")";
  if (!answer.detail.empty())
    text += ", " + answer.detail;
  journal(out, "answer", std::move(text), answer.latency_ns);
  if (!case_)
    return out;
  const bool first_latency = case_->latency_ns < 0 && answer.latency_ns >= 0;
  if (first_latency) {
    case_->latency_ns = answer.latency_ns;
    report(out, enforcement_phase::working, what + " sent");
  }
  return decide(std::move(out));
}

// -- readings -----------------------------------------------------------------------

plan_steps plan::on_read(const venue_snapshot& snapshot) {
  if (!snapshot.has_positions || !snapshot.has_orders)
    return on_read_failed("the answer lacks positions or orders", snapshot.read_at);
  if (snapshot.generation < book_.generation())
    return on_read_failed("read over a connection that is gone", snapshot.read_at);
  observe(snapshot.read_at);
  const bool awaited = std::exchange(reading_, false);
  failed_reads_ = 0;
  plan_steps out;
  hear_list(snapshot);
  const auto merged = merge(snapshot, out);
  doubt_ = merged.read_again ? std::optional{now_} : std::nullopt;
  if (!case_ || !awaited)
    return decide(std::move(out));
  if (liquidation_until_ && read_sent_at_ >= *liquidation_until_)
    liquidation_until_.reset();
  note_proofs(snapshot);
  note_seen(snapshot);
  return decide(std::move(out), {}, confirms(snapshot, merged));
}

plan_steps plan::on_read_failed(const std::string& why, timestamp now) {
  observe(now);
  reading_ = false;
  ++failed_reads_;
  read_not_before_ = now_ + retry_delay(failed_reads_, seconds{5});
  for (auto& [contract, state] : closings_)
    ++state.failed_reads;
  for (auto& [id, state] : order_attempts_)
    ++state.failed_reads;
  if (liquidation_until_ && failed_reads_ >= failed_reads_enough && now_ >= *liquidation_until_)
    liquidation_until_.reset();
  plan_steps out;
  if (case_)
    journal(out, "case", "positions and orders could not be read: " + why);
  return decide(std::move(out));
}

void plan::note_proofs(const venue_snapshot& snapshot) {
  for (auto& [contract, state] : closings_) {
    int64_t listed = 0;
    for (auto& p : snapshot.positions)
      if (p.contract == contract)
        listed = p.size;
    const int64_t held = book_.size_of(contract);
    const bool fills_say_less = ledger_.pending(contract, now_) * held < 0;
    const bool unread = held == 0 && std::find(snapshot.positions_unread.begin(), snapshot.positions_unread.end(), contract) != snapshot.positions_unread.end();
    const bool stands = unread || (held != 0 && listed == held && book_.closing_under_way(contract) == 0 && !fills_say_less);
    state.prove(stands, reads_sent_, read_sent_at_, now_);
    state.insisted = stands && read_sent_at_ >= ledger_.newest(contract) + fill_ledger::patience;
  }
  for (auto& [id, state] : order_attempts_) {
    const auto same = [id = id](const order_update& o) { return o.id == id && is_live(o.status); };
    const bool listed = std::any_of(snapshot.orders.begin(), snapshot.orders.end(), same);
    const bool unread = std::find(snapshot.orders_unread.begin(), snapshot.orders_unread.end(), id) != snapshot.orders_unread.end();
    state.prove(unread || (listed && book_.orders().contains(id)), reads_sent_, read_sent_at_, now_);
  }
}

/// True where one is new.
bool plan::note_unseen(const std::vector<contract_id>& contracts) {
  const auto before = case_->unseen.size();
  for (auto& contract : contracts)
    if (!contract.empty() && keep_of(case_->goal, contract) && book_.size_of(contract) == 0)
      case_->unseen.insert(contract);
  return case_->unseen.size() != before;
}

/// A list that could be read, and is younger than the last fill and the last answer, says what is held.
void plan::note_seen(const venue_snapshot& snapshot) {
  note_unseen(snapshot.positions_unread);
  if (reads_sent_ > fill_mark_ && reads_sent_ > answer_mark_)
    std::erase_if(case_->unseen, [&](auto& contract) { return !snapshot.is_unread(contract); });
}

/// Rows that matter to the goal could not be read.
bool plan::lacks_rows(const venue_snapshot& snapshot) const {
  const auto& goal = case_->goal;
  if (goal.flat || goal.cancel_increasing)
    return !snapshot.positions_unread.empty() || !snapshot.orders_unread.empty();
  return std::any_of(goal.targets.begin(), goal.targets.end(), [&](auto& t) { return snapshot.is_unread(t.contract); }) ||
         std::any_of(goal.cancel.begin(), goal.cancel.end(), [&](auto id) { return snapshot.is_unread(id); });
}

bool plan::confirms(const venue_snapshot& snapshot, const holdings::merge_result& merged) const {
  if (!read_was_quiet_ || anything_asked() || reads_sent_ <= fill_mark_ || reads_sent_ <= answer_mark_)
    return false; // older than the last fill or the last answer
  if (snapshot.lacks_suspended && !snapshot.never_lists_suspended)
    return false; // bracket children may sleep there unseen
  if (merged.read_again || !ledger_.unsettled(now_).empty() || venue_is_liquidating() || lacks_rows(snapshot))
    return false;
  for (auto& p : snapshot.positions) {
    const auto keep = keep_of(case_->goal, p.contract);
    if (keep && (p.size > *keep || p.size < -*keep))
      return false;
  }
  for (auto& o : snapshot.orders)
    if (is_live(o.status) && (case_->goal.flat || names(case_->goal, o.id)))
      return false;
  return true;
}

plan_steps plan::on_timer(timestamp now) {
  observe(now);
  armed_ = {};
  return decide({});
}

plan_steps plan::on_broker_started() {
  book_.forget_generation();
  read_not_before_ = std::min(read_not_before_, now_);
  return decide({});
}

} // namespace rm
