// What one account does about every event: keeps the books, asks the rules, locks, has the locks enforced. Pure: messages in,
// intentions out; the shell (account_actor) carries them out in their order.
#pragma once

#include "actors/account/can_trade.hpp"
#include "actors/account/day_record.hpp"
#include "actors/account/joint_band.hpp"
#include "actors/account/ledger.hpp"
#include "actors/account/locks.hpp"
#include "actors/account/rule_seat.hpp"
#include "messages/admin.hpp"
#include "messages/fail_safe.hpp"

#include <array>
#include <functional>
#include <variant>

namespace rm {

struct rule_info {
  rule_name name;
  std::string number;      // "RULE-004", empty where there is none
  std::vector<wake> wakes; // the events it needs
};

struct account_settings {
  account_id id;
  std::string name; // as configured
  broker_id broker;
  std::vector<rule_info> rules;
  duration stale_after = std::chrono::seconds{10};
  /// Whether a market is open, so that silence means something; empty: always.
  std::function<bool(const symbol_name&, timestamp)> market_open;
  duration fail_safe_after = std::chrono::seconds{60};
  fail_safe_action fail_safe = fail_safe_action::flatten_if_unprotected;
  std::map<symbol_name, money> commissions; // per contract and side, for trades whose own nobody tells
};

/// How old the price of an open position may be: stale ones have their bar read, and that may take a while.
ledger::freshness price_freshness(const account_settings& settings);

// -- intentions -------------------------------------------------------------------

/// Ask these rules about this view.
struct ask_rules {
  std::vector<rule_name> rules;
  std::shared_ptr<const account_view> view;
  bool started = false; // they were started again: each is given what it had kept (`guard::kept_of`)
};
/// Have it read: the answer comes back as a venue_event with a venue_snapshot.
struct read_venue {
  read_account what;
};
using account_effect = std::variant<ask_rules, enforce, adjust_stops, save_account, save_trades, save_day, journal_entry, arm_timer, disarm_timer, watch_account,
                                    watch_contract, read_venue, read_mark, reset_applied>;
using account_effects = std::vector<account_effect>;

/// The account's mind. Every call returns what is to be done now, most urgent first. Nothing that a venue can say makes it throw.
class guard {
public:
  /// `kept` is what persistence had of the account; locks in it hold from the first moment.
  guard(account_settings settings, const stored_account& kept);

  // -- collaborators ------------------------------------------------------------

  /// The broker is there (again): what was open is taken up.
  account_effects on_start();
  /// Enforcement was started again and knows nothing: what is still to be brought to its goal is said once more.
  account_effects on_enforcement_started();
  /// These rules were started again and have forgotten everything.
  account_effects on_rules_started(const std::vector<rule_name>& names);
  /// The timer actor was started again: lock ends are armed once more.
  account_effects on_timers_started();
  /// Persistence is there (again): what it could not keep before is given to it at once.
  account_effects on_storage_started();

  /// Who takes an enforcement at the moment when it is decided, before what else there is to do is worked out; of the effects so far he takes
  /// the journal's lines, and leaves the others. He must not call back. Without him it is the first of the effects.
  using at_once = std::function<void(enforce, account_effects& so_far)>;
  void enforce_at_once(at_once by) { at_once_ = std::move(by); }

  // -- news -----------------------------------------------------------------------

  account_effects on_event(const venue_event& event);
  account_effects on_verdict(const verdict& spoken);
  account_effects on_report(const enforcement_report& report);
  /// Closes that are under way are kept, so that nobody asks for them once more after a restart.
  account_effects on_closes_asked(const closes_asked& told);
  account_effects on_timer(const timer_fired& fired);
  /// Not `sure`: the time may be wrong, and no lock ends by it.
  account_effects on_tick(timestamp now, bool sure = true);
  account_effects on_reset(const session_reset& reset);
  /// An administrator's reset, now; `refused` says why not, and then nothing has changed.
  account_effects on_reset_order(const reset_order& order, std::string& refused);
  /// Takes locks away; every rule looks again, and one that still breaches locks again at once. `refused` likewise, here and below.
  account_effects on_unlock(const unlock_order& order, std::string& refused);
  /// Adds a lock of the rule `manual`: like every lock it is never shortened by another. A flat one closes everything.
  account_effects on_lock(const lock_order& order, std::string& refused);
  /// Opens a case that closes everything; locks nothing.
  account_effects on_flatten(const flatten_order& order, std::string& refused);
  /// A save was committed, or could not be. Version 0: trades.
  account_effects on_saved(uint64_t version);
  account_effects on_save_failed(uint64_t version, const std::string& why);
  /// A read that was asked for could not be had.
  account_effects on_read_failed(const std::string& why);

  /// Has every rule look once more, so that what people are shown is of now: `number` is then that view's.
  account_effects on_status_wanted(uint64_t& number);
  /// Whether every rule has spoken about that view, or a newer one.
  bool all_spoke_of(uint64_t number) const;

  /// What the broker is to be told of how far marks may go; nothing where it knows. After every call of the above.
  std::optional<rest_marks> rest_wanted();

  const account_settings& settings() const { return settings_; }
  account_status status() const;
  account_day day() const;
  /// What a rule has kept.
  std::shared_ptr<const rule_memory> kept_of(const rule_name& rule) const;
  const lock_set& locks() const { return locks_; }
  const ledger& books() const { return ledger_; }
  const holdings& held() const { return held_; }

private:
  /// The balance as it was read while the trades said something else.
  struct balance_doubt {
    money balance;
    std::optional<money> expected;
    timestamp at{};
  };
  struct trouble {
    std::string what;
    timestamp since{};
    int64_t seen_ns = 0;
    contract_id position; // it was about a position in this contract
  };
  /// A position that still disagrees with its trades after that is believed where a list has settled it; else nothing is.
  static constexpr duration trades_trusted_for = std::chrono::seconds{2};
  /// A position and its trades say different things.
  struct disagreement {
    timestamp since{};
    int64_t ahead = 0; // contracts that the trades say more than the position
    int64_t ns = 0;    // newest news when that came to be: only a list sent later knows better
  };
  /// What can be said of the account at one moment.
  struct judgement {
    ledger::valuation worth;
    bool evaluable = true;
    std::string why;
    bool judgeable() const { return evaluable && worth.priced; }
  };
  /// What the broker was told of how far marks may go, and what all positions are worth at the far ends.
  struct told_rest {
    rest_marks what;
    money worst, best; // unrealized
    uint64_t changes = 0;
  };
  /// Fills that an order has told and no trade yet.
  struct untraded_fill {
    contract_id contract;
    int64_t filled = 0; // signed
    timestamp told{};   // newest
  };

  // events (guard.cpp)
  void take(const order_update& update, account_effects& out);
  void take(const trade_update& update, account_effects& out);
  void take(const position_update& update, account_effects& out);
  void take(const account_update& update, account_effects& out);
  void take(const quote& update, account_effects& out);
  void take(const contract_spec& update, account_effects& out);
  void take(const link_changed& update, account_effects& out);
  void take(const venue_snapshot& update, account_effects& out);
  void take(const venue_nonsense& update, account_effects& out);
  bool take_list(const account_update& row, int64_t sent_ns, account_effects& out);
  void take_info(const account_update& update, account_effects& out);
  void take_trades(const venue_snapshot& update, account_effects& out);
  bool is_ours(account_id account, account_effects& out);
  bool book(const trade_update& trade, bool from_list, const wire_time& heard, account_effects& out);
  void refuse(const contract_id& contract, std::string what, const wire_time& seen, account_effects& out);

  // contracts (guard_contracts.cpp)
  void need(const contract_id& contract, account_effects& out);
  void watch(const contract_id& contract, account_effects& out);
  void age_contracts(account_effects& out);
  void watch_known(account_effects& out);

  // views (guard_views.cpp)
  const judgement& judge() const;
  const std::vector<working_order>& orders_now() const;
  std::shared_ptr<account_view> blank_view() const;
  std::shared_ptr<account_view> make_view(const judgement& now, wake cause, const wire_time& event, uint64_t sequence) const;
  contract_facts facts(const contract_id& contract) const;
  bool marks_rest(const rule_seat& rule) const;
  void look(wake cause, const wire_time& event, account_effects& out);
  bool rests(const rule_seat& rule, wake cause, bool judgeable, money day_pnl) const;
  bool all_rest(wake cause, money day_pnl) const;
  void ask_again_if_moved(rule_seat& rule, account_effects& out);
  void note_peak(const judgement& now, account_effects& out);

  void note_question(rule_seat& rule, uint64_t sequence);

  // the day so far (guard_day.cpp)
  void note_day(const judgement& now);
  void keep_day(account_effects& out);

  // rest (guard_rest.cpp)
  void hear_news(const venue_event& event);
  void hear_quote(const quote& update);
  bool may_rest() const;
  money top_of_rest() const;
  bool rests_well(const told_rest& told) const;
  std::optional<told_rest> find_rest();
  bool share_room(const judgement& now, told_rest& out) const;

  // the balance (guard_balance.cpp)
  void hear_balance();
  void ask_for_balance();
  void check_balance(const venue_snapshot& read, account_effects& out);
  void explain_balance(money balance, money expected, timestamp since, account_effects& out);

  // time (guard_watch.cpp)
  void advance(timestamp now) { now_ = std::max(now_, now); }
  void hear(const wire_time& seen) {
    advance(seen.utc);
    news_ns_ = std::max(news_ns_, seen.steady_ns);
  }
  void set_clock(timestamp now);
  void audit(account_effects& out);
  void read_was_good(bool all);
  void read_stale_marks(account_effects& out);
  /// Read over a connection that is gone.
  bool is_stale(const venue_snapshot& read) const { return read.generation < std::max(held_.generation(), link_.generation); }
  void note_good_list(const venue_snapshot& read);
  /// No list has settled it, and the news that are missing should have come by now.
  bool is_open(const disagreement& apart) const;
  std::vector<contract_id> unseen() const;
  bool is_concerned(const contract_id& contract) const;
  bool exposed() const { return !held_.flat() || !unseen().empty(); }
  std::string unread_words() const;
  void tell_unseen(account_effects& out);
  void fail_safe(account_effects& out);
  void watch_rules(account_effects& out);
  bool is_covered_by_stops() const;
  void start_watching(account_effects& out);

  // days and weeks (guard_resets.cpp)
  void take_back(const session_reset& reset, account_effects& out);

  // locks and enforcement (guard_locks.cpp)
  void note_warning(rule_seat& rule, const verdict& spoken, const std::function<std::string()>& words, account_effects& out);
  void lock_for_lost_memory(account_effects& out);
  bool lock_account(const verdict& spoken, account_effects& out);
  void ended(std::vector<lock> gone, const std::string& why, account_effects& out);
  void enforce_locks(const wire_time& event, account_effects& out);
  bool is_time_sure(bool sure, std::string& refused) const;
  void open_enforcement(rule_name rule, std::string reason, action what, enforcement_goal goal, const wire_time& event, account_effects& out, timestamp since = {});
  bool misses(const enforcement_goal& goal) const;
  int64_t unprotected_for(const enforcement_report& report) const;
  void keep_case(const open_case& opened);
  void forget_ended(enforcement_goal& goal) const;
  void send_enforcement(const open_case& what, const wire_time& event, account_effects& out);
  void arm_lock_timers(account_effects& out);
  void arm_question(rule_seat& rule, account_effects& out);
  void remember(rule_seat& rule, const verdict& spoken, account_effects& out);

  void close_all(const std::string& reason, account_effects& out); // guard_orders.cpp

  // what a lock forbids (guard_limits.cpp)
  std::vector<int64_t> sizes_of(const contract_id& contract) const;
  bool is_exit(const order_update& order) const;
  bool forbidden(const order_update& order) const;
  bool was_forbidden(const order_update& order) const;
  bool is_admitted(const lock& l, const order_update& order) const;
  void count_attempt(order_id order, order_id parent, const contract_id& contract, const std::string& what, account_effects& out,
                     timestamp executed = timestamp::max());
  void count_ended_attempts(const venue_snapshot& update, account_effects& out);
  void note_differences(const holdings::merge_result& merged, bool streamed, bool with_trades, account_effects& out);
  void anchor_books(const venue_snapshot& update);
  void resume_cases(wire_time event, account_effects& out);
  void note_untraded(const order_update& update);
  void admit_outstanding(const order_update& update);
  bool exceeds_known(order_id order, int64_t size) const;
  void withdraw_admission(order_id order, account_effects& out);
  void follow(const trade_update& trade, bool from_list);
  void settle_books();
  int64_t may_stay(const lock& l, const contract_id& contract) const;
  int64_t could_stay(const lock& l, const contract_id& contract, side s) const;
  std::set<order_id> risky_by_every_account(std::set<order_id> risky, const std::set<contract_id>* of = nullptr) const;
  bool is_settling(const contract_id& contract) const;
  std::optional<enforcement_goal> violated_goal();

  // memory (guard_memory.cpp)
  void save(account_effects& out, std::vector<reset_record> resets = {});
  void note(account_effects& out, std::string kind, std::string text, rule_name rule = {}, int64_t latency_ns = -1);
  void raise(std::string key, severity how, std::string what, account_effects& out);
  void clear(const std::string& key, account_effects& out);
  void save_again(account_effects& out);
  void save_soon(account_effects& out);
  /// Stands among the rules' memories: the contracts that were met, and for how many more trading days they are known.
  static const rule_name& contracts_met();

  account_settings settings_;
  ledger ledger_;
  holdings held_;
  lock_set locks_;
  rule_seats rules_;
  std::array<timestamp, wake_count> heard_{}; // the newest look of each kind
  /// What lets all rules rest on a mark, or on the clock.
  struct rest {
    bool known = false;    // no verdict has changed it since it was found out
    bool possible = false; // every rule has spoken and has a band
    joint_band band;
  };
  mutable rest rest_on_mark_, rest_on_clock_;
  std::optional<told_rest> told_rest_; // the broker holds quotes back by it
  uint64_t news_heard_ = 0;            // number of the broker's newest news
  int early_quotes_ = 0;               // that came although the account was said to rest
  std::size_t answers_owed_ = 0;       // rules that were asked and have not spoken yet
  bool rest_in_doubt_ = false;         // something has happened that may change it
  bool rest_is_over_ = false;          // something has, and rules were asked about it
  std::vector<rule_name> unasked_; // started before anybody had told the time
  account_memory memory_;           // locks, counted trades are copied in when it is saved
  std::map<std::string, alarm> alarms_;
  std::map<std::string, trouble> nonsense_; // by contract, "" = the account
  std::set<contract_id> watched_, met_today_;
  std::vector<enforcement_report> reports_;
  std::shared_ptr<const account_view> view_; // the newest that was shown to a rule
  uint64_t view_of_ = ~uint64_t{0};          // `changes_` when a look made it
  mutable std::vector<std::shared_ptr<account_view>> views_; // made before; used again when nobody looks at them any more
  mutable judgement judged_;                  // the newest; its memory is used again
  std::string unjudged_why_;                  // why the account could not be judged when rules were last asked about that
  mutable std::vector<working_order> orders_; // as of `orders_of_`
  mutable uint64_t orders_of_ = ~uint64_t{0};
  mutable bool orders_settling_ = false;      // some were given the benefit of a fill whose news are not all here
  account_update info_;
  can_trade_word can_trade_;
  bool has_info_ = false;
  link_changed link_;
  bool complete_ = false;           // a snapshot was taken on the present connection
  bool watching_ = false;
  timestamp now_{};
  timestamp next_daily_{}, next_weekly_{};

  // positions against trades
  std::map<contract_id, disagreement> apart_;
  std::map<contract_id, timestamp> over_since_;      // larger than may stay, and nothing explains it
  std::map<order_id, untraded_fill> untraded_;
  std::map<rule_name, std::map<contract_id, int64_t>> outstanding_; // positions that were ahead of their trades when a lock began

  // reading and judging
  timestamp lists_read_{}; // the newest good reading of positions and orders
  timestamp next_audit_{}, next_full_audit_{}, last_audit_{};
  timestamp closely_until_{};       // a list and the stream disagreed: who was right is seen by looking on
  bool read_under_way_ = false, reading_all_ = false, read_all_ = false, read_less_ = false;
  bool trades_missed_ = false;      // they were to be read, and have not been since
  timestamp mute_since_{}, first_tick_{}, blind_since_{};
  int64_t news_ns_ = 0;             // the newest of an order, a fill or a position
  int64_t good_list_ns_ = 0;        // when the newest list of positions that could be read completely was sent
  timestamp unread_since_{};        // readings have failed since then
  bool blind_exposed_ = false;      // a position was open at some time since `blind_since_`
  std::optional<balance_doubt> balance_doubt_;
  timestamp money_moved_{};         // a trade was told, or told otherwise
  timestamp balance_asked_{};       // when the account is to be read because of it
  bool fail_safe_done_ = false;
  std::map<contract_id, timestamp> bar_asked_; // stale marks whose bar was asked for, and when
  uint64_t view_sequence_ = 0;      // counts looks
  uint64_t first_valid_view_ = 0;   // verdicts on older views are about a day that is over

  // the day so far
  day_record record_;
  timestamp next_day_save_{};

  // saving
  bool memory_dirty_ = false;       // a peak, or what a rule wants kept: saved one after the other
  uint64_t saved_version_ = 0;
  timestamp save_again_{};          // the last save failed: try again then
  bool trades_again_ = false;
  std::vector<std::pair<uint64_t, reset_record>> unsaved_resets_; // with the version that carried them; 0: must be carried again

  // enforcement
  at_once at_once_;
  std::string unreadable_; // why the memory could not be read; until the lock for that stands
  std::vector<open_case> to_resume_; // cases that a restart interrupted; taken up when the venue's state is known
  std::vector<asked_close> asked_before_; // closes that they had asked for
  uint64_t enforce_sequence_ = 0;
  bool case_open_ = false;
  enforcement_goal open_goal_;
  std::vector<contract_id> told_unseen_; // to the open case
  uint64_t changes_ = 0, changes_at_open_ = 0; // count news of orders, fills and positions
  timestamp hold_until_{};          // enforcement says done, our books do not, and nothing happened in between: look first
};

} // namespace rm
