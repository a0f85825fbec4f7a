// Things to keep, with every field set, and how to compare what comes back.
#pragma once

#include "messages/storage.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace rm::test {

inline timestamp at_second(int64_t s) { return timestamp{std::chrono::seconds{1'760'000'000 + s}}; }
inline trading_date date(int y, unsigned m, unsigned d) { return std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}; }

inline account_memory full_memory(account_id account, uint64_t version) {
  account_memory m;
  m.account = account;
  m.version = version;
  m.day = date(2025, 10, 10);
  m.day_started = at_second(100);
  m.week = date(2025, 10, 7);
  m.week_started = at_second(10);
  m.peak_day = *money::parse("123.456789");
  lock flat{"daily_loss_limit", lock_mode::flat, lock_end::daily_reset, at_second(200), at_second(900), "lost 500.00", 2, false, {}, {}};
  lock reduce{"trade_frequency", lock_mode::reduce_only, lock_end::at_time, at_second(210), at_second(300), "wait", 0, false,
              {{"CON.F.US.MNQ.Z25", -2}, {"CON.F.US.EP.Z25", 1}}, {order_id{77}, order_id{76}}};
  m.locks = {flat, reduce};
  m.counted = {{order_id{3'000'000'001}, at_second(110), {trade_id{5}, trade_id{6}}}, {order_id{11}, at_second(120), {}}};
  m.last_trade = at_second(120);
  m.attempts = {order_id{9}, order_id{7}, order_id{8}};
  m.warned = {{"daily_loss_limit", 800'000}, {"max_contracts", 500'000}};
  open_case c{"daily_loss_limit", "lost 500.00", action::flatten, {}, at_second(200)};
  c.goal.flat = true;
  c.goal.cancel_increasing = true;
  c.goal.cancel = {order_id{2}, order_id{1}};
  c.goal.targets = {{"CON.F.US.MNQ.Z25", 0}, {"CON.F.US.EP.Z25", 3}};
  c.goal.cancel_orders_of_targets = true;
  m.trips = {{"CON.F.US.EP.Z25", at_second(5), 2, *money::parse("-20.5")}, {"CON.F.US.MNQ.Z25", at_second(7), -1, *money::parse("3")}};
  m.rules["trailing_stop"] = {{"peak", 300'000'000}, {"fired", 1}};
  m.rules["require_stop_loss"] = {{"CON.F.US.MNQ.Z25", 1'760'000'000'000'000'000}};
  m.balance = {true, *money::parse("50123.45"), at_second(130)};
  m.adjustments = {{at_second(140), *money::parse("-2.5")}, {at_second(135), *money::parse("0.25")}};
  m.unsafe_since = at_second(150);
  m.cases = {c, {"max_contracts", "too many", action::reduce_to_limit, {}, at_second(220)}};
  m.asked = {{"CON.F.US.EP.Z25", -3, 1, at_second(221)}, {"CON.F.US.MNQ.Z25", 2, 2, at_second(222)}};
  return m;
}

/// All fields as one text, so that two memories are equal when their texts are.
inline std::string text_of(const account_memory& m) {
  std::ostringstream out;
  const auto ns = [](timestamp t) { return t.time_since_epoch().count(); };
  const auto d = [](trading_date t) { return std::to_string(int(t.year())) + "/" + std::to_string(unsigned(t.month())) + "/" + std::to_string(unsigned(t.day())); };
  out << m.account << " v" << m.version << ' ' << d(m.day) << ' ' << ns(m.day_started) << ' ' << d(m.week) << ' ' << ns(m.week_started) << ' '
      << m.peak_day << " last " << (m.last_trade ? ns(*m.last_trade) : -1);
  for (const auto& l : m.locks) {
    out << "\nlock " << l.rule << ' ' << name_of(l.mode) << ' ' << name_of(l.end) << ' ' << ns(l.since) << ' ' << ns(l.until) << ' ' << l.reason << ' '
        << l.attempts;
    for (const auto& [contract, size] : l.held)
      out << " held " << contract << '=' << size;
    for (auto order : l.admitted)
      out << " admitted " << order;
  }
  for (const auto& c : m.counted) {
    out << "\ncounted " << c.order << ' ' << ns(c.at);
    for (auto t : c.fills)
      out << ' ' << t;
  }
  for (auto a : m.attempts)
    out << "\nattempt " << a;
  for (const auto& [rule, rung] : m.warned)
    out << "\nwarned " << rule << ' ' << rung;
  for (const auto& t : m.trips)
    out << "\ntrip " << t.contract << ' ' << ns(t.opened) << ' ' << t.size << ' ' << t.net;
  for (const auto& [rule, kept] : m.rules)
    for (const auto& [key, value] : kept)
      out << "\nkept " << rule << ' ' << key << '=' << value;
  out << "\nbalance " << m.balance.known << ' ' << m.balance.carry << ' ' << ns(m.balance.since) << " unsafe " << ns(m.unsafe_since);
  for (const auto& a : m.adjustments)
    out << "\nadjustment " << ns(a.at) << ' ' << a.amount;
  for (const auto& c : m.cases) {
    out << "\ncase " << c.rule << ' ' << c.reason << ' ' << name_of(c.action) << ' ' << ns(c.since) << ' ' << c.goal.flat << c.goal.cancel_increasing
        << c.goal.cancel_orders_of_targets;
    for (auto o : c.goal.cancel)
      out << " cancel " << o;
    for (const auto& t : c.goal.targets)
      out << " target " << t.contract << '=' << t.keep;
  }
  for (const auto& a : m.asked)
    out << "\nasked " << a.contract << ' ' << a.held << ' ' << a.size << ' ' << ns(a.asked);
  return out.str();
}

inline trade_update trade(account_id account, int64_t id, int64_t second) {
  trade_update t;
  t.account = account;
  t.id = trade_id{id};
  t.order = order_id{id * 10};
  t.contract = "CON.F.US.MNQ.Z25";
  t.side = side::sell;
  t.size = 2;
  t.price = *price::parse("20125.25");
  t.profit_and_loss = *money::parse("-12.5");
  t.fees = *money::parse("0.74");
  t.commissions = *money::parse("0.5");
  t.executed = at_second(second);
  t.seen = {at_second(second + 1), 0};
  return t;
}

inline std::string text_of(const trade_update& t) {
  std::ostringstream out;
  out << t.account << ' ' << t.id << ' ' << t.order << ' ' << t.contract << ' ' << name_of(t.side) << ' ' << t.size << ' ' << t.price << ' '
      << (t.profit_and_loss ? to_string(*t.profit_and_loss) : "none") << ' ' << t.fees << ' ' << (t.commissions ? to_string(*t.commissions) : "none") << ' '
      << t.voided << ' ' << t.estimated << ' ' << t.executed.time_since_epoch().count() << ' ' << t.seen.utc.time_since_epoch().count();
  return out.str();
}

inline journal_entry line(int64_t second, account_id account, std::string text) {
  return {at_second(second), account, "lock", "daily_loss_limit", std::move(text), 1234};
}

/// A folder of its own for one test, removed at its end.
struct scratch_folder {
  std::filesystem::path path;

  scratch_folder() {
    static std::atomic<int> count{0};
    path = std::filesystem::temp_directory_path() /
           ("rm-storage-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path);
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::filesystem::path operator/(const char* name) const { return path / name; }
};

} // namespace rm::test
