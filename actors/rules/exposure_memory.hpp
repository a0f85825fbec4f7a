// The order in which exposure was taken on, so that the newest can be reduced first.
#pragma once

#include "messages/rule.hpp"

#include <functional>

namespace rm {

/// Follows the positions from view to view and keeps what was added, newest last, over a restart too. What was held at the very first
/// view has no known order: the larger position then counts as the newer one.
class exposure_memory {
public:
  struct lot {
    contract_id contract;
    int64_t size = 0; // signed
  };

  void follow(const std::vector<valued_position>& positions);
  /// Takes up what an earlier incarnation kept.
  void recall(const rule_memory& kept);
  /// What is to be kept over a restart, when that changed since the last call.
  std::optional<rule_memory> news();
  const std::vector<lot>& lots() const { return lots_; }

private:
  void settle(const contract_id& contract, int64_t size);

  std::vector<lot> lots_;
  bool first_ = true;
  bool changed_ = false;
};

/// Takes up to `excess` contracts out of `sizes`, the newest lots first, of those that may go; `targets` then says how far each may stay.
void reduce_newest(const std::vector<exposure_memory::lot>& lots, int64_t excess, const std::function<bool(const exposure_memory::lot&)>& may_go,
                   std::vector<valued_position>& sizes, std::vector<position_target>& targets);

} // namespace rm
