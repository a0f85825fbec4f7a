#include "actors/persistence/account_rows.hpp"

#include "actors/persistence/rows.hpp"

namespace rm {

using namespace rows;

account_rows::account_rows(SQLite::Database& db)
  : put_state_{db, "INSERT INTO account_state(account, version, day, day_started, week, week_started, peak_day, last_trade, "
                   "balance_known, balance_carry, balance_since, unsafe_since) VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(account) DO UPDATE SET version = excluded.version, day = excluded.day, "
                   "day_started = excluded.day_started, week = excluded.week, week_started = excluded.week_started, "
                   "peak_day = excluded.peak_day, last_trade = excluded.last_trade, balance_known = excluded.balance_known, "
                   "balance_carry = excluded.balance_carry, balance_since = excluded.balance_since, unsafe_since = excluded.unsafe_since WHERE excluded.version >= account_state.version"},
    get_state_{db, "SELECT version, day, day_started, week, week_started, peak_day, last_trade, balance_known, balance_carry, balance_since, unsafe_since "
                   "FROM account_state WHERE account = ?"},
    drop_locks_{db, "DELETE FROM locks WHERE account = ?"},
    put_lock_{db, "INSERT INTO locks(account, position, rule, mode, ends, since, until, reason, attempts) VALUES(?,?,?,?,?,?,?,?,?)"},
    get_locks_{db, "SELECT rule, mode, ends, since, until, reason, attempts FROM locks WHERE account = ? ORDER BY position"},
    put_held_{db, "INSERT INTO lock_held(account, position, contract, size) VALUES(?,?,?,?)"},
    get_held_{db, "SELECT position, contract, size FROM lock_held WHERE account = ?"},
    put_admitted_{db, "INSERT INTO lock_admitted(account, position, item, order_id) VALUES(?,?,?,?)"},
    get_admitted_{db, "SELECT position, order_id FROM lock_admitted WHERE account = ? ORDER BY position, item"},
    drop_counted_{db, "DELETE FROM counted_trades WHERE account = ?"},
    put_counted_{db, "INSERT INTO counted_trades(account, position, order_id, at) VALUES(?,?,?,?)"},
    get_counted_{db, "SELECT order_id, at FROM counted_trades WHERE account = ? ORDER BY position"},
    put_fill_{db, "INSERT INTO counted_fills(account, position, trade) VALUES(?,?,?)"},
    get_fills_{db, "SELECT position, trade FROM counted_fills WHERE account = ?"},
    drop_attempts_{db, "DELETE FROM attempts WHERE account = ?"},
    put_attempt_{db, "INSERT INTO attempts(account, position, order_id) VALUES(?,?,?)"},
    get_attempts_{db, "SELECT order_id FROM attempts WHERE account = ? ORDER BY position"},
    drop_warned_{db, "DELETE FROM warned WHERE account = ?"},
    put_warned_{db, "INSERT INTO warned(account, rule, rung) VALUES(?,?,?)"},
    get_warned_{db, "SELECT rule, rung FROM warned WHERE account = ?"},
    drop_cases_{db, "DELETE FROM open_cases WHERE account = ?"},
    put_case_{db, "INSERT INTO open_cases(account, position, rule, reason, action, since, flat, cancel_increasing, "
                  "cancel_orders_of_targets) VALUES(?,?,?,?,?,?,?,?,?)"},
    get_cases_{db, "SELECT rule, reason, action, since, flat, cancel_increasing, cancel_orders_of_targets FROM open_cases "
                   "WHERE account = ? ORDER BY position"},
    put_order_{db, "INSERT INTO case_orders(account, position, item, order_id) VALUES(?,?,?,?)"},
    get_orders_{db, "SELECT position, order_id FROM case_orders WHERE account = ? ORDER BY position, item"},
    put_target_{db, "INSERT INTO case_targets(account, position, item, contract, keep) VALUES(?,?,?,?,?)"},
    get_targets_{db, "SELECT position, contract, keep FROM case_targets WHERE account = ? ORDER BY position, item"},
    drop_trips_{db, "DELETE FROM carried_trips WHERE account = ?"},
    put_trip_{db, "INSERT INTO carried_trips(account, contract, opened, size, net) VALUES(?,?,?,?,?)"},
    get_trips_{db, "SELECT contract, opened, size, net FROM carried_trips WHERE account = ?"},
    drop_rule_memory_{db, "DELETE FROM rule_memory WHERE account = ?"},
    put_rule_memory_{db, "INSERT INTO rule_memory(account, rule, key, value) VALUES(?,?,?,?)"},
    get_rule_memory_{db, "SELECT rule, key, value FROM rule_memory WHERE account = ?"},
    drop_adjustments_{db, "DELETE FROM adjustments WHERE account = ?"},
    put_adjustment_{db, "INSERT INTO adjustments(account, position, at, amount) VALUES(?,?,?,?)"},
    get_adjustments_{db, "SELECT at, amount FROM adjustments WHERE account = ? ORDER BY position"},
    drop_asked_{db, "DELETE FROM asked_closes WHERE account = ?"},
    put_asked_{db, "INSERT INTO asked_closes(account, contract, held, size, asked) VALUES(?,?,?,?,?)"},
    get_asked_{db, "SELECT contract, held, size, asked FROM asked_closes WHERE account = ? ORDER BY contract"} {}

// Structures are taken apart member by member: one that gets a new member does not compile here before the member has its place.

void account_rows::write(const account_memory& m) {
  const auto& [account, version, day, day_started, week, week_started, peak_day, locks, counted, last_trade, attempts, warned, cases, asked, trips, rules, balance,
               adjustments, unsafe_since] = m;
  const auto& [known, carry, since] = balance;
  if (run(put_state_, account, static_cast<int64_t>(version), day, day_started, week, week_started, peak_day, last_trade, known, carry, since, unsafe_since) == 0)
    return; // a newer version is there
  write_locks(account, locks);
  write_counted(account, counted);
  write_cases(account, cases);
  run(drop_asked_, account);
  for (const auto& [contract, held, size, at] : asked)
    run(put_asked_, account, contract, held, size, at);
  run(drop_attempts_, account);
  int64_t position = 0;
  for (auto order : attempts)
    run(put_attempt_, account, position++, order);
  run(drop_trips_, account);
  for (const auto& [contract, opened, size, net] : trips)
    run(put_trip_, account, contract, opened, size, net);
  run(drop_adjustments_, account);
  position = 0;
  for (const auto& [at, amount] : adjustments)
    run(put_adjustment_, account, position++, at, amount);
  run(drop_rule_memory_, account);
  for (const auto& [rule, kept] : rules)
    for (const auto& [key, value] : kept)
      run(put_rule_memory_, account, rule, key, value);
  run(drop_warned_, account);
  for (const auto& [rule, rung] : warned)
    run(put_warned_, account, rule, rung);
}

void account_rows::write_locks(account_id account, const std::vector<lock>& locks) {
  run(drop_locks_, account); // what they held goes with them
  int64_t position = 0;
  for (const auto& [rule, mode, end, since, until, reason, attempts, durable, held, admitted] : locks) {
    (void)durable; // what is read back is
    run(put_lock_, account, position, rule, name_of(mode), name_of(end), since, until, reason, attempts);
    for (const auto& [contract, size] : held)
      run(put_held_, account, position, contract, size);
    int64_t item = 0;
    for (auto order : admitted)
      run(put_admitted_, account, position, item++, order);
    ++position;
  }
}

void account_rows::write_counted(account_id account, const std::vector<counted_trade>& trades) {
  run(drop_counted_, account);
  int64_t position = 0;
  for (const auto& [order, at, fills] : trades) {
    run(put_counted_, account, position, order, at);
    for (auto trade : fills)
      run(put_fill_, account, position, trade);
    ++position;
  }
}

void account_rows::write_cases(account_id account, const std::vector<open_case>& cases) {
  run(drop_cases_, account);
  int64_t position = 0;
  for (const auto& [rule, reason, action, goal, since] : cases) {
    const auto& [flat, cancel_increasing, cancel, targets, cancel_orders_of_targets] = goal;
    run(put_case_, account, position, rule, reason, name_of(action), since, flat, cancel_increasing, cancel_orders_of_targets);
    int64_t item = 0;
    for (auto order : cancel)
      run(put_order_, account, position, item++, order);
    item = 0;
    for (const auto& [contract, keep] : targets)
      run(put_target_, account, position, item++, contract, keep);
    ++position;
  }
}

uint64_t account_rows::version_of(account_id account) {
  uint64_t out = 0;
  try {
    each(get_state_, [&](SQLite::Statement& s) { out = static_cast<uint64_t>(number(s, 0)); }, account);
  } catch (const std::exception&) { // the read that failed said what is wrong
  }
  return out;
}

std::optional<account_memory> account_rows::read(account_id account) {
  std::optional<account_memory> out;
  each(get_state_, [&](SQLite::Statement& s) {
    account_memory& m = out.emplace();
    m.account = account;
    m.version = static_cast<uint64_t>(number(s, 0));
    m.day = day(s, 1);
    m.day_started = time(s, 2);
    m.week = day(s, 3);
    m.week_started = time(s, 4);
    m.peak_day = amount(s, 5);
    if (!s.isColumnNull(6))
      m.last_trade = time(s, 6);
    m.balance = {number(s, 7) != 0, amount(s, 8), time(s, 9)};
    m.unsafe_since = time(s, 10);
  }, account);
  if (!out)
    return out;
  read_locks(*out);
  read_counted(*out);
  read_cases(*out);
  each(get_asked_, [&](SQLite::Statement& s) { out->asked.push_back({contract_id{text(s, 0)}, number(s, 1), number(s, 2), time(s, 3)}); }, account);
  each(get_attempts_, [&](SQLite::Statement& s) { out->attempts.emplace_back(number(s, 0)); }, account);
  each(get_trips_, [&](SQLite::Statement& s) { out->trips.push_back({contract_id{text(s, 0)}, time(s, 1), number(s, 2), amount(s, 3)}); }, account);
  each(get_adjustments_, [&](SQLite::Statement& s) { out->adjustments.push_back({time(s, 0), amount(s, 1)}); }, account);
  each(get_rule_memory_, [&](SQLite::Statement& s) { out->rules[text(s, 0)][text(s, 1)] = number(s, 2); }, account);
  each(get_warned_, [&](SQLite::Statement& s) { out->warned.emplace(text(s, 0), number(s, 1)); }, account);
  return out;
}

void account_rows::read_locks(account_memory& m) {
  each(get_locks_, [&](SQLite::Statement& s) {
    lock l;
    l.rule = text(s, 0);
    l.mode = named(s, 1, {lock_mode::none, lock_mode::reduce_only, lock_mode::flat});
    l.end = named(s, 2, {lock_end::at_time, lock_end::daily_reset, lock_end::weekly_reset, lock_end::can_trade});
    l.since = time(s, 3);
    l.until = time(s, 4);
    l.reason = text(s, 5);
    l.attempts = number(s, 6);
    l.durable = true;
    m.locks.push_back(std::move(l));
  }, m.account);
  each(get_held_, [&](SQLite::Statement& s) { m.locks.at(static_cast<std::size_t>(number(s, 0))).held[text(s, 1)] = number(s, 2); },
       m.account);
  each(get_admitted_, [&](SQLite::Statement& s) {
    m.locks.at(static_cast<std::size_t>(number(s, 0))).admitted.emplace_back(number(s, 1));
  }, m.account);
}

void account_rows::read_counted(account_memory& m) {
  each(get_counted_, [&](SQLite::Statement& s) { m.counted.push_back({order_id{number(s, 0)}, time(s, 1), {}}); }, m.account);
  each(get_fills_, [&](SQLite::Statement& s) { m.counted.at(static_cast<std::size_t>(number(s, 0))).fills.emplace(number(s, 1)); },
       m.account);
}

void account_rows::read_cases(account_memory& m) {
  each(get_cases_, [&](SQLite::Statement& s) {
    open_case c;
    c.rule = text(s, 0);
    c.reason = text(s, 1);
    c.action = named(s, 2, {action::none, action::warn, action::cancel_order, action::reduce_to_limit, action::close_position, action::flatten});
    c.since = time(s, 3);
    c.goal.flat = number(s, 4) != 0;
    c.goal.cancel_increasing = number(s, 5) != 0;
    c.goal.cancel_orders_of_targets = number(s, 6) != 0;
    m.cases.push_back(std::move(c));
  }, m.account);
  each(get_orders_, [&](SQLite::Statement& s) {
    m.cases.at(static_cast<std::size_t>(number(s, 0))).goal.cancel.emplace_back(number(s, 1));
  }, m.account);
  each(get_targets_, [&](SQLite::Statement& s) {
    m.cases.at(static_cast<std::size_t>(number(s, 0))).goal.targets.push_back({contract_id{text(s, 1)}, number(s, 2)});
  }, m.account);
}

} // namespace rm
