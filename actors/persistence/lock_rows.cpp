#include "actors/persistence/lock_rows.hpp"

#include "actors/persistence/account_rows.hpp"
#include "actors/persistence/disk.hpp"
#include "actors/persistence/store.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

namespace rm {
namespace {

std::vector<lock> locks_of(account_rows& rows, account_id account) {
  try {
    const auto kept = rows.read(account);
    return kept ? kept->locks : std::vector<lock>{};
  } catch (const std::exception& why) {
    lock unknown;
    unknown.rule = "unreadable";
    unknown.mode = lock_mode::flat;
    unknown.reason = why.what();
    return {unknown};
  }
}

} // namespace

std::map<account_id, std::vector<lock>> locks_in(const std::filesystem::path& database, const std::vector<account_id>& accounts) {
  std::map<account_id, std::vector<lock>> out;
  std::error_code failed;
  if (accounts.empty() || (!std::filesystem::exists(database, failed) && !failed))
    return out;
  const auto text = database.u8string();
  const std::string path{reinterpret_cast<const char*>(text.data()), text.size()};
  try {
    SQLite::Database db{path, SQLite::OPEN_READONLY, static_cast<int>(store_options{}.busy_timeout.count())};
    if (db.execAndGet("PRAGMA user_version").getInt64() == 0)
      return out; // nobody has begun to write it
    SQLite::Transaction one_state{db};
    account_rows rows{db};
    for (const auto account : accounts)
      if (auto locks = locks_of(rows, account); !locks.empty())
        out[account] = std::move(locks);
    return out;
  } catch (const SQLite::Exception& e) {
    throw disk_failure{"the database " + path + " cannot be read: " + e.what(), false};
  }
}

} // namespace rm
