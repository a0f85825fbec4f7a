// An account's memory as rows.
#pragma once

#include "messages/storage.hpp"

#include <SQLiteCpp/Statement.h>

namespace rm {

/// The prepared statements of an account's memory. Used inside the caller's transaction; throws SQLite::Exception.
class account_rows {
public:
  explicit account_rows(SQLite::Database& database);

  /// Replaces the account's rows; does nothing when the newer version is there already.
  void write(const account_memory& memory);
  /// Nothing when the account was never kept.
  std::optional<account_memory> read(account_id account);
  /// The version that is kept, also where the rest cannot be read; 0 when that cannot be read either.
  uint64_t version_of(account_id account);

private:
  void write_locks(account_id account, const std::vector<lock>& locks);
  void write_counted(account_id account, const std::vector<counted_trade>& trades);
  void write_cases(account_id account, const std::vector<open_case>& cases);
  void read_locks(account_memory& memory);
  void read_counted(account_memory& memory);
  void read_cases(account_memory& memory);

  SQLite::Statement put_state_, get_state_;
  SQLite::Statement drop_locks_, put_lock_, get_locks_, put_held_, get_held_, put_admitted_, get_admitted_;
  SQLite::Statement drop_counted_, put_counted_, get_counted_, put_fill_, get_fills_;
  SQLite::Statement drop_attempts_, put_attempt_, get_attempts_;
  SQLite::Statement drop_warned_, put_warned_, get_warned_;
  SQLite::Statement drop_cases_, put_case_, get_cases_, put_order_, get_orders_, put_target_, get_targets_;
  SQLite::Statement drop_trips_, put_trip_, get_trips_, drop_rule_memory_, put_rule_memory_, get_rule_memory_;
  SQLite::Statement drop_adjustments_, put_adjustment_, get_adjustments_;
  SQLite::Statement drop_asked_, put_asked_, get_asked_;
};

} // namespace rm
