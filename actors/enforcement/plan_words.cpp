// What the plan tells people and the journal.
#include "actors/enforcement/plan.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t things_named = 5;

std::string stage_words(const attempt& state) {
  switch (state.stage) {
    case attempt_stage::idle: return state.tries == 0 ? "to be sent" : "not sent yet (" + state.detail + ")";
    case attempt_stage::asked: return "asked";
    case attempt_stage::sent:
      return state.outcome == request_outcome::accepted ? "accepted, not done yet" : "unclear (" + state.detail + "), being read";
    case attempt_stage::refused: {
      std::string out = "refused: " + std::string{name_of(state.refusal)};
      if (!state.detail.empty())
        out += ", " + state.detail;
      return out + ", tried " + std::to_string(state.tries) + (state.tries == 1 ? " time" : " times");
    }
  }
  return "";
}

} // namespace

void plan::send(plan_steps& out, attempt& state, venue_request request, const std::string& words) {
  request.id = next_();
  request.account = account_;
  request.rule = case_->rule;
  request.event = cause_;
  state.ask(request, now_);
  want_time(now_ + answer_lost_after);
  ++case_->requests;
  journal(out, "request", words);
  out.emplace_back(std::move(request));
  if (at_once_)
    at_once_(std::exchange(out, {}));
}

void plan::journal(plan_steps& out, const char* kind, std::string text, int64_t latency_ns) const {
  journal_entry entry;
  entry.at = now_;
  entry.account = account_;
  entry.kind = kind;
  if (case_)
    entry.rule = case_->rule;
  entry.text = std::move(text);
  entry.latency_ns = latency_ns;
  out.emplace_back(std::move(entry));
}

void plan::report(plan_steps& out, enforcement_phase phase, std::string detail) const {
  enforcement_report r;
  r.account = account_;
  r.sequence = case_->sequence;
  r.rule = case_->rule;
  r.action = case_->action;
  r.phase = phase;
  r.detail = std::move(detail);
  r.confirmed = phase == enforcement_phase::done;
  r.latency_ns = case_->latency_ns;
  r.unprotected_s = std::chrono::duration_cast<std::chrono::seconds>(now_ - case_->opened).count();
  r.at = now_;
  out.emplace_back(std::move(r));
}

/// After the requests are out: what is kept of them is written while the venue is at work.
void plan::tell_asked(plan_steps& out) {
  std::vector<asked_close> now;
  for (auto& [contract, state] : closings_)
    if (state.stage == attempt_stage::asked || state.stage == attempt_stage::sent)
      now.push_back({contract, state.from, state.amount, state.asked});
  if (now == told_asked_)
    return;
  told_asked_ = now;
  out.emplace_back(closes_asked{account_, std::move(now)});
}

std::string plan::what_stands() const {
  if (!case_)
    return "nothing";
  std::string out;
  std::size_t count = 0;
  auto add = [&](const std::string& thing) {
    if (++count <= things_named)
      out += (out.empty() ? "" : "; ") + thing;
  };
  for (auto& [contract, position] : book_.positions()) {
    const auto keep = keep_of(case_->goal, contract);
    if (!keep || (position.size <= *keep && position.size >= -*keep))
      continue;
    std::string thing = contract.str() + " " + std::to_string(position.size);
    if (*keep > 0)
      thing += " (to " + std::to_string(*keep) + ")";
    auto state = closings_.find(contract);
    if (venue_is_liquidating())
      thing += ": the venue may be closing it";
    else if (book_.closing_under_way(contract) > 0)
      thing += ": a market order is under way";
    else if (state != closings_.end())
      thing += ": " + std::string{name_of(state->second.kind == request_kind::cancel_order ? request_kind::close_position : state->second.kind)} + " " +
               stage_words(state->second);
    add(thing);
  }
  for (auto& contract : case_->unseen)
    if (book_.size_of(contract) == 0)
      add(contract.str() + ": what is held there cannot be read");
  const auto increasing = book_.increasing_orders();
  for (auto& [id, order] : book_.orders()) {
    if (judge(order, increasing).fate == fate::stays)
      continue;
    std::string thing = "order " + to_string(id) + " " + order.contract.str();
    auto state = order_attempts_.find(id);
    add(state == order_attempts_.end() ? thing : thing + ": " + std::string{name_of(state->second.kind)} + " " + stage_words(state->second));
  }
  for (auto& [id, known] : book_.unread_orders())
    if (!book_.orders().contains(id) && fate_of_unread(id, known.contract) != fate::stays)
      add("order " + to_string(id) + " cannot be read");
  if (count > things_named)
    out += "; and " + std::to_string(count - things_named) + " more";
  if (failed_reads_ > 0)
    out += (out.empty() ? "" : "; ") + std::string{"the venue cannot be read at the moment"};
  return out.empty() ? "waiting for the venue's confirmation" : out;
}

std::string plan::state_in_words() const {
  if (!case_)
    return "no case open";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now_ - case_->opened).count();
  return "working for " + std::to_string(seconds) + " s for " + case_->rule.str() + ": " + words_of(case_->goal) + "; stands: " + what_stands();
}

} // namespace rm
