// Values in and out of prepared statements.
#pragma once

#include "messages/ids.hpp"
#include "messages/money.hpp"
#include "messages/timing.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>

namespace rm::rows {

inline int64_t number_of(timestamp t) { return t.time_since_epoch().count(); }
inline timestamp time_of(int64_t ns) { return timestamp{duration{ns}}; }

/// yyyymmdd; 0 for "none yet".
inline int64_t number_of(trading_date day) {
  return static_cast<int>(day.year()) * 10000 + static_cast<int64_t>(static_cast<unsigned>(day.month())) * 100 +
         static_cast<int64_t>(static_cast<unsigned>(day.day()));
}
inline trading_date day_of(int64_t number) {
  using namespace std::chrono;
  return year{static_cast<int>(number / 10000)} / month{static_cast<unsigned>(number / 100 % 100)} / day{static_cast<unsigned>(number % 100)};
}

inline void bind(SQLite::Statement& s, int at, int64_t value) { s.bind(at, value); }
inline void bind(SQLite::Statement& s, int at, bool value) { s.bind(at, value ? 1 : 0); }
inline void bind(SQLite::Statement& s, int at, const std::string& value) { s.bind(at, value); }
inline void bind(SQLite::Statement& s, int at, std::string_view value) { s.bind(at, std::string{value}); }
inline void bind(SQLite::Statement& s, int at, timestamp value) { s.bind(at, number_of(value)); }
inline void bind(SQLite::Statement& s, int at, trading_date value) { s.bind(at, number_of(value)); }
template <class Tag>
void bind(SQLite::Statement& s, int at, numeric_id<Tag> value) {
  s.bind(at, value.value);
}
template <class Tag, std::size_t Capacity>
void bind(SQLite::Statement& s, int at, const text_id<Tag, Capacity>& value) {
  s.bind(at, value.str());
}
template <class Tag, int Digits, int Shown>
void bind(SQLite::Statement& s, int at, fixed_point<Tag, Digits, Shown> value) {
  s.bind(at, value.units());
}
template <class T>
void bind(SQLite::Statement& s, int at, const std::optional<T>& value) {
  if (value)
    bind(s, at, *value);
  else
    s.bind(at);
}

/// Makes the statement ready for another run, whatever became of the last one.
template <class... Values>
SQLite::Statement& prepare(SQLite::Statement& s, const Values&... values) {
  s.tryReset(); // repeats the last run's error, which was reported then
  [[maybe_unused]] int at = 0;
  (bind(s, ++at, values), ...);
  return s;
}

/// Runs a statement that has no rows; returns how many it changed.
template <class... Values>
int run(SQLite::Statement& s, const Values&... values) {
  return prepare(s, values...).exec();
}

/// Calls `take` for each row. Always to the end: an open read would hold the log of the database.
template <class Take, class... Values>
void each(SQLite::Statement& s, Take take, const Values&... values) {
  prepare(s, values...);
  try {
    while (s.executeStep())
      take(s);
  } catch (...) { // a row that cannot be understood must not leave a reader open
    s.tryReset();
    throw;
  }
}

inline int64_t number(SQLite::Statement& s, int column) { return s.getColumn(column).getInt64(); }
inline std::string text(SQLite::Statement& s, int column) { return s.getColumn(column).getString(); }
inline timestamp time(SQLite::Statement& s, int column) { return time_of(number(s, column)); }
inline trading_date day(SQLite::Statement& s, int column) { return day_of(number(s, column)); }
inline money amount(SQLite::Statement& s, int column) { return money::from_units(number(s, column)); }
inline std::optional<money> maybe_amount(SQLite::Statement& s, int column) {
  if (s.isColumnNull(column))
    return std::nullopt;
  return amount(s, column);
}

/// The value of that name; throws std::runtime_error for a name that is none of them.
template <class Enum>
Enum named(SQLite::Statement& s, int column, std::initializer_list<Enum> values) {
  const auto word = text(s, column);
  for (auto value : values)
    if (name_of(value) == word)
      return value;
  throw std::runtime_error{"unknown word \"" + word + "\" in column " + s.getColumnName(column)};
}

} // namespace rm::rows
