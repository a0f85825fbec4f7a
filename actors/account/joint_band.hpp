// The bands of all rules of an account in one: while the account stays inside, none of them need be asked, and none need be looked at.
#pragma once

#include "messages/rule.hpp"

#include <algorithm>
#include <span>

namespace rm {

class joint_band {
public:
  /// Begins anew, as wide as can be.
  void clear() {
    low_ = money::from_units(INT64_MIN);
    high_ = money::from_units(INT64_MAX);
    until_ = timestamp::max();
    marks_.clear();
  }
  void narrow(const quiet_band& by) { narrow(by.low, by.high, by.until, {by.marks.data(), by.mark_count}); }
  void narrow(money low, money high, timestamp until, std::span<const mark_band> marks) {
    low_ = std::max(low_, low);
    high_ = std::min(high_, high);
    until_ = std::min(until_, until);
    for (auto& mark : marks) {
      auto known = std::find_if(marks_.begin(), marks_.end(), [&](auto& m) { return m.contract == mark.contract; });
      if (known == marks_.end()) {
        marks_.push_back(mark);
      } else {
        known->low = std::max(known->low, mark.low);
        known->high = std::min(known->high, mark.high);
      }
    }
  }
  /// `mark_of` gives a contract's newest mark, or nothing: what has none is outside.
  template <class MarkOf>
  bool contains(money day_pnl, timestamp now, MarkOf&& mark_of) const {
    return day_pnl > low_ && day_pnl < high_ && now < until_ && std::all_of(marks_.begin(), marks_.end(), [&](auto& m) {
             const std::optional<price> mark = mark_of(m.contract);
             return mark && *mark > m.low && *mark < m.high;
           });
  }

  money low() const { return low_; }
  money high() const { return high_; }
  timestamp until() const { return until_; }
  /// What one contract's mark may do; nothing where no rule watches it.
  const mark_band* of(const contract_id& contract) const {
    const auto known = std::find_if(marks_.begin(), marks_.end(), [&](auto& m) { return m.contract == contract; });
    return known == marks_.end() ? nullptr : &*known;
  }

private:
  money low_, high_;  // exclusive
  timestamp until_{}; // exclusive
  std::vector<mark_band> marks_;
};

} // namespace rm
