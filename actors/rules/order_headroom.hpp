// Which working orders would take an account over a number of contracts if they were filled.
#pragma once

#include "messages/account.hpp"

namespace rm {

/// What positions count together.
enum class size_count : uint8_t { net, gross };

/// Σ |size|, or |Σ size|.
int64_t contracts_held(const std::vector<valued_position>& positions, size_count how);

/// The orders to cancel, newest first, until the full fill of those that stay cannot lead beyond `limit`; with `peak` set to where all of
/// them would have led. Only orders that increase are ever named; an order that only reduces counts only where it makes room for one
/// that turns the position. `sizes` are the positions, signed, as they will be (already reduced where they are too large).
std::vector<order_id> orders_beyond(int64_t limit, size_count how, const std::vector<valued_position>& sizes,
                                    const std::vector<working_order>& orders, int64_t& peak);

} // namespace rm
