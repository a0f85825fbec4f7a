// The money of one account: realized from the venue's own trades, unrealized from positions and marks. Pure, fixed point.
#pragma once

#include "actors/account/holdings.hpp"
#include "actors/account/round_trips.hpp"
#include "messages/storage.hpp"

#include <functional>
#include <map>

namespace rm {

/// Trades by id, sums for the day and the week, valuation of positions, count of trades.
///
/// Besides the money it keeps each position as the trades say it. The venue tells a fill as a trade and as a position, in no certain
/// order; between the two, realized and unrealized only fit together when both go by the trades.
class ledger {
public:
  /// What a position is worth, or why that cannot be said.
  struct valuation {
    bool priced = true;
    std::string why;
    money unrealized;
    std::vector<valued_position> positions;
  };
  /// A position as the trades say it.
  struct running_position {
    int64_t size = 0; // signed
    price average;    // 0: not known
  };

  /// Trades whose commissions the venue has not told: how far the balance may be from the trades without anything being wrong.
  struct unknown_commissions {
    int64_t contracts = 0;
    money estimated;   // taken for them
    money adjusted;    // what the balance has shown beside it
    timestamp newest{}; // of them all
  };

  /// Says whether a price may be as old as `seen` is at `now`.
  using freshness = std::function<bool(const contract_id& contract, timestamp seen, timestamp now)>;

  explicit ledger(duration stale_after = std::chrono::seconds{10});
  /// `commissions`: per contract and side by symbol, for trades whose own nobody tells and no other has shown.
  explicit ledger(freshness fresh, std::map<symbol_name, money> commissions = {}) : fresh_{std::move(fresh)}, usual_commissions_{std::move(commissions)} {}

  /// Takes up what was kept: trades count as they did, and what was counted stays counted. Positions are not known afterwards.
  void restore(std::vector<trade_update> trades, const std::vector<counted_trade>& counted, std::optional<timestamp> last_trade,
               const std::vector<carried_trip>& carried = {});

  // -- the venue's words --------------------------------------------------------

  /// Takes a half-turn; each id counts once, a voided one never, a later word about the same id replaces the earlier one's amounts
  /// (but a commission or a profit once known stays known, and fees that a list tells without commissions are believed as far as it is
  /// known whether the commissions are in them). True when it changed anything. Throws amount_overflow for amounts that
  /// nobody can have; nothing has changed then.
  bool apply(const trade_update& trade);
  void apply(const contract_spec& spec);
  void apply(const quote& quote);
  /// The clock was set back by so much: prices do not become younger by that.
  void age_marks(duration by);
  /// Tells what the position is, to know which fills open and which close.
  void anchor(const contract_id& contract, int64_t signed_size, price average = {});

  // -- the account's balance (ledger_balance.cpp) -----------------------------------

  /// Takes up what was kept of it. After `restore`.
  void restore_balance(const balance_reference& reference, std::vector<adjustment> adjustments);
  /// From now on the balance must move as the trades do: at `since`, with all that is known, it was `balance`.
  void refer_to(money balance, timestamp since);
  /// What the balance must be by all that is known; nothing before `refer_to`.
  std::optional<money> expected_balance() const;
  /// Trades since the reference whose commissions are estimates or missing.
  unknown_commissions unknown() const;
  /// What the balance shows beside the trades is part of the realized P&L. Throws amount_overflow for what nobody can have.
  void adjust(const adjustment& by);
  const balance_reference& reference() const { return reference_; }
  const std::vector<adjustment>& adjustments() const { return adjustments_; }

  // -- days -----------------------------------------------------------------------

  void begin_day(timestamp boundary);
  void begin_week(timestamp boundary);

  // -- figures ----------------------------------------------------------------------

  money realized_day() const { return realized_day_; }
  money realized_week() const { return realized_week_; }
  /// Values all open positions. `now` decides which marks are stale. Where position and trades disagree the trades count, except for
  /// the contracts in `distrusted`.
  valuation value(const holdings& held, timestamp now, const std::set<contract_id>& distrusted = {}) const;
  /// The same into `out`, whose memory is used again.
  void value(const holdings& held, timestamp now, const std::set<contract_id>& distrusted, valuation& out) const;
  /// The newest mark, stale or not, and when it was heard.
  std::optional<price> mark_of(const contract_id& contract) const;
  timestamp marked_at(const contract_id& contract) const;
  /// The newest quote, or nullptr.
  const quote* quote_of(const contract_id& contract) const;
  /// Entries since the daily reset, ascending by time.
  const std::vector<counted_trade>& counted() const { return counted_; }
  /// The same and those of the hour before: what must be kept.
  std::vector<counted_trade> counted_to_keep() const;
  /// First entry fills since the daily reset, and since an hour before it; ascending.
  const std::vector<timestamp>& trades_today() const { return trades_today_; }
  const std::vector<timestamp>& recent_trades() const { return recent_trades_; }
  std::optional<timestamp> last_trade() const { return last_trade_; }
  /// Closed round trips of the week in force, ascending, the newest ones; and those that the week began with.
  const std::vector<round_trip>& closed_trips() const { return trips_.closed(); }
  std::vector<carried_trip> carried_trips() const { return trips_.carried(); }
  /// The position as the trades say it, which may be ahead of the position event; 0 where they say nothing.
  int64_t size_by_trades(const contract_id& contract) const;
  /// All contracts that trades or `anchor` spoke of.
  const std::map<contract_id, running_position>& running() const { return running_; }
  const contract_spec* spec_of(const contract_id& contract) const;
  const std::map<contract_id, contract_spec>& specs() const { return specs_; }
  bool knows(trade_id id) const { return trades_.contains(id); }
  /// The trade as it was taken, an estimated commission included; nullptr when unknown.
  const trade_update* find(trade_id id) const;
  /// All trades that are kept, by id.
  const std::map<trade_id, trade_update>& trades() const { return trades_; }
  /// True for a fill that opened or added to a position, or turned it.
  bool is_entry(trade_id id) const { return entries_.contains(id); }
  /// Contracts of an order that trades have filled, voided ones not.
  int64_t filled_of(order_id order) const;
  /// True when one of the order's fills opened, added or turned.
  bool opened(order_id order) const;

private:
  struct order_fills {
    int64_t filled = 0;
    timestamp at{};             // first entry fill
    timestamp newest{};         // newest fill
    std::set<trade_id> entries; // not voided
  };
  struct rate { // a commission, the contracts that it was for, and the fees beside it
    money paid;
    int64_t size = 0;
    money fees;
  };

  /// What the fees of a list without commissions are: the fees alone, or the whole cost. Found out where both kinds of word are there.
  enum class list_fees : uint8_t { unknown, alone, whole };

  bool correct(trade_update& known, const trade_update& word);
  static rate rate_of(const trade_update& told) { return {told.commissions.value_or(money{}), told.size, told.fees}; }
  void learn_fees(const trade_update& listed, const rate& full);
  static void take_whole_fees(trade_update& trade);
  void learn_rate(const trade_update& trade);
  void estimate(trade_update& trade) const;
  void book(const trade_update& before, const trade_update& after);
  bool move(const trade_update& trade);
  void count(const trade_update& trade);
  void uncount(const trade_update& trade);
  void list_counted();
  std::optional<timestamp> newest_entry() const;
  void sum_up();
  timestamp kept_since() const { return std::min(week_started_, day_started_); }
  std::vector<round_trips::fill> fills_of(const contract_id& contract) const;
  void follow_trip(const trade_update& trade);

  freshness fresh_;
  timestamp day_started_{}, week_started_{};
  std::map<trade_id, trade_update> trades_; // of the week in force
  std::map<order_id, order_fills> orders_;
  std::set<trade_id> entries_;
  std::set<trade_id> turns_; // closed one position and opened another
  std::map<contract_id, rate> commission_rate_; // newest seen
  list_fees list_fees_ = list_fees::unknown;
  std::map<contract_id, running_position> running_;
  std::map<contract_id, contract_spec> specs_;
  std::map<contract_id, quote> quotes_;
  round_trips trips_;
  std::vector<counted_trade> counted_;
  std::vector<timestamp> trades_today_, recent_trades_;
  std::optional<timestamp> last_trade_;
  money realized_day_, realized_week_;
  std::map<symbol_name, money> usual_commissions_;
  balance_reference reference_;
  std::vector<adjustment> adjustments_;
  money kept_total_; // net of all trades since `kept_since`
};

} // namespace rm
