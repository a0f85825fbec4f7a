#include "actors/persistence/store_mirror.hpp"

#include <algorithm>

namespace rm {

void store_mirror::see(timestamp t) { newest_time_ = std::max(newest_time_, t); }

void store_mirror::add(const save_account& what) {
  auto& copy = accounts_[what.memory.account];
  for (const auto& reset : what.resets) {
    copy.resets.emplace(std::tuple{reset.kind, reset.day, reset.by == "calendar" ? timestamp{} : reset.applied}, reset);
    see(reset.applied);
  }
  waiting_.insert(what.memory.account);
  if (copy.memory && copy.memory->version > what.memory.version)
    return;
  copy.memory = what.memory;
  copy.memory_waits = true;
  forget_old_trades(copy);
}

void store_mirror::add(const save_trades& what) {
  auto& copy = accounts_[what.account];
  for (const auto& trade : what.trades) {
    auto& kept = copy.trades[trade.id] = trade;
    kept.account = what.account;
    copy.trades_waiting.insert(trade.id);
  }
  waiting_.insert(what.account);
}

void store_mirror::add(const save_day& what) {
  auto& copy = accounts_[what.account];
  copy.day = what.day;
  copy.day_waits = true;
  waiting_.insert(what.account);
}

void store_mirror::add(journal_entry line) {
  see(line.at);
  if (lines_.size() < most_lines)
    lines_.push_back(std::move(line));
  else
    ++lines_lost_;
}

void store_mirror::forget_old_trades(account_copy& copy) {
  if (!copy.memory)
    return;
  std::erase_if(copy.trades, [&](const auto& entry) {
    return entry.second.executed < std::min(copy.memory->week_started, copy.memory->day_started) && !copy.trades_waiting.contains(entry.first);
  });
}

void store_mirror::complete(const stored_account& from_disk) {
  auto& copy = accounts_[from_disk.account];
  if (from_disk.found && (!copy.memory || copy.memory->version < from_disk.memory.version)) {
    copy.memory = from_disk.memory;
    copy.memory_waits = false;
  }
  copy.unreadable = from_disk.unreadable;
  copy.unreadable_version = from_disk.memory.version;
  for (const auto& trade : from_disk.trades)
    copy.trades.emplace(trade.id, trade); // one that was saved since stays
  if (!copy.day)
    copy.day = from_disk.day;
  copy.complete = true;
  forget_old_trades(copy);
}

bool store_mirror::knows_all_of(account_id account) const {
  const auto at = accounts_.find(account);
  return at != accounts_.end() && at->second.complete;
}

bool store_mirror::knows(account_id account) const {
  const auto at = accounts_.find(account);
  return at != accounts_.end() && (at->second.complete || at->second.memory);
}

stored_account store_mirror::get(account_id account) const {
  stored_account out;
  out.account = account;
  out.memory.account = account;
  const auto at = accounts_.find(account);
  if (at == accounts_.end())
    return out;
  const auto& copy = at->second;
  if (copy.memory) {
    out.found = true;
    out.memory = *copy.memory;
    for (auto& l : out.memory.locks)
      l.durable = !copy.memory_waits;
  } else if (!copy.unreadable.empty()) {
    out.unreadable = copy.unreadable;
    out.memory.version = copy.unreadable_version;
  }
  if (copy.day)
    out.day = *copy.day;
  for (const auto& [id, trade] : copy.trades)
    if (!out.found || trade.executed >= std::min(out.memory.week_started, out.memory.day_started))
      out.trades.push_back(trade);
  std::stable_sort(out.trades.begin(), out.trades.end(),
                   [](const trade_update& a, const trade_update& b) { return a.executed < b.executed; });
  return out;
}

uint64_t store_mirror::version_of(account_id account) const {
  const auto at = accounts_.find(account);
  return at != accounts_.end() && at->second.memory ? at->second.memory->version : 0;
}

std::vector<journal_entry> store_mirror::waiting_lines(const get_journal& query) const {
  std::vector<journal_entry> out;
  for (const auto& line : lines_)
    if (line.at >= query.since && (!query.account || line.account == query.account))
      out.push_back(line);
  return out;
}

int64_t store_mirror::unsaved() const {
  auto count = static_cast<int64_t>(lines_.size());
  for (auto account : waiting_) {
    const auto& copy = accounts_.at(account);
    count += static_cast<int64_t>(copy.resets.size() + copy.trades_waiting.size()) + (copy.memory_waits ? 1 : 0) + (copy.day_waits ? 1 : 0);
  }
  return count;
}

journal_entry store_mirror::loss_line() const {
  return {newest_time_, {}, "service", {},
          std::to_string(lines_lost_) + " journal lines after this one were lost: the database could not be written and memory for them is bounded", -1};
}

write_batch store_mirror::unsaved_batch() {
  write_batch out;
  for (auto account : waiting_) {
    const auto& copy = accounts_.at(account);
    if (copy.memory_waits)
      out.memories.push_back(&*copy.memory);
    for (const auto& [key, reset] : copy.resets)
      out.resets.emplace_back(account, &reset);
    for (auto trade : copy.trades_waiting)
      out.trades.push_back(&copy.trades.at(trade));
    if (copy.day_waits)
      out.days.emplace_back(account, &*copy.day);
  }
  for (const auto& line : lines_)
    out.lines.push_back(&line);
  if (lines_lost_ > 0)
    out.lines.push_back(&loss_.emplace(loss_line()));
  return out;
}

void store_mirror::written() {
  for (auto account : waiting_) {
    auto& copy = accounts_.at(account);
    copy.memory_waits = copy.day_waits = false;
    copy.resets.clear();
    copy.trades_waiting.clear();
    forget_old_trades(copy);
  }
  waiting_.clear();
  lines_.clear();
  lines_lost_ = 0;
}

void store_mirror::write_all_again() {
  for (auto& [account, copy] : accounts_) {
    copy.memory_waits = copy.memory.has_value();
    copy.day_waits = copy.day.has_value();
    for (const auto& [id, trade] : copy.trades)
      copy.trades_waiting.insert(id);
    waiting_.insert(account);
  }
}

} // namespace rm
