// Hands quotes to all accounts that want them, some at a time: ten thousand accounts must not keep the event of one waiting, and what an
// account needs for one quote is then still at hand when it reads it. Pure.
#pragma once

#include "messages/market.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

namespace rm {

/// `Desk`: who is told. `Content`: what he is told.
template <class Desk, class Content>
class quote_fan {
public:
  using desks = std::shared_ptr<const std::vector<Desk>>;
  static constexpr std::size_t at_once = 64;

  bool empty() const { return waiting_.empty(); }
  /// Whether a quote of this contract is still on its way to some: the next one then waits, and only the newest of them goes out.
  bool holds(const contract_id& contract) const {
    return std::any_of(waiting_.begin(), waiting_.end(), [&](auto& w) { return w.contract == contract; });
  }
  void add(const contract_id& contract, desks to, Content what) {
    if (!to->empty())
      waiting_.push_back({contract, std::move(to), std::move(what), 0});
  }
  /// Tells the next ones by `tell(desk, content)`. Returns the contract whose quote has now been told to all, or an empty one.
  template <class Tell>
  contract_id go_on(Tell&& tell) {
    if (waiting_.empty())
      return {};
    auto& first = waiting_.front();
    const auto end = std::min(first.next + at_once, first.to->size());
    for (; first.next < end; ++first.next)
      tell((*first.to)[first.next], first.what);
    if (end < first.to->size())
      return {};
    const auto done = first.contract;
    waiting_.pop_front();
    return done;
  }

private:
  struct round {
    contract_id contract;
    desks to;
    Content what;
    std::size_t next = 0;
  };
  std::deque<round> waiting_;
};

} // namespace rm
