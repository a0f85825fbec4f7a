// The journal as a chain: each line carries a SHA-256 over itself and the line before, so that a changed, removed or added line shows.
//
// What it does not show: somebody who may write the database and computes the whole chain anew. Against him stands the tail that the log
// file is told every day and at every stop.
#pragma once

#include "actors/persistence/chain_walk.hpp"

#include <SQLiteCpp/Statement.h>

namespace rm {

/// The prepared statements of the chain. Used inside the caller's transaction; throws SQLite::Exception.
class chain_rows {
public:
  explicit chain_rows(SQLite::Database& database);

  /// Enters the lines behind the last one.
  void append(const std::vector<const journal_entry*>& lines);
  /// The lines up to this number are about to be removed for their age: what is left goes on from there.
  void cut_up_to(int64_t id);
  /// The line that was written last, and what it carries.
  chain_tail tail();
  /// Reads the next lines to the walk, at most so many. The proof, when there are no more of them or they have said enough.
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most);

private:
  std::string value_of(std::string_view key);
  chain_frame frame();

  SQLite::Statement get_, set_, put_line_, link_at_, some_, last_given_;
};

} // namespace rm
