// The decisions of the persistence room: when to write, what to answer while the disk fails, when to try again.
#pragma once

#include "actors/persistence/disk.hpp"
#include "actors/persistence/run_words.hpp"
#include "actors/persistence/store_mirror.hpp"

#include <map>
#include <string>
#include <utility>

namespace rm {

/// Puts a disk under a mirror. Once the database was opened no trouble with it ends the program: everything stays in the mirror, answers
/// say that it is not durable, and it is written when the disk is back.
class vault {
public:
  /// How long journal lines are kept that nothing needs any more.
  static constexpr duration usual_keep = std::chrono::days{90};
  /// So many lines are removed with one commit at most, so that nobody waits for it.
  static constexpr int64_t prune_portion = 2'000;
  /// So many lines are proven at once: about a millisecond.
  static constexpr int64_t prove_portion = 500;

  /// Opens the disk. Throws disk_failure when that fails for good and the mirror's database was never open; otherwise it
  /// starts in trouble.
  /// `run`: this run of the service, where it is one; told to the database once.
  /// `differ`: what is different between the configuration's lines of the run before and of this one.
  vault(disk_opener opener, std::shared_ptr<store_mirror> mirror, duration keep = usual_keep, std::optional<service_run> run = std::nullopt, lines_differ differ = {});

  template <class What>
  void keep(What&& what) {
    mirror_->add(std::forward<What>(what));
    if (in_trouble() && health_.since == timestamp{})
      health_.since = mirror_->newest_time();
  }

  /// So many journal lines never came here: one line will say so.
  void lost(int64_t lines) { mirror_->add_lost(lines); }

  /// Writes all that waits in one transaction. True: nothing waits any more and all of it is durable. While in trouble nothing is tried.
  bool commit();
  /// Tries the disk again, opens it where it was lost. True: it is back, and all that waited is written.
  bool retry();

  bool in_trouble() const { return !health_.writing; }
  const std::string& why() const { return health_.why; }
  /// When to try again: 1 s, then doubling to 30 s.
  std::chrono::seconds next_retry();

  /// The account, everything that was kept before included. Throws disk_failure when it is not in memory and cannot be read; after ten
  /// seconds of that it is called unreadable.
  stored_account load(account_id account);
  /// The next portion of the journal against its chain, what waits included; the proof when that was all. Throws disk_failure.
  std::optional<journal_proof> prove(chain_walk& walk);
  /// The journal's last line, where it is time to tell the log of it: at the first call, then with each new day (UTC).
  std::optional<chain_tail> tail_due(timestamp now);
  /// The journal's last line, at the end. Nothing when the disk cannot tell.
  std::optional<chain_tail> tail();
  /// The service works with this configuration from now on.
  void in_force(const config_in_force& config);
  /// It is that late and the service lives; entered at most twice a minute.
  void alive(timestamp now);
  /// The service is being stopped in order: call before the last `commit`'s actor ends.
  void ordered_end();
  /// Lines on disk and lines that wait. Throws disk_failure.
  journal_page read_journal(const get_journal& query);
  storage_health health() const;
  /// What it has written into the journal of its own accord since the last call: the log wants to know it too.
  std::vector<journal_entry> take_own_lines() { return std::exchange(own_lines_, {}); }
  bool has_unsaved() const { return mirror_->has_unsaved(); }
  uint64_t version_of(account_id account) const { return mirror_->version_of(account); }

private:
  stored_account load_memory(account_id account);
  void open();
  void write();
  void suffer(const disk_failure& failure);
  void recover();
  void prune();
  disk& open_disk();
  void begin_run();
  void put_config();
  void tell(timestamp at, std::string kind, std::string text);

  disk_opener opener_;
  std::shared_ptr<store_mirror> mirror_;
  std::unique_ptr<disk> disk_;
  storage_health health_;
  std::chrono::seconds retry_{1};
  duration keep_;
  std::optional<service_run> run_;
  lines_differ differ_;
  bool config_waits_ = false; // run_'s is not on disk
  std::chrono::sys_days tail_told_{};
  std::vector<journal_entry> own_lines_;
  std::map<account_id, int> vain_loads_;
  timestamp next_sign_{}, newest_sign_{};
  timestamp next_prune_{}; // in the time of what is kept: this room has no clock
  int64_t pruned_ = 0;     // lines since it began
};

} // namespace rm
