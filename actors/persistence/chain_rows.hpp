// The journal as a chain: each line carries a SHA-256 over itself and the line before, so that a changed, removed or added line shows.
//
// What it does not show: somebody who may write the database and computes the whole chain anew. Against him stands the tail that the log
// file is told every day and at every stop.
#pragma once

#include "messages/storage.hpp"

#include <SQLiteCpp/Statement.h>

#include <array>

namespace rm {

/// One line's link, or the value before the first line.
using chain_link = std::array<unsigned char, 32>;

/// The link of a line behind `before`.
chain_link link_of(const chain_link& before, const journal_entry& line);
/// Lower case hexadecimal digits.
std::string hex(const chain_link& link);

/// A text's SHA-256 in hexadecimal digits.
std::string sha256_of(std::string_view text);

/// The prepared statements of the chain. Used inside the caller's transaction; throws SQLite::Exception.
class chain_rows {
public:
  explicit chain_rows(SQLite::Database& database);

  /// Enters the lines behind the last one.
  void append(const std::vector<const journal_entry*>& lines);
  /// The lines up to this number are about to be removed for their age: what is left goes on from there.
  void cut_up_to(int64_t id);
  /// Reads the whole journal.
  journal_proof verify();

private:
  chain_link tail();

  SQLite::Statement get_, set_, put_line_, link_at_, all_;
};

} // namespace rm
