// What is known of one account: the venue's words, and the view that rules evaluate.
#pragma once

#include "messages/market.hpp"
#include "messages/order.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rm {

/// The venue's account object.
struct account_update {
  account_id account;
  std::string name;
  money balance; // closed profit and loss only
  bool can_trade = true;
  bool visible = true;
  bool simulated = true;
  wire_time seen{};
};

/// One reading of an account at the venue, over REST. A list that could not be read is not in here at all. A row that could not be read
/// is missing in its list, and named beside it: nothing may be concluded from its absence.
struct venue_snapshot {
  account_id account;
  uint64_t generation = 0;        // of the link; nothing older is applied after it
  int64_t sent_steady_ns = 0;     // when the first of its reads was sent
  timestamp read_at{};            // when its last answer was read
  bool has_account = false;       // `info` was read
  account_update info;
  bool has_positions = false;
  std::vector<position_update> positions;
  bool has_orders = false;        // live orders, suspended children included …
  bool lacks_suspended = false;   // … but for those: the list that shows them could not be had. What it does not show may still be there
  bool never_lists_suspended = false; // the venue has no such list at all
  std::vector<order_update> orders;
  bool has_trades = false;
  timestamp trades_since{};
  std::vector<trade_update> trades;
  uint64_t number = 0;            // in answer to an account: as of a venue_event
  std::vector<contract_id> positions_unread; // of rows that could not be read; an empty one: any contract may be meant
  std::vector<order_id> orders_unread;       // the same; 0: any order
  bool trades_unread = false;                // some of them could not be read

  bool is_unread(const contract_id& contract) const {
    return std::any_of(positions_unread.begin(), positions_unread.end(), [&](auto& c) { return c.empty() || c == contract; });
  }
  bool is_unread(order_id id) const {
    return std::any_of(orders_unread.begin(), orders_unread.end(), [&](auto o) { return !o || o == id; });
  }
};

enum class link_status : uint8_t { connecting, live, blind, conflict };
std::string_view name_of(link_status s);

/// The state of a login's connection as an account needs to know it.
struct link_changed {
  broker_id broker;
  link_status status = link_status::connecting;
  uint64_t generation = 0; // counts connections
  std::string why;
  wire_time seen{};
};

/// Something from the venue that could not be understood. The account says so instead of guessing.
struct venue_nonsense {
  account_id account; // 0: concerns every account of the login
  contract_id contract; // empty: concerns the account as a whole
  std::string what;     // one line, no secrets
  wire_time seen{};
  bool position = false; // it was about a position of the contract: something may be held there
  order_id order{};      // it was about this order, which may be live; 0: about none, or one that is over
  bool listed = false;   // a row of a list: nothing has happened
};

enum class account_state_name : uint8_t { active, locked, blind, not_evaluable };
std::string_view name_of(account_state_name s);

/// A position with its valuation.
struct valued_position {
  contract_id contract;
  int64_t size = 0; // signed
  price average_price;
  std::optional<price> mark;
  std::optional<money> unrealized;
};

/// A live order as rules see it.
struct working_order {
  order_id id;
  contract_id contract;
  rm::side side = rm::side::buy;
  order_type type = order_type::unknown;
  order_status status = order_status::unknown;
  int64_t remaining = 0; // contracts, positive
  order_id parent;
  timestamp created{};
  bool increases = false; // would make the position larger or turn it, see holdings.hpp
  std::optional<price> limit_price, stop_price;
};

/// What is known of a contract that the account holds or has an order in.
struct contract_facts {
  contract_id contract;
  symbol_name symbol;        // what people call it; from the contract's id until the venue has told
  price tick_size;           // points; 0: the venue has not told yet
  money tick_value;          // per tick and contract; 0: the venue has not told yet
  std::optional<price> mark; // newest; may be stale: see the view's `priced`
};

/// One contract from flat to flat. A flip ends one and begins the next.
struct round_trip {
  contract_id contract;
  timestamp opened{}, closed{};
  money net; // realized, less fees and commissions
};

/// What a rule must not forget over a restart: its own numbers by its own names, few and small.
using rule_memory = std::map<std::string, int64_t>;

/// What made the account look again; also the events that a rule can declare that it needs.
enum class wake : uint8_t { fill, order, position, mark, account, clock, reset, settings };
constexpr std::size_t wake_count = 8;
std::string_view name_of(wake w);

/// Everything a rule may look at, at one instant. Immutable once made and shared by all rules of the account.
struct account_view {
  account_id account;
  uint64_t sequence = 0; // counts views of this account, in this process
  wake cause = wake::clock;
  timestamp now{};
  wire_time event{};     // the event that led to this view

  bool evaluable = true; // false: something the venue said could not be understood, or the start is not complete; `why` says what.
                         // A rule may still find a breach in what is known, but never says `ok`
  bool priced = true;    // false: a position cannot be valued; unrealized, day and week P&L mean nothing, `why` says what is missing
  std::string why;
  bool link_live = false;
  bool can_trade = true;
  money balance;

  money realized_day, realized_week; // net of fees and commissions
  money unrealized;
  money peak_day; // highest day P&L since the daily reset, ≥ 0
  money day_pnl() const { return realized_day + unrealized; }
  money week_pnl() const { return realized_week + unrealized; }

  trading_date day{};
  timestamp day_started{};
  timestamp next_daily_reset{}, next_weekly_reset{};
  timestamp lists_read{}; // when the newest good reading of positions and orders came in; 0: none yet on this connection

  std::vector<valued_position> positions; // none of size 0, ordered by contract
  std::vector<working_order> orders;      // live ones, oldest first
  std::vector<contract_facts> contracts;  // of all positions and orders, ordered by contract
  std::vector<timestamp> trades_today;    // first entry fill of each trade since the daily reset, ascending
  std::vector<timestamp> recent_trades;   // the same, and those of the last hour before the reset
  std::optional<timestamp> last_trade;    // of the newest trade, also from before the reset
  std::vector<round_trip> round_trips;    // closed in the week in force, ascending by `closed`, the newest 64

  const contract_facts* facts_of(const contract_id& contract) const {
    for (auto& f : contracts)
      if (f.contract == contract)
        return &f;
    return nullptr;
  }
};

/// Question of an account to a rule. The rule answers with a `verdict`.
struct evaluate {
  std::shared_ptr<const account_view> view;
  std::shared_ptr<const rule_memory> memory; // only in the first question to a rule that was (re)started: what it had kept
};

} // namespace rm
