// The database: SQLite, one file.
#pragma once

#include "actors/persistence/disk.hpp"
#include "actors/persistence/storage_settings.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace SQLite {
class Database;
}

namespace rm {

struct store_options {
  std::chrono::milliseconds busy_timeout{2000}; // how long to wait for another program that holds the file
};

/// Write-ahead log, synchronous = FULL, foreign keys, statements prepared once. One owner, one thread at a time.
class store : public disk {
public:
  /// Opens the database, creates it where there is none, checks it and brings it to the current schema. ":memory:" keeps it in memory.
  /// Throws disk_failure: it cannot be opened or created, cannot be written, is corrupt, of another program or of a newer version.
  explicit store(std::filesystem::path path, store_options options = {});
  ~store() override;

  void write(const write_batch& batch) override;
  stored_account load(account_id account) override;
  std::vector<journal_entry> read_journal(const get_journal& query) override;
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most) override;
  chain_tail tail() override;
  std::optional<service_run> begin_run(const service_run& run) override;
  void sign_of_life(timestamp at, bool ordered) override;
  void put_config(const config_in_force& config) override;
  int64_t prune(timestamp before, int64_t most) override;

  /// The whole journal in one go; others wait so long.
  journal_proof prove_journal(const chain_tail& noted = {});

  /// True when the file was made, or was empty, as it was opened.
  bool fresh() const { return fresh_; }
  /// Transactions committed since it was opened.
  int64_t commits() const { return commits_; }
  /// For maintenance and tests.
  SQLite::Database& connection();

private:
  struct parts;

  void open();
  void prepare();
  stored_account read_account(account_id account);
  day_curve read_day(account_id account);
  void check();
  void require_file() const;
  template <class Work>
  auto guarded(const char* doing, Work work) -> decltype(work());
  [[noreturn]] void fail(const char* doing, const std::string& why, bool reopen) const;

  std::filesystem::path path_;
  std::string shown_path_; // UTF-8
  store_options options_;
  bool in_memory_ = false;
  bool fresh_ = false;
  int64_t commits_ = 0;
  std::unique_ptr<parts> parts_;
};

/// Holds a database's journal against its chain without changing anything, whether or not a service works with it. Throws disk_failure:
/// it is not there, cannot be read, is of another program, or of a version that this one does not know.
journal_proof prove_file(const std::filesystem::path& path, const chain_tail& noted = {});

} // namespace rm
