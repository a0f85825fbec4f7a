// The newest quote of each contract between a port's thread and the broker actor: the last value wins.
#pragma once

#include "messages/market.hpp"

#include <map>
#include <mutex>

namespace rm {

/// Thread-safe. Holds at most one undelivered quote per contract, so a consumer that falls behind costs no memory.
class quote_mailbox {
public:
  /// Keeps the quote; true when the consumer must be woken for this contract, false when a wake-up is already under way.
  bool put(quote q) {
    std::lock_guard lock{mutex_};
    auto [place, is_new] = waiting_.try_emplace(q.contract);
    const bool wake = is_new || !place->second.full;
    place->second.what = std::move(q);
    place->second.full = true;
    return wake;
  }

  /// Takes the newest quote of the contract; false when there is none.
  bool take(const contract_id& contract, quote& out) {
    std::lock_guard lock{mutex_};
    const auto place = waiting_.find(contract);
    if (place == waiting_.end() || !place->second.full)
      return false;
    out = place->second.what;
    place->second.full = false;
    return true;
  }

private:
  struct slot {
    quote what;
    bool full = false;
  };
  std::mutex mutex_;
  std::map<contract_id, slot> waiting_;
};

} // namespace rm
