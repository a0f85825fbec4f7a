// The guard's memory: what is saved, journalled and alarmed.
#include "actors/account/guard.hpp"

#include "actors/rules/rule.hpp"

#include <utility>

namespace rm {

void guard::save(account_effects& out, std::vector<reset_record> resets) {
  memory_.version += 1;
  memory_.locks = locks_.all();
  memory_.counted = ledger_.counted_to_keep();
  memory_.last_trade = ledger_.last_trade();
  memory_.trips = ledger_.carried_trips();
  memory_.balance = ledger_.reference();
  memory_.adjustments = ledger_.adjustments();
  memory_dirty_ = false;
  for (auto& reset : resets)
    unsaved_resets_.emplace_back(memory_.version, reset);
  for (auto& [version, reset] : unsaved_resets_)
    if (version == 0) {
      version = memory_.version;
      resets.push_back(reset);
    }
  // One save carries all that the same event changed: the last state is the one that counts.
  for (auto& effect : out)
    if (auto* earlier = std::get_if<save_account>(&effect)) {
      for (auto& [version, reset] : unsaved_resets_)
        if (version == earlier->memory.version)
          version = memory_.version;
      earlier->memory = memory_;
      earlier->resets.insert(earlier->resets.end(), resets.begin(), resets.end());
      return;
    }
  out.push_back(save_account{memory_, std::move(resets)});
}

account_effects guard::on_saved(uint64_t version) {
  account_effects out;
  if (version == 0)
    return out;
  saved_version_ = std::max(saved_version_, version);
  std::erase_if(unsaved_resets_, [&](auto& r) { return r.first != 0 && r.first <= version; });
  if (version < memory_.version)
    return out; // a newer state is still on its way to the disk
  for (auto& l : locks_.each())
    l.durable = true;
  if (!trades_again_) {
    clear("storage", out);
    save_again_ = {};
  }
  if (memory_dirty_)
    save(out);
  return out;
}

account_effects guard::on_save_failed(uint64_t version, const std::string& why) {
  account_effects out;
  save_again_ = now_ + std::chrono::seconds{5};
  trades_again_ |= version == 0;
  for (auto& [carried, reset] : unsaved_resets_)
    if (carried == version)
      carried = 0;
  raise("storage", severity::critical, "locks and counters are held in memory only: " + why, out);
  return out;
}

void guard::save_again(account_effects& out) {
  save_again_ = {};
  save(out);
  if (!std::exchange(trades_again_, false))
    return;
  save_trades all{settings_.id, {}};
  for (auto& [id, trade] : ledger_.trades())
    all.trades.push_back(trade);
  out.push_back(std::move(all));
}

account_effects guard::on_storage_started() {
  account_effects out;
  if (save_again_ != timestamp{})
    save_again(out);
  return out;
}

/// What is worth a write, but none of its own while another is under way.
void guard::save_soon(account_effects& out) {
  memory_dirty_ = true;
  if (saved_version_ == memory_.version)
    save(out);
}

const rule_name& guard::contracts_met() {
  static const rule_name name{"contracts"};
  return name;
}

std::shared_ptr<const rule_memory> guard::kept_of(const rule_name& rule) const {
  const auto known = memory_.rules.find(rule);
  auto out = known == memory_.rules.end() ? rule_memory{} : known->second;
  for (auto& l : locks_.all())
    if (l.rule == rule && l.end == lock_end::at_time)
      out[locked_until_key] = l.until.time_since_epoch().count();
  return std::make_shared<const rule_memory>(std::move(out));
}

void guard::note(account_effects& out, std::string kind, std::string text, rule_name rule, int64_t latency_ns) {
  out.push_back(journal_entry{now_, settings_.id, std::move(kind), rule, std::move(text), latency_ns});
}

void guard::raise(std::string key, severity how, std::string what, account_effects& out) {
  auto& standing = alarms_[key];
  if (standing.key.empty()) {
    standing = {key, how, what, now_};
    note(out, "alarm", what);
  }
  standing.what = std::move(what);
}

void guard::clear(const std::string& key, account_effects& out) {
  auto i = alarms_.find(key);
  if (i == alarms_.end())
    return;
  note(out, "alarm", "over: " + i->second.what);
  alarms_.erase(i);
}

} // namespace rm
