// An account's day so far as one row: a text of "at pnl" pairs, read and written whole.
#pragma once

#include "messages/storage.hpp"

#include <SQLiteCpp/Statement.h>

namespace rm {

/// Used inside the caller's transaction; throws SQLite::Exception.
class day_rows {
public:
  explicit day_rows(SQLite::Database& database);

  void write(account_id account, const day_curve& day);
  /// Empty when there is none. What cannot be read is left out: it is for people only.
  day_curve read(account_id account);

private:
  SQLite::Statement put_, get_;
};

} // namespace rm
