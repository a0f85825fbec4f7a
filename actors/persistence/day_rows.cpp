#include "actors/persistence/day_rows.hpp"

#include "actors/persistence/rows.hpp"

#include <charconv>

namespace rm {

using namespace rows;

namespace {

std::string text_of(const std::vector<day_point>& points) {
  std::string out;
  for (const auto& [at, pnl] : points) {
    out += std::to_string(number_of(at));
    out += ' ';
    out += std::to_string(pnl.units());
    out += '\n';
  }
  return out;
}

std::vector<day_point> points_in(const std::string& text) {
  std::vector<day_point> out;
  const char* here = text.data();
  const char* const end = here + text.size();
  const auto read = [&](int64_t& value) {
    const auto [behind, wrong] = std::from_chars(here, end, value);
    here = behind == end ? end : behind + 1;
    return wrong == std::errc{};
  };
  for (int64_t at = 0, pnl = 0; here != end && read(at) && read(pnl);)
    out.push_back({time_of(at), money::from_units(pnl)});
  return out;
}

} // namespace

day_rows::day_rows(SQLite::Database& db)
  : put_{db, "INSERT OR REPLACE INTO account_day(account, day_started, points) VALUES(?,?,?)"},
    get_{db, "SELECT day_started, points FROM account_day WHERE account = ?"} {}

void day_rows::write(account_id account, const day_curve& day) {
  const auto& [day_started, points] = day;
  run(put_, account, day_started, text_of(points));
}

day_curve day_rows::read(account_id account) {
  day_curve out;
  each(get_, [&](SQLite::Statement& s) { out = {time(s, 0), points_in(text(s, 1))}; }, account);
  return out;
}

} // namespace rm
