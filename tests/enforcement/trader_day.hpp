// An ordinary day before something goes wrong, for the plan's tests.
#pragma once

#include "tests/enforcement/mini_venue.hpp"

namespace rm::test {

/// Long `size` with a stop and a target over all of it, a resting entry, all known to the plan.
struct trader_day : mini_venue {
  order_id stop, target, entry;
  explicit trader_day(int64_t size = 2) {
    hold(mnq, size);
    stop = place(mnq, side::sell, order_type::stop, size);
    target = place(mnq, side::sell, order_type::limit, size);
    entry = place(mnq, side::buy, order_type::limit, 1);
    run(milliseconds{50});
    connect();
  }
};

inline bool is_close(const venue_request& r) { return r.kind == request_kind::close_position || r.kind == request_kind::reduce_position; }

} // namespace rm::test
