// The account's own row: whether it may trade; and its balance against its trades: commissions that no list tells are found here, and whatever else nobody told.
#include "actors/account/guard.hpp"

#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr duration settling = 2s;   // the news of one fill have come by then
constexpr duration between = 10s;   // readings that a balance asks for
constexpr duration apart = 1s;      // of two readings that confirm each other
constexpr duration lists_lag = 5s;  // what a list shows may be so old, and two readings of it agree all the same
const money most_balance = money::whole(1'000'000'000); // of an account that exists
const money most_per_contract = money::whole(10); // no venue takes more for one contract and side

} // namespace

void guard::take(const account_update& update, account_effects& out) {
  if (!is_ours(update.account, out))
    return;
  advance(update.seen.utc);
  if (can_trade_.hear_event(update.can_trade, update.seen.steady_ns))
    next_full_audit_ = std::min(next_full_audit_, now_ + can_trade_word::read_again);
  take_info(update, out);
}

/// A list may be older than what the stream has said: its canTrade counts by the rules of `can_trade_word`. True: it is doubted.
bool guard::take_list(const account_update& row, int64_t sent_ns, account_effects& out) {
  const bool doubted = can_trade_.hear_list(row.can_trade, sent_ns);
  take_info(row, out);
  return doubted;
}

void guard::take_info(const account_update& update, account_effects& out) {
  const bool could = !has_info_ || info_.can_trade;
  info_ = update;
  info_.can_trade = can_trade_.can();
  has_info_ = true;
  hear_balance();
  if (could != info_.can_trade)
    note(out, "account", std::string{"the venue says canTrade "} + (info_.can_trade ? "true" : "false"));
  if (info_.can_trade)
    ended(locks_.end_by_can_trade(), "the venue lets the account trade again", out);
  look(wake::account, update.seen, out);
}

/// The balance has come by itself, maybe before the trade that moved it.
void guard::hear_balance() {
  const auto expected = ledger_.expected_balance();
  if (!expected)
    return;
  if (*expected == info_.balance)
    balance_asked_ = {};
  else if (balance_asked_ == timestamp{})
    balance_asked_ = std::max(now_ + settling, last_audit_ + between);
}

void guard::ask_for_balance() {
  if (balance_asked_ == timestamp{} || now_ < balance_asked_ || now_ - money_moved_ < lists_lag)
    return; // or what is read could not count yet: twelve accounts that trade at once would read themselves out of their audits
  balance_asked_ = {};
  if (ledger_.expected_balance() != std::optional{info_.balance})
    next_full_audit_ = std::min(next_full_audit_, now_);
}

/// A difference counts when two whole readings in a row say the same: each list may lag by itself.
void guard::check_balance(const venue_snapshot& read, account_effects& out) {
  const money balance = read.info.balance;
  if (!read.has_account || !read.has_trades || read.trades_unread || is_stale(read) || balance > most_balance || -most_balance > balance)
    return;
  const auto expected = ledger_.expected_balance();
  if (expected == std::optional{balance}) {
    balance_doubt_.reset();
    balance_asked_ = {};
    return;
  }
  if (now_ - money_moved_ < lists_lag) { // the balance may not have all that the trades have, twice in a row
    balance_doubt_.reset();
    balance_asked_ = money_moved_ + lists_lag;
    return;
  }
  const bool twice = balance_doubt_ && balance_doubt_->balance == balance && balance_doubt_->expected == expected;
  if (!twice) {
    balance_asked_ = now_ + (balance_doubt_ ? between : settling); // while it goes on changing, reading must not eat up the budget
    balance_doubt_ = balance_doubt{balance, expected, now_};
    return;
  }
  if (now_ - balance_doubt_->at < apart)
    return; // two readings of one moment
  const auto since = std::exchange(balance_doubt_, {})->at; // what was traded by then is in both lists, and in the balance
  if (expected)
    return explain_balance(balance, *expected, since, out);
  ledger_.refer_to(balance, since);
  note(out, "account", "the balance is " + to_string(balance) + "; from here on it is held against the trades");
  save(out);
}

void guard::explain_balance(money balance, money expected, timestamp since, account_effects& out) {
  const money more = balance - expected;
  const auto unknown = ledger_.unknown();
  const money booked = unknown.adjusted + more;
  const std::string figures = "the account's balance is " + to_string(balance) + ", by its trades it would be " + to_string(expected);
  if (unknown.newest != timestamp{} && booked <= unknown.estimated && -booked <= most_per_contract * unknown.contracts) {
    ledger_.adjust({unknown.newest, more});
    note(out, "adjustment", to_string(more) + " booked for commissions that the venue has not told: " + figures);
    raise("balance", severity::warning, figures + "; " + to_string(more) + " was booked as commissions that the venue has not told", out);
  } else {
    ledger_.refer_to(balance, since);
    note(out, "adjustment", "none booked, commissions do not explain it: " + figures);
    raise("balance", severity::warning, figures + "; commissions do not explain it (a payout, a fee, a trade that was not told?), and it was not booked", out);
  }
  save(out);
  look(wake::fill, {now_, 0}, out);
}

} // namespace rm
