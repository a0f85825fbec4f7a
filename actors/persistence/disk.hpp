// What the room needs of a disk: SQLite in production, one that fails on demand in tests.
#pragma once

#include "messages/storage.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace rm {

class chain_walk;

/// The database could not be opened, read or written. The text names the file and the reason.
class disk_failure : public std::runtime_error {
public:
  /// `reopen`: the connection is of no more use (corrupt, vanished, I/O error), as opposed to "full" or "locked".
  disk_failure(const std::string& what, bool reopen) : std::runtime_error{what}, reopen_{reopen} {}
  bool reopen() const { return reopen_; }

private:
  bool reopen_;
};

/// All that is written in one transaction. Points at what its maker keeps; valid until that is changed.
struct write_batch {
  std::vector<const account_memory*> memories;
  std::vector<std::pair<account_id, const reset_record*>> resets;
  std::vector<const trade_update*> trades;
  std::vector<std::pair<account_id, const day_curve*>> days;
  std::vector<const journal_entry*> lines;

  bool empty() const { return memories.empty() && days.empty() && resets.empty() && trades.empty() && lines.empty(); }
};

/// Every function throws disk_failure.
class disk {
public:
  virtual ~disk() = default;

  /// All of it or nothing; when it returns, it will be there after a power cut. An older version of an account's memory never
  /// replaces a newer one, a reset that is there is not entered again, a trade that is there is replaced.
  virtual void write(const write_batch& batch) = 0;
  /// The account's memory and its trades since the trading week began (all when there is no memory). Locks are `durable`.
  virtual stored_account load(account_id account) = 0;
  /// The newest `limit` lines, oldest first.
  virtual std::vector<journal_entry> read_journal(const get_journal& query) = 0;
  /// Holds the next lines of the journal, at most so many, against its chain; the proof when that was all.
  virtual std::optional<journal_proof> prove(chain_walk& walk, int64_t most) = 0;
  /// The journal's last line.
  virtual chain_tail tail() = 0;
  /// Enters that this run has begun; gives the one before, where there was one.
  virtual std::optional<service_run> begin_run(const service_run& run) = 0;
  /// The run that began last still lived then, or was stopped in order.
  virtual void sign_of_life(timestamp at, bool ordered) = 0;
  /// The run that began last works with this from now on.
  virtual void put_config(const config_in_force& config) = 0;
  /// Removes up to `most` of the oldest journal lines, as far as they are from before that time and no account needs them or one before
  /// them; returns how many.
  virtual int64_t prune(timestamp before, int64_t most) = 0;
};

using disk_opener = std::function<std::unique_ptr<disk>()>;

} // namespace rm
