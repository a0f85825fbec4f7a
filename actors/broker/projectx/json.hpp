// The gateway's words in ours. A thing that cannot be understood is an answer with a reason, never an exception and never skipped.
#pragma once

#include "actors/broker/projectx/json_reader.hpp"
#include "messages/account.hpp"

namespace rm::projectx {

/// What became of reading one thing. `usable`: the result is complete. `why` is one line without secrets; where it is not empty
/// the account must hear of it, also when the result is usable (an unknown status is carried on as `unknown`, with a note).
struct reading {
  bool usable = false;
  std::string why;
  account_id account;   // as far as it could be read
  contract_id contract; // as far as it could be read
  order_id order;       // of an order, as far as it could be read
  bool over = false;    // of an order: it says that it is no longer live
  bool position = false; // it is about a position
};

// Amounts that the venue has divided may have any number of decimals: prices are rounded to 1e-9, money to 1e-6, half away from zero.
// What is no number, or beyond all range, is not usable. Only a contract's tick size and value must be exact.

/// An unusable limit or stop price is absent, with a note; an unusable average of the fills is absent.
reading read_order(json_value from, order_update& out);
/// Where only the average is not usable, it is 0, with a note: size and direction count, the value is not known.
reading read_position(json_value from, position_update& out);
reading read_trade(json_value from, trade_update& out);
reading read_account_object(json_value from, account_update& out);
reading read_contract(json_value from, contract_spec& out);

/// One part of a contract's market: what is absent stays as it was.
struct quote_part {
  std::optional<price> last, bid, ask;
  bool no_bid = false, no_ask = false; // that side of the book is empty
  timestamp at{};
};
reading read_quote(json_value from, quote_part& out);
/// `from` is a trade or a list of them; the newest one counts.
reading read_market_trades(json_value from, quote_part& out);

/// `from` is a list of bars, newest first; the close of the first one counts.
reading read_newest_bar(json_value from, quote_part& out);

/// The envelope of every REST answer.
struct envelope {
  bool readable = false; // false: `message` says why, nothing is known of the outcome
  bool success = false;
  int64_t code = 0;
  std::string message; // of the venue, made one line
};
envelope read_envelope(json_value root);

/// Reads a complete list of rows. `list` must be a list: null or absent is an error, since it would look like "nothing there". Rows that
/// are not usable are left out; what is wrong with them, and notes on usable ones, are appended to `notes`.
template <class T>
bool read_list(json_value list, reading (*read_row)(json_value, T&), std::vector<T>& out, std::string& why, std::vector<reading>& notes) {
  if (!list.is_array()) {
    why = list.is_absent() ? "the list is null, which does not mean empty" : "the list is not a list";
    return false;
  }
  for (auto row = list.first(); row != list.end(); row = row.next()) {
    T item;
    reading r = read_row(row, item);
    if (r.usable)
      out.push_back(std::move(item));
    if (!r.why.empty())
      notes.push_back(std::move(r));
  }
  return true;
}

/// At most 200 characters of a foreign text, on one line, without control characters.
std::string one_line(std::string_view text);

} // namespace rm::projectx
