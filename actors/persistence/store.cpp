#include "actors/persistence/store.hpp"

#include "actors/kill_point.hpp"
#include "actors/persistence/account_rows.hpp"
#include "actors/persistence/day_rows.hpp"
#include "actors/persistence/log_rows.hpp"
#include "actors/persistence/schema.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace rm {
namespace {

/// Bytes. Above this size the journal and the trades are left out of the check at opening: they are most of the file,
/// checking takes about 5 ms per MB, and nothing is guarded before it is over.
constexpr int64_t whole_check_limit = 4 << 20;

std::string utf8(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

/// Trouble that may pass while the connection stays good.
bool connection_survives(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_FULL || primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
}

std::string in_words(const SQLite::Exception& e) {
  switch (e.getErrorCode() & 0xff) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program holds it";
    case SQLITE_READONLY: return "it is not writable";
    case SQLITE_CANTOPEN: return "it cannot be opened or created";
    case SQLITE_IOERR: return "the disk reports an error";
    case SQLITE_CORRUPT: return "it is corrupt";
    case SQLITE_NOTADB: return "it is not a database, or is corrupt";
    default: return "SQLite says";
  }
}

void require_ok(const std::string& answer) {
  if (answer != "ok")
    throw std::runtime_error{"it is corrupt: " + answer.substr(0, 300)};
}

} // namespace

struct store::parts {
  SQLite::Database database;
  bool fresh = false;
  std::optional<account_rows> accounts;
  std::optional<day_rows> days;
  std::optional<log_rows> logs;

  parts(const std::string& path, store_options options)
    : database{path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, static_cast<int>(options.busy_timeout.count())} {}
};

store::store(std::filesystem::path path, store_options options)
  : path_{std::move(path)}, shown_path_{utf8(path_)}, options_{options}, in_memory_{shown_path_ == ":memory:"} {
  guarded("opened", [this] { open(); });
}

store::~store() = default;

SQLite::Database& store::connection() { return parts_->database; }

void store::fail(const char* doing, const std::string& why, bool reopen) const {
  throw disk_failure{"the database " + shown_path_ + " cannot be " + doing + ": " + why, reopen};
}

template <class Work>
auto store::guarded(const char* doing, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const disk_failure&) {
    throw;
  } catch (const SQLite::Exception& e) {
    fail(doing, in_words(e) + " (" + e.what() + ")", !connection_survives(e.getErrorCode()));
  } catch (const std::exception& e) {
    fail(doing, e.what(), true);
  }
}

void store::open() {
  std::error_code ignored;
  if (!in_memory_) {
    const auto folder = path_.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
      fail("opened", "the folder " + utf8(folder) + " does not exist", true);
    if (std::filesystem::is_directory(path_, ignored))
      fail("opened", "it is a folder", true);
  }
  parts_ = std::make_unique<parts>(shown_path_, options_);
  try {
    prepare();
  } catch (const SQLite::Exception& e) {
    const int primary = e.getErrorCode() & 0xff;
    if (in_memory_ || (primary != SQLITE_FULL && primary != SQLITE_CANTOPEN && primary != SQLITE_IOERR))
      throw;
    // On a full disk there is no room for the file that lets several programs read at once. Alone, SQLite needs none: what is kept can be read.
    parts_ = std::make_unique<parts>(shown_path_, options_);
    parts_->database.exec("PRAGMA locking_mode = EXCLUSIVE");
    prepare();
  }
}

void store::prepare() {
  auto& db = parts_->database;
  if (sqlite3_db_readonly(db.getHandle(), "main") == 1)
    fail("opened", "it is not writable", true);
  check(); // before anything is written: a damaged file is left as it is found
  if (!in_memory_ && db.execAndGet("PRAGMA journal_mode = WAL").getString() != "wal")
    fail("opened", "its file system does not allow a write-ahead log", true);
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA foreign_keys = ON");
  fresh_ = migrate(db, schema_steps());
  parts_->accounts.emplace(db);
  parts_->days.emplace(db);
  parts_->logs.emplace(db);
}

void store::check() {
  auto& db = parts_->database;
  const int64_t size = db.execAndGet("PRAGMA page_count").getInt64() * db.execAndGet("PRAGMA page_size").getInt64();
  if (size <= whole_check_limit)
    return require_ok(db.execAndGet("PRAGMA quick_check(1)").getString());
  std::vector<std::string> tables;
  SQLite::Statement names{db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('journal', 'trades')"};
  while (names.executeStep())
    tables.push_back(names.getColumn(0).getString());
  for (const auto& table : tables)
    require_ok(db.execAndGet("PRAGMA quick_check('" + table + "')").getString());
}

/// An open file can be deleted or replaced on some systems; writes to it would then succeed and be lost.
void store::require_file() const {
  if (in_memory_)
    return;
  int moved = 0;
  std::error_code ignored;
  if (sqlite3_file_control(parts_->database.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0)
    fail("written", "the file was deleted or replaced", true);
  if (commits_ > 0 && !std::filesystem::exists(std::filesystem::path{path_} += "-wal", ignored) && !ignored)
    fail("written", "its write-ahead log was deleted", true);
}

void store::write(const write_batch& batch) {
  guarded("written", [&] {
    require_file();
    SQLite::Transaction transaction{parts_->database, SQLite::TransactionBehavior::IMMEDIATE};
    for (const auto* memory : batch.memories)
      parts_->accounts->write(*memory);
    for (const auto& [account, reset] : batch.resets)
      parts_->logs->write(account, *reset);
    for (const auto* trade : batch.trades)
      parts_->logs->write(*trade);
    for (const auto& [account, day] : batch.days)
      parts_->days->write(account, *day);
    parts_->logs->write(batch.lines);
    RM_KILL_POINT("rows.written");
    transaction.commit();
    ++commits_;
  });
}

/// For people only: a day that cannot be read is shown from here on.
day_curve store::read_day(account_id account) {
  try {
    return parts_->days->read(account);
  } catch (const SQLite::Exception&) {
    throw;
  } catch (const std::exception&) {
    return {};
  }
}

/// What cannot be read of one account is that account's trouble, not the disk's: the others are to be guarded all the same.
stored_account store::read_account(account_id account) {
  stored_account out;
  const auto unreadable = [&](const std::exception& why) {
    out = {};
    out.account = out.memory.account = account;
    out.unreadable = why.what();
    out.memory.version = parts_->accounts->version_of(account);
    return out;
  };
  try {
    auto memory = parts_->accounts->read(account);
    out.account = account;
    out.found = memory.has_value();
    if (memory)
      out.memory = std::move(*memory);
    out.memory.account = account;
    out.day = read_day(account);
    const auto everything = timestamp::min();
    out.trades = parts_->logs->trades_since(account, out.found ? std::min(out.memory.week_started, out.memory.day_started) : everything);
    return out;
  } catch (const SQLite::Exception& failure) {
    if ((failure.getErrorCode() & 0xff) != SQLITE_CORRUPT)
      throw;
    return unreadable(failure);
  } catch (const std::exception& failure) {
    return unreadable(failure);
  }
}

stored_account store::load(account_id account) {
  return guarded("read", [&] {
    SQLite::Transaction one_state{parts_->database};
    auto out = read_account(account);
    one_state.commit();
    return out;
  });
}

std::vector<journal_entry> store::read_journal(const get_journal& query) {
  return guarded("read", [&] { return parts_->logs->journal(query); });
}

std::optional<journal_proof> store::prove(chain_walk& walk, int64_t most) {
  return guarded("read", [&] {
    SQLite::Transaction one_state{parts_->database};
    auto out = parts_->logs->prove(walk, most);
    one_state.commit();
    return out;
  });
}

chain_tail store::tail() {
  return guarded("read", [&] { return parts_->logs->tail(); });
}

journal_proof store::prove_journal(const chain_tail& noted) {
  chain_walk walk{noted};
  return *prove(walk, std::numeric_limits<int64_t>::max());
}

std::optional<service_run> store::begin_run(const service_run& run) {
  return guarded("written", [&] {
    SQLite::Transaction transaction{parts_->database, SQLite::TransactionBehavior::IMMEDIATE};
    auto before = parts_->logs->begin_run(run);
    transaction.commit();
    return before;
  });
}

void store::sign_of_life(timestamp at, bool ordered) {
  guarded("written", [&] {
    require_file();
    parts_->logs->sign_of_life(at, ordered);
  });
}

void store::put_config(const config_in_force& config) {
  guarded("written", [&] {
    require_file();
    SQLite::Transaction both{parts_->database, SQLite::TransactionBehavior::IMMEDIATE};
    parts_->logs->put_config(config);
    both.commit();
  });
}

int64_t store::prune(timestamp before, int64_t most) {
  return guarded("written", [&] {
    SQLite::Transaction transaction{parts_->database, SQLite::TransactionBehavior::IMMEDIATE};
    const int64_t gone = parts_->logs->prune(before, most);
    transaction.commit();
    return gone;
  });
}

std::optional<std::string> check_store(const std::filesystem::path& path, bool* may_pass) {
  const auto passing = [&](bool is) {
    if (may_pass)
      *may_pass = is;
  };
  passing(false);
  try {
    store opened{path};
    // A disk that takes no write must be known before, not after, the first lock.
    opened.connection().exec("BEGIN IMMEDIATE; INSERT OR REPLACE INTO meta VALUES('checked', '1'); COMMIT");
    return std::nullopt;
  } catch (const disk_failure& e) {
    passing(!e.reopen());
    return e.what();
  } catch (const SQLite::Exception& e) {
    passing(connection_survives(e.getErrorCode()));
    return "the database " + utf8(path) + " cannot be written: " + in_words(e) + " (" + e.what() + ")";
  } catch (const std::exception& e) {
    return "the database " + utf8(path) + " cannot be written: " + e.what();
  }
}

journal_proof prove_file(const std::filesystem::path& path, const chain_tail& noted) {
  const auto refuse = [&](const std::string& why) { return disk_failure{"the database " + utf8(path) + " cannot be read: " + why, false}; };
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    throw refuse(failed == std::errc::permission_denied ? failed.message() : "there is no such file");
  try {
    SQLite::Database database{utf8(path), SQLite::OPEN_READONLY, static_cast<int>(store_options{}.busy_timeout.count())};
    if (database.execAndGet("PRAGMA application_id").getInt64() != schema_application_id)
      throw refuse("it is a database of another program");
    const auto version = database.execAndGet("PRAGMA user_version").getInt64();
    if (version < first_chained_schema)
      throw refuse("it was written by a version of this program that did not chain its journal yet");
    if (version > static_cast<int64_t>(schema_steps().size()))
      throw refuse("it was written by a newer version of this program");
    SQLite::Transaction one_state{database};
    chain_rows rows{database};
    chain_walk walk{noted};
    return *rows.prove(walk, std::numeric_limits<int64_t>::max());
  } catch (const SQLite::Exception& e) {
    throw refuse(in_words(e) + " (" + e.what() + ")");
  }
}

} // namespace rm
