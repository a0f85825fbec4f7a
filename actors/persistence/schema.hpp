// The database's tables, and how an older database becomes a current one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace SQLite {
class Database;
}

namespace rm {

/// Written into the file's header ("RM34"): a database of another program is refused.
constexpr int32_t schema_application_id = 0x524d3334;

/// From this version on the journal is a chain.
constexpr int64_t first_chained_schema = 3;

/// The steps from an empty database to the current one. A step, once released, never changes; new ones are added at the end. The
/// database's `PRAGMA user_version` counts the steps that it has.
std::span<const std::string_view> schema_steps();

/// Brings the database to the last of `steps`, each step in its own transaction. Returns true when the database was new.
/// Throws std::runtime_error when it is from a newer version or from another program; SQLite::Exception when a step fails, which is
/// then undone.
bool migrate(SQLite::Database& database, std::span<const std::string_view> steps);

} // namespace rm
