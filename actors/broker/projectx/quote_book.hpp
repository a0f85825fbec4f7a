// Merges the market hub's partial quotes and trades into whole quotes. Pure.
#pragma once

#include "actors/broker/projectx/json.hpp"

#include <map>
#include <utility>

namespace rm::projectx {

class quote_book {
public:
  /// Merges a part; what it does not say stays as it was.
  void merge(const contract_id& contract, const quote_part& part, const wire_time& seen) {
    auto& entry = entries_[contract];
    quote& q = entry.merged;
    q.contract = contract;
    if (part.last)
      q.last = part.last;
    if (part.bid || part.no_bid)
      q.bid = part.bid;
    if (part.ask || part.no_ask)
      q.ask = part.ask;
    if (part.at > q.at)
      q.at = part.at;
    q.seen = seen;
    entry.changed = true;
  }

  /// Hands each quote that changed since the last call to `out`: of several parts in one frame the result, once.
  template <class Out>
  void flush(Out&& out) {
    for (auto& [contract, entry] : entries_)
      if (std::exchange(entry.changed, false))
        out(entry.merged);
  }

  const quote* find(const contract_id& contract) const {
    const auto i = entries_.find(contract);
    return i == entries_.end() ? nullptr : &i->second.merged;
  }
  /// After a lost connection nothing is known: old parts must not be merged with new ones.
  void clear() { entries_.clear(); }

private:
  struct entry {
    quote merged;
    bool changed = false;
  };
  std::map<contract_id, entry> entries_;
};

} // namespace rm::projectx
