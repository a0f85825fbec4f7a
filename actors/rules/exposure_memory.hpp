// The order in which exposure was taken on, so that the newest can be reduced first.
#pragma once

#include "messages/account.hpp"

namespace rm {

/// Follows the positions from view to view and keeps what was added, newest last. What was held at the first view has no known
/// order: the larger position then counts as the newer one.
class exposure_memory {
public:
  struct lot {
    contract_id contract;
    int64_t size = 0; // signed
  };

  void follow(const std::vector<valued_position>& positions);
  const std::vector<lot>& lots() const { return lots_; }

private:
  void settle(const contract_id& contract, int64_t size);

  std::vector<lot> lots_;
  bool first_ = true;
};

} // namespace rm
