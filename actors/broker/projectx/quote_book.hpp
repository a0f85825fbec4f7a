// Merges the market hub's partial quotes and trades into whole quotes, and knows how old their parts are. Pure.
#pragma once

#include "actors/broker/projectx/json.hpp"
#include "actors/broker/projectx/payload_clock.hpp"

#include <map>
#include <utility>

namespace rm::projectx {

/// Each part has an age: since it was heard, and by the time that the venue has written into it. `last` is left out of the merged quote,
/// so that the middle of bid and ask is the mark, where a fresher bid and ask have left it behind, or it has been the same for longer than
/// a price counts (`quotes.stale_after`) and they are fresher. `seen.utc` is as old as what the mark comes from.
class quote_book {
public:
  static constexpr duration bar_length = std::chrono::minutes{1};
  static constexpr duration bar_counts_for = std::chrono::minutes{3}; // from its start

  explicit quote_book(duration last_counts_for = std::chrono::seconds{10}) : last_counts_for_{last_counts_for} {}

  /// Merges a part; what it does not say stays as it was.
  void merge(const contract_id& contract, const quote_part& part, const wire_time& seen) {
    auto& entry = entries_[contract];
    const auto heard = seen.utc - clock_.age_of(part.at, seen.steady_ns);
    quote& q = entry.merged;
    q.contract = contract;
    if (part.last && (part.at == timestamp{} || part.at >= entry.last_at)) {
      if (!entry.last || *entry.last != *part.last || entry.last_since > heard)
        entry.last_since = heard;
      entry.last = part.last;
      entry.last_heard = heard;
      entry.last_at = std::max(entry.last_at, std::min(part.at, venue_now(seen)));
    }
    if (part.bid || part.no_bid)
      q.bid = part.bid;
    if (part.ask || part.no_ask)
      q.ask = part.ask;
    if (part.bid || part.ask || part.no_bid || part.no_ask)
      entry.book_heard = heard;
    q.at = std::max(q.at, part.at);
    q.seen.steady_ns = seen.steady_ns;
    choose(entry);
  }

  /// Takes the close of the newest bar as `last`. Gives why not: it is too old to say anything of now, or older than what is known.
  std::string merge_bar(const contract_id& contract, const quote_part& bar, const wire_time& seen) {
    if (bar.at == timestamp{})
      return "it has no readable time";
    if (venue_now(seen) - bar.at > bar_counts_for)
      return "it is of " + format_time(bar.at);
    auto& entry = entries_[contract];
    if (bar.at + bar_length < entry.last_at)
      return "it is of " + format_time(bar.at) + ", and the last trade came later";
    quote& q = entry.merged;
    q.contract = contract;
    q.seen = seen;
    entry.last = bar.last;
    entry.last_since = entry.last_heard = seen.utc;
    entry.last_at = std::max(entry.last_at, std::min(bar.at + bar_length, venue_now(seen)));
    choose(entry);
    return "";
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
  /// The venue's time by its own words; the PC's before the first of them.
  timestamp venue_now(const wire_time& heard) const { return clock_.now(heard.steady_ns).value_or(heard.utc); }
  /// After a lost connection nothing is known: old parts must not be merged with new ones.
  void clear() { entries_.clear(); }

private:
  struct entry {
    quote merged;
    std::optional<price> last;
    timestamp last_since{}, last_heard{}, book_heard{}; // by the PC's clock: new value, newest word, newest bid or ask
    timestamp last_at{};                                // by the venue's
    bool changed = false;
  };

  void choose(entry& e) const {
    quote& q = e.merged;
    const bool book = q.bid && q.ask && *q.bid <= *q.ask;
    const bool fresher = book && e.book_heard > e.last_since;
    const bool left = fresher && e.last && (*e.last < *q.bid || *e.last > *q.ask || e.book_heard - e.last_since > last_counts_for_);
    q.last = left ? std::nullopt : e.last;
    const bool confirmed = fresher && e.last && !left; // it lies between a bid and an ask that are fresher
    q.seen.utc = !q.last ? e.book_heard : confirmed ? std::max(e.last_heard, e.book_heard) : e.last_heard;
    e.changed = true;
  }

  duration last_counts_for_;
  payload_clock clock_;
  std::map<contract_id, entry> entries_;
};

} // namespace rm::projectx
