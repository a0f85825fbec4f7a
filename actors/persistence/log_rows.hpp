// Trades, resets and the journal as rows.
#pragma once

#include "actors/persistence/chain_rows.hpp"

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
  void write(const std::vector<const journal_entry*>& lines);
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most) { return chain_.prove(walk, most); }
  chain_tail tail() { return chain_.tail(); }
  std::optional<service_run> begin_run(const service_run& run);
  void put_config(const config_in_force& config);
  void sign_of_life(timestamp at, bool ordered);
  /// Removes up to `most` journal lines from the beginning, and as many trades, from before that time, but nothing that an account's week,
  /// locks or open cases go back to, and no line behind such a one: the chain stays whole. Returns how many lines went.
  int64_t prune(timestamp before, int64_t most);

  /// Ascending by time. Steady times mean nothing in another process and come back as 0.
  std::vector<trade_update> trades_since(account_id account, timestamp since);
  /// The newest `limit` by their time, in the order in which they were written.
  std::vector<journal_entry> journal(const get_journal& query);

private:
  SQLite::Statement put_trade_, get_trades_, put_reset_, get_lines_, get_lines_of_;
  SQLite::Statement last_run_, put_run_, live_run_, mark_run_, get_lines_in_force_, put_lines_in_force_;
  SQLite::Statement allow_prune_, forbid_prune_, first_to_stay_, last_to_go_, prune_lines_, prune_trades_;
  chain_rows chain_;
};

} // namespace rm
