// The order in which exposure was taken on, so that the newest can be reduced first.
#pragma once

#include "messages/rule.hpp"

#include <functional>

namespace rm {

/// Follows the positions from view to view and keeps what was added, newest last, over a restart too. What was held at the very first
/// view has no known order: the larger position then counts as the newer one. A view that cannot be judged is not believed: after a start
/// nothing has been read yet, and what is held would be forgotten.
class exposure_memory {
public:
  struct lot {
    contract_id contract;
    int64_t size = 0; // signed
  };

  void follow(const account_view& view);
  /// Takes up what an earlier incarnation kept.
  void recall(const rule_memory& kept);
  /// What is to be kept over a restart, when that changed since the last call.
  std::optional<rule_memory> news();
  /// As the newest view has them.
  const std::vector<lot>& lots() const { return believed_ ? lots_ : shown_; }

private:
  std::vector<lot> lots_;  // of the newest view that could be judged
  std::vector<lot> shown_; // what a newer one makes of them
  bool believed_ = true;
  bool first_ = true;
  bool changed_ = false;
};

/// Takes up to `excess` contracts out of `sizes`, the newest lots first, of those that may go; `targets` then says how far each may stay.
void reduce_newest(const std::vector<exposure_memory::lot>& lots, int64_t excess, const std::function<bool(const exposure_memory::lot&)>& may_go,
                   std::vector<valued_position>& sizes, std::vector<position_target>& targets);

} // namespace rm
