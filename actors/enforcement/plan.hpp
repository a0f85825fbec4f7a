// The enforcement plan: how an account is brought to a goal at the venue, and how it is known that it got there.
// Pure: news in, steps out. Everything it knows of time comes with the news.
#pragma once

#include "actors/account/can_trade.hpp"
#include "actors/account/holdings.hpp"
#include "actors/enforcement/closing.hpp"
#include "actors/enforcement/fill_ledger.hpp"
#include "actors/enforcement/goal.hpp"
#include "messages/storage.hpp"

#include <functional>
#include <memory>

namespace rm {

/// Say the time at `due`; replaces what was said before.
struct wake_at {
  timestamp due{};
};

/// What the plan wants done, in this order. Requests and readings are answered by `on_answer`, `on_read` or `on_read_failed`.
using plan_step = std::variant<venue_request, read_account, wake_at, enforcement_report, closes_asked, journal_entry>;
using plan_steps = std::vector<plan_step>;

/// One account's enforcement: at most one case at a time, open from the first `begin` until the venue was read back at the goal.
///
/// On opening, everything that can be done at once goes out in one go: cancels of orders that increase exposure, closes of positions,
/// side by side. Protective orders go last, when their position is gone. Whatever is not known to have worked is read again before it
/// is tried again, for as long as it takes.
class plan {
public:
  using request_numbers = std::function<request_id()>;
  using hand_over = std::function<void(plan_steps&& so_far)>;
  /// After this an answer or reading counts as lost; whoever carries the steps out gives up earlier.
  static constexpr duration answer_lost_after = std::chrono::seconds{20};

  /// `next` gives request numbers that are unique in the process. `closings`: what an earlier plan of the account was closing when it was
  /// lost; empty: nothing is known of one, and nothing outlives this one.
  plan(account_id account, request_numbers next, std::shared_ptr<closing_book> closings = nullptr);

  /// Each request is handed over as soon as it is made, after the steps before it, and before anything else is looked at: of many positions the
  /// first close need not wait for the others. Who takes it must not call the plan. Nothing: all steps come as the result.
  void let_out_at_once(hand_over take) { at_once_ = std::move(take); }

  // -- news -----------------------------------------------------------------------

  /// Opens the case, or tightens the open one.
  plan_steps begin(const enforce& order);
  /// The venue's news in the account's order; wanted also while no case is open.
  plan_steps on_event(const venue_event& event);
  /// An answer without a time of its own (`answered` 0) takes place at the newest time known.
  plan_steps on_answer(const venue_answer& answer);
  plan_steps on_read(const venue_snapshot& snapshot);
  plan_steps on_read_failed(const std::string& why, timestamp now = {});
  plan_steps on_timer(timestamp now);
  /// The broker was started again: its connections are counted anew.
  plan_steps on_broker_started();

  // -- for people -------------------------------------------------------------------

  bool open() const { return case_.has_value(); }
  std::string state_in_words() const;
  /// What keeps the case from its goal, the first few things.
  std::string what_stands() const;
  const holdings& book() const { return book_; }

private:
  struct enforcement_case {
    rule_name rule; // of the first breach
    std::string reason;
    rm::action action = rm::action::none;
    enforcement_goal goal;
    std::vector<rule_name> rules; // all that had a part in it
    std::set<contract_id> unseen; // may be held, though no list that can be read says so
    uint64_t sequence = 0;        // of the newest `enforce` taken in
    wire_time event{};
    timestamp opened{};
    timestamp next_alarm{};
    int alarms = 0;
    int64_t latency_ns = -1;
    int64_t requests = 0;
  };
  struct order_attempt : attempt {
    bool cut_refused = false;
  };
  enum class fate : uint8_t { stays, waits, is_cut, goes };
  struct judgement {
    plan::fate fate = plan::fate::stays;
    int64_t size = 0;   // is_cut: what may remain, as the order's whole size
    timestamp until{};  // waits
  };

  // plan.cpp: time, the case, answers
  void observe(timestamp t);
  void shift(duration by);
  void note_proofs(const venue_snapshot& snapshot);
  bool note_unseen(const std::vector<contract_id>& contracts);
  void note_seen(const venue_snapshot& snapshot);
  bool lacks_rows(const venue_snapshot& snapshot) const;
  bool confirms(const venue_snapshot& snapshot, const holdings::merge_result& merged) const;
  void finish(plan_steps& out);

  // plan_news.cpp: the venue's news
  void hear(const order_update& update);
  void hear(const position_update& update);
  void hear(const trade_update& trade);
  void hear(const account_update& account);
  void hear(const venue_nonsense& what);
  void hear_list(const venue_snapshot& snapshot);
  void note_can_trade(bool could);
  void hear(const link_changed& link);
  void seed(const account_view& view);
  bool is_child(const order_update& order) const;
  holdings::merge_result merge(const venue_snapshot& snapshot, plan_steps& out);
  void note_covered();

  // plan_decisions.cpp: what to do now
  plan_steps decide(plan_steps out, wire_time cause = {}, bool read_back = false);
  void give_up_waiting(plan_steps& out);
  void handle_positions(plan_steps& out);
  void forget_close(const contract_id& contract);
  bool may_be_under_way(const contract_id& contract, closing& state, int64_t held, int64_t keep);
  void handle_position(plan_steps& out, const contract_id& contract, int64_t keep);
  void handle_unseen(plan_steps& out, const contract_id& contract);
  void wait_until_read();
  void close(plan_steps& out, const contract_id& contract, closing& state, int64_t wanted, bool all);
  bool believed_done(const contract_id& contract, int64_t held, int64_t keep) const;
  bool is_turned(const contract_id& contract, const closing& state) const;
  bool may_turn(const contract_id& contract, const closing& state) const;
  bool is_finished(const contract_id& contract, const closing& state) const;
  bool is_half_done(const contract_id& contract, const closing& state) const;
  bool venue_is_liquidating() const;
  void read_when_due(plan_steps& out);
  void alarm_when_due(plan_steps& out);
  void wake_when_due(plan_steps& out);
  bool anything_asked() const;
  void want_read(timestamp t) { read_due_ = std::min(read_due_, t); }
  void want_time(timestamp t) { time_due_ = std::min(time_due_, t); }

  // plan_orders.cpp: what becomes of each order
  judgement judge(const order_update& order, const std::set<order_id>& increasing) const;
  int64_t spoken_for(const order_update& order, const std::set<order_id>& increasing) const;
  bool is_ours(const order_update& order) const;
  void handle_orders(plan_steps& out, const std::set<order_id>& increasing, bool covered);
  void handle_order(plan_steps& out, const order_update& order, const judgement& verdict);
  fate fate_of_unread(order_id id, const contract_id& contract) const;
  void handle_unread_orders(plan_steps& out);

  // plan_words.cpp: saying it
  void send(plan_steps& out, attempt& state, venue_request request, const std::string& words);
  void journal(plan_steps& out, const char* kind, std::string text, int64_t latency_ns = -1) const;
  void report(plan_steps& out, enforcement_phase phase, std::string detail) const;
  void tell_asked(plan_steps& out);

  account_id account_;
  request_numbers next_;
  hand_over at_once_;
  holdings book_;
  fill_ledger ledger_;
  std::set<order_id> covered_; // live orders that once could only reduce a position
  bool complete_ = false;      // both lists were read once
  can_trade_word can_trade_;
  bool link_live_ = true;      // as far as is known
  std::optional<timestamp> liquidation_until_; // the venue said that it closes positions itself; what stands then is ours
  timestamp now_{};

  std::optional<enforcement_case> case_;
  std::shared_ptr<closing_book> book_of_closings_;
  std::map<contract_id, closing>& closings_;
  std::vector<asked_close> told_asked_; // what is kept of them
  std::map<order_id, order_attempt> order_attempts_;
  std::map<order_id, timestamp> gone_parents_; // cancelled by us in this case: when they were seen gone

  bool reading_ = false;
  uint64_t reads_sent_ = 0;
  timestamp read_sent_at_{};
  timestamp read_not_before_{};
  std::deque<timestamp> recent_reads_;
  bool read_was_quiet_ = false; // nothing was asked and open when it was sent
  std::optional<timestamp> doubt_; // the newest list disagreed with events: when it was read
  int reads_without_news_ = 0;
  int failed_reads_ = 0;        // in a row
  uint64_t fill_mark_ = 0;      // readings sent before the newest fill
  uint64_t answer_mark_ = 0;    // readings sent before the newest answer

  wire_time cause_{};           // of what is being decided
  timestamp read_due_{}, time_due_{}; // collected while deciding
  bool at_goal_ = false;
  timestamp armed_{};
};

} // namespace rm
