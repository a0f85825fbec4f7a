#include "actors/persistence/log_rows.hpp"

#include "actors/persistence/rows.hpp"

#include <algorithm>
#include <limits>

namespace rm {

using namespace rows;

namespace {
constexpr int64_t most_lines = 100'000; // of one answer; more would be a copy of the database
}

log_rows::log_rows(SQLite::Database& db)
  : put_trade_{db, "INSERT OR REPLACE INTO trades(account, trade, order_id, contract, side, size, price, profit_and_loss, fees, "
                   "commissions, voided, executed, seen, estimated) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    get_trades_{db, "SELECT trade, order_id, contract, side, size, price, profit_and_loss, fees, commissions, voided, executed, seen, "
                    "estimated FROM trades WHERE account = ? AND executed >= ? ORDER BY executed, trade"},
    put_reset_{db, "INSERT OR IGNORE INTO reset_log(account, kind, day, boundary, applied, by, reason) VALUES(?,?,?,?,?,?,?)"},
    get_lines_{db, "SELECT * FROM (SELECT id, at, account, kind, rule, text, latency_ns FROM journal WHERE at >= ? "
                   "ORDER BY at DESC, id DESC LIMIT ?) ORDER BY id"},
    get_lines_of_{db, "SELECT * FROM (SELECT id, at, account, kind, rule, text, latency_ns FROM journal WHERE at >= ? "
                      "AND account = ? ORDER BY at DESC, id DESC LIMIT ?) ORDER BY id"},
    last_run_{db, "SELECT started, alive, ordered, version, config_mark FROM service_runs ORDER BY id DESC LIMIT 1"},
    put_run_{db, "INSERT INTO service_runs(started, alive, ordered, version, config_mark) VALUES(?,?,?,?,?)"},
    live_run_{db, "UPDATE service_runs SET alive = max(alive, ?), ordered = ? WHERE id = (SELECT max(id) FROM service_runs)"},
    mark_run_{db, "UPDATE service_runs SET config_mark = ? WHERE id = (SELECT max(id) FROM service_runs)"},
    get_lines_in_force_{db, "SELECT value FROM meta WHERE key = 'config_in_force'"},
    put_lines_in_force_{db, "INSERT OR REPLACE INTO meta VALUES('config_in_force', ?)"},
    allow_prune_{db, "INSERT OR REPLACE INTO meta VALUES('prune_before', CAST(? AS TEXT))"},
    forbid_prune_{db, "DELETE FROM meta WHERE key = 'prune_before'"},
    // What an account still needs: its day and week, and the time since its oldest lock and open case began.
    first_to_stay_{db, "SELECT j.id FROM journal j WHERE NOT (j.at < ? AND j.at < coalesce((SELECT min(x) FROM ("
                       "SELECT week_started AS x FROM account_state s WHERE s.account = j.account "
                       "UNION ALL SELECT day_started FROM account_state s WHERE s.account = j.account "
                       "UNION ALL SELECT since FROM locks k WHERE k.account = j.account "
                       "UNION ALL SELECT since FROM open_cases c WHERE c.account = j.account)), j.at + 1)) ORDER BY j.id LIMIT 1"},
    last_to_go_{db, "SELECT max(id) FROM (SELECT id FROM journal WHERE id < ? ORDER BY id LIMIT ?)"},
    prune_lines_{db, "DELETE FROM journal WHERE id <= ?"},
    prune_trades_{db, "DELETE FROM trades WHERE (account, trade) IN (SELECT t.account, t.trade FROM trades t WHERE t.executed < ? AND t.executed < "
                      "coalesce((SELECT min(s.week_started, s.day_started) FROM account_state s WHERE s.account = t.account), t.executed + 1) LIMIT ?)"},
    chain_{db} {}

// Taken apart member by member: a structure that gets a new member does not compile here before the member has its column.

void log_rows::write(const trade_update& t) {
  const auto& [account, id, order, contract, side, size, price, profit_and_loss, fees, commissions, estimated, voided, executed, seen] = t;
  run(put_trade_, account, id, order, contract, name_of(side), size, price, profit_and_loss, fees, commissions, voided, executed, seen.utc, estimated);
}

void log_rows::write(account_id account, const reset_record& r) {
  const auto& [kind, day, boundary, applied, by, reason] = r;
  run(put_reset_, account, name_of(kind), day, boundary, applied, by, reason);
}

void log_rows::write(const std::vector<const journal_entry*>& lines) { chain_.append(lines); }

std::optional<service_run> log_rows::begin_run(const service_run& run_now) {
  std::optional<service_run> before;
  each(last_run_, [&](SQLite::Statement& s) { before = service_run{time(s, 0), time(s, 1), number(s, 2) != 0, text(s, 3), {text(s, 4), ""}, ""}; });
  if (before)
    each(get_lines_in_force_, [&](SQLite::Statement& s) { before->config.lines = text(s, 0); });
  const auto& [started, alive, ordered, version, config, config_file] = run_now;
  run(put_run_, started, alive, ordered, version, config.mark);
  run(put_lines_in_force_, config.lines);
  return before;
}

void log_rows::put_config(const config_in_force& config) {
  run(mark_run_, config.mark);
  run(put_lines_in_force_, config.lines);
}

void log_rows::sign_of_life(timestamp at, bool ordered) { run(live_run_, at, ordered); }

int64_t log_rows::prune(timestamp before, int64_t most) {
  int64_t stays = std::numeric_limits<int64_t>::max(), last = 0, gone = 0;
  each(first_to_stay_, [&](SQLite::Statement& s) { stays = number(s, 0); }, before);
  each(last_to_go_, [&](SQLite::Statement& s) { last = number(s, 0); }, stays, most); // NULL reads as 0
  if (last > 0) {
    chain_.cut_up_to(last);
    run(allow_prune_, number_of(before));
    gone = run(prune_lines_, last);
    run(forbid_prune_);
  }
  run(prune_trades_, before, most);
  return gone;
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
    t.estimated = number(s, 12) != 0;
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
