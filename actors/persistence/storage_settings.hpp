// How the persistence actor is started.
#pragma once

#include "actors/persistence/disk.hpp"
#include "actors/persistence/run_words.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rm {

class store_mirror;

/// A mirror to be given to each incarnation of the persistence actor.
std::shared_ptr<store_mirror> make_store_mirror();

struct storage_settings {
  std::filesystem::path database;       // ":memory:" for tests
  bool detached = true;                 // a thread of its own; tests on the deterministic scheduler need false
  std::shared_ptr<store_mirror> mirror; // outlives the actor; empty: one that lives and dies with it
  disk_opener opener;                   // empty: SQLite at `database`
  duration journal_keep = std::chrono::days{90};
  std::optional<service_run> run;       // this run of the service; empty: tests
  lines_differ differ;                  // what is different between the configurations of two runs
};

/// What keeps the program from starting with this database, in one line; nothing when all is well. Creates the file where there is none.
/// `may_pass` becomes true when it may be well again later (the disk is full, another program holds it): that is no reason not to start.
std::optional<std::string> check_store(const std::filesystem::path& path, bool* may_pass = nullptr);

} // namespace rm
