#include "actors/persistence/log_rows.hpp"

#include "actors/persistence/rows.hpp"

#include <algorithm>

namespace rm {

using namespace rows;

namespace {
constexpr int64_t most_lines = 100'000; // of one answer; more would be a copy of the database
}

log_rows::log_rows(SQLite::Database& db)
  : put_trade_{db, "INSERT OR REPLACE INTO trades(account, trade, order_id, contract, side, size, price, profit_and_loss, fees, "
                   "commissions, voided, executed, seen) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    get_trades_{db, "SELECT trade, order_id, contract, side, size, price, profit_and_loss, fees, commissions, voided, executed, seen "
                    "FROM trades WHERE account = ? AND executed >= ? ORDER BY executed, trade"},
    put_reset_{db, "INSERT INTO reset_log(account, kind, day, boundary, applied, by, reason) VALUES(?,?,?,?,?,?,?) "
                   "ON CONFLICT(account, kind, day) DO NOTHING"},
    put_line_{db, "INSERT INTO journal(at, account, kind, rule, text, latency_ns) VALUES(?,?,?,?,?,?)"},
    get_lines_{db, "SELECT * FROM (SELECT id, at, account, kind, rule, text, latency_ns FROM journal WHERE at >= ? "
                   "ORDER BY at DESC, id DESC LIMIT ?) ORDER BY id"},
    get_lines_of_{db, "SELECT * FROM (SELECT id, at, account, kind, rule, text, latency_ns FROM journal WHERE at >= ? "
                      "AND account = ? ORDER BY at DESC, id DESC LIMIT ?) ORDER BY id"} {}

// Taken apart member by member: a structure that gets a new member does not compile here before the member has its column.

void log_rows::write(const trade_update& t) {
  const auto& [account, id, order, contract, side, size, price, profit_and_loss, fees, commissions, voided, executed, seen] = t;
  run(put_trade_, account, id, order, contract, name_of(side), size, price, profit_and_loss, fees, commissions, voided, executed, seen.utc);
}

void log_rows::write(account_id account, const reset_record& r) {
  const auto& [kind, day, boundary, applied, by, reason] = r;
  run(put_reset_, account, name_of(kind), day, boundary, applied, by, reason);
}

void log_rows::write(const journal_entry& e) {
  const auto& [at, account, kind, rule, text, latency_ns] = e;
  run(put_line_, at, account, kind, rule, text, latency_ns);
}

std::vector<trade_update> log_rows::trades_since(account_id account, timestamp since) {
  std::vector<trade_update> out;
  each(get_trades_, [&](SQLite::Statement& s) {
    trade_update t;
    t.account = account;
    t.id = trade_id{number(s, 0)};
    t.order = order_id{number(s, 1)};
    t.contract = text(s, 2);
    t.side = named(s, 3, {side::buy, side::sell});
    t.size = number(s, 4);
    t.price = price::from_units(number(s, 5));
    t.profit_and_loss = maybe_amount(s, 6);
    t.fees = amount(s, 7);
    t.commissions = maybe_amount(s, 8);
    t.voided = number(s, 9) != 0;
    t.executed = time(s, 10);
    t.seen.utc = time(s, 11);
    out.push_back(std::move(t));
  }, account, since);
  return out;
}

std::vector<journal_entry> log_rows::journal(const get_journal& query) {
  std::vector<journal_entry> out;
  const auto take = [&](SQLite::Statement& s) {
    out.push_back({time(s, 1), account_id{number(s, 2)}, text(s, 3), rule_name{text(s, 4)}, text(s, 5), number(s, 6)});
  };
  const auto limit = std::clamp<int64_t>(query.limit, 0, most_lines);
  if (query.account)
    each(get_lines_of_, take, query.since, query.account, limit);
  else
    each(get_lines_, take, query.since, limit);
  return out;
}

} // namespace rm
