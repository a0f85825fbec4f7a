// What is kept, in memory: a copy of every account that was met, and what of it is not on disk yet.
#pragma once

#include "actors/persistence/disk.hpp"
#include "actors/persistence/line_tray.hpp"

#include <map>
#include <set>
#include <tuple>

namespace rm {

/// Lives longer than the persistence actor, so that a restart of the actor loses nothing that the disk does not have yet. One owner at a
/// time. What waits is bounded: memories and trades by conflation (the newest of each), resets to one per account, kind and day,
/// journal lines by `most_lines`; what comes after that is counted and told in one line.
class store_mirror {
public:
  static constexpr std::size_t most_lines = 100'000;

  // -- taking in --------------------------------------------------------------

  /// Keeps the newer one of this and what is there; the resets are kept in any case.
  void add(const save_account& what);
  void add(const save_trades& what);
  void add(const save_day& what);
  void add(journal_entry line);
  /// So many lines found no room before they came here.
  void add_lost(int64_t lines) { lines_lost_ += lines; }
  /// Lines on their way to the owner: the only part of this that other threads may use.
  line_tray& tray() { return tray_; }

  /// Enters what the disk has of an account, under what was saved since.
  void complete(const stored_account& from_disk);

  // -- giving back ------------------------------------------------------------

  /// All of the account is here: it was read from the disk, or `complete` was called for it.
  bool knows_all_of(account_id account) const;
  /// Its memory is here, although perhaps not every trade.
  bool knows(account_id account) const;
  /// As the disk would answer after a commit; locks that are not on disk yet are not `durable`.
  stored_account get(account_id account) const;
  uint64_t version_of(account_id account) const;
  /// Journal lines that are not on disk and match the query, oldest first.
  std::vector<journal_entry> waiting_lines(const get_journal& query) const;

  // -- towards the disk -------------------------------------------------------

  bool has_unsaved() const { return unsaved() > 0; }
  /// Memories, trades, resets and lines that wait.
  int64_t unsaved() const;
  /// All that waits. Valid until the next change of the mirror.
  write_batch unsaved_batch();
  /// The whole of the last `unsaved_batch` is on disk.
  void written();
  /// The database may be another one than before (deleted, replaced, in memory only): everything is to be written again.
  void write_all_again();

  // -- what a restarted actor has to know -------------------------------------

  /// True once the database was opened: from then on trouble with it is no reason not to run.
  bool opened() const { return opened_; }
  void set_opened() { opened_ = true; }
  /// This process has entered in the database that it runs.
  bool run_begun() const { return run_begun_; }
  void set_run_begun() { run_begun_ = true; }
  bool empty() const { return accounts_.empty() && lines_.empty(); }
  /// The newest time that was seen in a line or a reset: this room has no clock.
  timestamp newest_time() const { return newest_time_; }

private:
  struct account_copy {
    bool complete = false;
    std::optional<account_memory> memory;
    bool memory_waits = false;
    std::string unreadable; // as in stored_account, until there is a memory again
    uint64_t unreadable_version = 0;
    std::map<std::tuple<reset_kind, trading_date, timestamp>, reset_record> resets; // waiting ones only; the time: of those by hand
    std::map<trade_id, trade_update> trades; // of the trading week in force, and waiting ones
    std::set<trade_id> trades_waiting;
    std::optional<day_curve> day;
    bool day_waits = false;
  };

  void forget_old_trades(account_copy& copy);
  void see(timestamp t);
  journal_entry loss_line() const;

  line_tray tray_;
  std::map<account_id, account_copy> accounts_;
  std::set<account_id> waiting_;
  std::vector<journal_entry> lines_;
  int64_t lines_lost_ = 0;
  std::optional<journal_entry> loss_;
  timestamp newest_time_{};
  bool opened_ = false;
  bool run_begun_ = false;
};

} // namespace rm
