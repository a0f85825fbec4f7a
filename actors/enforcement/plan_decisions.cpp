// What the plan does now, from what it knows now. Called after every piece of news while a case is open.
#include "actors/enforcement/plan.hpp"

#include <algorithm>
#include <cstdlib>

namespace rm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr duration settling = milliseconds{500};      // events of one fill are expected together within this
constexpr duration venue_order_expected = seconds{2}; // an accepted close shows up within this
constexpr duration under_way_look = seconds{2};
constexpr duration half_done_patience = seconds{5};   // a close that began to fill goes on filling; longer at each repetition
constexpr duration half_done_look = seconds{1};
constexpr int half_done_growth = 4;
constexpr duration liquidation_forgotten = seconds{10};
constexpr duration heartbeat = seconds{10};           // an open case never goes longer without a reading
constexpr duration unseen_patience = seconds{40};     // a close of what no list shows, and nothing was heard of it
constexpr int proofs_for_close = 2;                   // where a repetition could turn the position
constexpr int unreadable_after = 5;                   // failed readings in a row
constexpr std::size_t reads_at_speed = 30;            // per minute, before they are spaced out

} // namespace

plan_steps plan::decide(plan_steps out, wire_time cause, bool read_back) {
  if (!case_)
    return out;
  cause_ = cause;
  read_due_ = time_due_ = timestamp::max();
  at_goal_ = true;
  give_up_waiting(out);
  const auto increasing = book_.increasing_orders();
  handle_orders(out, increasing, false);
  handle_unread_orders(out);
  handle_positions(out);
  handle_orders(out, increasing, true);
  if (at_goal_ && read_back) {
    finish(out);
    return out;
  }
  read_when_due(out);
  alarm_when_due(out);
  wake_when_due(out);
  tell_asked(out);
  return out;
}

void plan::give_up_waiting(plan_steps& out) {
  auto lost = [&](attempt& state) {
    if (state.stage != attempt_stage::asked)
      return;
    if (now_ < state.since + answer_lost_after) {
      want_time(state.since + answer_lost_after);
      return;
    }
    venue_answer answer;
    answer.id = state.request;
    answer.detail = "no answer";
    state.take(answer, now_, reads_sent_);
    answer_mark_ = reads_sent_;
    journal(out, "answer", "request " + to_string(answer.id) + ": no answer; what became of it must be read");
  };
  for (auto& [contract, state] : closings_)
    lost(state);
  for (auto& [id, state] : order_attempts_)
    lost(state);
  for (auto i = order_attempts_.begin(); i != order_attempts_.end();) {
    const bool gone = !book_.orders().contains(i->first) && !book_.unread_orders().contains(i->first);
    if (gone)
      gone_parents_.try_emplace(i->first, now_); // its end is often told before the answer
    i = gone && i->second.stage != attempt_stage::asked ? order_attempts_.erase(i) : std::next(i);
  }
  if (reading_ && now_ >= read_sent_at_ + answer_lost_after) {
    reading_ = false;
    ++failed_reads_;
  }
}

bool plan::anything_asked() const {
  auto asked = [](const auto& entry) { return entry.second.stage == attempt_stage::asked; };
  return std::any_of(closings_.begin(), closings_.end(), asked) || std::any_of(order_attempts_.begin(), order_attempts_.end(), asked);
}

// -- positions ------------------------------------------------------------------------

void plan::handle_positions(plan_steps& out) {
  std::set<contract_id> contracts;
  for (auto& [contract, position] : book_.positions())
    contracts.insert(contract);
  for (auto& [contract, state] : closings_)
    contracts.insert(contract);
  for (auto& contract : case_->unseen) {
    const auto keep = keep_of(case_->goal, contract);
    if (!keep || book_.size_of(contract) != 0)
      continue;
    // Where something may stay, nobody can say how much of what nobody can read is too much.
    if (*keep == 0)
      handle_unseen(out, contract);
    else
      wait_until_read();
    contracts.erase(contract);
  }
  for (auto& contract : contracts)
    if (auto keep = keep_of(case_->goal, contract))
      handle_position(out, contract, *keep);
}

bool plan::believed_done(const contract_id& contract, int64_t held, int64_t keep) const {
  const int64_t pending = ledger_.pending(contract, now_);
  const int64_t expected = held + pending;
  return pending != 0 && ((expected > 0) != (held > 0) || std::abs(expected) <= keep);
}

bool plan::is_turned(const contract_id& contract, const closing& state) const {
  const int64_t held = book_.size_of(contract);
  return held != 0 && state.from != 0 && (held > 0) != (state.from > 0);
}

/// The position was turned by others, and the close that the venue accepted may yet reduce what it is now: a second one beside it would
/// turn it again.
bool plan::may_turn(const contract_id& contract, const closing& state) const {
  return state.stage == attempt_stage::sent && is_turned(contract, state) && !state.order && now_ < state.since + venue_order_expected;
}

bool plan::is_finished(const contract_id& contract, const closing& state) const {
  if (!ledger_.balanced(contract))
    return false;
  const int64_t held = book_.size_of(contract);
  const bool turned = is_turned(contract, state);
  const bool all_of_it = std::abs(state.from) - std::abs(held) >= state.amount;
  return turned || (state.order && held != state.from && (book_.was_told_ended(state.order) || (all_of_it && book_.has_ended(state.order))));
}

/// The venue made an order of it, and nobody has said what became of all its contracts: that a list lacks the order is no proof, lists
/// may be older than it.
bool plan::is_half_done(const contract_id& contract, const closing& state) const {
  if (state.stage != attempt_stage::sent || (state.order && book_.was_told_ended(state.order)))
    return false;
  const int64_t gone = std::abs(state.from) - std::abs(book_.size_of(contract));
  return gone < state.amount && (gone > 0 || state.order);
}

bool plan::venue_is_liquidating() const { return liquidation_until_ && now_ < *liquidation_until_ + liquidation_forgotten; }

/// Until a list or an event tells. The account cannot be judged meanwhile: its fail-safe closes all of it where this takes too long.
void plan::wait_until_read() {
  at_goal_ = false;
  want_read(now_);
}

/// The goal is reached here. Until its market order was seen an accepted close may still be on its way: it is remembered, lest a second one
/// follows.
void plan::forget_close(const contract_id& contract) {
  const auto found = closings_.find(contract);
  if (found == closings_.end() || found->second.stage == attempt_stage::asked)
    return;
  const auto& state = found->second;
  const bool may_still_come = may_turn(contract, state); // and the case goes on until it has, or cannot any more
  at_goal_ = at_goal_ && !may_still_come;
  if (state.stage == attempt_stage::sent && (may_still_come || !is_finished(contract, state)) && now_ < state.since + venue_order_expected)
    want_time(state.since + venue_order_expected);
  else
    closings_.erase(found);
}

/// True where something that was begun may still bring the position to its goal; what tells is wanted then.
bool plan::may_be_under_way(const contract_id& contract, closing& state, int64_t held, int64_t keep) {
  if (is_half_done(contract, state)) {
    const auto until = std::max(state.since, state.moved) + half_done_patience * std::clamp(state.tries, 1, half_done_growth);
    if (now_ < until) {
      state.proofs = 0; // only readings from later on say that nothing more comes
      want_read(std::max({read_sent_at_, state.since, state.moved}) + half_done_look);
      want_time(until);
      return true;
    }
  }
  if (believed_done(contract, held, keep)) {
    want_read(ledger_.newest(contract) + settling);
    want_time(ledger_.newest(contract) + fill_ledger::patience);
    return true;
  }
  // Fills that no position ever showed: only a list that still stands by its word outweighs them.
  const bool doubtful = !ledger_.balanced(contract) && ledger_.pending(contract, now_) == 0;
  if (doubtful && !state.insisted && (keep > 0 || failed_reads_ < unreadable_after)) {
    want_read(ledger_.newest(contract) + fill_ledger::patience);
    return true;
  }
  if (venue_is_liquidating()) {
    want_read(*liquidation_until_);
    want_time(*liquidation_until_ + liquidation_forgotten);
    return true;
  }
  if (!state.may_ask(now_, proofs_for_close)) {
    want_time(state.next_try(proofs_for_close));
    if (state.stage != attempt_stage::idle)
      want_read(state.read_due(proofs_for_close));
    return true;
  }
  return false;
}

void plan::handle_position(plan_steps& out, const contract_id& contract, int64_t keep) {
  const int64_t held = book_.size_of(contract);
  const bool blurred = held != 0 && book_.is_blurred(contract);
  if (blurred && keep > 0)
    return wait_until_read(); // what was known may be more than is held now: such a part of it could turn the position
  if (std::abs(held) <= keep)
    return forget_close(contract);
  at_goal_ = false;
  auto& state = closings_[contract];
  if (state.stage == attempt_stage::asked)
    return;
  if (may_turn(contract, state)) {
    want_read(state.since + settling);
    want_time(state.since + venue_order_expected);
    return;
  }
  if (state.stage == attempt_stage::sent && is_finished(contract, state)) {
    const auto clip = state.clip;
    state = {};
    state.clip = clip;
  }
  if (held != state.seen_held) {
    state.seen_held = held;
    state.moved = now_;
  }
  if (may_be_under_way(contract, state, held, keep))
    return;
  const int64_t under_way = book_.closing_under_way(contract);
  const int64_t sure = std::min(std::abs(held), std::abs(held + ledger_.pending(contract, now_)));
  const int64_t wanted = blurred && under_way == 0 ? std::abs(held) : sure - keep - under_way;
  if (wanted <= 0 || (blurred && under_way > 0) || (under_way > 0 && state.stage != attempt_stage::idle)) {
    want_read(std::max(read_sent_at_, case_->opened) + under_way_look);
    return;
  }
  close(out, contract, state, wanted, keep == 0 && under_way == 0);
}

/// Something may be held there, and no list says what. A close needs no size; where nothing is held it is refused, and that does no
/// harm. A row that still cannot be read is the proof that it stands; where no list comes at all, a close that the venue has taken is
/// repeated late: its market order must have had its time.
void plan::handle_unseen(plan_steps& out, const contract_id& contract) {
  at_goal_ = false;
  auto& state = closings_[contract];
  if (state.stage == attempt_stage::asked)
    return;
  want_read(now_);
  auto due = std::min(state.next_try(proofs_for_close), std::max(state.not_before, state.since + unseen_patience));
  if (state.stage != attempt_stage::idle)
    due = std::max(due, ledger_.newest(contract) + fill_ledger::patience); // its fills are coming in
  const bool under_way = std::any_of(book_.orders().begin(), book_.orders().end(), [&](auto& o) {
    return o.second.contract == contract && o.second.type == order_type::market && !o.second.tagged;
  });
  if (now_ < due || under_way) {
    want_time(std::max(due, now_ + settling));
    return;
  }
  venue_request request;
  request.kind = request_kind::close_position;
  request.contract = contract;
  state.from = state.amount = 0;
  state.asked = now_;
  state.piece = false;
  state.order = {};
  state.order_failed = false;
  send(out, state, std::move(request), "close " + contract.str() + ": what is held there cannot be read");
}

void plan::close(plan_steps& out, const contract_id& contract, closing& state, int64_t wanted, bool all) {
  int64_t amount = wanted;
  if (all && book_.is_blurred(contract))
    ; // a part could be more than is held; all of it never is
  else if (state.clip > 0)
    amount = std::min(amount, state.clip);
  else if (state.stage == attempt_stage::refused && state.refusal == refusal::size)
    amount = std::clamp<int64_t>(state.amount / 2, 1, wanted);
  else if (((state.stage == attempt_stage::refused && (state.refusal == refusal::rejected || state.refusal == refusal::unknown)) ||
            (state.stage == attempt_stage::sent && state.outcome == request_outcome::unclear)) &&
           state.tries >= 2 && state.tries % 2 == 0)
    amount = std::max<int64_t>(wanted >> std::min(state.tries / 2, 62), 1); // perhaps the venue takes less at once
  const int64_t held = book_.size_of(contract);
  venue_request request;
  request.kind = all && amount == wanted ? request_kind::close_position : request_kind::reduce_position;
  request.contract = contract;
  request.size = request.kind == request_kind::reduce_position ? amount : 0;
  // Fills that no position shows yet are not what this close will do.
  const int64_t expected = held + ledger_.pending(contract, now_);
  state.from = std::abs(expected) < std::abs(held) && (expected > 0) == (held > 0) ? expected : held;
  state.asked = now_;
  state.amount = amount;
  state.piece = amount < wanted;
  state.order = {};
  state.order_failed = false;
  const auto what = contract.str() + " (" + std::to_string(held) + ")";
  send(out, state, std::move(request), request.kind == request_kind::close_position ? "close " + what : "reduce " + what + " by " + std::to_string(amount));
}

// -- reading, alarms, waking ------------------------------------------------------------

void plan::read_when_due(plan_steps& out) {
  if (reading_) {
    want_time(read_sent_at_ + answer_lost_after);
    return;
  }
  if (at_goal_ && !anything_asked())
    want_read(now_); // confirm
  if (!complete_)
    want_read(case_->opened);
  if (doubt_)
    want_read(*doubt_ + settling);
  for (auto& contract : ledger_.unsettled(now_))
    want_read(ledger_.newest(contract) + settling);
  want_read(std::max(read_sent_at_, case_->opened) + heartbeat);
  const auto due = std::max(read_due_, read_not_before_);
  if (now_ < due) {
    want_time(due);
    return;
  }
  while (!recent_reads_.empty() && recent_reads_.front() + seconds{60} <= now_)
    recent_reads_.pop_front();
  recent_reads_.push_back(now_);
  const int streak = reads_without_news_++;
  duration spacing = streak == 0 ? milliseconds{200} : streak < 6 ? milliseconds{500} : streak < 12 ? milliseconds{1000} : milliseconds{3000};
  if (recent_reads_.size() > reads_at_speed)
    spacing = std::max<duration>(spacing, seconds{2});
  read_not_before_ = now_ + spacing;
  reading_ = true;
  read_was_quiet_ = !anything_asked();
  read_sent_at_ = now_;
  ++reads_sent_;
  read_account read;
  read.account = account_;
  read.urgent = true;
  out.emplace_back(read);
  want_time(now_ + answer_lost_after);
}

void plan::alarm_when_due(plan_steps& out) {
  auto& c = *case_;
  if (now_ < c.next_alarm) {
    want_time(c.next_alarm);
    return;
  }
  report(out, enforcement_phase::working, what_stands());
  while (c.next_alarm <= now_) {
    ++c.alarms;
    c.next_alarm = c.opened + (c.alarms == 1 ? seconds{15} : seconds{60} * (c.alarms - 1));
  }
  want_time(c.next_alarm);
}

void plan::wake_when_due(plan_steps& out) {
  const auto due = std::max<timestamp>(time_due_, now_ + milliseconds{1});
  const bool armed = armed_ != timestamp{} && armed_ > now_;
  if (armed && armed_ <= due)
    return; // wakes early enough; it looks again then
  armed_ = due;
  out.emplace_back(wake_at{due});
}

} // namespace rm
