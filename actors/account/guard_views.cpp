// The guard's eyes: what the account is worth, what the rules are shown, and which of them have to look at all.
#include "actors/account/guard.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration unread_patience = 20s;   // readings of an account with a position may fail for so long

/// Where no lock guards what a breach forbids, nobody but the rule does: it hears of everything that may come to be held, though it
/// measures something else.
bool hears_of(const rule_seat& rule, wake cause) {
  return rule.wakes_on(cause) || (rule.guards_alone && (cause == wake::order || cause == wake::position || cause == wake::fill));
}

} // namespace

/// Good until the next call.
const guard::judgement& guard::judge() const {
  judgement& out = judged_;
  std::set<contract_id> distrusted;
  for (auto& [contract, apart] : apart_)
    if (now_ - apart.since >= trades_trusted_for && !is_open(apart))
      distrusted.insert(contract);
  ledger_.value(held_, now_, distrusted, out.worth);
  out.evaluable = true;
  out.why = out.worth.why;
  if (!nonsense_.empty()) {
    out.evaluable = false;
    out.why = nonsense_.begin()->second.what;
  } else if (!memory_.day.ok() || !memory_.week.ok() || next_daily_ == timestamp{} || next_weekly_ == timestamp{}) {
    out.evaluable = false; // after a downtime the kept day may be over: the reset actor says so first
    out.why = "the trading day is not known yet";
  } else if (!complete_) {
    out.evaluable = false;
    out.why = "the venue's state has not been read yet";
  } else if (auto unread = unread_words(); !unread.empty()) {
    out.evaluable = false;
    out.why = std::move(unread);
  }
  return out;
}

/// Why it is not known what is held; empty where it is.
std::string guard::unread_words() const {
  for (auto& [contract, apart] : apart_)
    if (is_open(apart))
      return contract.str() + ": the position is " + std::to_string(held_.size_of(contract)) + ", by its trades it would be " +
             std::to_string(ledger_.size_by_trades(contract)) + ", and no list has settled it";
  if (unread_since_ != timestamp{} && now_ - unread_since_ >= unread_patience && exposed())
    return "its positions and orders cannot be read";
  return {};
}

/// The orders as rules see them; only news of orders, fills and positions can change that. An entry's fill is told by its order, its
/// trade and its position one after the other: meanwhile its stop and its target are no risk.
const std::vector<working_order>& guard::orders_now() const {
  if (orders_of_ == changes_ && !orders_settling_)
    return orders_;
  orders_of_ = changes_;
  orders_settling_ = false;
  orders_.clear();
  if (held_.orders().empty())
    return orders_;
  auto increasing = held_.increasing_orders();
  std::set<contract_id> settling;
  if (!apart_.empty() || !untraded_.empty())
    for (auto id : increasing)
      if (auto& contract = held_.orders().at(id).contract; is_settling(contract))
        settling.insert(contract);
  if (!settling.empty()) {
    const auto told = increasing.size();
    increasing = risky_by_every_account(std::move(increasing), &settling);
    orders_settling_ = increasing.size() != told;
  }
  for (auto& [id, order] : held_.orders())
    orders_.push_back({id, order.contract, order.side, order.type, order.status, order.remaining(), order.parent, order.created,
                       increasing.contains(id), order.limit_price, order.stop_price});
  return orders_;
}

/// A view that nobody looks at any more, or a new one.
std::shared_ptr<account_view> guard::blank_view() const {
  constexpr std::size_t most_views = 4;
  for (auto& known : views_)
    if (known.use_count() == 1) {
      std::atomic_thread_fence(std::memory_order_acquire); // whoever looked last may have been another thread
      return known;
    }
  auto fresh = std::make_shared<account_view>();
  if (views_.size() < most_views)
    views_.push_back(fresh);
  return fresh;
}

std::shared_ptr<account_view> guard::make_view(const judgement& now, wake cause, const wire_time& event, uint64_t sequence) const {
  auto view = blank_view();
  view->account = settings_.id;
  view->sequence = sequence;
  view->cause = cause;
  view->now = now_;
  view->event = event;
  view->evaluable = now.evaluable;
  view->priced = now.worth.priced;
  view->why = now.why;
  view->link_live = link_.status == link_status::live;
  view->can_trade = info_.can_trade;
  view->balance = info_.balance;
  view->unrealized = now.worth.unrealized;
  view->positions = now.worth.positions;
  view->realized_day = ledger_.realized_day();
  view->realized_week = ledger_.realized_week();
  view->peak_day = memory_.peak_day;
  view->day = memory_.day;
  view->day_started = memory_.day_started;
  view->next_daily_reset = next_daily_;
  view->next_weekly_reset = next_weekly_;
  view->lists_read = lists_read_;
  view->orders = orders_now();
  view->trades_today = ledger_.trades_today();
  view->recent_trades = ledger_.recent_trades();
  view->last_trade = ledger_.last_trade();
  view->round_trips = ledger_.closed_trips();
  view->contracts.clear();
  for (auto& position : view->positions)
    view->contracts.push_back(facts(position.contract));
  for (auto& order : view->orders)
    if (!view->facts_of(order.contract))
      view->contracts.push_back(facts(order.contract));
  std::sort(view->contracts.begin(), view->contracts.end(), [](auto& a, auto& b) { return a.contract < b.contract; });
  return view;
}

contract_facts guard::facts(const contract_id& contract) const {
  contract_facts out;
  out.contract = contract;
  out.mark = ledger_.mark_of(contract);
  if (const auto* spec = ledger_.spec_of(contract)) {
    out.symbol = spec->symbol.empty() ? symbol_of(contract) : symbol_name{spec->symbol};
    out.tick_size = spec->tick_size;
    out.tick_value = spec->tick_value;
  } else {
    out.symbol = symbol_of(contract);
  }
  return out;
}

bool guard::marks_rest(const rule_seat& rule) const {
  return std::all_of(rule.band.marks.begin(), rule.band.marks.end(), [this](auto& watched) {
    const auto mark = ledger_.mark_of(watched.contract);
    return mark && *mark > watched.low && *mark < watched.high;
  });
}

/// Inside its band a rule has nothing new to say about a price or the time: not asking it is what keeps quotes cheap.
bool guard::rests(const rule_seat& rule, wake cause, bool judgeable, money day_pnl) const {
  if (!rule.has_spoken || judgeable != rule.speaks())
    return false;
  if (!hears_of(rule, cause))
    return true;
  // While nobody can judge, only rules that wait for the clock have something to hear from it: ten thousand accounts that start at once
  // would otherwise have all their rules asked every second.
  if (cause == wake::clock && !judgeable && judged_.why == unjudged_why_)
    return !rule.needs(cause);
  return (cause == wake::mark || cause == wake::clock) && rule.has_band && judgeable && day_pnl > rule.band.low && day_pnl < rule.band.high &&
         now_ < rule.band.until && marks_rest(rule);
}

/// The same for all of them at once, on marks and on the clock of an account that can be judged: a quote then costs the same with one rule
/// and with all.
bool guard::all_rest(wake cause, money day_pnl) const {
  auto& joint = cause == wake::mark ? rest_on_mark_ : rest_on_clock_;
  if (!joint.known) {
    joint.known = true;
    joint.possible = rules_.all_speak();
    joint.band.clear();
    for (auto& rule : rules_) {
      if (!joint.possible || !rule.wakes_on(cause))
        continue;
      joint.possible = rule.has_band;
      joint.band.narrow(rule.band.low, rule.band.high, rule.band.until, rule.band.marks);
    }
  }
  return joint.possible && joint.band.contains(day_pnl, now_, [this](const contract_id& contract) { return ledger_.mark_of(contract); });
}

void guard::look(wake cause, const wire_time& event, account_effects& out) {
  if (now_ == timestamp{})
    return; // the time will be told in a moment
  if (!unasked_.empty())
    for (auto& effect : on_rules_started(std::exchange(unasked_, {})))
      out.push_back(std::move(effect));
  const auto& now = judge();
  ++view_sequence_;
  note_peak(now, out);
  note_day(now);
  const bool judgeable = now.judgeable();
  const money day_pnl = ledger_.realized_day() + now.worth.unrealized;
  heard_[static_cast<std::size_t>(cause)] = now_;
  if ((cause == wake::mark || cause == wake::clock) && judgeable && all_rest(cause, day_pnl))
    return;
  ask_rules question;
  for (auto& rule : rules_)
    if (!rests(rule, cause, judgeable, day_pnl)) {
      if (question.rules.empty())
        question.rules.reserve(rules_.size());
      question.rules.push_back(rule.name);
      note_question(rule, view_sequence_);
    }
  if (!judgeable && unjudged_why_ != now.why)
    unjudged_why_ = now.why;
  if (question.rules.empty())
    return;
  rest_is_over_ |= cause != wake::mark && cause != wake::clock;
  question.view = view_ = make_view(now, cause, event, view_sequence_);
  view_of_ = changes_;
  out.push_back(std::move(question));
}

/// While a rule was thinking, prices went on without it, measured by the band of its verdict before. Where they left the new band,
/// it has to look once more.
void guard::ask_again_if_moved(rule_seat& rule, account_effects& out) {
  if (rule.sequence >= view_sequence_ || !rule.has_band)
    return;
  const auto& now = judge();
  const wake cause = rule.wakes_on(wake::mark) ? wake::mark : wake::clock;
  if (!now.judgeable() || rests(rule, cause, true, ledger_.realized_day() + now.worth.unrealized))
    return;
  view_ = make_view(now, cause, {now_, 0}, ++view_sequence_);
  note_question(rule, view_sequence_);
  out.push_back(ask_rules{{rule.name}, view_});
}

void guard::note_peak(const judgement& now, account_effects& out) {
  if (!now.judgeable())
    return;
  const money pnl = ledger_.realized_day() + now.worth.unrealized;
  if (pnl <= memory_.peak_day)
    return;
  memory_.peak_day = pnl;
  save_soon(out);
}

// -- for people -------------------------------------------------------------------

account_effects guard::on_status_wanted(uint64_t& number) {
  account_effects out;
  number = ++view_sequence_;
  if (!view_)
    return out; // nothing has been heard yet
  ask_rules question;
  for (auto& rule : rules_)
    if (rule.has_spoken) { // who has not spoken yet has been asked already
      question.rules.push_back(rule.name);
      note_question(rule, number);
    }
  if (question.rules.empty())
    return out;
  question.view = view_ = make_view(judge(), wake::clock, {now_, 0}, number);
  out.push_back(std::move(question));
  return out;
}

bool guard::all_spoke_of(uint64_t number) const {
  return std::all_of(rules_.begin(), rules_.end(), [&](auto& r) { return !view_ || !r.has_spoken || r.sequence >= number; });
}

account_status guard::status() const {
  account_status out;
  out.account = settings_.id;
  out.name = has_info_ && !info_.name.empty() ? info_.name : settings_.name;
  if (view_)
    out.view = make_view(judge(), view_->cause, view_->event, view_sequence_);
  out.locks = locks_.all();
  out.enforcement = reports_;
  for (auto& [contract, spec] : ledger_.specs())
    out.symbols[contract] = spec.symbol;
  for (auto& [key, a] : alarms_)
    out.alarms.push_back(a);
  for (auto& [key, n] : nonsense_)
    out.alarms.push_back({"nonsense " + key, severity::critical, n.what, n.since});
  std::string silent;
  for (auto& rule : rules_) {
    rule_status row;
    row.rule = rule.name;
    if (const auto info = std::find_if(settings_.rules.begin(), settings_.rules.end(), [&](auto& i) { return i.name == rule.name; }); info != settings_.rules.end()) {
      row.number = info->number;
      for (const wake needed : info->wakes)
        row.needs.emplace_back(name_of(needed));
    }
    for (std::size_t i = 0; i < wake_count; ++i)
      if (heard_[i] != timestamp{})
        row.events[std::string{name_of(static_cast<wake>(i))}] = heard_[i];
    if (rule.has_spoken) {
      row.level = rule.level;
      row.used = rule.used;
      row.limit = rule.limit;
      row.reason = rule.reason;
      row.fraction = rule.fraction;
      row.evaluated = rule.evaluated;
    }
    if (row.level == level::not_evaluable && silent.empty())
      silent = rule.name.str() + (rule.has_spoken ? ": " + row.reason : " has not spoken yet");
    out.rules.push_back(std::move(row));
  }
  const bool live = link_.status == link_status::live;
  const bool judgeable = out.view && out.view->evaluable && out.view->priced && silent.empty();
  if (!live)
    out.why = "the link is " + std::string{name_of(link_.status)} + (link_.why.empty() ? "" : ": " + link_.why);
  else if (!out.view)
    out.why = "nothing was heard of it yet";
  else if (!judgeable)
    out.why = out.view->why.empty() ? silent : out.view->why;
  if (!locks_.empty()) {
    out.state = account_state_name::locked;
    if (out.why.empty())
      out.why = locks_.all().front().reason;
  } else if (!live) {
    out.state = account_state_name::blind;
  } else {
    out.state = judgeable ? account_state_name::active : account_state_name::not_evaluable;
  }
  return out;
}

} // namespace rm
