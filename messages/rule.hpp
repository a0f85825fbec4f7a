// What a rule says, what it asks for, and the locks that follow.
#pragma once

#include "messages/account.hpp"

#include <map>
#include <memory>

namespace rm {

enum class level : uint8_t { ok, warn, breach, not_evaluable, disabled };
/// Weakest to strongest; of several breaches on one event the strongest is carried out.
enum class action : uint8_t { none, warn, cancel_order, reduce_to_limit, close_position, flatten };
enum class lock_mode : uint8_t { none, reduce_only, flat }; // weakest to strongest
/// What ends a lock.
enum class lock_end : uint8_t { at_time, daily_reset, weekly_reset, can_trade };

std::string_view name_of(level l);
std::string_view name_of(action a);
std::string_view name_of(lock_mode m);
std::string_view name_of(lock_end e);

/// The lock that a breach asks for.
struct lock_request {
  lock_mode mode = lock_mode::none;
  lock_end end = lock_end::daily_reset;
  timestamp until{}; // for `at_time`
};

/// How far a position may stay when it is reduced.
struct position_target {
  contract_id contract;
  int64_t keep = 0; // contracts, absolute, ≥ 0
};

/// What one contract's mark may do.
struct mark_band {
  contract_id contract;
  price low, high; // exclusive
};

/// Such bands, at most `most`, in place. What is not used is neither made nor copied: a verdict is made for each question, and hardly any has one.
class mark_bands {
public:
  static constexpr std::size_t most = 4;

  mark_bands() {} // not defaulted: that would fill `items_`
  mark_bands(const mark_bands& other) { take(other); }
  mark_bands& operator=(const mark_bands& other) {
    take(other);
    return *this;
  }

  const mark_band* begin() const { return items_; }
  const mark_band* end() const { return items_ + count_; }
  std::size_t size() const { return count_; }
  mark_band& operator[](std::size_t i) { return items_[i]; }
  const mark_band& operator[](std::size_t i) const { return items_[i]; }
  void clear() { count_ = 0; }
  /// False when there is no room for one more.
  bool add(const mark_band& next) {
    if (count_ == most)
      return false;
    std::construct_at(items_ + count_, next);
    ++count_;
    return true;
  }

private:
  void take(const mark_bands& other) {
    for (std::size_t i = 0; i < other.count_; ++i)
      std::construct_at(items_ + i, other.items_[i]);
    count_ = other.count_;
  }

  uint8_t count_ = 0;
  union {
    mark_band items_[most];
  };
};

/// What P&L, marks and time may do without this rule saying anything new: inside it the rule need not be asked on a mark.
struct quiet_band {
  money low, high;   // exclusive, of the day P&L
  timestamp until{}; // exclusive
  mark_bands marks;  // of contracts that the rule watches one by one; one that watches more gives no band

  /// False when there is no room for one more.
  bool watch(const contract_id& contract, price lowest, price highest) { return marks.add({contract, lowest, highest}); }
};

/// A protective stop as a rule wants it: only ever closer to the market than it is. Not a breach, and no enforcement case.
struct stop_change {
  order_id order;       // 0: there is none, place one
  contract_id contract;
  rm::side side = rm::side::sell; // of the stop
  int64_t size = 0;     // contracts; of a new one
  price stop_price;     // on the tick grid
  friend bool operator==(const stop_change&, const stop_change&) = default;
};

/// A rule has spoken about one view.
struct verdict {
  account_id account;
  rule_name rule;
  uint64_t sequence = 0; // of the view
  rm::level level = rm::level::ok;
  std::string reason;    // one sentence, for people
  std::string used, limit; // as shown: money or counts, decimal
  int64_t fraction = 0;  // millionths of the limit used
  int64_t rung = 0;      // the highest warning rung that stands, millionths of the limit; 0 = none
  rm::action action = rm::action::none;
  lock_request lock;
  std::vector<order_id> cancel;          // for cancel_order and reduce_to_limit
  std::vector<position_target> targets;  // for reduce_to_limit and close_position
  std::vector<stop_change> stops;        // wanted now; each verdict replaces the one before
  std::optional<rule_memory> memory;     // changed since the verdict before: to be kept
  bool has_band = false;
  quiet_band band;
  bool read_first = false;               // the venue's lists are to be read at once: the rule decides by them
  timestamp evaluated{};
  wire_time event{};     // the event that led here
  wake cause = wake::clock;
};

/// One lock of an account. The account is free when it has none.
struct lock {
  rule_name rule;
  lock_mode mode = lock_mode::none;
  lock_end end = lock_end::daily_reset;
  timestamp since{};
  timestamp until{}; // planned end; epoch 0 where only a condition ends it
  std::string reason;
  int64_t attempts = 0; // forbidden orders and unseen orders' fills since
  bool durable = false; // its write was committed
  std::map<contract_id, int64_t> held; // reduce_only: the signed size that may stay; only ever shrinks, but for fills of `admitted`
  std::vector<order_id> admitted;      // reduce_only: orders admitted before it began, whose fills may still come
};

} // namespace rm
