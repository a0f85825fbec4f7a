#include "actors/persistence/schema.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <stdexcept>
#include <string>

namespace rm {
namespace {

// Units: *_at, since, until, due, … are nanoseconds since 1970 UTC, 0 = none; days are yyyymmdd, 0 = none; money is millionths, prices are
// 1e-9 points; enumerations are their names. `position` keeps the order of a list.
constexpr std::string_view first_step = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('product', 'risk-manager');

CREATE TABLE account_state(
  account INTEGER PRIMARY KEY, version INTEGER NOT NULL,
  day INTEGER NOT NULL, day_started INTEGER NOT NULL, week INTEGER NOT NULL, week_started INTEGER NOT NULL,
  peak_day INTEGER NOT NULL, last_trade INTEGER);

CREATE TABLE locks(
  account INTEGER NOT NULL REFERENCES account_state, position INTEGER NOT NULL, rule TEXT NOT NULL, mode TEXT NOT NULL,
  ends TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL,
  PRIMARY KEY(account, position)) WITHOUT ROWID;
CREATE TABLE lock_held(
  account INTEGER NOT NULL, position INTEGER NOT NULL, contract TEXT NOT NULL, size INTEGER NOT NULL,
  PRIMARY KEY(account, position, contract),
  FOREIGN KEY(account, position) REFERENCES locks ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE lock_admitted(
  account INTEGER NOT NULL, position INTEGER NOT NULL, item INTEGER NOT NULL, order_id INTEGER NOT NULL,
  PRIMARY KEY(account, position, item),
  FOREIGN KEY(account, position) REFERENCES locks ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE counted_trades(
  account INTEGER NOT NULL REFERENCES account_state, position INTEGER NOT NULL, order_id INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(account, position)) WITHOUT ROWID;
CREATE TABLE counted_fills(
  account INTEGER NOT NULL, position INTEGER NOT NULL, trade INTEGER NOT NULL,
  PRIMARY KEY(account, position, trade),
  FOREIGN KEY(account, position) REFERENCES counted_trades ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE attempts(
  account INTEGER NOT NULL REFERENCES account_state, position INTEGER NOT NULL, order_id INTEGER NOT NULL,
  PRIMARY KEY(account, position)) WITHOUT ROWID;
CREATE TABLE warned(
  account INTEGER NOT NULL REFERENCES account_state, rule TEXT NOT NULL, rung INTEGER NOT NULL,
  PRIMARY KEY(account, rule)) WITHOUT ROWID;

CREATE TABLE open_cases(
  account INTEGER NOT NULL REFERENCES account_state, position INTEGER NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL,
  action TEXT NOT NULL, since INTEGER NOT NULL, flat INTEGER NOT NULL, cancel_increasing INTEGER NOT NULL,
  cancel_orders_of_targets INTEGER NOT NULL, PRIMARY KEY(account, position)) WITHOUT ROWID;
CREATE TABLE case_orders(
  account INTEGER NOT NULL, position INTEGER NOT NULL, item INTEGER NOT NULL, order_id INTEGER NOT NULL,
  PRIMARY KEY(account, position, item),
  FOREIGN KEY(account, position) REFERENCES open_cases ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE case_targets(
  account INTEGER NOT NULL, position INTEGER NOT NULL, item INTEGER NOT NULL, contract TEXT NOT NULL, keep INTEGER NOT NULL,
  PRIMARY KEY(account, position, item),
  FOREIGN KEY(account, position) REFERENCES open_cases ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE trades(
  account INTEGER NOT NULL, trade INTEGER NOT NULL, order_id INTEGER NOT NULL, contract TEXT NOT NULL, side TEXT NOT NULL,
  size INTEGER NOT NULL, price INTEGER NOT NULL, profit_and_loss INTEGER, fees INTEGER NOT NULL, commissions INTEGER,
  voided INTEGER NOT NULL, executed INTEGER NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY(account, trade)) WITHOUT ROWID;
CREATE INDEX trades_by_time ON trades(account, executed);

CREATE TABLE reset_log(
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL,
  boundary INTEGER NOT NULL, applied INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, UNIQUE(account, kind, day));

CREATE TABLE journal(
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, account INTEGER NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL,
  text TEXT NOT NULL, latency_ns INTEGER NOT NULL);
CREATE INDEX journal_by_time ON journal(at);
CREATE INDEX journal_by_account ON journal(account, at);

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER reset_log_is_never_changed BEFORE UPDATE ON reset_log BEGIN SELECT RAISE(ABORT, 'the reset log is append-only'); END;
CREATE TRIGGER reset_log_is_never_shortened BEFORE DELETE ON reset_log BEGIN SELECT RAISE(ABORT, 'the reset log is append-only'); END;
)sql";

// What rules keep, and round trips that were open when the week began; resets by hand beside the calendar's one per day; journal lines and
// trades may be removed when they are older than what `meta` allows while it is done (log_rows::prune).
constexpr std::string_view second_step = R"sql(
CREATE TABLE carried_trips(
  account INTEGER NOT NULL REFERENCES account_state, contract TEXT NOT NULL, opened INTEGER NOT NULL, size INTEGER NOT NULL,
  net INTEGER NOT NULL, PRIMARY KEY(account, contract)) WITHOUT ROWID;
CREATE TABLE rule_memory(
  account INTEGER NOT NULL REFERENCES account_state, rule TEXT NOT NULL, key TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY(account, rule, key)) WITHOUT ROWID;

DROP TRIGGER reset_log_is_never_changed;
DROP TRIGGER reset_log_is_never_shortened;
ALTER TABLE reset_log RENAME TO reset_log_before;
CREATE TABLE reset_log(
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL,
  boundary INTEGER NOT NULL, applied INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL);
INSERT INTO reset_log SELECT id, account, kind, day, boundary, applied, by, reason FROM reset_log_before;
DROP TABLE reset_log_before;
CREATE UNIQUE INDEX reset_once_a_day ON reset_log(account, kind, day) WHERE by = 'calendar';
CREATE UNIQUE INDEX reset_once ON reset_log(account, kind, applied, by);
CREATE TRIGGER reset_log_is_never_changed BEFORE UPDATE ON reset_log BEGIN SELECT RAISE(ABORT, 'the reset log is append-only'); END;
CREATE TRIGGER reset_log_is_never_shortened BEFORE DELETE ON reset_log BEGIN SELECT RAISE(ABORT, 'the reset log is append-only'); END;

DROP TRIGGER journal_is_never_shortened;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
  WHEN OLD.at >= coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'prune_before'), 0)
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
)sql";

// The journal is a chain (chain_rows); lines that are there already stay outside it. How each run of the service began and ended.
constexpr std::string_view third_step = R"sql(
ALTER TABLE journal ADD COLUMN link TEXT;
INSERT INTO meta SELECT 'journal_unchained_to', CAST(coalesce(max(id), 0) AS TEXT) FROM journal;
CREATE TABLE service_runs(
  id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT NULL, alive INTEGER NOT NULL, ordered INTEGER NOT NULL, version TEXT NOT NULL,
  config_mark TEXT NOT NULL);
)sql";

// What the balance is held against and what it showed beside the trades; since when nobody could judge; commissions that are estimates.
constexpr std::string_view fourth_step = R"sql(
ALTER TABLE account_state ADD COLUMN balance_known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_state ADD COLUMN balance_carry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_state ADD COLUMN balance_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_state ADD COLUMN unsafe_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trades ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;
CREATE TABLE adjustments(
  account INTEGER NOT NULL REFERENCES account_state, position INTEGER NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY(account, position)) WITHOUT ROWID;
)sql";

// The day so far of each account: "at pnl" in its units, one after the other, all in one text. It is read and written whole.
constexpr std::string_view fifth_step = R"sql(
CREATE TABLE account_day(account INTEGER PRIMARY KEY, day_started INTEGER NOT NULL, points TEXT NOT NULL);
)sql";

// Closes that were under way.
constexpr std::string_view sixth_step = R"sql(
CREATE TABLE asked_closes(
  account INTEGER NOT NULL REFERENCES account_state, contract TEXT NOT NULL, held INTEGER NOT NULL, size INTEGER NOT NULL,
  asked INTEGER NOT NULL, PRIMARY KEY(account, contract)) WITHOUT ROWID;
)sql";

constexpr std::array<std::string_view, 6> steps_in_order{first_step, second_step, third_step, fourth_step, fifth_step, sixth_step};

int64_t number(SQLite::Database& database, const char* query) { return database.execAndGet(query).getInt64(); }

} // namespace

std::span<const std::string_view> schema_steps() { return steps_in_order; }

bool migrate(SQLite::Database& database, std::span<const std::string_view> steps) {
  const auto version = number(database, "PRAGMA user_version");
  const auto owner = number(database, "PRAGMA application_id");
  const bool fresh = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
  if (!fresh && owner != schema_application_id)
    throw std::runtime_error{"it is a database of another program"};
  if (version > static_cast<int64_t>(steps.size()))
    throw std::runtime_error{"it was written by a newer version of this program (schema " + std::to_string(version) + ", this one knows " +
                             std::to_string(steps.size()) + ")"};
  for (auto step = version; step < static_cast<int64_t>(steps.size()); ++step) {
    SQLite::Transaction all_or_nothing{database, SQLite::TransactionBehavior::IMMEDIATE};
    database.exec(std::string{steps[static_cast<std::size_t>(step)]});
    database.exec("PRAGMA application_id = " + std::to_string(schema_application_id));
    database.exec("PRAGMA user_version = " + std::to_string(step + 1));
    all_or_nothing.commit();
  }
  return fresh;
}

} // namespace rm
