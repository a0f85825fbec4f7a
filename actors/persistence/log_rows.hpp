// Trades, resets and the journal as rows.
#pragma once

#include "messages/storage.hpp"

#include <SQLiteCpp/Statement.h>

namespace rm {

/// The prepared statements of what only grows. Used inside the caller's transaction; throws SQLite::Exception.
class log_rows {
public:
  explicit log_rows(SQLite::Database& database);

  /// Enters the trade, or replaces it.
  void write(const trade_update& trade);
  /// Enters the reset; one of that account, kind and day that is there stays as it is.
  void write(account_id account, const reset_record& reset);
  void write(const journal_entry& line);
  /// Removes up to `most` journal lines, and as many trades, from before that time, but nothing that an account's week, locks or open cases
  /// go back to. Returns how many lines went.
  int64_t prune(timestamp before, int64_t most);

  /// Ascending by time. Steady times mean nothing in another process and come back as 0.
  std::vector<trade_update> trades_since(account_id account, timestamp since);
  /// The newest `limit` by their time, in the order in which they were written.
  std::vector<journal_entry> journal(const get_journal& query);

private:
  SQLite::Statement put_trade_, get_trades_, put_reset_, put_line_, get_lines_, get_lines_of_;
  SQLite::Statement allow_prune_, forbid_prune_, prune_lines_, prune_trades_;
};

} // namespace rm
